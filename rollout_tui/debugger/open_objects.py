"""What is open at an event: intervals of events, found without looking at those that are not.

Intervals begin in order, end in any order and may never end. Above their ends lie levels of maxima, one
entry for `WIDTH` entries below: whole stretches that were over by an event are passed over. Finding the open
ones costs about their number, an end costs a few short slices, and nothing is copied.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise

WIDTH = 32
NEVER = 2**32 - 1


class Intervals:
    """Intervals `begin <= event < end`, numbered from 0 in the order they began."""

    def __init__(self) -> None:
        self.begins = array("I")
        self._levels: list[array[int]] = [array("I")]

    def __len__(self) -> int:
        return len(self.begins)

    def begin(self, event: int) -> int:
        """Open the next interval at `event`, not before the one opened last; returns its number."""
        number = len(self.begins)
        at = number
        for level in self._levels:
            if at < len(level):
                level[at] = NEVER
            else:
                level.append(NEVER)
            at //= WIDTH
        if len(self._levels[-1]) > WIDTH:
            self._levels.append(array("I", [NEVER] * (at + 1)))
        self.begins.append(event)
        return number

    def end(self, number: int, event: int) -> None:
        """The interval is over from `event` on; a later call replaces an earlier one."""
        levels = self._levels
        before, levels[0][number] = levels[0][number], event
        at = number
        for below, level in pairwise(levels):
            at //= WIDTH
            if event >= before:
                most = max(level[at], event)
            elif level[at] != before:
                return
            else:
                most = max(below[at * WIDTH : at * WIDTH + WIDTH])
            if level[at] == most:
                return
            level[at] = most

    def reopen(self, number: int) -> None:
        """The interval goes on, as if it had never been over."""
        self.end(number, NEVER)

    def end_of(self, number: int) -> int | None:
        """The event an interval is over at, None while it is open."""
        end = self._levels[0][number]
        return None if end == NEVER else end

    def over_before(self, number: int, event: int) -> bool:
        """Whether an interval was over by the event before `event`."""
        return self._levels[0][number] < event

    def is_open(self, number: int, event: int) -> bool:
        """Whether `begin <= event < end`."""
        return self.begins[number] <= event < self._levels[0][number]

    def open_at(self, event: int) -> Iterator[int]:
        """Numbers of the intervals open at `event`, in order."""
        count = bisect_right(self.begins, event)
        if count:
            top = len(self._levels) - 1
            span = WIDTH**top
            yield from self._below(top, 0, (count - 1) // span + 1, count, event)

    def _below(self, height: int, first: int, last: int, count: int, event: int) -> Iterator[int]:
        level = self._levels[height]
        if not height:
            for number in range(first, min(last, count)):
                if level[number] > event:
                    yield number
            return
        for at in range(first, last):
            if level[at] > event:
                limit = (count - 1) // WIDTH ** (height - 1) + 1
                yield from self._below(height - 1, at * WIDTH, min(at * WIDTH + WIDTH, limit), count, event)
