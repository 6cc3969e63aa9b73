"""Which code cells of a thread are there at an event, without telling their stories."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.spans.span_tree import CELL
from rollout_tui.debugger.spans.spans import Spans
from rollout_tui.graph.snapshot import Snapshot

if TYPE_CHECKING:
    from rollout_tui.recording import Trace


def cell_count(trace: Trace, snapshot: Snapshot, thread_id: str) -> int:
    """How many cells of a thread have begun as of the snapshot's event."""
    spans = index_of(trace.history, Spans)
    numbers = spans.of_kind(CELL, spans.thread_number(thread_id))
    return bisect_right(numbers, snapshot.event, key=spans.windows.begins.__getitem__)


def cell_ids(trace: Trace, snapshot: Snapshot, thread_id: str, most: int | None = None) -> list[str]:
    """Ids of the cells of a thread that are there as of the snapshot's event, of the last `most` begun."""
    spans = index_of(trace.history, Spans)
    numbers = spans.of_kind(CELL, spans.thread_number(thread_id))
    count = cell_count(trace, snapshot, thread_id)
    return [
        spans.span(number).id
        for number in numbers[0 if most is None else max(0, count - most) : count]
        if spans.handles[number] and trace.history.born(spans.handles[number]) <= snapshot.event
    ]
