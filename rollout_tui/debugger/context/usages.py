"""Which requests have recorded usage: looking for the latest one passes over those that never got any."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator

from rollout_tui.debugger.context.carried import Carried
from rollout_tui.debugger.indexes import index_of
from rollout_tui.graph.history import History
from rollout_tui.graph.objects import InferenceCall


class Usages:
    """By thread: the places of the requests that have usage as of the head, among its requests."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._head = 0
        self._places: dict[str, array[int]] = {}

    def update(self) -> None:
        """Take in the usage that was recorded since the last time."""
        history, last = self._history, self._history.head
        if self._head < last:
            carried = index_of(history, Carried)
            for _, handle, _, _ in history.notes(self._head + 1, last + 1, ("usage",)):
                call = history.objects[handle]
                if isinstance(call, InferenceCall):
                    place = carried.request_number(call.thread_id, history.born(handle))
                    if place is not None:
                        self._add(self._places.setdefault(call.thread_id, array("I")), place)
            self._head = last

    def _add(self, places: array[int], place: int) -> None:
        at = bisect_left(places, place)
        if at == len(places) or places[at] != place:
            places.insert(at, place)

    def latest_first(self, thread_id: str, start: int, stop: int) -> Iterator[int]:
        """Places from `start` up to but not `stop` of requests that have usage, as of the head."""
        places = self._places.get(thread_id, ())
        for at in range(bisect_left(places, stop) - 1, -1, -1):
            if places[at] < start:
                return
            yield places[at]
