"""The rows of a context, and what is said of them."""

from __future__ import annotations

from scripted import ROOT_THREAD

from rollout_tui.debugger.context.context import Context, ContextItem
from rollout_tui.recording import Trace


def rows_at(trace: Trace, seq: int, thread_id: str = ROOT_THREAD) -> list[ContextItem]:
    return list(Context(trace, trace.ordinal(seq), thread_id))


def statuses(rows: list[ContextItem]) -> dict[str, list[str | None]]:
    """Short item numbers by status, None for what has no item."""
    found: dict[str, list[str | None]] = {}
    for row in rows:
        number = row.item_id.rpartition(":")[2] if row.item_id else None
        found.setdefault(row.status, []).append(number)
    return found


def marks(rows: list[ContextItem]) -> dict[str, str]:
    return {row.item_id or row.label: row.mark for row in rows if row.mark}
