"""Breakpoints and watches: set, list, take away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rollout_tui.debugger.stops.breakpoints import Sort
from rollout_tui.debugger.stops.expressions import ExpressionProblem
from rollout_tui.tui.keys import key_of, with_keys
from rollout_tui.words import count

if TYPE_CHECKING:
    from rollout_tui.tui.actions.desk import Desk


def break_here(desk: Desk) -> None:
    """Set a breakpoint on the type of the event at the cursor, or take it away."""
    session = desk.session
    event_type = session.history.events.type(session.event)
    if not event_type:
        desk.say("no event here")
        return
    for one in session.breakpoints.all:
        if one.sort == "break" and one.expression.source == event_type:
            session.breakpoints.remove(one.number)
            desk.say(f"no longer stops at {event_type}")
            return
    made = session.breakpoints.add_event(event_type)
    on = key_of("stop_next")
    desk.say(f"stops at every {event_type} (breakpoint {made.number}); {on} goes on, :breaks lists")


def set_break(desk: Desk, source: str) -> None:
    """`:break EXPRESSION`; without one the event type at the cursor."""
    if source:
        _set(desk, "break", source)
    else:
        break_here(desk)


def set_watch(desk: Desk, source: str) -> None:
    """`:watch EXPRESSION`."""
    _set(desk, "watch", source)


def _set(desk: Desk, sort: Sort, source: str) -> None:
    try:
        made = desk.session.breakpoints.add(sort, source)
    except ExpressionProblem as problem:
        desk.say(str(problem), "warning")
        return
    desk.say(f"set: {made}; {key_of('stop_next')} and {key_of('stop_previous')} walk its stops")


def list_breaks(desk: Desk, argument: str) -> None:
    """`:breaks`."""
    breaks = desk.session.breakpoints.all
    listed = "   ".join(str(one) for one in breaks)
    desk.say(
        f"{count(len(breaks), 'breakpoint')}:  {listed}"
        if breaks
        else with_keys("no breakpoint; {break_here} or :break sets one")
    )


def remove_break(desk: Desk, argument: str) -> None:
    """`:unbreak NUMBER`; without one all of them."""
    breaks = desk.session.breakpoints
    if not argument:
        said = f"{count(len(breaks.all), 'breakpoint')} removed"
        for one in list(breaks.all):
            breaks.remove(one.number)
        desk.say(said)
        return
    try:
        desk.say(f"removed: {breaks.remove(int(argument))}")
    except (ValueError, ExpressionProblem) as problem:
        desk.say(
            str(problem)
            if isinstance(problem, ExpressionProblem)
            else f"which one is {argument[:20]!r}? :unbreak takes a number, as :breaks shows it",
            "warning",
        )
