"""The longest silences of a rollout: stretches without any event, labelled by what was open."""

from __future__ import annotations

import heapq
from operator import sub
from typing import TYPE_CHECKING, NamedTuple

from rollout_tui.debugger.waiting import blocked
from rollout_tui.debugger.waiting.open_work import MOST_OPEN
from rollout_tui.graph.history import History
from rollout_tui.words import duration

if TYPE_CHECKING:
    from rollout_tui.recording import Trace

SHORTEST_MS = 1000
MOST = 10
CHUNK = 4096


class Silence(NamedTuple):
    """No event between the ordinals `start` and `end` (the next event), for `length_ms`."""

    start: int
    end: int
    length_ms: int


class Silences:
    """The ten longest silences of at least a second, kept up to date as events come."""

    def __init__(self, history: History) -> None:
        self._taken = 1
        self._history = history
        self._longest: list[tuple[int, int]] = []
        self.found: tuple[Silence, ...] = ()

    def update(self) -> None:
        """Take in the events that were added since the last time."""
        times, head = self._history.events.times, self._history.head
        before = list(self._longest)
        while self._taken < head:
            stop = min(head, self._taken + CHUNK)
            gaps = map(sub, times[self._taken + 1 : stop + 1], times[self._taken : stop])
            if max(gaps) >= self._least():
                self._take(self._taken, stop)
            self._taken = stop
        if self._longest != before:
            ordered = sorted(-event for _, event in self._longest)
            self.found = tuple(Silence(one, one + 1, times[one + 1] - times[one]) for one in ordered)

    def _least(self) -> int:
        return self._longest[0][0] + 1 if len(self._longest) == MOST else SHORTEST_MS

    def _take(self, start: int, stop: int) -> None:
        """Look at the gaps after the events start <= event < stop. Of equal ones the earlier wins."""
        times = self._history.events.times
        for event in range(start, stop):
            length = times[event + 1] - times[event]
            if length >= self._least():
                push = heapq.heappush if len(self._longest) < MOST else heapq.heapreplace
                push(self._longest, (length, -event))


def in_words(trace: Trace, silence: Silence) -> str:
    """A silence and what was open, e.g. `12.4 s without an event: /root blocked 12.9 s on inference 2`."""
    until = trace.history.events.times[silence.end]
    threads = blocked.blocked(trace, trace.snapshot(silence.start), until, most=MOST_OPEN)
    waits = "; ".join(blocked.in_words(one) for one in threads if one.blocked_on)
    return f"{duration(silence.length_ms)} without an event: {waits or 'no turn was running'}"
