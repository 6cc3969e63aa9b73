"""Where a recording takes its time and its ids from; both can be replaced for repeatable output."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

Clock = Callable[[], int]
"""Answers the wall time in ms since the Unix epoch."""

IdSource = Callable[[], str]
"""Answers the text of a UUID that was never given out before."""

_VERSION_7 = 0x7000
_VARIANT = 0x8000_0000_0000_0000


def wall_clock() -> int:
    """Return the wall time in ms since the Unix epoch."""
    return time.time_ns() // 1_000_000


def uuid_text(milliseconds: int, high: int, low: int) -> str:
    """Lay out a version 7 UUID: 48 bits of time, 12 bits `high`, 62 bits `low`."""
    digits = (
        f"{milliseconds & 0xFFFF_FFFF_FFFF:012x}"
        f"{_VERSION_7 | high & 0xFFF:04x}"
        f"{_VARIANT | low & 0x3FFF_FFFF_FFFF_FFFF:016x}"
    )
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def random_id() -> str:
    """Return a new version 7 UUID; ids made later sort later, to the millisecond."""
    bits = int.from_bytes(os.urandom(10))
    return uuid_text(wall_clock(), bits >> 64, bits)


class CountingIds:
    """Repeatable ids: the n-th id depends on `base_ms` (Unix epoch, ms) and n alone."""

    def __init__(self, base_ms: int) -> None:
        self._base_ms = base_ms
        self._count = 0
        self._lock = threading.Lock()

    def __call__(self) -> str:
        """Return the next id."""
        with self._lock:
            self._count += 1
            count = self._count
        scattered = (count * 0x9E37_79B9_7F4A_7C15) & 0xFFFF_FFFF_FFFF_FFFF
        return uuid_text(self._base_ms + count, scattered >> 52, scattered << 12 | count)
