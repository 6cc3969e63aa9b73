"""Of anything there is without end, so much is told as a screen has use for."""

from __future__ import annotations

import pytest
from counted_steps import steps
from scripted import Body, Script, call, function, user

from rollout_tui.debugger.context.item_text import whole_text
from rollout_tui.debugger.context.item_words import item_label
from rollout_tui.debugger.evidence import result_texts, value
from rollout_tui.debugger.findings import arranged as arranging
from rollout_tui.debugger.findings.arranged import arranged
from rollout_tui.debugger.findings.finding import Finding
from rollout_tui.debugger.findings.findings import Findings, find_all
from rollout_tui.debugger.findings.in_order import InOrder
from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.moving import related
from rollout_tui.debugger.spans import object_spans
from rollout_tui.debugger.spans.span_tree import CELL
from rollout_tui.debugger.spans.span_words import one_line
from rollout_tui.debugger.spans.spans import Spans
from rollout_tui.debugger.spans.waits import call_arguments
from rollout_tui.debugger.stories.agent_edges import MOST_EDGES, edges
from rollout_tui.debugger.stories.cells import MOST_LOST, lost_waits
from rollout_tui.debugger.stories.terminals import MOST_OPERATIONS, TAIL_CHARACTERS, terminals
from rollout_tui.debugger.tokens import MOST_REQUESTS, tokens
from rollout_tui.export import table
from rollout_tui.reducer import evidence, limits

MORE = 3
THREAD = "t1"


@pytest.fixture
def begun(script: Script) -> Script:
    script.begin()
    return script


def test_the_latest_commands(begun: Script) -> None:
    shell = begun.payload(Body("tool_runtime_event", {"command": ["ls"], "cwd": "/"}))
    for number in range(MOST_OPERATIONS + MORE):
        begun.tool(f"x{number}")
        begun.event("tool_call_runtime_started", tool_call_id=f"x{number}", runtime_payload=shell)
    trace = begun.trace()
    told = [one for session in terminals(trace.at(trace.head), THREAD) for one in session.operations]
    assert len(told) == MOST_OPERATIONS


def test_the_end_of_an_output(begun: Script) -> None:
    begun.tool("x")
    begun.work("x", {"command": ["ls"], "cwd": "/"})
    text = "long output " * TAIL_CHARACTERS
    begun.worked("x", {"exit_code": 0, "aggregated_output": text})
    trace = begun.trace()
    ((told,),) = [session.operations for session in terminals(trace.at(trace.head), THREAD)]
    assert len(told.output) == TAIL_CHARACTERS


def test_the_latest_requests(begun: Script) -> None:
    request = begun.payload(Body("inference_request", {"model": "m", "input": [user("x")]}))
    for number in range(MOST_REQUESTS + MORE):
        begun.event(
            "inference_started",
            inference_call_id=f"i{number}",
            thread_id=THREAD,
            codex_turn_id="u1",
            model="m",
            provider_name="p",
            request_payload=request,
        )
    trace = begun.trace()
    told = tokens(trace, trace.history.head, THREAD)
    assert (len(told.requests), told.request_count) == (MOST_REQUESTS, MOST_REQUESTS + MORE)


def test_the_latest_edges(begun: Script) -> None:
    begun.thread("a", "/root/a")
    for number in range(MOST_EDGES + MORE):
        begun.event(
            "agent_result_observed",
            edge_id=f"e{number}",
            child_thread_id="a",
            child_codex_turn_id="b",
            parent_thread_id=THREAD,
            message="done",
        )
    trace = begun.trace()
    assert len(edges(trace, trace.at(trace.head))) == MOST_EDGES


def test_the_latest_waits_for_what_nobody_knows(begun: Script) -> None:
    asked = begun.payload(Body("tool_invocation", function("wait", {"cell_id": "7"})))
    for number in range(MOST_LOST + MORE):
        begun.tool(f"w{number}", {"type": "other", "name": "wait"}, call_id="c", invocation_payload=asked)
    trace = begun.trace()
    assert len(lost_waits(trace, trace.at(trace.head), THREAD)) == MOST_LOST


def test_problems_of_a_kind(begun: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "MOST_LISTED", MORE)
    for _ in range(3 * MORE):
        begun.line(b"broken")
    said = begun.trace().diagnostics
    assert len(said) == MORE + 1
    assert said[-1].message.startswith(f"and more: the first {MORE} of these are listed")


def cost_of_arranging(script: Script, many: int) -> int:
    """Lines run to arrange so many findings, each the cause of the next."""
    findings, found = Findings(script.trace()), InOrder[Finding]()
    cause: Finding | None = None
    for number in range(many):
        cause = Finding(
            "command_failed",
            "error",
            number + 1,
            number + 1,
            THREAD,
            "tool_call",
            f"x{number}",
            "m",
            (),
            cause,
        )
        found.append(cause)
    return steps(lambda: arranged(findings, found, "note"))


def test_of_causes_a_few(begun: Script) -> None:
    few, many = (cost_of_arranging(begun, times * 4 * arranging.DEEPEST) for times in (1, 2))
    assert many < 2.2 * few


def test_the_beginning_of_a_cell_of_a_table() -> None:
    (line,) = table.table([["x" * 10_000, "y"]], 100_000)
    assert 100 < len(line) < 1000
    assert 1000 < sum(map(len, table.wrapped("x " * 100_000, 80))) < 10_000


def test_items_looked_at_for_the_one_accepted(begun: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    accepted = begun.event("history_item_accepted", item_id="m9")
    begun.ask("i", *(user(f"{number}", id=f"m{number}") for number in range(10)))
    trace = begun.trace()
    spans = index_of(trace.history, Spans)
    found = related.subject_of(trace, spans, accepted)
    assert found is not None and found.id == "conversation_item:10"
    monkeypatch.setattr(related, "_LOOKED_AT", MORE)
    assert related.subject_of(trace, spans, accepted) is None


def test_exec_calls_asked_whether_a_cell_is_theirs(begun: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(2 * MORE):
        begun.tool(f"x{number}", {"type": "other", "name": "exec"})
    for number in range(2):
        begun.cell(f"{number}", f"c{number}")

    def parent() -> str:
        spans = Spans(begun.trace().history)
        spans.update()
        return spans.span(spans.parents[spans.of_kind(CELL)[-1]]).id

    assert parent() == f"x{2 * MORE - 2}"
    monkeypatch.setattr(object_spans, "_MOST_EXECS", 1)
    assert parent() == "u1"


def test_a_body_of_so_many_values_is_not_decoded(begun: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    begun.tool("x", call_id="c")
    output = [{"type": "input_text", "text": "said"}, *([0] * 100)]
    begun.end_tool("x", result={"type": "direct_response", "response_item": {"output": output}})
    trace = begun.trace()
    payload_id = [*trace.history.payloads.ids(trace.history.head)][-1]
    assert result_texts(value(trace, payload_id))[0] == "said"
    monkeypatch.setattr(limits, "MOST_VALUES", 100)
    assert value(trace, payload_id) is None


def test_a_text_of_more_values_than_one_may_have_is_told_as_it_is_written(
    begun: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_VALUES", 40)
    few, many = (f'{{"cell_id": "7", "error": {{"message": "no"}}, "a": {[0] * size}}}' for size in (9, 99))
    for number, text in enumerate((few, many)):
        begun.ask(f"i{number}", call(f"c{number}", "wait", text))
        begun.event("inference_failed", inference_call_id=f"i{number}", error=text)
        told = {"type": "generic", "label": "wait", "input_preview": text, "output_preview": None}
        begun.tool(f"x{number}", {"type": "other", "name": "wait"}, summary=told)
    trace = begun.trace()
    failed = [one.message for one in find_all(trace) if one.code == "inference_failed"]
    assert [message.endswith(": no") for message in failed] == [True, False]
    assert [call_arguments(one).get("cell_id") for one in trace.at(trace.head).tool_calls.values()] == [
        "7",
        None,
    ]
    items = list(trace.at(trace.head).conversation_items.values())
    assert [whole_text(trace, one) for one in items] == [few.replace(" ", ""), many]
    assert [item_label(trace.history, one) for one in items] == ["wait cell 7", f"wait  {one_line(many)}"]
