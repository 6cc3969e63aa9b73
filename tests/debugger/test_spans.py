"""The span tree, and which span every event belongs to. Expected values were read from the traces."""

from __future__ import annotations

from pathlib import Path

from recordings_at_hand import case_folders, corpus_folders, needs_corpus
from scripted import ROOT_THREAD, TURN, cell_call
from shared_recordings import shared_recording
from small_recordings import EXEC, begun, by_own_folder, own_recording, with_cell, with_request

from rollout_tui.debugger.spans import span_tree as codes
from rollout_tui.debugger.spans.span_tree import Span
from rollout_tui.debugger.spans.spans import Spans
from rollout_tui.recording import Trace
from rollout_tui.trace.bundle import BundleProblem, open_bundle


def spans_of(trace: Trace) -> Spans:
    spans = Spans(trace.history)
    spans.update()
    return spans


def named(spans: Spans, kind: str, object_id: str) -> Span:
    found = (spans.span(number) for number in range(len(spans)))
    return next(span for span in found if (span.kind, span.id) == (kind, object_id))


def events_of(spans: Spans, kind: str, object_id: str) -> list[int]:
    return spans.events.of_span(named(spans, kind, object_id).number)


def parent_of(spans: Spans, kind: str, object_id: str) -> tuple[str, str]:
    parent = named(spans, kind, object_id).parent
    assert parent is not None
    return spans.span(parent).kind, spans.span(parent).id


def test_cells_hang_on_their_exec_call_and_nested_calls_on_their_cell() -> None:
    spans = spans_of(own_recording("two-cells-interleaved"))
    nested = "exec-2bfd0904-b853-4a62-b113-775ead100fee"
    turn = "01a20366-dfc0-7440-9299-9490167056ba"
    assert parent_of(spans, "terminal_operation", "terminal_operation:2") == ("tool_call", nested)
    assert parent_of(spans, "tool_call", nested) == ("code_cell", "code_cell:call_B")
    assert parent_of(spans, "code_cell", "code_cell:call_B") == ("tool_call", "call_B")
    assert parent_of(spans, "tool_call", "call_B") == ("codex_turn", turn)
    assert parent_of(spans, "tool_call", "call_wB2") == ("codex_turn", turn)
    cell = named(spans, "code_cell", "code_cell:call_B")
    assert (cell.start, cell.end, cell.depth) == (20, 49, 4)
    assert (named(spans, "tool_call", "call_B").start, named(spans, "tool_call", "call_B").end) == (18, 22)


def test_an_event_belongs_to_what_it_starts_changes_or_ends() -> None:
    spans = spans_of(own_recording("two-cells-interleaved"))
    assert events_of(spans, "code_cell", "code_cell:call_A") == [15, 16, 53]
    assert events_of(spans, "tool_call", "call_A") == [13, 17]
    assert events_of(spans, "tool_call", "exec-fcb30ccc-4380-4947-a3de-aaa5a81cc957") == [41, 44]
    assert events_of(spans, "terminal_operation", "terminal_operation:1") == [42, 43]
    assert events_of(spans, "inference_call", "85c3b9d7-3c0a-423b-836b-cde86772deef") == [24, 25]


def test_other_events_belong_to_the_open_turn_else_to_the_thread() -> None:
    spans = spans_of(own_recording("two-cells-interleaved"))
    turn = events_of(spans, "codex_turn", "01a20366-dfc0-7440-9299-9490167056ba")
    assert turn == [6, 7, 8, 9, 12, 14, 19, 23, 26, 29, 32, 35, 38, 40, 52, 55, 58, 59]
    thread = "01a20366-dfb4-7081-b2c4-bb962e37f39c"
    assert events_of(spans, "thread", thread) == [2, 3, 4, 5, 60, 61, 62]
    assert spans.events.of_span(codes.ROOT) == [1, 63, 64]
    assert spans.thread_of(1) is None
    assert {spans.thread_of(event) for event in (3, 60, 63, 64)} == {thread}


def test_what_is_open_at_an_event() -> None:
    spans = spans_of(own_recording("two-cells-interleaved"))
    opened = [spans.span(number) for number in spans.open_at(45)]
    assert [(span.kind, span.id) for span in opened[2:]] == [
        ("code_cell", "code_cell:call_A"),
        ("code_cell", "code_cell:call_B"),
        ("tool_call", "call_wB2"),
        ("tool_call", "exec-2bfd0904-b853-4a62-b113-775ead100fee"),
    ]
    assert [span.kind for span in opened[:2]] == ["rollout", "codex_turn"]
    assert [spans.threads_open(event) for event in (1, 2, 45, 61, 62)] == [0, 1, 1, 1, 0]
    assert [spans.span(number).kind for number in spans.open_at(62)] == ["rollout"]
    assert list(spans.open_at(63)) == []


def test_a_span_is_numbered_within_its_thread() -> None:
    spans = spans_of(own_recording("two-cells-interleaved"))
    last = named(spans, "inference_call", "2d6abebb-6ba5-4291-b957-e5cb3fc6155a")
    assert spans.position(last.number) == 5
    assert len(spans.of_kind(codes.TOOL)) == 8


@needs_corpus
def test_in_schema_1_a_cell_hangs_on_its_turn() -> None:
    spans = spans_of(shared_recording("v0.160.1-cells"))
    turn = named(spans, "codex_turn", spans.span(spans.of_kind(codes.TURN)[0]).id).id
    assert parent_of(spans, "code_cell", "code_cell:x0") == ("codex_turn", turn)
    nested = "exec-a7412a96-68b3-4f6c-8a14-f250d6b4888d"
    assert parent_of(spans, "tool_call", nested) == ("code_cell", "code_cell:x0")
    assert (
        named(spans, "code_cell", "code_cell:x0").start,
        named(spans, "code_cell", "code_cell:x0").end,
    ) == (9, 19)


@needs_corpus
def test_the_end_of_the_work_can_come_after_the_end_of_the_call() -> None:
    spans = spans_of(shared_recording("ma-two-parallel"))
    assert events_of(spans, "tool_call", "b1") == [50, 56]
    operation = spans.span(spans.span_of(57))
    assert (operation.kind, operation.start, operation.end) == ("terminal_operation", 51, 57)
    # A spawn has no operation: its runtime end is the call's own event.
    assert events_of(spans, "tool_call", "c1") == [15, 21, 22]


def test_a_call_that_starts_before_its_item_is_known(tmp_path: Path) -> None:
    script = with_request(tmp_path / "bundle")
    script.calls("x", EXEC)
    script.cell("1", "x")
    script.calls("n", "exec_command", cell="1")
    script.cell_answers("1")
    early = spans_of(script.trace())
    # The cell is not in the graph, yet its events and its calls have a place.
    (cell,) = (early.span(number) for number in early.of_kind(codes.CELL))
    assert (cell.id, cell.start, cell.end) == ("", 6, None)
    assert early.events.of_span(cell.number) == [6, 8]
    assert early.span(cell.parent or 0).id == "x"
    assert parent_of(early, "tool_call", "n") == ("code_cell", "")

    script.answer("i1", cell_call("x"))
    script.cell_ends("1")
    spans = spans_of(script.trace())
    cell = named(spans, "code_cell", "code_cell:x")
    assert (cell.number, cell.start, cell.end) == (early.of_kind(codes.CELL)[0], 6, 10)
    assert spans.events.of_span(cell.number) == [6, 8, 10]
    assert parent_of(spans, "tool_call", "n") == ("code_cell", "code_cell:x")


def test_a_cell_that_was_over_before_it_is_known(tmp_path: Path) -> None:
    script = with_request(tmp_path / "bundle")
    script.cell("1", "x")
    script.cell_answers("1", "completed")
    script.cell_ends("1")
    script.answer("i1", cell_call("x"))
    spans = spans_of(script.trace())
    cell = named(spans, "code_cell", "code_cell:x")
    assert (cell.start, cell.end, spans.events.of_span(cell.number)) == (5, 7, [5, 6, 7])


def test_an_exec_call_that_starts_after_its_cell(tmp_path: Path) -> None:
    script = with_cell(tmp_path / "bundle")
    script.calls("n", "exec_command", cell="1")
    before = spans_of(script.trace())
    assert parent_of(before, "code_cell", "code_cell:x") == ("codex_turn", TURN)
    script.calls("x", EXEC)
    spans = spans_of(script.trace())
    assert parent_of(spans, "code_cell", "code_cell:x") == ("tool_call", "x")
    assert [named(spans, "tool_call", one).depth for one in ("x", "n")] == [3, 5]
    assert spans.moves == 1
    assert list(spans.events.level(spans.thread_number(ROOT_THREAD), 5)) == [7]


def test_turn_ends_close_what_they_close() -> None:
    """#27 cancels the turn: its cells are over; the calls in it are not."""
    spans = spans_of(own_recording("app-cell-interrupt-then-wait"))
    assert named(spans, "code_cell", "code_cell:k1").end == 27
    assert named(spans, "code_cell", "code_cell:k2").end == 27
    assert named(spans, "tool_call", "k2").end is None


def test_events_of_a_thread_that_nobody_started(tmp_path: Path) -> None:
    """#4 makes a placeholder for it; what names no thread after that stays there."""
    script = begun(tmp_path / "bundle")
    script.event("history_item_accepted", item_id="a", thread="elsewhere", turn=None)
    script.event("history_item_accepted", item_id="b", thread=None, turn=None)
    script.line(b"no event at all")
    script.event("history_item_accepted", item_id="c")
    spans = spans_of(script.trace())
    kinds = [spans.span(spans.span_of(event)).kind for event in (4, 5, 6, 7)]
    assert kinds == ["thread", "thread", "thread", "codex_turn"]
    assert [spans.thread_of(event) for event in (4, 5, 6, 7)] == ["elsewhere"] * 3 + [ROOT_THREAD]


def columns(spans: Spans) -> tuple[list[Span], list[int], list[int], list[int], list[int], list[int]]:
    return (
        [spans.span(number) for number in range(len(spans))],
        list(spans.events.span),
        list(spans.events.thread),
        list(spans.waits),
        list(spans.cell_events),
        list(spans.agent_events),
    )


@by_own_folder
def test_reading_bit_by_bit_gives_the_same_as_at_once(folder: Path) -> None:
    trace = Trace(open_bundle(folder))
    growing = Spans(trace.history)
    while trace.advance(500).more:
        growing.update()
    trace.take_held_line()
    growing.update()
    assert columns(growing) == columns(spans_of(trace))


@needs_corpus
def test_every_recording_and_case_makes_a_tree() -> None:
    for folder in (*corpus_folders(), *case_folders()):
        try:
            trace = Trace(open_bundle(folder)).load()
        except BundleProblem:
            continue
        spans = spans_of(trace)
        for number in range(1, len(spans)):
            span = spans.span(number)
            assert span.parent is not None and span.depth == spans.span(span.parent).depth + 1, folder
            assert span.end is None or span.end >= span.start, folder
            assert number in spans.children(span.parent), folder
            own = spans.events.of_span(number)
            assert all(spans.span_of(event) == number for event in own), folder
        placed = sorted(event for number in range(len(spans)) for event in spans.events.of_span(number))
        assert placed == list(range(1, trace.history.head + 1)), folder
