"""Columns by event: the span an event belongs to, its thread, and the way to its neighbours."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

# Spans this deep or less (rollout, threads, turns) own many events, deeper ones a handful.
FEW_EVENTS_BELOW = 2
DEEPEST = 12


class SpanEvents:
    """Which events belong to which span; 16 bytes an event.

    `span` and `thread` are numbers by event, row 0 stands for no event. `first` and `last` are events by
    span, 0 while a span has none of its own.
    """

    def __init__(self) -> None:
        self.span = array("I", [0])
        self.thread = array("I", [0])
        self.first = array("I")
        self.last = array("I")
        self._next = array("I", [0])
        self._levels: dict[tuple[int, int], array[int]] = {}
        self._key = (-1, -1)
        self._level = array("I")
        self._depths: Sequence[int] | None = None

    def add_span(self) -> None:
        """Make room for the next span."""
        self.first.append(0)
        self.last.append(0)

    def add(self, event: int, span: int, thread: int, depth: int) -> None:
        """The next event belongs to `span`, which lies `depth` deep."""
        self.span.append(span)
        self.thread.append(thread)
        self._next.append(0)
        before = self.last[span]
        if before:
            self._next[before] = event
        else:
            self.first[span] = event
        self.last[span] = event
        key = (thread, depth)
        if key != self._key:
            self._key = key
            self._level = self._levels.setdefault(key, array("I"))
        self._level.append(event)

    def depths_changed(self, depths: Sequence[int]) -> None:
        """Spans lie at other depths than their events were added with."""
        self._depths = depths

    def level(self, thread: int, depth: int) -> Sequence[int]:
        """The events of a thread that belong to spans of that depth, in order."""
        if self._depths is not None:
            self._sort_by_depth(self._depths)
        return self._levels.get((thread, depth), ())

    def _sort_by_depth(self, depths: Sequence[int]) -> None:
        levels: dict[tuple[int, int], array[int]] = {}
        for event in range(1, len(self.span)):
            key = (self.thread[event], depths[self.span[event]])
            levels.setdefault(key, array("I")).append(event)
        self._levels, self._depths, self._key = levels, None, (-1, -1)

    def after(self, span: int, depth: int, event: int) -> int | None:
        """The next event of a span itself, None when there is none."""
        if self.last[span] <= event:
            return None
        if self.span[event] == span:
            return self._next[event]
        if depth <= FEW_EVENTS_BELOW:
            level = self.level(self.thread[self.first[span]], depth)
            for at in range(bisect_right(level, event), len(level)):
                if self.span[level[at]] == span:
                    return level[at]
        found = self.first[span]
        while found and found <= event:
            found = self._next[found]
        return found or None

    def before(self, span: int, depth: int, event: int) -> int | None:
        """The previous event of a span itself, None when there is none."""
        first = self.first[span]
        if not first or first >= event:
            return None
        if self.last[span] < event:
            return self.last[span]
        if depth <= FEW_EVENTS_BELOW:
            level = self.level(self.thread[first], depth)
            for at in range(bisect_left(level, event) - 1, -1, -1):
                if self.span[level[at]] == span:
                    return level[at]
        while 0 < self._next[first] < event:
            first = self._next[first]
        return first

    def last_of_thread(self, thread: int, event: int) -> int | None:
        """The last event of a thread at or before `event`."""
        found = 0
        for depth in range(DEEPEST):
            level = self.level(thread, depth)
            at = bisect_right(level, event)
            found = max(found, level[at - 1] if at else 0)
        return found or None

    def of_span(self, span: int) -> list[int]:
        """All events of a span itself, in order."""
        found = []
        event = self.first[span]
        while event:
            found.append(event)
            event = self._next[event]
        return found
