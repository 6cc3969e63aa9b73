"""How much memory a recording may take: while it is read, and for what is asked of it then."""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import sys
from collections.abc import Iterator
from pathlib import Path

DEFAULT_LIMIT = 1 << 30
# Decoded text can take four times its bytes; the bytes themselves are there as well.
GROWTH = 5
# Measuring takes some 10 us, which would be felt at every small payload.
STEP = 8 << 20
# Reading stops at a share of the budget, what is derived afterwards at a larger one: the rest is what
# showing it takes.
READING, DERIVING = 0.75, 0.875
# Of a process, not counted as its data: the interpreter's code, and that of libraries.
_CODE = 16 << 20

_STATM = Path("/proc/self/statm")
_PAGE = os.sysconf("SC_PAGE_SIZE")


_allowed = DEFAULT_LIMIT
_confined = False


def allow(limit: int) -> None:
    """What every recording opened from now on may take, in bytes, where nothing else is said."""
    global _allowed
    _allowed = limit


def used_up(limit: int | None = None) -> str:
    """Says that more would take more than `limit` bytes, and what can be done about it."""
    mib = (_allowed if limit is None else limit) >> 20
    return f"this recording would take more than the {mib:,} MiB of memory it may; --memory SIZE allows more"


@contextlib.contextmanager
def confined() -> Iterator[None]:
    """Let the whole process have what is allowed and no more: beyond it, MemoryError.

    For a process of its own that starts no others, which would inherit the bound. Where the system keeps no
    such bound, there is none.
    """
    global _confined
    before = resource.getrlimit(resource.RLIMIT_DATA)
    limit = _allowed - _CODE if before[1] == resource.RLIM_INFINITY else min(_allowed - _CODE, before[1])
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (limit, before[1]))
    _confined = True
    try:
        yield
    finally:
        _confined = False
        resource.setrlimit(resource.RLIMIT_DATA, before)


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
def no_collection(*, keep: bool = False) -> Iterator[None]:
    """Look for no garbage meanwhile, and where what is made is to `keep`, none in it afterwards.

    What is made of a recording stays and is free of cycles, and each look at it takes longer than the one
    before: a quarter of the time of a long conversation. The memory budget bounds what comes together.
    In a process that is there for one recording nobody looks at it afterwards either.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if keep or _confined:
            gc.freeze()
        if collecting:
            gc.enable()


def _counted() -> int:
    """Bytes of memory that count against the bound of a confined process, held or only asked for."""
    try:
        return int(_STATM.read_bytes().split()[5]) * _PAGE + _CODE
    except OSError:
        return resident()


class MemoryBudget:
    """Says whether there is room for more, measured by what the process has taken since this was made.

    In a process that is confined everything counts, from its start on.
    `limit` is in bytes (None: what is allowed in general).
    """

    def __init__(self, limit: int | None = None) -> None:
        self.limit = _allowed if limit is None else limit
        self._used = _counted if _confined else resident
        self._start = 0 if _confined else self._used()
        self._unmeasured = 0
        self._full = False

    def room_for(self, size: int) -> bool:
        """Whether `size` more bytes can be read and decoded."""
        self._unmeasured += size
        if self._full or self._unmeasured >= STEP:
            self._full = self._taken() + GROWTH * size > READING * self.limit
            self._unmeasured = 0
        return not self._full

    @property
    def lasts(self) -> bool:
        """Whether more may be derived of what was read; measures, which takes some 10 us."""
        return self._taken() <= DERIVING * self.limit

    def _taken(self) -> int:
        return self._used() - self._start
