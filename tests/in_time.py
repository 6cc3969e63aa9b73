"""A bound for what would wait for ever, so that it fails instead."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

PATIENCE_S = 60
"""Wall time, on a machine however busy, for what takes milliseconds."""


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
