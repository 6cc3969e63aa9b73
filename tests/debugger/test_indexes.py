"""Indexes live as long as the history they are made from."""

from __future__ import annotations

import gc
import weakref

from recordings_at_hand import RECORDINGS

from rollout_tui.debugger.context.pending_index import PendingIndex
from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.spans.spans import Spans
from rollout_tui.recording import open_trace


def test_an_index_is_made_once_and_goes_with_its_history() -> None:
    trace = open_trace(RECORDINGS / "one-message")
    assert index_of(trace.history, Spans) is index_of(trace.history, Spans)
    assert index_of(trace.history, PendingIndex).head == trace.history.head
    history = weakref.ref(trace.history)
    del trace
    gc.collect()
    assert history() is None
