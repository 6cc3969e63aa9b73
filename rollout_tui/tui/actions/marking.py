"""The mark: an event one comes back to and compares with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rollout_tui.tui.places import LENS

if TYPE_CHECKING:
    from rollout_tui.tui.actions.desk import Desk


def mark(desk: Desk) -> None:
    """Mark the event at the cursor."""
    session = desk.session
    session.mark = session.event
    desk.say(f"#{session.seq} is marked; ' goes there, D compares")
    desk.repaint()


def mark_go(desk: Desk) -> None:
    """Go to the mark."""
    session = desk.session
    if session.mark is None:
        desk.say("no mark yet; m sets it")
        return
    session.leave()
    session.go(session.mark)
    desk.repaint()


def mark_diff(desk: Desk) -> None:
    """Differences between the mark and the cursor."""
    session = desk.session
    if session.mark is None:
        desk.say("no mark yet; m sets it")
        return
    session.leave()
    session.show_lens("diff")
    desk.focus_pane(LENS)
    desk.repaint()
