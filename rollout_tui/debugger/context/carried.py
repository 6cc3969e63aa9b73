"""Which model request carried which conversation item: first, last, and the request that left it out."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import NamedTuple

from rollout_tui.debugger.indexes import created
from rollout_tui.graph.history import History, item_number
from rollout_tui.graph.ids import Ids, common_prefix
from rollout_tui.graph.objects import InferenceCall


class Request(NamedTuple):
    """One model request of a thread.

    `event` is its `inference_started` (ordinal), `items` the whole logical input, `kept` how many leading
    items the previous request of the thread had as well.
    """

    event: int
    inference_call_id: str
    codex_turn_id: str
    items: Ids
    kept: int


class Carried:
    """Requests by thread, and for every item when requests carried it.

    Cost: what differs between consecutive requests, not what they repeat.
    """

    def __init__(self, history: History) -> None:
        self._history = history
        self._taken = 0
        self._requests: dict[str, list[Request]] = {}
        self._first = array("I")
        self._last = array("I")
        self._left_out = array("I")

    def update(self) -> None:
        """Take in the requests that were added since the last time."""
        for number, event, call in created(self._history, InferenceCall, self._taken):
            self._add(event, call)
            self._taken = number + 1

    def _add(self, event: int, call: InferenceCall) -> None:
        requests = self._requests.setdefault(call.thread_id, [])
        before = requests[-1] if requests else None
        items = call.request_item_ids
        kept = common_prefix(before.items, items) if before else 0
        self._grow()
        if before and kept < len(before.items):
            still = set(items[kept:])
            for item_id in before.items[kept:]:
                if item_id not in still:
                    number = item_number(item_id)
                    self._last[number] = before.event
                    self._left_out[number] = event
        for item_id in items[kept:]:
            number = item_number(item_id)
            self._first[number] = self._first[number] or event
            self._left_out[number] = 0
        requests.append(Request(event, call.inference_call_id, call.codex_turn_id, items, kept))

    def _grow(self) -> None:
        missing = len(self._history.items.name) - len(self._first)
        if missing > 0:
            for column in (self._first, self._last, self._left_out):
                column.extend([0] * missing)

    def requests(self, thread_id: str) -> list[Request]:
        """All requests of a thread, oldest first."""
        return self._requests.get(thread_id, [])

    def request_number(self, thread_id: str, event: int) -> int | None:
        """Index in `requests` of the latest request at or before `event`."""
        at = bisect_right(self.requests(thread_id), event, key=lambda request: request.event)
        return at - 1 if at else None

    def request_at(self, thread_id: str, event: int) -> Request | None:
        """The latest request of a thread at or before `event`."""
        at = self.request_number(thread_id, event)
        return None if at is None else self.requests(thread_id)[at]

    def first_carried(self, item_id: str) -> int | None:
        """The event of the first request that carried an item."""
        number = item_number(item_id)
        return (self._first[number] or None) if number < len(self._first) else None

    def left_out(self, item_id: str) -> int | None:
        """The event of the first request without an item that the one before it carried."""
        number = item_number(item_id)
        return (self._left_out[number] or None) if number < len(self._left_out) else None

    def last_carried(self, thread_id: str, item_id: str, event: int) -> int | None:
        """The event of the last request at or before `event` that carried an item."""
        first, left_out = self.first_carried(item_id), self.left_out(item_id)
        if first is None or first > event:
            return None
        if left_out is not None and left_out <= event:
            return self._last[item_number(item_id)]
        latest = self.request_at(thread_id, event)
        return latest.event if latest else None
