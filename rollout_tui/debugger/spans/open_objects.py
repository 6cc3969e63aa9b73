"""What is open at an event: intervals of events, found without looking at those that are not.

Intervals begin in order, end in any order and may never end. Above their ends lie levels of maxima, one
entry for `WIDTH` entries below: whole stretches that were over by an event are passed over. Finding the open
ones costs about their number; beginning and ending one costs next to nothing, since maxima are worked out
when somebody asks, once for all that changed below them.
"""

from __future__ import annotations

from _thread import allocate_lock
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from itertools import compress
from operator import not_

WIDTH = 32
NEVER = 2**32 - 1


class Intervals:
    """Intervals `begin <= event < end`, numbered from 0 in the order they began.

    `begins` and `ends` are events by interval, an end `NEVER` while it is open. `over` are those that were
    once over, in that order; `revised` counts how often an end was taken back or replaced. One thread begins
    and ends them, any may ask.
    """

    def __init__(self) -> None:
        self.begins = array("I")
        self.ends = array("I")
        self.over = array("I")
        self.revised = 0
        self._ended = 0
        # By interval: 1 where `open_at` does not list it.
        self._unlisted = bytearray()
        # Maxima of the ends that are listed, then maxima of those, until one level is no longer than `WIDTH`.
        self._levels: list[array[int]] = []
        # Of the first so many the maxima were worked out once; of those the stretches that changed since.
        self._settled = 0
        self._changed: set[int] = set()
        self._settling = allocate_lock()

    def __len__(self) -> int:
        return len(self.begins)

    def begin(self, event: int, listed: bool = True) -> int:
        """Open the next interval at `event`, not before the one opened last; returns its number.

        Without `listed` it is none of those that `open_at` looks through.
        """
        number = len(self.begins)
        self._unlisted.append(not listed)
        self.ends.append(NEVER)
        self.begins.append(event)
        return number

    def end(self, number: int, event: int) -> None:
        """The interval is over from `event` on; a later call replaces an earlier one."""
        before, self.ends[number] = self.ends[number], event
        if before != event:
            self._ended += (before == NEVER) - (event == NEVER)
            self.revised += before != NEVER
            if event != NEVER:
                self.over.append(number)
        if number < self._settled:
            self._changed.add(number // WIDTH)

    @property
    def unended(self) -> int:
        """How many are open after the last event."""
        return len(self.begins) - self._ended

    def reopen(self, number: int) -> None:
        """The interval goes on, as if it had never been over."""
        self.end(number, NEVER)

    def end_of(self, number: int) -> int | None:
        """The event an interval is over at, None while it is open."""
        end = self.ends[number]
        return None if end == NEVER else end

    def over_before(self, number: int, event: int) -> bool:
        """Whether an interval was over by the event before `event`."""
        return self.ends[number] < event

    def is_open(self, number: int, event: int) -> bool:
        """Whether `begin <= event < end`."""
        return self.begins[number] <= event < self.ends[number]

    def open_at(self, event: int, *, latest_first: bool = False) -> Iterator[int]:
        """Numbers of the listed intervals open at `event`, in the order they began or the latest first."""
        count = bisect_right(self.begins, event)
        if count:
            with self._settling:
                self._settle()
            top = len(self._levels)
            stop = (count - 1) // WIDTH**top + 1
            yield from self._below(top, range(stop), count, event, -1 if latest_first else 1)

    def _settle(self) -> None:
        """Work out the maxima above the ends that changed."""
        before, self._settled = self._settled, len(self.ends)
        fresh = range(before // WIDTH, (self._settled - 1) // WIDTH + 1) if before < self._settled else ()
        below, changed, height = self.ends, _taken(self._changed).union(fresh), 0
        while changed:
            count = (len(below) - 1) // WIDTH + 1
            if height == len(self._levels):
                self._levels.append(array("I"))
                changed = set(range(count))
            level = self._levels[height]
            missing = count - len(level)
            if missing > 0:
                level.frombytes(bytes(missing * level.itemsize))
            for at in changed:
                level[at] = max(below[at * WIDTH : at * WIDTH + WIDTH]) if height else self._last_end(at)
            height += 1
            if len(level) <= WIDTH and height == len(self._levels):
                return
            below, changed = level, {at // WIDTH for at in changed}

    def _last_end(self, at: int) -> int:
        """The last end of the listed ones of a stretch, 0 where there are none."""
        stretch = slice(at * WIDTH, at * WIDTH + WIDTH)
        ends, unlisted = self.ends[stretch], self._unlisted[stretch]
        return max(compress(ends, map(not_, unlisted)), default=0) if any(unlisted) else max(ends)

    def _below(self, height: int, places: range, count: int, event: int, step: int) -> Iterator[int]:
        """Numbers of open intervals among some entries of a level; `step` is -1 for the last ones first."""
        if not height:
            for number in places[::step]:
                if self.ends[number] > event and not self._unlisted[number]:
                    yield number
            return
        level = self._levels[height - 1]
        for at in places[::step]:
            if level[at] > event:
                limit = (count - 1) // WIDTH ** (height - 1) + 1
                below = range(at * WIDTH, min(at * WIDTH + WIDTH, limit))
                yield from self._below(height - 1, below, count, event, step)


def _taken(changed: set[int]) -> set[int]:
    """Everything in the set, which others add to meanwhile; what they add later stays in it."""
    taken: set[int] = set()
    while changed:
        taken.add(changed.pop())
    return taken
