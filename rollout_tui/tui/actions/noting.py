"""Notes: what somebody writes down at an event, kept outside the trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rollout_tui.remembered.store import Note
from rollout_tui.words import count

if TYPE_CHECKING:
    from rollout_tui.tui.actions.desk import Desk


def note(desk: Desk, argument: str) -> None:
    """`:note TEXT` writes something down at the event; without TEXT the notes at this event are told."""
    session = desk.session
    if argument:
        session.notes.append(Note(session.seq, argument))
        desk.say(f"noted at #{session.seq}; :notes lists all")
        return
    here = [one.text for one in session.notes if one.seq == session.seq]
    desk.say("   ".join(here) if here else _none(session.seq))


def notes(desk: Desk, argument: str) -> None:
    """`:notes` lists them, in the order of their events."""
    listed = [f"#{one.seq} {one.text}" for one in sorted(desk.session.notes, key=lambda one: one.seq)]
    desk.say("   ".join(listed) if listed else "no notes; :note TEXT writes one at this event")


def unnote(desk: Desk, argument: str) -> None:
    """`:unnote` takes away the notes at this event."""
    session = desk.session
    kept = [one for one in session.notes if one.seq != session.seq]
    taken = len(session.notes) - len(kept)
    session.notes[:] = kept
    desk.say(f"{count(taken, 'note')} at #{session.seq} taken away" if taken else _none(session.seq))


def _none(seq: int) -> str:
    return f"no note at #{seq}; :note TEXT writes one"
