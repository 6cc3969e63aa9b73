"""The filter of the timeline: what it lists, how one moves in it, and the place it gives back."""

from __future__ import annotations

from pathlib import Path

import pytest
from on_screen import at_a_row_of_cells, session_over

from rollout_tui.debugger.stops.expressions import ExpressionProblem
from rollout_tui.tui.panes.flat import flat
from rollout_tui.tui.panes.position import badge
from rollout_tui.tui.panes.status import Standing
from rollout_tui.tui.state.filtering import Filter
from rollout_tui.tui.state.session import Session

WAITS = [27, 28, 33, 34, 39, 50, 51, 54]


def filtered(session: Session, source: str) -> Filter:
    """A filter that has looked at everything."""
    made = session.filtering = Filter(session.trace, source, session.place)
    while made.advance():
        pass
    return made


@pytest.mark.parametrize(
    ("source", "events"),
    [
        ("tool=wait", WAITS),
        ("type=inference_started", [10, 24, 30, 36, 56]),
        ("cell=2 type=code_cell_ended", [49]),
        ("thread=/root status=failed", []),
        ("turn=1 type=codex_turn_ended", [59]),
        ("tool=wait status=completed", [28, 34, 50, 54]),
    ],
)
def test_type_thread_turn_tool_status_and_cell(source: str, events: list[int], two_cells: Path) -> None:
    found = filtered(session_over(two_cells), source)
    assert (list(found.events), found.done) == (events, True)


def test_rows_are_the_events_that_pass_and_the_cursor_may_lie_between(two_cells: Path) -> None:
    session = session_over(two_cells)
    session.go(36)
    found = filtered(session, "tool=wait")
    content = flat(session.view(), 40, found)
    assert content.title == "timeline  8 of 64  & tool=wait"
    assert [content.line(number).text.split()[0] for number in range(len(content))] == [
        f"#{event}" for event in WAITS
    ]
    assert content.focus == 3  # #34, the last one before the cursor
    assert [found.beside(36, by) for by in (1, -1, 3, -9, 99)] == [39, 34, 51, 27, 54]
    assert [found.beside(54, 1), found.beside(27, -1)] == [None, None]
    assert "filtered" in badge(session, Standing("ended"))


def test_esc_gives_the_place_back(two_cells: Path) -> None:
    session = session_over(two_cells)
    place = at_a_row_of_cells(session, 45)
    filtered(session, "tool=wait")
    session.go(27)
    session.show_lens("raw")
    assert session.cancel() == "every event again; back where the filter began"
    assert (session.place, session.filtering) == (place, None)


def test_nothing_passes_in_words(two_cells: Path) -> None:
    session = session_over(two_cells)
    found = filtered(session, "exit_code=99")
    content = flat(session.view(), 40, found)
    assert (len(content), content.focus) == (0, None)
    assert content.empty.startswith("No event passes: exit_code=99. Esc lists every event again")
    assert (found.beside(5, 1), found.beside(5, -1)) == (None, None)


def test_events_that_come_later_are_looked_at_too(two_cells: Path) -> None:
    session = session_over(two_cells)
    history = session.trace.history
    head, history.head = history.head, 30
    try:
        found = filtered(session, "tool=wait")
        assert (list(found.events), found.done) == ([27, 28], True)
    finally:
        history.head = head
    assert not found.done
    assert not found.advance()
    assert list(found.events) == WAITS


def test_what_cannot_be_understood_changes_nothing(two_cells: Path) -> None:
    session = session_over(two_cells)
    with pytest.raises(ExpressionProblem, match="no field 'colour'; fields are event, thread"):
        Filter(session.trace, "colour=red", session.place)
