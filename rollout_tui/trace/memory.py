"""How much memory a recording may take while it is read."""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

DEFAULT_LIMIT = 1 << 30
# Decoded text can take four times its bytes; the bytes themselves are there as well.
GROWTH = 5
# Measuring takes some 10 us, which would be felt at every small payload.
STEP = 8 << 20

_STATM = Path("/proc/self/statm")
_PAGE = os.sysconf("SC_PAGE_SIZE")


_allowed = DEFAULT_LIMIT


def allow(limit: int) -> None:
    """What every recording opened from now on may take, in bytes, where nothing else is said."""
    global _allowed
    _allowed = limit


def resident() -> int:
    """Bytes of memory the process holds; where the system does not tell, the most it ever held."""
    try:
        return int(_STATM.read_bytes().split()[1]) * _PAGE
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def give_back_memory() -> None:
    """Return to the system what reading has freed; glibc keeps it otherwise, 15 MB after a million events."""
    import ctypes

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


@contextlib.contextmanager
def no_collection() -> Iterator[None]:
    """Look for no garbage meanwhile.

    What is made of a recording stays and is free of cycles, and each look at it takes longer than the one
    before: a quarter of the time of a long conversation. The memory budget bounds what comes together.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


class MemoryBudget:
    """Says whether there is room for more, measured by what the process has taken since this was made.

    `limit` is in bytes (None: what is allowed in general), `used` tells what the process holds.
    """

    def __init__(self, limit: int | None = None, used: Callable[[], int] = resident) -> None:
        self.limit = _allowed if limit is None else limit
        self._used = used
        self._start = used()
        self._unmeasured = 0
        self._full = False

    def room_for(self, size: int) -> bool:
        """Whether `size` more bytes can be read and decoded."""
        self._unmeasured += size
        if self._full or self._unmeasured >= STEP:
            self._full = self._used() - self._start + GROWTH * size > self.limit
            self._unmeasured = 0
        return not self._full
