"""Every motion of the cursor that needs no screen: from an event to another one, or the reason why not.

`STEPS` names them as the keys do (`wait_next`, `out_end`, ...). A step looks at the whole recording as far as
it has been read; it costs a few bisections, never a walk over all events.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import TypeAlias

from rollout_tui.debugger.findings.finding import Finding
from rollout_tui.debugger.moving.over_and_out import out_end, out_start, over_next, over_previous
from rollout_tui.debugger.moving.related import Subject, events_of, subject_of
from rollout_tui.debugger.moving.walk import (
    END,
    Motion,
    Step,
    Walk,
    after,
    before,
    earlier,
    later,
)
from rollout_tui.debugger.spans.span_tree import INFERENCE, TOOL, TURN
from rollout_tui.debugger.spans.spans import Spans
from rollout_tui.debugger.waiting.silences import Silence, in_words
from rollout_tui.on_demand import OnDemand

_Related: TypeAlias = tuple[Subject, Sequence[int]]


# -- in a sorted list of events ------------------------------------------------------


class Starts(OnDemand[int]):
    """The events that spans begin at, as a list."""

    def __init__(self, spans: Spans, numbers: Sequence[int]) -> None:
        self._begins = spans.windows.begins
        self._numbers = numbers

    def __len__(self) -> int:
        return len(self._numbers)

    def member(self, index: int) -> int:
        """The event that a span begins at."""
        return self._begins[self._numbers[index]]


def _turns(walk: Walk) -> Sequence[int]:
    return Starts(walk.spans, walk.spans.of_kind(TURN))


def _requests(walk: Walk) -> Sequence[int]:
    return Starts(walk.spans, walk.spans.of_kind(INFERENCE))


def _tools(walk: Walk) -> Sequence[int]:
    return Starts(walk.spans, walk.spans.of_kind(TOOL))


def _waits(walk: Walk) -> Sequence[int]:
    return Starts(walk.spans, walk.spans.waits)


def _cells(walk: Walk) -> Sequence[int]:
    return walk.spans.cell_events


def _agents(walk: Walk) -> Sequence[int]:
    return walk.spans.agent_events


def _same(walk: Walk, event: int) -> _Related | Step:
    subject = walk.followed or subject_of(walk.trace, walk.spans, event)
    if subject is None:
        return Step(None, "this event belongs to no call, cell or item")
    return subject, events_of(walk.spans, subject)


def _changes(walk: Walk, event: int) -> _Related | Step:
    if walk.selected is None:
        return Step(None, "nothing is selected")
    return walk.selected, events_of(walk.spans, walk.selected, only_changes=True)


def _listed(events: Callable[[Walk], Sequence[int]], what: str) -> tuple[Motion, Motion]:
    return (
        lambda walk, event: later(after(events(walk), event, walk.head), what),
        lambda walk, event: earlier(before(events(walk), event), what),
    )


def _related(about: Callable[[Walk, int], _Related | Step], what: str) -> tuple[Motion, Motion]:
    def forward(walk: Walk, event: int) -> Step:
        found = about(walk, event)
        if isinstance(found, Step):
            return found
        return later(after(found[1], event, walk.head), what)._replace(subject=found[0])

    def backward(walk: Walk, event: int) -> Step:
        found = about(walk, event)
        if isinstance(found, Step):
            return found
        return earlier(before(found[1], event), what)._replace(subject=found[0])

    return forward, backward


# -- findings and silences -------------------------------------------------------------


def _found(severities: tuple[str, ...], what: str) -> tuple[Motion, Motion]:
    def forward(walk: Walk, event: int) -> Step:
        at = walk.findings.next_of(severities, bisect_right(walk.findings, event, key=_event_of))
        return later(None, what) if at is None else _to_findings(walk, walk.findings[at].event, severities)

    def backward(walk: Walk, event: int) -> Step:
        at = walk.findings.last_of(severities, bisect_left(walk.findings, event, key=_event_of))
        return earlier(None, what) if at is None else _to_findings(walk, walk.findings[at].event, severities)

    return forward, backward


def _to_findings(walk: Walk, event: int, severities: tuple[str, ...]) -> Step:
    """To an event with findings, telling the one that caused the others there."""
    first, stop = (side(walk.findings, event, key=_event_of) for side in (bisect_left, bisect_right))
    here = [one for one in walk.findings[first:stop] if one.severity in severities]
    told = next((one for one in here if one.under is None), here[0])
    more = f"  (and {len(here) - 1} more here)" if len(here) > 1 else ""
    cause = told.cause()
    why = "" if cause is None else f", caused by #{cause.seq} {cause.code}"
    return Step(event, f"{told.code}: {told.message}{why}{more}")


def _event_of(finding: Finding) -> int:
    return finding.event


def _silence_next(walk: Walk, event: int) -> Step:
    found = next((one for one in walk.silences if one.end > event), None)
    return later(None, "long silence") if found is None else _end_of(walk, found)


def _silence_previous(walk: Walk, event: int) -> Step:
    found = next((one for one in reversed(walk.silences) if one.end < event), None)
    return earlier(None, "long silence") if found is None else _end_of(walk, found)


def _end_of(walk: Walk, silence: Silence) -> Step:
    """The event that breaks a silence, with what was open during it."""
    return Step(silence.end, f"after {in_words(walk.trace, silence)}")


# -- event by event ----------------------------------------------------------------------


def _event_next(walk: Walk, event: int) -> Step:
    return Step(event + 1) if event < walk.head else Step(None, f"{END}: this is the last event")


def _event_previous(walk: Walk, event: int) -> Step:
    return Step(event - 1) if event > 1 else Step(None, f"{END}: this is the first event")


def _first(walk: Walk, event: int) -> Step:
    return Step(1) if walk.head else Step(None, "the trace is empty")


def _last(walk: Walk, event: int) -> Step:
    return Step(walk.head) if walk.head else Step(None, "the trace is empty")


# -- the table -------------------------------------------------------------------------------


def _pair(name: str, motions: tuple[Motion, Motion]) -> dict[str, Motion]:
    return {f"{name}_next": motions[0], f"{name}_previous": motions[1]}


STEPS: dict[str, Motion] = {
    **_pair("event", (_event_next, _event_previous)),
    **_pair("over", (over_next, over_previous)),
    "out_end": out_end,
    "out_start": out_start,
    "first": _first,
    "last": _last,
    **_pair("turn", _listed(_turns, "turn")),
    **_pair("request", _listed(_requests, "model request")),
    **_pair("tool", _listed(_tools, "tool call")),
    **_pair("cell", _listed(_cells, "code-cell event")),
    **_pair("wait", _listed(_waits, "wait")),
    **_pair("agent", _listed(_agents, "agent event")),
    **_pair("problem", _found(("error", "warning"), "error or warning")),
    **_pair("failure", _found(("error",), "failure")),
    **_pair("silence", (_silence_next, _silence_previous)),
    **_pair("same", _related(_same, "event of it")),
    **_pair("change", _related(_changes, "event that changed it")),
}
"""Motions by name; `NAME_next` goes forward, `NAME_previous` back."""


def step(walk: Walk, name: str, event: int) -> Step:
    """Make the motion `name` (a key of `STEPS`) from `event`. Raises KeyError for another name."""
    if not walk.head:
        return Step(None, "the trace is empty")
    return STEPS[name](walk, max(1, min(event, walk.head)))
