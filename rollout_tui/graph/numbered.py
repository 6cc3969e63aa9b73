"""Lookup tables that cost a few bytes an entry where a dict would cost a hundred."""

from __future__ import annotations

from array import array


class NumberedIndex:
    """Handles by id, for ids that are a prefix and a number from 1 on (format section 5)."""

    __slots__ = ("_handles", "_prefix")

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._handles = array("I", [0])

    def __setitem__(self, object_id: str, handle: int) -> None:
        number = int(object_id[len(self._prefix) :])
        missing = number + 1 - len(self._handles)
        if missing > 0:
            self._handles.extend([0] * missing)
        self._handles[number] = handle + 1

    def __getitem__(self, object_id: str) -> int:
        handle = self.get(object_id)
        if handle is None:
            raise KeyError(object_id)
        return handle

    def get(self, object_id: str | None) -> int | None:
        """The handle, None for an id that is not there."""
        if object_id is None or not object_id.startswith(self._prefix):
            return None
        digits = object_id[len(self._prefix) :]
        if not digits.isascii() or not digits.isdecimal() or len(digits) > 10:
            return None
        number = int(digits)
        if not 0 < number < len(self._handles) or not self._handles[number]:
            return None
        return self._handles[number] - 1


class RoomyFirstSeen:
    """What `FirstSeen` answers, five times the memory and four times as fast."""

    __slots__ = ("_events",)

    def __init__(self) -> None:
        self._events: dict[str, int] = {}

    def add(self, text: str, event: int) -> bool:
        """Note that `text` was added at `event`; false when it was there already."""
        return self._events.setdefault(text, event) == event

    def get(self, text: str) -> int | None:
        """The event at which `text` was added first."""
        return self._events.get(text)


class FirstSeen:
    """The event (ordinal, from 1) at which each of many strings was first added.

    Strings are known by their 64-bit hash, seeded afresh in each process; that two of a
    million share one has odds of one to 37 million. Open addressing, at most three
    quarters full: 16 to 32 bytes a string.
    """

    __slots__ = ("_count", "_events", "_hashes", "_mask")

    def __init__(self) -> None:
        self._mask = 63
        self._count = 0
        self._hashes = array("q", bytes(8 * 64))
        self._events = array("I", bytes(4 * 64))

    def __len__(self) -> int:
        return self._count

    def add(self, text: str, event: int) -> bool:
        """Note that `text` was added at `event`; false when it was there already."""
        # `_slot` written out: this runs for every second event of a recording.
        hashes, events, mask = self._hashes, self._events, self._mask
        hashed = hash(text)
        at = hashed & mask
        while events[at]:
            if hashes[at] == hashed:
                return False
            at = (at + 1) & mask
        hashes[at] = hashed
        events[at] = event
        self._count += 1
        if 4 * self._count > 3 * mask:
            self._grow()
        return True

    def get(self, text: str) -> int | None:
        """The event at which `text` was added first."""
        return self._events[self._slot(hash(text))] or None

    def _slot(self, hashed: int) -> int:
        """Where `hashed` is, or the free place it would take."""
        hashes, events, mask = self._hashes, self._events, self._mask
        at = hashed & mask
        while events[at] and hashes[at] != hashed:
            at = (at + 1) & mask
        return at

    def _grow(self) -> None:
        old = list(zip(self._hashes, self._events, strict=True))
        size = 2 * (self._mask + 1)
        self._mask = size - 1
        self._hashes = array("q", bytes(8 * size))
        self._events = array("I", bytes(4 * size))
        for hashed, event in old:
            if event:
                at = self._slot(hashed)
                self._hashes[at] = hashed
                self._events[at] = event
