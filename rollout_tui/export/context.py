"""What the model had in its context, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from rollout_tui.debugger.context.context import (
    ACCEPTED,
    DROPPED,
    IN_CONTEXT,
    PENDING,
    Context,
    ContextItem,
    text,
)
from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.names import Names
from rollout_tui.debugger.tokens import estimate, recorded_tokens
from rollout_tui.export.table import table
from rollout_tui.printable import one_line
from rollout_tui.words import count, role, size

if TYPE_CHECKING:
    from rollout_tui.graph.snapshot import Snapshot
    from rollout_tui.recording import Trace

HEADINGS = {
    IN_CONTEXT: "",
    ACCEPTED: "accepted, in no request yet:",
    PENDING: "pending, not yet seen by the model:",
    DROPPED: "dropped:",
}


def context_text(trace: Trace, snapshot: Snapshot, thread_id: str, width: int) -> Iterator[str]:
    """A line that counts, then rows by status: mark, item, role, what it is, size, where first seen."""
    rows = list(Context(trace, snapshot.event, thread_id))
    groups = {status: [row for row in rows if row.status == status] for status in HEADINGS}
    inside = groups[IN_CONTEXT]
    name = index_of(trace.history, Names).thread(thread_id)
    more = ", ".join(
        f"{len(group)} {status}" for status, group in groups.items() if group and group is not inside
    )
    bytes_inside = sum(row.size_bytes for row in inside)
    recorded = recorded_tokens(trace.history, thread_id, snapshot.event)
    tokens = f"~{estimate(bytes_inside):,} tokens" if recorded is None else f"{recorded:,} tokens recorded"
    yield one_line(
        f"{name} at #{snapshot.seq}   {count(len(inside), 'item')} in context, {size(bytes_inside)}, {tokens}"
        + (f"   {more}" if more else ""),
        width,
    )
    for status, group in groups.items():
        if group and HEADINGS[status]:
            yield HEADINGS[status]
        yield from table(_rows(group), width, flexible=3, right=(1, 4, 5))


def _rows(group: Sequence[ContextItem]) -> list[tuple[str, ...]]:
    return [
        (
            row.mark or " ",
            row.item_id.rpartition(":")[2] if row.item_id else "",
            role(row.role),
            row.label,
            size(row.size_bytes),
            f"#{row.first_seen_seq}"
            if row.dropped_seq is None
            else f"#{row.first_seen_seq}-#{row.dropped_seq}",
        )
        for row in group
    ]


def context_json(trace: Trace, snapshot: Snapshot, thread_id: str) -> dict[str, Any]:
    """The document of `context --json`."""
    rows = Context(trace, snapshot.event, thread_id)
    return {
        "seq": snapshot.seq,
        "thread_id": thread_id,
        "items": [_row_json(trace, row, snapshot.event) for row in rows],
    }


def _row_json(trace: Trace, row: ContextItem, event: int) -> dict[str, Any]:
    return {
        "item_id": row.item_id,
        "role": row.role,
        "kind": row.kind,
        "channel": row.channel,
        "status": row.status,
        "first_seen_seq": row.first_seen_seq,
        "text": text(trace, row, event),
        "call_id": row.call_id,
        "produced_by": [msgspec.to_builtins(one) for one in row.produced_by],
    }
