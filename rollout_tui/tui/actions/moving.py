"""Moving the cursor: each motion of the table of steps, threads, and the next stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rollout_tui.debugger.findings.unfinished import recording_status
from rollout_tui.debugger.moving.related import Subject
from rollout_tui.debugger.moving.stepping import STEPS, step
from rollout_tui.debugger.moving.walk import Step, Walk, earlier, later
from rollout_tui.tui.drawing.targets import ToObject
from rollout_tui.tui.keys import BY_ID, key_label, with_keys

if TYPE_CHECKING:
    from rollout_tui.tui.actions.desk import Desk
    from rollout_tui.tui.state.session import Session

KEEPS_SELECTION = ("change", "same")
BEHIND = {"next": "before", "previous": "later"}
OPPOSITE = {"next": "previous", "previous": "next"}
SAYS_ENOUGH = ("event", "over")
# Motions whose action has another name.
ACTION_OF = {"failure_next": "stop_next", "failure_previous": "stop_previous"}


def walk(session: Session) -> Walk:
    """What motions go by in a session."""
    chosen = session.place.selection
    selected = Subject(chosen.kind, chosen.id) if isinstance(chosen, ToObject) else None
    if selected is None:
        selected = session.subject()
    reading = session.reading
    live = session.growing or not reading.settled
    return Walk(
        session.trace,
        session.spans,
        reading.known.findings.complete(recording_status(session.trace.history, live=live)),
        reading.known.silences.found,
        selected,
        session.followed,
    )


def _motion(name: str) -> Callable[[Desk], None]:
    family = name.rpartition("_")[0] or name

    def move(desk: Desk) -> None:
        session = desk.session
        take(desk, name, made(walk(session), name, session.event), keep_selection=family in KEEPS_SELECTION)

    move.__doc__ = f"Make the motion {name}."
    return move


def made(by: Walk, name: str, event: int) -> Step:
    """The motion `name` from `event`; where it finds nothing, it is told what is behind and the key to it."""
    found = step(by, name, event)
    family, _, way = name.rpartition("_")
    back = f"{family}_{OPPOSITE.get(way, '')}"
    if found.event is not None or not by.head or back not in STEPS or family in SAYS_ENOUGH:
        return found
    behind = step(by, back, event).event
    if behind is None:
        return found._replace(message=f"{found.message}, and none {BEHIND[way]}")
    keys = BY_ID[ACTION_OF.get(back, back)].keys
    way_back = f"{key_label(keys[0])} goes to" if keys else "the nearest is"
    return found._replace(message=f"{found.message}; {way_back} #{by.trace.history.events.seqs[behind]}")


def take(desk: Desk, name: str, found: Step, *, keep_selection: bool = False) -> None:
    """Go where a step leads and say what it says."""
    session = desk.session
    if found.event is None and not session.reading.settled:
        desk.say(f"{found.message} so far: the trace is still being read")
    elif found.message:
        desk.say(found.message)
    if found.event is None:
        return
    session.leave_run(name)
    if keep_selection and session.place.selection is None:
        session.select(session.selected())
    session.go(found.event, keep_selection=keep_selection)
    if found.subject is not None:
        session.walked(found.subject)
    desk.repaint()


def __getattr__(name: str) -> Callable[[Desk], None]:
    """The action of each motion of `STEPS`, by the name that the table of keys has for it, too."""
    if name not in STEPS:
        raise AttributeError(name)
    return _motion(name)


def last(desk: Desk) -> None:
    """To the last event; a recording that grows is followed from there."""
    session = desk.session
    if not session.growing:
        _motion("last")(desk)
        return
    session.leave_run("last")
    session.follow()
    desk.say("following; any movement back stays there")
    desk.repaint()


def stop_next(desk: Desk) -> None:
    """To the next stop: with no breakpoint set, the next failure."""
    _stop(desk, "failure_next", backwards=False)


def stop_previous(desk: Desk) -> None:
    """To the previous stop."""
    _stop(desk, "failure_previous", backwards=True)


def _stop(desk: Desk, otherwise: str, *, backwards: bool) -> None:
    if desk.session.breakpoints.all:
        desk.running.seek(backwards=backwards)
    else:
        take(desk, otherwise, made(walk(desk.session), otherwise, desk.session.event))


def no_stop(*, backwards: bool) -> str:
    """What there is to say where no breakpoint holds on that side."""
    return (earlier if backwards else later)(None, "stop").message


def thread_next(desk: Desk) -> None:
    """Show the next thread and hold it."""
    _thread(desk, 1)


def thread_previous(desk: Desk) -> None:
    """Show the previous thread and hold it."""
    _thread(desk, -1)


def _thread(desk: Desk, by: int) -> None:
    session = desk.session
    beside = session.reading.thread_beside(session.thread_id, by, session.event)
    if beside is None:
        desk.say("no thread has started yet")
        return
    session.hold_thread(beside)
    alone = session.reading.threads_at(session.event) == 1
    held = "the only thread, held" if alone else "thread held"
    desk.say(with_keys(f"{held}; {{cancel}} lets go"))
    desk.repaint()
