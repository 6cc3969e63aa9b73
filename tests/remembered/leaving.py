"""What is remembered of a trace that was left, made by hand."""

from __future__ import annotations

import os

from rollout_tui.remembered import Remembered, Store
from rollout_tui.trace.identity import Identity

TRACES = "traces"


def identity(rollout: str = "r", trace: str = "t") -> Identity:
    return Identity(2, trace, rollout, "thread", 0, "manifest")


def remembered(rollout: str = "r", **more: object) -> Remembered:
    return Remembered(rollout_id=rollout, trace_id="t", path="/somewhere", **more)  # type: ignore[arg-type]


def left_at(store: Store, time_ns: int, one: Remembered) -> None:
    """Save what was left at that time."""
    before = set(store.folder.iterdir()) if store.folder.exists() else set()
    store.save(one)
    (file,) = set(store.folder.iterdir()) - before
    os.utime(file, ns=(time_ns, time_ns))
