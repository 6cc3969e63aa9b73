"""Marks: events one comes back to and compares with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rollout_tui.tui.keys import key_of, with_keys
from rollout_tui.tui.state.places import LENS
from rollout_tui.words import since_start

if TYPE_CHECKING:
    from rollout_tui.tui.actions.desk import Desk


def mark(desk: Desk) -> None:
    """Mark the event at the cursor."""
    session = desk.session
    if not session.event:
        desk.say("no event here")
        return
    session.set_mark(session.event)
    goes, compares = key_of("mark_go"), key_of("mark_diff")
    desk.say(f"#{session.seq} is marked; {goes} goes there, {compares} compares, :marks lists")
    desk.repaint()


def mark_go(desk: Desk) -> None:
    """Go to the mark that counts; from there to the one set longest ago, so that all come in turn."""
    session = desk.session
    if session.mark is None:
        desk.say(with_keys("no mark yet; {mark} sets it"))
        return
    if session.event == session.mark:
        session.set_mark(session.marks[0])
    session.leave()
    session.go(session.mark)
    desk.repaint()


def list_marks(desk: Desk, argument: str) -> None:
    """`:marks`: every mark with its time, and how far the next one is from it."""
    events = desk.session.history.events
    marks = sorted(desk.session.marks)
    if not marks:
        desk.say(with_keys("no mark yet; {mark} sets it"))
        return
    told = []
    for number, event in enumerate(marks):
        since = f" ({since_start(events.times[event] - events.times[marks[number - 1]])})" if number else ""
        told.append(f"#{events.seqs[event]} {since_start(events.times[event] - events.times[1])}{since}")
    desk.say("   ".join(told))


def mark_diff(desk: Desk) -> None:
    """Differences between the mark and the cursor."""
    session = desk.session
    if session.mark is None:
        desk.say(with_keys("no mark yet; {mark} sets it"))
        return
    session.leave()
    session.show_lens("diff")
    desk.focus_pane(LENS)
    desk.repaint()
