"""Time laid out over a row of columns, long silences shortened so that work keeps its room."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

SILENCE_SHARE = 6
"""A long silence takes at most one part in this many of the rest."""
SILENCE_MS = 30_000
"""Shorter ones are drawn as they are."""


@dataclass(frozen=True)
class Ruler:
    """`stops` are (time ms, length in shortened ms up to there), rising; between them time runs evenly."""

    width: int
    stops: tuple[tuple[int, float], ...]

    @property
    def start_ms(self) -> int:
        """Time of the first column."""
        return self.stops[0][0]

    @property
    def end_ms(self) -> int:
        """Time of the last column."""
        return self.stops[-1][0]

    def column(self, time_ms: int) -> int:
        """The column of a time, 0 to width - 1."""
        length = self.stops[-1][1]
        if length <= 0:
            return 0
        at = bisect_right(self.stops, (time_ms, float("inf"))) - 1
        if at < 0:
            return 0
        if at == len(self.stops) - 1:
            return self.width - 1
        (low, before), (high, after) = self.stops[at], self.stops[at + 1]
        along = before + (after - before) * (time_ms - low) / max(1, high - low)
        return min(self.width - 1, int(along / length * self.width))

    def time(self, column: float) -> int:
        """The time at the left edge of a column."""
        length = self.stops[-1][1] * column / max(1, self.width)
        at = min(bisect_left([one[1] for one in self.stops], length), len(self.stops) - 1)
        if at == 0:
            return self.stops[0][0]
        (low, before), (high, after) = self.stops[at - 1], self.stops[at]
        if after == before:
            return low
        return round(low + (high - low) * (length - before) / (after - before))


def ruler(start_ms: int, end_ms: int, width: int, silences: Sequence[tuple[int, int]] = ()) -> Ruler:
    """A ruler over this time; `silences` are (start ms, end ms), the longest of the recording."""
    end_ms = max(start_ms, end_ms)
    gaps = sorted((low, high) for low, high in silences if start_ms <= low < high <= end_ms)
    busy = (end_ms - start_ms) - sum(high - low for low, high in gaps)
    most = max(float(SILENCE_MS), busy / SILENCE_SHARE)
    stops: list[tuple[int, float]] = [(start_ms, 0.0)]
    for low, high in gaps:
        if low > stops[-1][0]:
            stops.append((low, stops[-1][1] + low - stops[-1][0]))
        stops.append((high, stops[-1][1] + min(float(high - low), most)))
    if end_ms > stops[-1][0] or len(stops) == 1:
        stops.append((end_ms, stops[-1][1] + max(0, end_ms - stops[-1][0])))
    return Ruler(width, tuple(stops))
