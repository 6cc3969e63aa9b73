"""A filter of the timeline: the events for which an expression holds, found bit by bit."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rollout_tui.debugger.stops.breakpoints import Breakpoints, Searching, Stop

if TYPE_CHECKING:
    from rollout_tui.debugger.findings.findings import Findings
    from rollout_tui.recording import Trace
    from rollout_tui.tui.state.places import Place


class Filter:
    """`source` is the expression of a breakpoint, `place` the one to go back to.

    `events` are those that pass (ordinals, in order) as far as it has looked, `looked_at` is how far that is.
    Raises ExpressionProblem.
    """

    def __init__(self, trace: Trace, source: str, place: Place, findings: Findings | None = None) -> None:
        self.source = source
        self.place = place
        self.events = array("I")
        self.looked_at = 0
        self._trace = trace
        self._breakpoints = Breakpoints(trace, findings)
        self._breakpoints.add("break", source)
        self._looking: Iterator[Searching | Stop] | None = None
        self._until = 0

    @property
    def done(self) -> bool:
        """Whether every event that is there has been looked at."""
        return self._looking is None and self.looked_at >= self._trace.history.head

    def advance(self) -> bool:
        """Look at events for about 20 ms; True when there are more."""
        if self._looking is None:
            if self.done:
                return False
            self._until = self._trace.history.head
            self._looking = self._breakpoints.stops(self.looked_at)
        for found in self._looking:
            self.looked_at = found.event
            if isinstance(found, Searching):
                return True
            self.events.append(found.event)
        self._looking, self.looked_at = None, self._until
        return not self.done

    def take_given_up(self) -> str | None:
        """Says where the expression took too long since the last time this was asked, if it did."""
        return self._breakpoints.take_given_up()

    def row(self, event: int) -> int:
        """The row of an event, or of the last one before it that passes; -1 before the first."""
        return bisect_right(self.events, event) - 1

    def beside(self, event: int, by: int) -> int | None:
        """The event `by` rows behind (or, below 0, ahead of) `event`, as far as there are any."""
        at = self.row(event) + by if by > 0 else bisect_left(self.events, event) + by
        at = max(0, min(at, len(self.events) - 1))
        found = self.events[at] if self.events else event
        return found if (found > event) == (by > 0) and found != event else None
