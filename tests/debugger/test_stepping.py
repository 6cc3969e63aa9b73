"""Every motion, on recordings that were read event by event, and against its definition."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta, timezone
from pathlib import Path

import pytest
from recordings_at_hand import corpus_folders, needs_corpus
from scripted import Script
from shared_recordings import shared_recording
from small_recordings import by_own_folder, own_recording

from rollout_tui.debugger.findings.finding import Finding
from rollout_tui.debugger.findings.finding_codes import Severity
from rollout_tui.debugger.findings.in_order import InOrder
from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.moving.go_to import go_to
from rollout_tui.debugger.moving.related import Subject
from rollout_tui.debugger.moving.stepping import STEPS, step
from rollout_tui.debugger.moving.walk import Walk
from rollout_tui.debugger.spans.spans import Spans
from rollout_tui.debugger.waiting.silences import Silence
from rollout_tui.graph.objects import CodeCell, ConversationItem, ToolCall
from rollout_tui.recording import Trace, open_trace


def finding(
    event: int,
    severity: Severity,
    code: str = "oddity",
    message: str = "odd",
    under: Finding | None = None,
) -> Finding:
    return Finding(code, severity, event, event, None, None, None, message, under=under)


def walk_of(trace: Trace) -> Walk:
    return Walk(trace, index_of(trace.history, Spans))


CELLS = walk_of(own_recording("two-cells-interleaved"))


def all_from(walk: Walk, name: str, event: int) -> list[int]:
    """Where a key leads, pressed until it leads nowhere."""
    found = []
    while (to := step(walk, name, event).event) is not None:
        found.append(to)
        event = to
    return found


@pytest.mark.parametrize(
    ("name", "events"),
    [
        ("wait", [27, 33, 39, 51]),
        ("turn", [6]),
        ("request", [10, 24, 30, 36, 56]),
        ("tool", [13, 18, 27, 33, 39, 41, 45, 51]),
        ("cell", [15, 16, 20, 21, 49, 53]),
        ("agent", [2, 62]),
    ],
)
def test_next_and_previous_of_a_thing(name: str, events: list[int]) -> None:
    assert all_from(CELLS, f"{name}_next", 1) == events
    assert all_from(CELLS, f"{name}_previous", 64) == events[::-1]


def test_event_by_event() -> None:
    assert all_from(CELLS, "event_next", 1) == list(range(2, 65))
    assert all_from(CELLS, "event_previous", 64) == list(range(63, 0, -1))
    assert step(CELLS, "first", 30).event == 1
    assert step(CELLS, "last", 30).event == 64


@pytest.mark.parametrize("name", sorted(set(STEPS) - {"first", "last", "same_next", "same_previous"}))
def test_at_either_end_a_motion_says_so(name: str) -> None:
    walk = replace(CELLS, selected=Subject(ToolCall, "call_A"))
    forward = name.endswith(("next", "end"))
    found = step(walk, name, 64 if forward else 1)
    assert found.event is None
    assert found.message.startswith("end of trace")


def reached(name: str, *events: int) -> list[int | None]:
    """Where one motion leads to from each of these events."""
    return [step(CELLS, name, event).event for event in events]


def test_over_stays_at_its_depth() -> None:
    # #24 and #25 lie in an inference that opens after #23; #20 is read from the turn's own events.
    assert reached("over_next", 23) == [26]
    # The exec call (#13) is as deep as the inferences: its cell is not.
    assert reached("over_next", 14, 16) == [17, 17]
    # While cell 1 is open its own events are at hand.
    assert reached("over_next", 52) == [53]
    assert reached("over_previous", 26, 19) == [23, 18]
    assert reached("over_next", 59, 1) == [60, 63]
    assert reached("over_previous", 2) == [1]


def test_out_goes_to_the_nearest_end_or_start_around() -> None:
    assert reached("out_end", 42, 41, 27, 14) == [43, 44, 28, 59]
    # The cell outlives the call that holds it: #17 ends that call, #53 the cell.
    assert reached("out_end", 16) == [17]
    assert step(CELLS, "out_end", 44) == (53, "end of cell 1", None)
    assert reached("out_start", 44, 41, 15, 13, 6) == [41, 15, 13, 6, 2]


def test_out_of_what_never_ends() -> None:
    """The recording stops at #25, in a cell, its call and its turn."""
    trace = own_recording("sigkill-during-cell")
    found = step(walk_of(trace), "out_end", trace.history.head)
    assert found.event is None
    assert found.message.endswith("is still open")


def test_out_passes_what_never_ends() -> None:
    """Call k2 is never ended, the turn around it is cancelled at #27."""
    found = step(walk_of(own_recording("app-cell-interrupt-then-wait")), "out_end", 21)
    assert found.event == 27
    assert found.message == "end of turn 1 (exec k2 is still open)"


def inside(spans: Spans, event: int, depth: int, starts_after: int | None, ends_before: int | None) -> bool:
    """Whether an event is inside a span deeper than `depth` that opened later, or closed earlier."""
    for number in (spans.span_of(event), *spans.ancestors(spans.span_of(event))):
        span = spans.span(number)
        if span.depth <= depth:
            return False
        if starts_after is not None and span.start > starts_after:
            return True
        if ends_before is not None and span.end is not None and span.end < ends_before:
            return True
    return False


def check_over(trace: Trace) -> None:
    walk = walk_of(trace)
    spans, head = walk.spans, trace.history.head
    thread = [spans.events.thread[event] or 1 for event in range(head + 1)]
    early = [event for event in range(1, head + 1) if not spans.events.thread[event]]
    for event in range(1, head + 1):
        depth = spans.span(spans.span_of(event)).depth
        same = [
            one
            for one in range(1, head + 1)
            if thread[one] == thread[event] and (one not in early or thread[event] == 1)
        ]
        later = [one for one in same if one > event and not inside(spans, one, depth, event, None)]
        before = [one for one in same if one < event and not inside(spans, one, depth, None, event)]
        assert step(walk, "over_next", event).event == (later[0] if later else None), (trace, event)
        assert step(walk, "over_previous", event).event == (before[-1] if before else None), (trace, event)


@by_own_folder
def test_over_is_what_its_definition_says(folder: Path) -> None:
    check_over(open_trace(folder))


@needs_corpus
def test_over_is_what_its_definition_says_on_the_corpus() -> None:
    for folder in corpus_folders()[::3]:
        check_over(open_trace(folder))


@needs_corpus
def test_agent_events_are_threads_and_what_they_give_each_other() -> None:
    """#21 and #36: spawns under way; #30, #43, #72, #86: they and the results arrive; #68, #82: results."""
    trace = shared_recording("ma-two-parallel")
    assert all_from(walk_of(trace), "agent_next", 1) == [
        2,
        17,
        21,
        30,
        31,
        36,
        43,
        68,
        72,
        82,
        86,
        99,
        101,
        103,
    ]


def test_findings_and_silences() -> None:
    findings = (finding(16, "warning"), finding(28, "error"), finding(28, "note"), finding(44, "note"))
    walk = replace(CELLS, findings=InOrder(findings), silences=(Silence(40, 41, 1500), Silence(44, 45, 2000)))
    assert all_from(walk, "problem_next", 1) == [16, 28]
    assert all_from(walk, "problem_previous", 64) == [28, 16]
    assert all_from(walk, "failure_next", 1) == [28]
    assert all_from(walk, "failure_previous", 28) == []
    assert all_from(walk, "silence_next", 1) == [41, 45]
    assert all_from(walk, "silence_previous", 64) == [45, 41]
    told = step(walk, "silence_next", 41).message
    assert told.startswith("after 2.00 s without an event: /root blocked 1.80 s on wait(call_wB2) -> cell 2")


def test_going_to_a_finding_tells_it() -> None:
    call = finding(28, "error", "tool_call_failed", "exit 3")
    findings = (
        finding(16, "warning", "turn_aborted", "interrupted"),
        finding(28, "error", "turn_failed", "turn 1 failed", under=call),
        call,
        finding(28, "note"),
    )
    walk = replace(CELLS, findings=InOrder(findings))
    assert step(walk, "problem_next", 1).message == "turn_aborted: interrupted"
    assert step(walk, "problem_next", 16).message == "tool_call_failed: exit 3  (and 1 more here)"
    assert step(walk, "failure_previous", 64).message == "tool_call_failed: exit 3  (and 1 more here)"
    # Where the cause lies elsewhere it is named.
    walk = replace(CELLS, findings=InOrder((call, finding(30, "error", "turn_failed", "it failed", call))))
    assert step(walk, "failure_next", 28).message == "turn_failed: it failed, caused by #28 tool_call_failed"


def test_the_same_call_cell_or_item() -> None:
    found = step(CELLS, "same_next", 51)
    assert found == (54, "", Subject(ToolCall, "call_wA2"))
    # Followed further: #55 accepts the output item, #56 carries it.
    walk = replace(CELLS, followed=found.subject)
    assert all_from(walk, "same_next", 54) == [55, 56]
    assert all_from(walk, "same_previous", 54)[0] == 51
    # The operation of a call belongs to it.
    nested = replace(CELLS, followed=Subject(ToolCall, "exec-fcb30ccc-4380-4947-a3de-aaa5a81cc957"))
    assert all_from(nested, "same_next", 41) == [42, 43, 44]
    cell = replace(CELLS, followed=Subject(CodeCell, "code_cell:call_A"))
    assert all_from(cell, "same_next", 15) == [16, 24, 27, 41, 51, 53]
    # #19 accepts an item that is not known before #24.
    accepted = step(CELLS, "same_next", 19)
    assert (accepted.event, accepted.subject) == (24, Subject(ConversationItem, "conversation_item:6"))
    assert step(CELLS, "same_next", 6).message == "this event belongs to no call, cell or item"


def test_what_changed_the_selected_thing() -> None:
    assert step(CELLS, "change_next", 1).message == "nothing is selected"
    walk = replace(CELLS, selected=Subject(ToolCall, "call_A"))
    assert all_from(walk, "change_next", 1) == [13, 15, 17, 24]
    walk = replace(CELLS, selected=Subject(ConversationItem, "conversation_item:4"))
    assert all_from(walk, "change_next", 1) == [11, 12]
    gone = replace(CELLS, selected=Subject(ToolCall, "no such call"))
    assert step(gone, "change_next", 1).event is None


def test_an_empty_recording(tmp_path: Path) -> None:
    walk = walk_of(Script(tmp_path / "bundle").trace())
    assert {step(walk, name, 0) for name in STEPS} == {(None, "the trace is empty", None)}
    assert go_to(walk, "1").event is None


# -- places by name ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "event"),
    [
        ("45", 45),
        ("#45", 45),
        (" 1 ", 1),
        ("0%", 1),
        ("50%", 32),
        ("100 %", 64),
        ("turn 1", 6),
        ("request 3", 30),
        ("inference 3", 30),
        ("tool 5", 39),
        ("cell 2", 20),
        ("wait 4", 51),
        ("+0s", 2),
        ("+0.06s", 9),
        ("+64 ms", 10),
        ("+1h", 64),
        ("13:16:43.500", 15),
        ("13:16:44", 27),
        ("last", 64),
        ("start", 1),
    ],
)  # fmt: skip
def test_places(place: str, event: int) -> None:
    """In seconds after 13:16 UTC: #1 43.323, #9 43.381, #10 43.387, #15 43.462, #27 43.903, #28 44.205."""
    found = go_to(CELLS, place, zone=UTC)
    assert found.event == event, found


def test_time_of_day_goes_by_the_zone_and_over_midnight() -> None:
    assert go_to(CELLS, "15:16:44", zone=timezone(timedelta(hours=2))).event == 27
    late = timezone(timedelta(hours=10, minutes=43, seconds=16))
    # There #1 is at 23:59:59.323, #40 at 00:00:00.577 and #41 at 00:00:01.568.
    assert go_to(CELLS, "00:00:01", zone=late).event == 40
    assert go_to(CELLS, "23:59:59", zone=late) == (1, "23:59:59 lies before the first event", None)


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("65", "no event has seq 65; there are 1 to 64"),
        ("101%", "101% is more than all; 0% to 100%"),
        ("turn 2", "there is no turn 2: known only 1"),
        ("cell 0", "there is no cell 0: known 1 to 2"),
        ("failure 1", "there is no failure 1: known none"),
        ("25:00", "25:00 is no time of day"),
        ("nowhere", "'nowhere' is no place; go to: 1234 (seq)"),
        ("moon 3", "'moon' cannot be counted"),
        ("", "'' is no place"),
        ("9" * 30, "is no place"),
    ],
)
def test_places_that_are_not_there(place: str, message: str) -> None:
    found = go_to(CELLS, place, zone=UTC)
    assert found.event is None
    assert message in found.message


def test_failures_are_counted_among_errors() -> None:
    walk = replace(
        CELLS, findings=InOrder((finding(16, "warning"), finding(28, "error"), finding(50, "error")))
    )
    assert go_to(walk, "failure 2").event == 50
