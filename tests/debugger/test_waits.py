"""Which calls are waits, and what they wait for."""

from __future__ import annotations

from pathlib import Path

import pytest
from scripted import ROOT_THREAD
from small_recordings import WAIT, begun, own_recording, with_cell

from rollout_tui.debugger.findings.findings import find_all
from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.spans.spans import Spans
from rollout_tui.debugger.spans.waits import AGENT, CELL, Wait, wait_of
from rollout_tui.debugger.waiting.blocked import blocked
from rollout_tui.recording import Trace

CUT_IN_SUMMARY = '{"note": "' + "x" * 100 + '", "cell_id": "8", "more": "' + "y" * 100 + '"}'
AGENT_WAIT = "wait_agent"


def waits_of(trace: Trace) -> dict[str, Wait | None]:
    calls = trace.at(trace.head).tool_calls.values()
    return {call.tool_call_id: wait_of(trace.history, call) for call in calls}


def test_the_waits_of_a_recording() -> None:
    trace = own_recording("two-cells-interleaved")
    found = {call: wait for call, wait in waits_of(trace).items() if wait is not None}
    assert found == {
        "call_wA1": Wait(CELL, "1", (), 300, False),
        "call_wB1": Wait(CELL, "2", (), 300, False),
        "call_wB2": Wait(CELL, "2", (), 8000, False),
        "call_wA2": Wait(CELL, "1", (), 8000, False),
    }
    spans = index_of(trace.history, Spans)
    assert [spans.span(number).id for number in spans.waits] == [
        "call_wA1",
        "call_wB1",
        "call_wB2",
        "call_wA2",
    ]
    awaited = [trace.history.objects[spans.waited_cells[number]].code_cell_id for number in spans.waits]
    assert awaited == ["code_cell:call_A", "code_cell:call_B", "code_cell:call_B", "code_cell:call_A"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ('{"cell_id": "7", "yield_time_ms": 50, "terminate": true}', Wait(CELL, "7", (), 50, True)),
        ('{"cell_id": "7", "max_tokens": 5}', Wait(CELL, "7", (), None, False)),
        ("{}", None),
        ("{not json", None),
        ('{"cell_id": 7}', None),
        ("[1]", None),
        (CUT_IN_SUMMARY, Wait(CELL, "8", (), None, False)),
    ],
)
def test_a_wait_names_a_cell(tmp_path: Path, arguments: str, expected: Wait | None) -> None:
    script = begun(tmp_path / "bundle")
    script.calls("w", WAIT, arguments)
    trace = script.trace()
    assert waits_of(trace) == {"w": expected}
    assert len(index_of(trace.history, Spans).waits) == (expected is not None)


def test_a_summary_that_shows_no_arguments_hides_no_wait(tmp_path: Path) -> None:
    """The invocation names cell 1, which is known, and cell 9, which is not."""
    script = with_cell(tmp_path / "bundle")
    script.cell_answers("1")
    for call_id, cell in (("w1", "1"), ("w9", "9")):
        summary = {"type": "generic", "label": "wait", "input_preview": None, "output_preview": None}
        script.calls(call_id, WAIT, f'{{"cell_id": "{cell}"}}', summary=summary)
    trace = script.trace()
    assert {call: wait and wait.cell_id for call, wait in waits_of(trace).items()} == {"w1": "1", "w9": "9"}
    (waits,) = blocked(trace, trace.at(trace.head))
    assert [(one.kind, one.id, one.parent) for one in waits.blocked_on][1:] == [
        ("wait", "w1", 0),
        ("code_cell", "code_cell:x", 1),
        ("wait", "w9", 0),
    ]
    assert "wait_on_unknown_cell" in {one.code for one in find_all(trace)}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ('{"timeout_ms": 20000}', Wait(AGENT, None, (), 20000, False)),
        ('{"targets": ["alpha", "/root/beta"]}', Wait(AGENT, None, ("alpha", "/root/beta"), None, False)),
        ('{"ids": ["t2"], "timeout_ms": 5}', Wait(AGENT, None, ("t2",), 5, False)),
        ("{broken", Wait(AGENT, None, (), None, False)),
    ],
)
def test_a_wait_for_agents(tmp_path: Path, arguments: str, expected: Wait) -> None:
    script = begun(tmp_path / "bundle")
    script.calls("w", AGENT_WAIT, arguments)
    assert waits_of(script.trace()) == {"w": expected}


def test_a_call_stays_a_wait_when_its_work_is_of_another_kind(tmp_path: Path) -> None:
    script = begun(tmp_path / "bundle")
    script.calls("w", WAIT, '{"cell_id": "1"}')
    script.work("w", {}, {"type": "mcp", "server": "s", "tool": "wait"})
    trace = script.trace()
    assert trace.at(trace.head).tool_calls["w"].kind.type == "mcp"
    assert waits_of(trace) == {"w": Wait(CELL, "1", (), None, False)}
    assert len(index_of(trace.history, Spans).waits) == 1
    assert trace.at(trace.head).threads[ROOT_THREAD].agent_path == "/root"
