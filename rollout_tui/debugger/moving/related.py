"""What an event is about, and every event about the same thing."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple, cast

from msgspec import UNSET

from rollout_tui.debugger.spans.span_tree import CELL, COMPACTION_REQUEST, INFERENCE, OBJECTS, OPERATION, TOOL
from rollout_tui.debugger.spans.spans import Spans
from rollout_tui.graph.history import History, item_id, object_id
from rollout_tui.graph.objects import (
    Compaction,
    ConversationItem,
    InteractionEdge,
    Object,
    PendingEdge,
    TerminalOperation,
    ToolCall,
)
from rollout_tui.trace.event_payloads import HistoryItemAccepted
from rollout_tui.trace.events import Event

if TYPE_CHECKING:
    from rollout_tui.recording import Trace

_SUBJECTS = frozenset((INFERENCE, COMPACTION_REQUEST, TOOL, CELL))
# An acceptance can come before the item is known; this many later items of the thread are looked at.
_LOOKED_AT = 4096


class Subject(NamedTuple):
    """An object of the graph: its type and id."""

    kind: type[Object]
    id: str


def subject_of(trace: Trace, spans: Spans, event: int) -> Subject | None:
    """The call, cell, item, request, compaction or edge an event is about; None for a turn's own events."""
    number = spans.span_of(event)
    if spans.kinds[number] == OPERATION:
        number = spans.parents[number]
    kind = spans.kinds[number]
    if kind in _SUBJECTS and spans.handles[number]:
        return Subject(OBJECTS[kind], object_id(spans.history.objects[spans.handles[number]]))
    event_type = spans.history.events.type(event)
    if event_type == "history_item_accepted":
        return _accepted(trace, event)
    if event_type == "compaction_installed":
        return _first_of(spans.history, event, (Compaction,))
    if event_type == "agent_result_observed":
        return _first_of(spans.history, event, (InteractionEdge, PendingEdge))
    return None


def _first_of(history: History, event: int, kinds: tuple[type[Object], ...]) -> Subject | None:
    for kind in kinds:
        for change in history.touched(event):
            if change.kind is kind:
                return Subject(kind, change.id)
    return None


def _accepted(trace: Trace, event: int) -> Subject | None:
    history = trace.history
    found = _first_of(history, event, (ConversationItem,))
    line = trace.events[event - 1]
    if found is not None or not isinstance(line, Event) or not isinstance(line.payload, HistoryItemAccepted):
        return found
    collection = history.collections[ConversationItem]
    numbers = history.items.by_thread.get(line.thread_id or "", ())
    first = bisect_right(numbers, event, key=lambda number: collection.born[number])
    for number in numbers[first : first + _LOOKED_AT]:
        item = cast(ConversationItem, history.objects[collection.order[number]])
        if item.responses_item_id == line.payload.item_id:
            return Subject(ConversationItem, item_id(number))
    return None


def events_of(spans: Spans, subject: Subject, *, only_changes: bool = False) -> list[int]:
    """Every event about an object, in order: those that changed it, and unless `only_changes` its span's own.

    To a call belong its terminal operation and the items that carry it; to an item its acceptance.
    """
    history = spans.history
    handle = history.handle(subject.kind, subject.id)
    if handle is None:
        return []
    found = _changes(history, subject.kind, subject.id)
    made = history.objects[handle]
    if isinstance(made, ConversationItem) and made.accepted_seq is not UNSET:
        found.add(history.events.ordinal_of(made.accepted_seq) or 0)
    if isinstance(made, (InteractionEdge, PendingEdge)):
        other = InteractionEdge if isinstance(made, PendingEdge) else PendingEdge
        found.update(_changes(history, other, subject.id))
    if not only_changes:
        number = spans.by_handle(handle)
        if number is not None:
            found.update(spans.events.of_span(number))
        if isinstance(made, ToolCall):
            found.update(_of_call(spans, made, number))
    return sorted(event for event in found if 0 < event <= spans.head)


def _of_call(spans: Spans, tool: ToolCall, number: int | None) -> set[int]:
    history = spans.history
    found: set[int] = set()
    for child in spans.children(number) if number is not None else ():
        if spans.kinds[child] == OPERATION:
            found.update(spans.events.of_span(child))
            found.update(
                _changes(history, TerminalOperation, object_id(history.objects[spans.handles[child]]))
            )
    for one in (*tool.model_visible_call_item_ids, *tool.model_visible_output_item_ids):
        found.update(events_of(spans, Subject(ConversationItem, one)))
    return found


def _changes(history: History, kind: type[Object], object_id: str) -> set[int]:
    handle = history.handle(kind, object_id)
    return set() if handle is None else {change.event for change in history.changes_of(handle)}
