"""How a trace is opened: what the command line asked for, and the place that leads to."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from rollout_tui.debugger.thread_names import UnknownThread, thread_named
from rollout_tui.recording import Trace, UnknownSeq
from rollout_tui.remembered.store import Store
from rollout_tui.trace.packed import Unpacked
from rollout_tui.tui.remembering import recall, restore
from rollout_tui.tui.state.places import TIMELINE
from rollout_tui.tui.state.session import Session


@dataclass(frozen=True)
class Opening:
    """What to open and where.

    `at` is a seq (None: the last event), `follow` None means while it grows, `thread` an id, a unique
    beginning of one or an agent path, `lens` a name. `wait`: the trace need not be there yet. `memory` is
    what is known from earlier. `root` is the folder of recordings it was chosen from, `latest` takes a newer
    one of them when this one is over; `said` is why it was opened, where the user did not do that. `pane` is
    the one to begin in. `unpacked` has what comes out of archives.
    """

    path: Path
    at: int | None = None
    follow: bool | None = None
    wait: bool = False
    thread: str | None = None
    lens: str | None = None
    memory: Store | None = None
    root: Path | None = None
    latest: bool = False
    said: str = ""
    pane: str = TIMELINE
    unpacked: Unpacked = field(default_factory=Unpacked)


class NotThere(LookupError):
    """What was asked for is not in the recording; the message says what is."""


def begin(session: Session, opening: Opening) -> None:
    """Before anything is read: ride along with the head until the place asked for is reached."""
    session.following = True
    if opening.lens:
        session.show_lens(opening.lens)


def settle(session: Session, opening: Opening, *, growing: bool) -> str:
    """All that was there is read: go to the place asked for, unless the user already went somewhere.

    Without one it is the place where the trace was left. `growing` is whether more is expected. Returns what
    to say. Raises NotThere after going to the end instead.
    """
    found = recall(session, opening)
    if not session.following:
        return opening.said
    session.follow()
    session.following = growing if opening.follow is None else opening.follow
    if opening.thread is not None:
        session.hold_thread(find_thread(session.trace, opening.thread))
    if opening.at is not None:
        try:
            session.go(session.trace.ordinal(opening.at))
        except UnknownSeq as problem:
            raise NotThere(str(problem)) from problem
        session.following = opening.follow is True and session.event == session.head
    return opening.said or (restore(session, opening, found) if found else "")


def find_thread(trace: Trace, wanted: str) -> str:
    """The id of a thread given by id, agent path or a unique beginning of an id. Raises NotThere."""
    try:
        return thread_named(trace.snapshot(trace.history.head), wanted)
    except UnknownThread as problem:
        raise NotThere(str(problem)) from problem
