"""Calls and cells that hold each other, which no recorder writes: told of all the same."""

from __future__ import annotations

from scripted import Script, cell_call

from rollout_tui.debugger.evidence import LONGEST_MESSAGE
from rollout_tui.debugger.findings.findings import find_all
from rollout_tui.debugger.waiting.blocked import blocked


def test_a_cell_that_its_own_call_asks_for(script: Script) -> None:
    script.begin()
    script.ask("i1", cell_call("c1"))
    script.cell("1", "c1")
    script.tool("c1", {"type": "other", "name": "exec"}, cell="1", call_id="c1")
    script.end_tool("c1", "failed")
    trace = script.trace()
    (failed,) = (one for one in find_all(trace) if one.code == "tool_call_failed")
    assert failed.object_id == "c1" and len(failed.chain) < 1000
    assert blocked(trace, trace.at(trace.head), 0)


def test_a_message_of_a_failure_is_one_line_of_bounded_length(script: Script) -> None:
    script.begin()
    script.ask("i1")
    script.event("inference_failed", inference_call_id="i1", error="no\n" * 50_000)
    (failed,) = (one for one in find_all(script.trace()) if one.code == "inference_failed")
    assert "\n" not in failed.message and len(failed.message) <= LONGEST_MESSAGE + 100
