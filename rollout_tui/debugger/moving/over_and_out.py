"""Over and out: motions along the span tree.

Over leads to the next event of the same thread that is not inside a span opened after the current event at a
deeper level; backward, not inside one closed before it. Out leads to the nearest end (or start) of a span
around the event that lies after (before) it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice

from rollout_tui.debugger.moving.walk import END, Step, Walk, after, before, earlier, later
from rollout_tui.debugger.spans.span_tree import NOBODY, ROOT
from rollout_tui.debugger.spans.span_words import title
from rollout_tui.debugger.spans.spans import Spans
from rollout_tui.debugger.waiting.open_work import MOST_OPEN

# Events before the first thread belong to whichever comes first.
FIRST_THREAD = NOBODY + 1


def _levels(walk: Walk, thread: int, depth: int) -> Iterator[Sequence[int]]:
    """The events of a thread by the depth of their spans, down to `depth`."""
    for own in (NOBODY, thread) if thread == FIRST_THREAD else (thread,):
        for one in range(depth + 1):
            yield walk.spans.events.level(own, one)


def _deeper(walk: Walk, event: int, thread: int, depth: int) -> Iterator[int]:
    """The spans of the thread below that depth that are open as of the event, of what is open `MOST_OPEN`."""
    spans = walk.spans
    own = (spans.thread_spans[thread],) if spans.windows.is_open(spans.thread_spans[thread], event) else ()
    for number in (*own, *islice(spans.open_at(event), MOST_OPEN)):
        if spans.threads[number] == thread and spans.depths[number] > depth:
            yield number


def _around(spans: Spans, number: int, depth: int) -> Iterator[int]:
    """A span and those around it that lie deeper than `depth`."""
    yield number
    for one in spans.ancestors(number):
        if spans.depths[one] <= depth:
            return
        yield one


def over_next(walk: Walk, event: int) -> Step:
    """The next event of the thread that is not inside a span opened later at a deeper level."""
    spans, events = walk.spans, walk.spans.events
    thread, depth = events.thread[event] or FIRST_THREAD, spans.depths[events.span[event]]
    begins = spans.windows.begins
    found = [after(level, event, walk.head) for level in _levels(walk, thread, depth)]
    for number in _deeper(walk, event, thread, depth):
        if all(begins[one] <= event for one in _around(spans, number, depth)):
            found.append(events.after(number, event))
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
    return later(nearest, "event at this depth of this thread")


def over_previous(walk: Walk, event: int) -> Step:
    """The previous event of the thread that is not inside a span closed earlier at a deeper level."""
    spans, events = walk.spans, walk.spans.events
    thread, depth = events.thread[event] or FIRST_THREAD, spans.depths[events.span[event]]
    found = [before(level, event) for level in _levels(walk, thread, depth)]
    for number in _deeper(walk, event - 1, thread, depth):
        if not any(spans.windows.over_before(one, event) for one in _around(spans, number, depth)):
            found.append(events.before(number, event))
    return earlier(
        max((one for one in found if one is not None), default=None), "event at this depth of this thread"
    )


def _enclosing(spans: Spans, event: int) -> list[int]:
    number = spans.span_of(event)
    return [number, *spans.ancestors(number)]


def out_end(walk: Walk, event: int) -> Step:
    """The nearest end of a span around the event that lies after it."""
    spans = walk.spans
    ends = {number: spans.windows.end_of(number) for number in _enclosing(spans, event)}
    opened = [number for number, end in ends.items() if end is None]
    ahead = [(end, number) for number, end in ends.items() if end is not None and event < end <= walk.head]
    if not ahead:
        return Step(
            None, f"{title(spans, opened[0])} is still open" if opened else f"{END}: nothing ends later"
        )
    end, number = min(ahead)
    inner = [one for one in opened if spans.depths[one] > spans.depths[number]]
    held = f" ({title(spans, inner[0])} is still open)" if inner else ""
    return Step(end, f"end of {title(spans, number)}{held}")


def out_start(walk: Walk, event: int) -> Step:
    """The nearest start of a span around the event that lies before it."""
    spans = walk.spans
    starts = [(max(1, spans.windows.begins[number]), number) for number in _enclosing(spans, event)]
    behind = [(start, number) for start, number in starts if start < event]
    if not behind:
        return Step(None, f"{END}: nothing starts earlier")
    start, number = max(behind)
    return Step(start, f"start of {title(spans, number) if number != ROOT else 'the rollout'}")
