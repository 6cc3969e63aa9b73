"""Rows of the outline against the plain way to list a tree."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from on_screen import session_over
from recordings_at_hand import recordings

from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.spans.span_tree import CELL, INFERENCE, OPERATION, ROOT, THREAD, TOOL, TURN
from rollout_tui.debugger.spans.spans import Spans
from rollout_tui.recorder import record
from rollout_tui.recording import Trace
from rollout_tui.trace.bundle import open_bundle
from rollout_tui.tui.panes.outline import BLOCK, Outline
from rollout_tui.tui.panes.timeline import timeline


def listed(spans: Spans, closed: set[int]) -> list[tuple[int, int]]:
    """(span, indent) of every row, by walking over the whole tree."""
    hidden_threads = len(spans.of_kind(THREAD)) < 2
    children: dict[int, list[int]] = {}
    host = {ROOT: ROOT}
    for number in range(1, len(spans)):
        kind, above = spans.kinds[number], host[spans.parents[number]]
        if (kind in (CELL, OPERATION) and spans.kinds[above] == TOOL) or (kind == THREAD and hidden_threads):
            host[number] = above
            continue
        host[number] = number
        if kind == TOOL and spans.kinds[above] == TURN:
            asked = [one for one in children.get(above, ()) if spans.kinds[one] == INFERENCE]
            above = asked[-1] if asked else above
        children.setdefault(above, []).append(number)
    rows: list[tuple[int, int]] = []

    def walk(number: int, depth: int) -> None:
        for child in children.get(number, ()):
            rows.append((child, depth))
            if child not in closed:
                walk(child, depth + 1)

    walk(ROOT, 0)
    return rows


@pytest.mark.parametrize("block", [2, BLOCK])
@pytest.mark.parametrize("folder", recordings(), ids=lambda folder: folder.name)
def test_rows_are_those_of_the_tree_however_it_grows_and_folds(
    folder: Path, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rollout_tui.tui.panes.outline.BLOCK", block)
    trace = Trace(open_bundle(folder))
    spans = index_of(trace.history, Spans)
    outline = Outline(spans)
    chance = random.Random(1)
    closed: set[int] = set()
    more = True
    while more:
        more = trace.advance(2000).more
        spans.update()
        outline.update()
        wanted = listed(spans, closed)
        assert [outline.span_at(row) for row in range(len(outline))] == wanted
        for row, (number, _) in enumerate(wanted):
            assert outline.row_of(number) == row
        foldable = [number for number, _ in wanted if outline.has_children(number)]
        if foldable:
            number = chance.choice(foldable)
            outline.toggle(number)
            closed ^= {number}
            assert [outline.span_at(row)[0] for row in range(len(outline))] == [
                number for number, _ in listed(spans, closed)
            ]


def test_a_row_that_does_not_exist(two_cells: Path) -> None:
    session = session_over(two_cells)
    outline = session.reading.known.outline
    for row in (-1, len(outline)):
        with pytest.raises(IndexError):
            outline.span_at(row)


def test_states_as_of_the_cursor(two_cells: Path) -> None:
    session = session_over(two_cells)
    session.go(45)
    shown = timeline(session.view(), session.reading.known.outline, 44)
    rows = [shown.line(number) for number in range(len(shown))]
    texts = [" ".join(row.text.split()) for row in rows]
    assert texts[0] == "v turn 1 >>> 3.04 s"
    assert "yielded" in texts[2] and "cell 1" in texts[2]
    assert texts[11].endswith("wait cell 2 8000 ms >>> 1.80 s")
    assert {piece.style for piece in rows[12].pieces} == {"future"}
    assert shown.focus == 5


def test_a_command_that_failed_says_its_exit_code(demo: Path) -> None:
    session = session_over(demo)
    session.go(session.head)
    shown = timeline(session.view(), session.reading.known.outline, 60)
    texts = [shown.line(number).text for number in range(len(shown))]
    assert any("scripts/check_days" in text and "exit 3" in text for text in texts)
    assert any("inference 2" in text and "failed" in text for text in texts)
    assert any("apply_patch add tests/test_days.py" in text for text in texts)


def test_threads_differ_in_a_narrow_timeline_and_calls_say_what_they_were_given(tmp_path: Path) -> None:
    """Arguments that are longer than a preview are cut in it: what is there is told all the same."""
    with record(tmp_path, model="toy") as recording, recording.root.turn() as turn:
        for number in range(12):
            asked = {"task_name": "reader", "message": f"Look at part {number} of it. " * 20}
            with turn.tool_call("spawn_agent", asked) as call:
                child = recording.root.child(f"reader_of_a_long_chapter_{number}", asked_by=call)
                call.completed("{}")
                child.end()
    assert recording.bundle is not None
    session = session_over(recording.bundle)
    content = timeline(session.view(), session.reading.known.outline, 34)
    rows = [content.line(number).text for number in range(len(content))]
    assert all(any(f"_chapter_{number} " in row for row in rows) for number in range(12))
    assert sum("spawn_agent reader: L" in row for row in rows) == 12
