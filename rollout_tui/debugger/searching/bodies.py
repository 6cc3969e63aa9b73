"""The payload bodies that a search looks through: which, in what order, and what is new in each."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from itertools import chain

from rollout_tui.debugger.searching.occurrences import EXCERPT, Span, in_body
from rollout_tui.debugger.searching.search_query import Query
from rollout_tui.graph.history import History
from rollout_tui.trace.payloads import PayloadProblem, PayloadStore

MIB = 1 << 20
KEPT_BYTES, KEPT_BODIES = 32 * MIB, 64
LISTED_AT_ONCE = 8192
COMPARED_AT_ONCE = 64 << 10
REQUEST = "inference_started"


class Places:
    """The payloads in the order they were named; `before` is the file of the request that one follows."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.paths: list[str] = []
        self.events = array("I")
        self.before: dict[int, str] = {}

    def fill(self, history: History, head: int) -> Iterator[int]:
        """Take in the payloads; yields how many there are, now and then and at the end."""
        last_request: dict[str | None, str] = {}
        log = history.events
        for payload_id, event, path in history.payloads.named(head):
            if log.type(event) == REQUEST:
                thread_id = log.thread_id(event)
                if thread_id in last_request:
                    self.before[len(self.ids)] = last_request[thread_id]
                last_request[thread_id] = path
            self.ids.append(payload_id)
            self.paths.append(path)
            self.events.append(event)
            if len(self.ids) % LISTED_AT_ONCE == 0:
                yield len(self.ids)
        yield len(self.ids)

    def outwards(self, near: int) -> Iterator[int]:
        """Places, the nearest to the event `near` first."""
        events, count = self.events, len(self.ids)
        right = bisect_right(events, near)
        left = right - 1
        while left >= 0 and right < count:
            if events[right] - near < near - events[left]:
                yield right
                right += 1
            else:
                yield left
                left -= 1
        yield from range(right, count)
        yield from range(left, -1, -1)


class Bodies:
    """Bodies with what is found in them, those of the last few kept.

    A recording can name one file again and again: a file without an occurrence is read once.
    """

    def __init__(self, store: PayloadStore, wanted: Query) -> None:
        self._store = store
        self._wanted = wanted
        self._empty: set[str] = set()
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._kept_bytes = 0

    def has_nothing(self, path: str) -> bool:
        """Whether that file has been searched, in vain."""
        return path in self._empty

    def read(self, path: str) -> bytes:
        """The whole body; empty where it cannot be had."""
        data = self._kept.get(path)
        if data is not None:
            self._kept.move_to_end(path)
            return data
        try:
            data = self._store.read(path)
        except PayloadProblem:
            data = b""
        self._kept[path] = data
        self._kept_bytes += len(data)
        while len(self._kept) > KEPT_BODIES or (self._kept_bytes > KEPT_BYTES and len(self._kept) > 1):
            _, oldest = self._kept.popitem(last=False)
            self._kept_bytes -= len(oldest)
        return data

    def fresh(self, path: str, before: str | None) -> Iterator[Span]:
        """The occurrences in a body, those left out that the body `before` has in the same place.

        The same place is so many bytes from the start or from the end.
        """
        data = self.read(path)
        spans = in_body(data, self._wanted)
        first = next(spans, None)
        if first is None:
            self._empty.add(path)
            return
        old = b"" if before is None else self.read(before)
        alike = _alike(old, data)
        shift = len(old) - len(data)
        for start, end in chain((first,), spans):
            if end <= alike:
                continue
            begin = max(0, start - EXCERPT)
            around = data[begin:end]
            at_end = old[max(0, begin + shift) : max(0, end + shift)]
            if around not in (old[begin:end], at_end):
                yield start, end


def _alike(old: bytes, new: bytes) -> int:
    """How many bytes both begin with, in whole stretches."""
    alike = 0
    for at in range(0, min(len(old), len(new)), COMPARED_AT_ONCE):
        end = at + COMPARED_AT_ONCE
        if old[at:end] != new[at:end]:
            break
        alike = min(end, len(old), len(new))
    return alike
