"""Snapshots taken while another thread reduces are those taken when it has finished."""

from __future__ import annotations

import random
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from rollout_tui.export.state import state_line
from rollout_tui.graph.snapshot import Snapshot
from rollout_tui.recording import Trace
from rollout_tui.trace.bundle import open_bundle

from .recordings import Recording, recordings


@pytest.fixture(autouse=True)
def switching() -> Iterator[None]:
    """Let threads take turns a thousand times more often."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(5e-6)
    yield
    sys.setswitchinterval(before)


def look(snapshot: Snapshot) -> Any:
    """All that a pane could ask of a snapshot."""
    asked = (
        snapshot.threads,
        snapshot.codex_turns,
        snapshot.conversation_items,
        snapshot.inference_calls,
        snapshot.tool_calls,
        snapshot.conversations,
    )
    return (
        state_line(snapshot),
        snapshot.touched(),
        [list(objects.last(3)) for objects in asked],
        [list(one.snapshot) for one in snapshot.conversations.values()],
        sorted(snapshot.payload_ids()),
    )


@pytest.mark.parametrize("recording", recordings()[-4:], ids=lambda recording: recording.folder.name)
def test_a_reader_sees_whole_events(recording: Recording) -> None:
    looked_at: set[int] = set()
    for most in (1, 1, 500, 2000):
        trace = Trace(open_bundle(recording.folder))
        writer = threading.Thread(target=write, args=(trace, most))
        writer.start()
        seen = []
        while writer.is_alive():
            head = trace.history.head
            event = random.choice((head, head, random.randint(0, head)))
            seen.append((event, look(trace.snapshot(event))))
        writer.join()
        looked_at.update(event for event, _ in seen)
        for event, found in seen:
            assert look(trace.snapshot(event)) == found
    assert len(looked_at) > 1


def write(trace: Trace, most: int) -> None:
    """Read a recording to its end, so many bytes at a time."""
    while trace.advance(most).more:
        # Give way, so that the reader looks in between also where one processor runs both.
        time.sleep(0.0005)
    trace.take_held_line()
