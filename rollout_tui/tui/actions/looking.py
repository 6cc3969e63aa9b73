"""Panes, lenses, rows: what is looked at, not where."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rollout_tui.debugger.moving.walk import Step
from rollout_tui.tui.actions.moving import event_next, event_previous, take
from rollout_tui.tui.drawing.targets import ToEvent
from rollout_tui.tui.keys import with_keys
from rollout_tui.tui.lens_names import LENSES_BY_NAME
from rollout_tui.tui.state.places import LENS, PANES, TIMELINE

if TYPE_CHECKING:
    from rollout_tui.tui.actions.desk import Desk

SIDEWAYS = 8


def open_line(desk: Desk) -> None:
    """Open the cursor row of the pane; in the outline fold or unfold it.

    Of a list that the event at the cursor is not in, the row nearest to it is gone to first.
    """
    session = desk.session
    row = desk.line_view(desk.pane).line
    elsewhere = row is not None and isinstance(row.target, ToEvent) and row.target.event != session.event
    if desk.pane == TIMELINE and not (session.filtering is not None and elsewhere):
        if session.filtering is not None or not session.outline or not session.toggle_span():
            session.leave()
            session.show_lens("raw")
            desk.focus_pane(LENS)
        desk.repaint()
        return
    desk.line_view(desk.pane).choose()


def back(desk: Desk) -> None:
    """To the place before, exactly; from the first one to the list the recording was chosen from."""
    found = desk.opened is not None and desk.session.back()
    if found or not desk.leave():
        _to_place(desk, found, "no place to go back to")


def forward(desk: Desk) -> None:
    """To the place Backspace left."""
    _to_place(desk, desk.session.forward(), "no place to go forward to")


def _to_place(desk: Desk, found: bool, otherwise: str) -> None:
    if not found:
        desk.say(otherwise)
        return
    desk.focus_pane(desk.session.place.pane)
    desk.repaint()


def row_down(desk: Desk) -> None:
    """Next row of the pane; in the timeline the cursor."""
    _rows(desk, 1)


def row_up(desk: Desk) -> None:
    """Previous row."""
    _rows(desk, -1)


def page_down(desk: Desk) -> None:
    """A page down."""
    _rows(desk, desk.line_view(desk.pane).page - 1)


def page_up(desk: Desk) -> None:
    """A page up."""
    _rows(desk, 1 - desk.line_view(desk.pane).page)


def _rows(desk: Desk, by: int) -> None:
    view = desk.line_view(desk.pane)
    if desk.pane != TIMELINE:
        view.move(by)
        return
    if desk.session.filtering is not None:
        found = desk.session.filtering.beside(desk.session.event, by)
        where = "no later event passes the filter" if by > 0 else "no earlier event passes the filter"
        take(desk, "filtered", Step(found, "" if found else where))
        return
    if not desk.session.outline and abs(by) == 1:
        (event_next if by > 0 else event_previous)(desk)
        return
    last = len(view.content) - 1
    row = max(0, min(last, view.row + by))
    target = view.content.line(row).target if last >= 0 else None
    if row == view.row:
        desk.say("end of trace" if by > 0 else "start of trace")
    elif isinstance(target, ToEvent):
        desk.session.go(target.event)
        desk.repaint()


def sideways_right(desk: Desk) -> None:
    """Show what lies at the right."""
    desk.line_view(desk.pane).move_sideways(SIDEWAYS)


def sideways_left(desk: Desk) -> None:
    """Back to the left."""
    desk.line_view(desk.pane).move_sideways(-SIDEWAYS)


def pane_next(desk: Desk) -> None:
    """The next pane gets the focus."""
    desk.focus_pane(PANES[(PANES.index(desk.pane) + 1) % len(PANES)])


def pane_previous(desk: Desk) -> None:
    """The previous pane gets the focus."""
    desk.focus_pane(PANES[(PANES.index(desk.pane) - 1) % len(PANES)])


WAYS = {
    "logical": "the whole context",
    "wire": "as the latest request sent it; {lens_context} goes on, {cancel} goes back",
    "new": "only what the latest request did not carry; {lens_context} or {cancel}: all",
}


def _lens(name: str) -> Callable[[Desk], None]:
    def show(desk: Desk) -> None:
        session = desk.session
        if name == "context" == session.place.lens and desk.pane == LENS:
            desk.say(with_keys(WAYS[session.next_way()]))
            desk.repaint()
            return
        session.leave()
        session.show_lens(name)
        desk.focus_pane(LENS)
        desk.repaint()

    show.__doc__ = f"Show lens {name}."
    return show


def __getattr__(name: str) -> Callable[[Desk], None]:
    """The action of each lens, by the name that the table of keys has for it."""
    lens = name.removeprefix("lens_")
    if lens == name or lens not in LENSES_BY_NAME:
        raise AttributeError(name)
    return _lens(lens)


life_line = _lens("life_line")


def outline(desk: Desk) -> None:
    """Outline or flat list."""
    if desk.session.filtering is not None:
        desk.say(with_keys("the filter lists single events; {cancel} ends it"))
        return
    desk.session.outline = not desk.session.outline
    desk.repaint()


def zoom(desk: Desk) -> None:
    """One pane, or all there is room for."""
    desk.session.zoomed = not desk.session.zoomed
    desk.repaint()


def hindsight(desk: Desk) -> None:
    """As known at the cursor, or as understood at the end."""
    desk.session.hindsight = not desk.session.hindsight
    desk.say("as understood at the end" if desk.session.hindsight else "as known at the cursor")
    desk.repaint()
