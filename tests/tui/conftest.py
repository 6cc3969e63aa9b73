"""Recordings for the screen, and a way to have one on it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from recordings_at_hand import DEMO, RECORDINGS


@pytest.fixture(autouse=True)
def utc() -> Iterator[None]:
    """Times of day are those of the reader's zone: here always the same one."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


@pytest.fixture
def two_cells() -> Path:
    """Two code cells that yield and are waited for in turn: 64 events, four waits."""
    return RECORDINGS / "two-cells-interleaved"


@pytest.fixture
def demo() -> Path:
    """A turn with a failing command, a failed request, a cell, a child agent; 141 events."""
    return DEMO
