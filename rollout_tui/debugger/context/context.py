"""What the model has in front of it in a thread at an event, and what is on its way there.

Rows come in four groups: `in_context` in their order, then `accepted`, `pending` and `dropped` by where they
were first seen. A `Context` makes rows when they are asked for, so that a pane pays for what it shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from rollout_tui.debugger.context.context_index import ContextIndex
from rollout_tui.debugger.context.item_text import size_bytes, whole_text
from rollout_tui.debugger.context.item_words import item_label, provenance
from rollout_tui.debugger.context.pending_index import Pending, PendingIndex
from rollout_tui.debugger.context.pending_rows import pending_row, pending_text
from rollout_tui.debugger.indexes import index_of
from rollout_tui.graph.history import item_number
from rollout_tui.graph.objects import ConversationItem
from rollout_tui.graph.values import Producer
from rollout_tui.on_demand import OnDemand

if TYPE_CHECKING:
    from rollout_tui.recording import Trace

IN_CONTEXT, ACCEPTED, PENDING, DROPPED = "in_context", "accepted", "pending", "dropped"
STATUSES = (IN_CONTEXT, ACCEPTED, PENDING, DROPPED)
NEW, CHANGED, GONE = "+", "~", "-"


@dataclass(frozen=True, slots=True)
class ContextItem:
    """One row.

    `item_id` is None for what is `pending`. `first_seen_seq` is where it was first seen, `dropped_seq` where
    it left the context and `dropped_by` what made it leave (`compaction` or `request`). `size_bytes` counts
    the bytes of its content. `provenance` is user, model, tool, code cell, agent edge, compaction or harness.
    `mark` is `+` for a row that is new since the event before, `~` for a changed one, `-` for one that left.
    `pending` says what a pending row stands for.
    """

    item_id: str | None
    role: str
    kind: str
    channel: str | None
    status: str
    first_seen_seq: int
    label: str
    size_bytes: int
    call_id: str | None
    produced_by: tuple[Producer, ...]
    provenance: str
    mark: str = ""
    dropped_seq: int | None = None
    dropped_by: str | None = None
    pending: Pending | None = None


class Context(OnDemand[ContextItem]):
    """The rows of one thread as of one event, none of an unknown one; marks tell what the event changed."""

    def __init__(self, trace: Trace, event: int, thread_id: str) -> None:
        history = trace.history
        self.trace = trace
        self.event = event
        self.thread_id = thread_id
        self._index = index_of(history, ContextIndex)
        self.in_context = self._index.in_context(thread_id, event)
        self.accepted = self._index.outside(thread_id, event)
        self.pending = index_of(history, PendingIndex).pending(thread_id, event)
        self.dropped = self._index.dropped(thread_id, event)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows have each status."""
        return {status: len(group) for status, group in self._groups}

    @property
    def _groups(self) -> tuple[tuple[str, Sequence[Any]], ...]:
        return (
            (IN_CONTEXT, self.in_context),
            (ACCEPTED, self.accepted),
            (PENDING, self.pending),
            (DROPPED, self.dropped),
        )

    def start_of(self, status: str) -> int:
        """The number of the first row with a status, or where it would be."""
        counts = list(self.counts.values())
        return sum(counts[: STATUSES.index(status)])

    def __len__(self) -> int:
        return len(self.in_context) + len(self.accepted) + len(self.pending) + len(self.dropped)

    def member(self, index: int) -> ContextItem:
        """A row."""
        status, found = self._at(index)
        return self._pending(found) if status == PENDING else self._item(found, status)

    def _at(self, index: int) -> tuple[str, Any]:
        """The status of a row, and its item's number or what is pending. Raises IndexError."""
        for status, group in self._groups:
            if index < len(group):
                return status, item_number(group[index]) if status == IN_CONTEXT else group[index]
            index -= len(group)
        raise IndexError

    def row_of(self, conversation_item_id: str) -> int | None:
        """The row of an item, None when it has none."""
        for at, one in enumerate(self.in_context):
            if one == conversation_item_id:
                return at
        number = item_number(conversation_item_id)
        for status, numbers in ((ACCEPTED, self.accepted), (DROPPED, self.dropped)):
            for at, other in enumerate(numbers):
                if other == number:
                    return self.start_of(status) + at
        return None

    def mark_at(self, index: int) -> str:
        """The mark of a row, which costs less than the row."""
        status, found = self._at(index)
        return self._pending_mark(found) if status == PENDING else self._mark_of(found, status)

    # -- rows ----------------------------------------------------------------------

    def _item(self, number: int, status: str) -> ContextItem:
        history = self.trace.history
        handle = history.collections[ConversationItem].order[number]
        item = cast(ConversationItem, history.as_of(handle, self.event))
        left = self._index.left_at(number, self.event) if status == DROPPED else None
        return ContextItem(
            item.item_id,
            item.role,
            item.kind,
            item.channel,
            status,
            history.events.seqs[history.born(handle)],
            item_label(history, item),
            size_bytes(self.trace, item),
            item.call_id,
            item.produced_by,
            provenance(item, by_edge=number in self._index.edges),
            self._mark(number, handle, left),
            None if left is None else history.events.seqs[left],
            None if left is None else self._cause(left),
        )

    def _mark_of(self, number: int, status: str) -> str:
        handle = self.trace.history.collections[ConversationItem].order[number]
        left = self._index.left_at(number, self.event) if status == DROPPED else None
        return self._mark(number, handle, left)

    def _pending_mark(self, one: Pending) -> str:
        return NEW if one.event == self.event else ""

    def _mark(self, number: int, handle: int, left: int | None) -> str:
        history = self.trace.history
        if left is not None:
            return GONE if left == self.event else ""
        if history.born(handle) == self.event:
            return NEW
        changed = (change.event == self.event for change in history.changes_of(handle))
        return CHANGED if self._index.entered_at(number) == self.event or any(changed) else ""

    def _cause(self, event: int) -> str:
        return "compaction" if self.trace.history.events.type(event) == "compaction_installed" else "request"

    def _pending(self, one: Pending) -> ContextItem:
        row = pending_row(self.trace, one, self.event)
        return ContextItem(
            None,
            row.role,
            row.kind,
            row.channel,
            PENDING,
            self.trace.history.events.seqs[one.event],
            row.label,
            row.size_bytes,
            row.call_id,
            row.produced_by,
            row.provenance,
            self._pending_mark(one),
            pending=one,
        )


def text(trace: Trace, row: ContextItem | str, event: int | None = None) -> str | None:
    """The whole text of a row, or of an item by its id, as of `event` (None: the last one).

    None where there is nothing to read: encrypted content, images, payloads that are not there.
    """
    history = trace.history
    if isinstance(row, ContextItem):
        if row.pending is not None:
            return pending_text(trace, row.pending)
        row = row.item_id or ""
    handle = history.handle(ConversationItem, row)
    if handle is None:
        return None
    item = cast(ConversationItem, history.as_of(handle, history.head if event is None else event))
    return whole_text(trace, item)
