"""Coming back to a trace: the place, lens, marks and notes it was left with."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from rollout_tui.remembered.store import Figures, Remembered
from rollout_tui.trace.glance import Glance, glance
from rollout_tui.trace.packed import as_given
from rollout_tui.tui.keys import key_of
from rollout_tui.tui.lens_names import LENSES_BY_NAME

if TYPE_CHECKING:
    from rollout_tui.tui.starting.opening import Opening
    from rollout_tui.tui.state.session import Session

T = TypeVar("T")


def recall(session: Session, opening: Opening) -> Remembered | None:
    """Give a session the notes and marks of its trace, whatever place is asked for."""
    found = opening.memory.load(session.trace.bundle.identity) if opening.memory else None
    if found is None:
        return None
    session.recalled = found
    session.notes[:0] = found.notes
    marked = (session.history.events.ordinal_of(seq) for seq in found.marks)
    for event in (*marked, *session.marks):
        if event is not None:
            session.set_mark(event)
    return found


def restore(session: Session, opening: Opening, found: Remembered) -> str:
    """Go to the place and the lens that were left; what was asked for on the command line stays.

    A recording that is followed is not left for an old place. Returns what to say.
    """
    if opening.lens is None and found.lens in LENSES_BY_NAME:
        session.show_lens(found.lens)
    event = None if found.seq is None else session.history.events.ordinal_of(found.seq)
    if event is None or opening.at is not None or session.following or event >= session.head:
        return ""
    session.go(event)
    return f"back at #{found.seq}, where you left; {key_of('last')} goes to the end"


def _beside(there: tuple[T, ...], recalled: tuple[T, ...], own: tuple[T, ...]) -> tuple[T, ...]:
    """One's own behind what is there that one has never seen."""
    known = {*recalled, *own}
    return (*(one for one in there if one not in known), *own)


def _figures(seen: Glance, before: Figures | None) -> Figures | None:
    """What is seen at a glance; of what went meanwhile what was known `before`."""
    if seen.unreadable:
        return before
    return Figures(
        started_at_unix_ms=seen.identity.started_at_unix_ms if seen.identity else 0,
        size_bytes=seen.size_bytes,
        ended=seen.ended,
        whole=seen.whole,
        turns=seen.turns,
        failures=seen.failures,
    )


def remember(session: Session, opening: Opening) -> str:
    """Write down how a session is left. Returns what to say: that notes could not be kept.

    What somebody else wrote down meanwhile stays, and what was never recalled: of a recording that was not
    read yet the place too, unless the user went to another one.
    """
    if opening.memory is None or not session.head:
        return ""
    folder, identity = session.trace.bundle.folder, session.trace.bundle.identity
    seqs = session.history.events.seqs
    there, recalled = opening.memory.load(identity), session.recalled
    shown = session.place.lens
    seq = None if session.following or not session.event else seqs[session.event]
    lens = shown if shown in LENSES_BY_NAME else "context"
    marks, notes = tuple(seqs[event] for event in session.marks), tuple(session.notes)
    if there is not None:
        marks = _beside(there.marks, recalled.marks if recalled else (), marks)
        notes = _beside(there.notes, recalled.notes if recalled else (), notes)
        if recalled is None and session.following:
            seq, lens = there.seq, there.lens
    saved = opening.memory.save(
        Remembered(
            rollout_id=identity.rollout_id,
            trace_id=identity.trace_id,
            path=str(as_given(folder).absolute()),
            seq=seq,
            lens=lens,
            marks=marks,
            notes=notes,
            figures=_figures(glance(folder), there.figures if there else None),
        )
    )
    if saved or not session.notes:
        return ""
    return f"the notes could not be kept: {opening.memory.folder} cannot be written"
