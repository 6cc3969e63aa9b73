"""A bound for what would wait for ever, so that it fails instead."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

T = TypeVar("T")

PATIENCE_S = 60
"""Wall time, on a machine however busy, for what takes milliseconds."""


def becomes(condition: Callable[[], T], every_s: float = 0.01) -> T:
    """What `condition` answers once that is true; fails where it takes longer than `PATIENCE_S`."""
    stop = time.monotonic() + PATIENCE_S
    while not (found := condition()):
        assert time.monotonic() < stop, f"it is not so after {PATIENCE_S} s"
        time.sleep(every_s)
    return found


@contextmanager
def in_time(seconds: int = PATIENCE_S) -> Iterator[None]:
    """Fail where the block waits, be it in the kernel, for longer than that. Main thread only."""

    def late(number: int, frame: FrameType | None) -> None:
        raise AssertionError(f"it waits, after {seconds} s still")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
