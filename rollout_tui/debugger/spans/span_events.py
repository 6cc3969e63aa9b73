"""Columns by event: the span an event belongs to, its thread, and the way to its neighbours."""

from __future__ import annotations

from _thread import allocate_lock
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import compress

DEEPEST = 12
_PIECE = 512
_AT_ONCE = 8_192
# With more levels than that in a piece it costs less to look at each event once than once for each level.
_FEW = 16


class SpanEvents:
    """Which events belong to which span; 12 bytes an event.

    `span` and `thread` are numbers by event, row 0 stands for no event. `first` and `last` are events by
    span, 0 while a span has none of its own.
    """

    def __init__(self, depths: Sequence[int]) -> None:
        """`depths` are those of the spans, by their numbers."""
        self.span = array("I", [0])
        self.thread = array("I", [0])
        self.first = array("I")
        self.last = array("I")
        self._depths = depths
        # By thread and depth; in a hostile recording most have one event, and an array takes a hundred bytes.
        self._levels: dict[int, int | array[int]] = {}
        self._sorted = 1
        self._sorting = allocate_lock()

    def make_room(self, spans: int) -> None:
        """Make room for so many more spans."""
        for column in (self.first, self.last):
            column.frombytes(bytes(spans * column.itemsize))

    def extend(self, spans: Sequence[int], threads: Sequence[int]) -> None:
        """Each of the next events belongs to the span and to the thread at its place.

        `first` and `last` of the spans tell of these events before that.
        """
        self.thread.extend(array("I", threads))
        self.span.extend(array("I", spans))

    # -- by depth ------------------------------------------------------------------

    def depths_changed(self) -> None:
        """Spans lie at other depths than they did."""
        with self._sorting:
            self._levels, self._sorted = {}, 1

    def level(self, thread: int, depth: int) -> Sequence[int]:
        """The events of a thread that belong to spans of that depth, in order."""
        self.sort()
        found = self._levels.get(thread << 8 | depth, ())
        return (found,) if isinstance(found, int) else found

    def sort(self) -> None:
        """Sort by depth what was added since the last time: nobody but `level` needs it."""
        with self._sorting:
            while self._sorted < len(self.span):
                stop = min(len(self.span), self._sorted + _AT_ONCE)
                self._sort(self._sorted, stop)
                self._sorted = stop

    def _sort(self, start: int, stop: int) -> None:
        depths = bytes(map(self._depths.__getitem__, self.span[start:stop]))
        threads = self.thread[start:stop]
        events = range(start, stop)
        if threads.count(threads[0]) == len(threads):
            for depth in set(depths):
                only = bytes(depth) + b"\1" + bytes(255 - depth)
                self._extend_level(threads[0] << 8 | depth, compress(events, depths.translate(only)))
            return
        keys = [thread << 8 | depth for thread, depth in zip(threads, depths, strict=True)]
        distinct = set(keys)
        if len(distinct) <= _FEW:
            for key in distinct:
                self._extend_level(key, compress(events, map(key.__eq__, keys)))
        else:
            for event, key in enumerate(keys, start):
                self._extend_level(key, (event,))

    def _extend_level(self, key: int, events: Iterable[int]) -> None:
        level = self._levels.get(key)
        if level is None:
            first, *rest = events
            self._levels[key] = array("I", (first, *rest)) if rest else first
        elif isinstance(level, int):
            self._levels[key] = array("I", (level, *events))
        else:
            level.extend(events)

    # -- the neighbours of an event ----------------------------------------------------

    def after(self, span: int, event: int) -> int | None:
        """The next event of a span itself, None when there is none."""
        if self.last[span] <= event:
            return None
        try:
            return self.span.index(span, max(event + 1, self.first[span]))
        except ValueError:
            # Another thread is about to add it.
            return None

    def before(self, span: int, event: int) -> int | None:
        """The previous event of a span itself, None when there is none."""
        first = self.first[span]
        if not first or first >= event:
            return None
        return _last_index(self.span, span, first, min(event, self.last[span] + 1))

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
        first = self.first[span]
        if not first:
            return []
        stop = self.last[span] + 1
        return list(compress(range(first, stop), map(span.__eq__, self.span[first:stop])))


def _last_index(column: array[int], value: int, start: int, stop: int) -> int | None:
    """Where `value` stands last in start <= at < stop; costs how far that is before `stop`."""
    piece = _PIECE
    while start < stop:
        low = max(start, stop - piece)
        entries = column[low:stop].tolist()
        if value in entries:
            return stop - 1 - entries[::-1].index(value)
        stop, piece = low, 2 * piece
    return None
