"""Every motion of the cursor that needs no screen: from an event to another one, or the reason why not.

`STEPS` names them as the keys do (`wait_next`, `out_end`, ...). A step looks at the whole recording as far as
it has been read; it costs a few bisections, never a walk over all events.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

from rollout_tui.debugger.related import Subject, events_of, subject_of
from rollout_tui.debugger.span_words import title
from rollout_tui.debugger.spans import INFERENCE, NOBODY, ROOT, TOOL, TURN, Spans

if TYPE_CHECKING:
    from rollout_tui.recording import Trace

END = "end of trace"
# Events before the first thread belong to whichever comes first.
FIRST_THREAD = NOBODY + 1


class Step(NamedTuple):
    """Where a motion leads: an event (ordinal), or None and why; a message can stand beside an event too.

    `subject` is the thing `same_next` followed: kept in the `Walk` it is followed further.
    """

    event: int | None
    message: str = ""
    subject: Subject | None = None


class Found(Protocol):
    """A finding, as far as a motion cares."""

    @property
    def event(self) -> int:
        """The event (ordinal) it is found at."""

    @property
    def severity(self) -> str:
        """`error`, `warning` or `note`."""


class Silent(Protocol):
    """A silence: no event between `start` and the next one, `end`."""

    @property
    def end(self) -> int:
        """The event (ordinal) that breaks it."""

    @property
    def length_ms(self) -> int:
        """How long it lasted."""


@dataclass(frozen=True)
class Walk:
    """What motions go by.

    `findings` and `silences` are in the order of their events. `selected` is what `change_next` follows,
    `followed` what `same_next` does (None: what the event at the cursor is about).
    """

    trace: Trace
    spans: Spans
    findings: Sequence[Found] = ()
    silences: Sequence[Silent] = ()
    selected: Subject | None = None
    followed: Subject | None = None

    @property
    def head(self) -> int:
        """The last event there is."""
        return self.spans.head


Motion: TypeAlias = Callable[[Walk, int], Step]
_Related: TypeAlias = tuple[Subject, Sequence[int]]


# -- in a sorted list of events ------------------------------------------------------


def _after(events: Sequence[int], event: int, head: int) -> int | None:
    at = bisect_right(events, event)
    return events[at] if at < len(events) and events[at] <= head else None


def _before(events: Sequence[int], event: int) -> int | None:
    at = bisect_left(events, event)
    return events[at - 1] if at else None


def _later(event: int | None, what: str) -> Step:
    return Step(event) if event is not None else Step(None, f"{END}: no later {what}")


def _earlier(event: int | None, what: str) -> Step:
    return Step(event) if event is not None else Step(None, f"{END}: no earlier {what}")


class Starts(Sequence[int]):
    """The events that spans begin at, as a list."""

    def __init__(self, spans: Spans, numbers: Sequence[int]) -> None:
        self._begins = spans.windows.begins
        self._numbers = numbers

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, at):  # type: ignore[no-untyped-def]
        return self._begins[self._numbers[at]]


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
        lambda walk, event: _later(_after(events(walk), event, walk.head), what),
        lambda walk, event: _earlier(_before(events(walk), event), what),
    )


def _related(about: Callable[[Walk, int], _Related | Step], what: str) -> tuple[Motion, Motion]:
    def forward(walk: Walk, event: int) -> Step:
        found = about(walk, event)
        if isinstance(found, Step):
            return found
        return _later(_after(found[1], event, walk.head), what)._replace(subject=found[0])

    def backward(walk: Walk, event: int) -> Step:
        found = about(walk, event)
        if isinstance(found, Step):
            return found
        return _earlier(_before(found[1], event), what)._replace(subject=found[0])

    return forward, backward


# -- findings and silences -------------------------------------------------------------


def _found(severities: tuple[str, ...], what: str) -> tuple[Motion, Motion]:
    def forward(walk: Walk, event: int) -> Step:
        first = bisect_right(walk.findings, event, key=_event_of)
        for at in range(first, len(walk.findings)):
            if walk.findings[at].severity in severities:
                return Step(walk.findings[at].event)
        return _later(None, what)

    def backward(walk: Walk, event: int) -> Step:
        for at in range(bisect_left(walk.findings, event, key=_event_of) - 1, -1, -1):
            if walk.findings[at].severity in severities:
                return Step(walk.findings[at].event)
        return _earlier(None, what)

    return forward, backward


def _event_of(finding: Found) -> int:
    return finding.event


def _silence_next(walk: Walk, event: int) -> Step:
    return _silence(next((one for one in walk.silences if one.end > event), None), _later)


def _silence_previous(walk: Walk, event: int) -> Step:
    return _silence(next((one for one in reversed(walk.silences) if one.end < event), None), _earlier)


def _silence(found: Silent | None, otherwise: Callable[[int | None, str], Step]) -> Step:
    if found is None:
        return otherwise(None, "long silence")
    return Step(found.end, f"after {found.length_ms / 1000:,.1f} s of silence")


# -- event by event ----------------------------------------------------------------------


def _event_next(walk: Walk, event: int) -> Step:
    return Step(event + 1) if event < walk.head else Step(None, f"{END}: this is the last event")


def _event_previous(walk: Walk, event: int) -> Step:
    return Step(event - 1) if event > 1 else Step(None, f"{END}: this is the first event")


def _first(walk: Walk, event: int) -> Step:
    return Step(1) if walk.head else Step(None, "the trace is empty")


def _last(walk: Walk, event: int) -> Step:
    return Step(walk.head) if walk.head else Step(None, "the trace is empty")


# -- over and out --------------------------------------------------------------------------


def _levels(walk: Walk, thread: int, depth: int) -> Iterator[Sequence[int]]:
    """The events of a thread by the depth of their spans, down to `depth`."""
    for own in (NOBODY, thread) if thread == FIRST_THREAD else (thread,):
        for one in range(depth + 1):
            yield walk.spans.events.level(own, one)


def _deeper(walk: Walk, numbers: Iterator[int], thread: int, depth: int) -> Iterator[int]:
    for number in numbers:
        if walk.spans.threads[number] == thread and walk.spans.depths[number] > depth:
            yield number


def _around(spans: Spans, number: int, depth: int) -> Iterator[int]:
    """A span and those around it that lie deeper than `depth`."""
    yield number
    for one in spans.ancestors(number):
        if spans.depths[one] <= depth:
            return
        yield one


def _over_next(walk: Walk, event: int) -> Step:
    """The next event of the thread that is not inside a span opened later at a deeper level."""
    spans, events = walk.spans, walk.spans.events
    thread, depth = events.thread[event] or FIRST_THREAD, spans.depths[events.span[event]]
    begins = spans.windows.begins
    found = [_after(level, event, walk.head) for level in _levels(walk, thread, depth)]
    for number in _deeper(walk, spans.open_at(event), thread, depth):
        if all(begins[one] <= event for one in _around(spans, number, depth)):
            found.append(events.after(number, spans.depths[number], event))
    nearest = min((one for one in found if one is not None), default=None)
    for at in range(bisect_right(spans.late_events, event), len(spans.late_events)):
        late = spans.late_events[at]
        if nearest is not None and late > nearest:
            break
        number = events.span[late]
        if events.thread[late] == thread and all(
            begins[one] <= event for one in _around(spans, number, depth)
        ):
            nearest = late
            break
    return _later(nearest, "event at this depth of this thread")


def _over_previous(walk: Walk, event: int) -> Step:
    """The previous event of the thread that is not inside a span closed earlier at a deeper level."""
    spans, events = walk.spans, walk.spans.events
    thread, depth = events.thread[event] or FIRST_THREAD, spans.depths[events.span[event]]
    found = [_before(level, event) for level in _levels(walk, thread, depth)]
    for number in _deeper(walk, spans.open_at(event - 1), thread, depth):
        if not any(spans.windows.over_before(one, event) for one in _around(spans, number, depth)):
            found.append(events.before(number, spans.depths[number], event))
    return _earlier(
        max((one for one in found if one is not None), default=None), "event at this depth of this thread"
    )


def _enclosing(spans: Spans, event: int) -> list[int]:
    number = spans.span_of(event)
    return [number, *spans.ancestors(number)]


def _out_end(walk: Walk, event: int) -> Step:
    """The nearest end of a span around the event that lies after it."""
    spans = walk.spans
    ends = {number: spans.windows.end_of(number) for number in _enclosing(spans, event)}
    opened = [number for number, end in ends.items() if end is None]
    later = [(end, number) for number, end in ends.items() if end is not None and event < end <= walk.head]
    if not later:
        return Step(
            None, f"{title(spans, opened[0])} is still open" if opened else f"{END}: nothing ends later"
        )
    end, number = min(later)
    inner = [one for one in opened if spans.depths[one] > spans.depths[number]]
    held = f" ({title(spans, inner[0])} is still open)" if inner else ""
    return Step(end, f"end of {title(spans, number)}{held}")


def _out_start(walk: Walk, event: int) -> Step:
    """The nearest start of a span around the event that lies before it."""
    spans = walk.spans
    starts = [(max(1, spans.windows.begins[number]), number) for number in _enclosing(spans, event)]
    earlier = [(start, number) for start, number in starts if start < event]
    if not earlier:
        return Step(None, f"{END}: nothing starts earlier")
    start, number = max(earlier)
    return Step(start, f"start of {title(spans, number) if number != ROOT else 'the rollout'}")


# -- the table -------------------------------------------------------------------------------


def _pair(name: str, motions: tuple[Motion, Motion]) -> dict[str, Motion]:
    return {f"{name}_next": motions[0], f"{name}_previous": motions[1]}


STEPS: dict[str, Motion] = {
    **_pair("event", (_event_next, _event_previous)),
    **_pair("over", (_over_next, _over_previous)),
    "out_end": _out_end,
    "out_start": _out_start,
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
