"""Lookup tables that cost a few bytes an entry where a dict would cost a hundred."""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left


class NumberedIndex:
    """Handles by id, for ids that are a prefix and a number from 1 on (format section 5)."""

    __slots__ = ("_handles", "_prefix")

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._handles = array("I", [0])

    def __setitem__(self, object_id: str, handle: int) -> None:
        handles, number = self._handles, int(object_id[len(self._prefix) :])
        if number == len(handles):
            handles.append(handle + 1)
            return
        missing = number + 1 - len(handles)
        if missing > 0:
            handles.frombytes(bytes(missing * handles.itemsize))
        handles[number] = handle + 1

    def __getitem__(self, object_id: str) -> int:
        handle = self.get(object_id)
        if handle is None:
            raise KeyError(object_id)
        return handle

    def get(self, object_id: str | None) -> int | None:
        """The handle, None for an id that is not there."""
        if object_id is None:
            return None
        prefix, handles = self._prefix, self._handles
        try:
            number = int(object_id[len(prefix) :])
        except ValueError:
            return None
        if not 0 < number < len(handles) or f"{prefix}{number}" != object_id:
            return None
        return handles[number] - 1 if handles[number] else None


RECENT = 4_096
SCANS = 64
_MERGED = 8
_HASH = 8


class FirstSeen:
    """The event (ordinal, from 1) at which each of many strings was first added.

    The latest strings lie in a dict. Every so often their hashes and events are put at the end of two
    columns, 12 bytes a string. Looking through these is quick enough to be done some times; then they become
    a run in ascending order of the hashes, and eight runs of a size become one. Hashes have 64 bits and are
    seeded afresh in each process: that two of a million share one has odds of one to 37 million.
    """

    __slots__ = ("_events", "_hashes", "_recent", "_runs", "_scans")

    def __init__(self) -> None:
        self._recent: dict[str, int] = {}
        self._hashes, self._events = bytearray(), array("I")
        self._scans = 0
        # Oldest first, so that of a string that was added again the first event is found.
        self._runs: list[tuple[array[int], array[int]]] = []

    def __len__(self) -> int:
        return len(self._recent) + len(self._events) + sum(len(events) for _, events in self._runs)

    def add(self, text: str, event: int) -> None:
        """Note that `text` was added at `event`; the first time counts."""
        self._recent.setdefault(text, event)
        if len(self._recent) >= RECENT:
            self._hashes += array("q", map(hash, self._recent)).tobytes()
            self._events.extend(self._recent.values())
            self._recent = {}

    def get(self, text: str) -> int | None:
        """The event at which `text` was added first."""
        if self._scans >= SCANS:
            self._order()
        hashed = hash(text)
        for hashes, events in self._runs:
            at = bisect_left(hashes, hashed)
            if at < len(hashes) and hashes[at] == hashed:
                return events[at]
        at = -1
        if self._events:
            self._scans += 1
            at = self._scan(hashed)
        return self._events[at] if at >= 0 else self._recent.get(text)

    def _scan(self, hashed: int) -> int:
        """Where a hash stands first in the columns that are in no order, -1 where it does not."""
        wanted = hashed.to_bytes(_HASH, sys.byteorder, signed=True)
        at = self._hashes.find(wanted)
        while at % _HASH and at >= 0:
            at = self._hashes.find(wanted, at + 1)
        return at // _HASH

    def _order(self) -> None:
        """Make a run of the columns."""
        hashes = array("q")
        hashes.frombytes(self._hashes)
        self._runs.append(_run(hashes, self._events))
        self._hashes, self._events, self._scans = bytearray(), array("I"), 0
        self._merge()

    def _merge(self) -> None:
        """Make one run of the last ones as long as there are eight of the size of the last or less."""
        while len(self._runs) >= _MERGED:
            last = self._runs[-_MERGED:]
            if len(last[0][0]) >= 2 * len(last[-1][0]):
                return
            hashes, events = array("q"), array("I")
            for one in last:
                hashes.extend(one[0])
                events.extend(one[1])
            self._runs[-_MERGED:] = [_run(hashes, events)]


def _run(hashes: array[int], events: array[int]) -> tuple[array[int], array[int]]:
    """Both columns in the order of the hashes; of equal ones the earlier comes first."""
    order = sorted(range(len(hashes)), key=hashes.__getitem__)
    return array("q", map(hashes.__getitem__, order)), array("I", map(events.__getitem__, order))
