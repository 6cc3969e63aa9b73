"""Which code cells of a thread are there at an event, and which waits, without telling their stories."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.spans.span_tree import CELL
from rollout_tui.debugger.spans.spans import Spans
from rollout_tui.graph.snapshot import Snapshot

if TYPE_CHECKING:
    from rollout_tui.recording import Trace

MOST_WAITS, MOST_ASKED = 20_000, 2_000
"""Among so many of the latest waits those of a thread are looked for, and so many of them looked at."""


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


def latest_lost(spans: Spans, thread: int, event: int) -> Iterator[int]:
    """Waits of a thread that have begun by an event without a known cell, the latest first."""
    count = bisect_right(spans.waits, event, key=spans.windows.begins.__getitem__)
    latest = reversed(spans.waits[max(0, count - MOST_WAITS) : count])
    own = (one for one in latest if spans.threads[one] == thread and one not in spans.waited_cells)
    return islice(own, MOST_ASKED)
