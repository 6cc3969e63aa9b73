"""How many calls or cells of a thread are open at any event, without a look at each that is."""

from __future__ import annotations

from array import array
from bisect import bisect_right, insort
from collections import defaultdict

from rollout_tui.debugger.spans.spans import Spans

AT_ONCE = 16_384
"""Ends that are taken in at once: a few milliseconds."""


class OpenCounts:
    """The open spans of one kind: those that have begun but for those that are over.

    True up to the head for which `take` has said that there is no more.
    """

    def __init__(self, spans: Spans, kind: int) -> None:
        self._spans = spans
        self._kind = kind
        self._start()

    def _start(self) -> None:
        self._revised = self._spans.windows.revised
        self._taken = 0
        self._counted = bytearray()
        # Ends by thread, ascending.
        self._ends: defaultdict[int, array[int]] = defaultdict(lambda: array("I"))

    def take(self) -> bool:
        """Take in some of what has ended since the last time; whether there is more."""
        spans, windows = self._spans, self._spans.windows
        if self._revised != windows.revised:
            # Something that was over goes on, or ended later.
            self._start()
        over = windows.over[self._taken : self._taken + AT_ONCE]
        self._counted.extend(bytes(len(windows) - len(self._counted)))
        for number in over:
            end = windows.end_of(number)
            if spans.kinds[number] == self._kind and end is not None and not self._counted[number]:
                self._counted[number] = True
                insort(self._ends[spans.threads[number]], end)
        self._taken += len(over)
        return self._taken < len(windows.over)

    def at(self, thread_id: str, event: int) -> int:
        """How many are open in a thread as of `event`."""
        thread = self._spans.thread_number(thread_id)
        begun = self._spans.of_kind(self._kind, thread)
        count = bisect_right(begun, event, key=self._spans.windows.begins.__getitem__)
        return count - bisect_right(self._ends.get(thread, ()), event)
