"""What the model never saw: results, outputs of cells and reports of agents that no request carried."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rollout_tui.debugger.evidence import result_texts, size_of, value
from rollout_tui.debugger.findings.finding import Finding, Sources
from rollout_tui.debugger.findings.oddities import model_text
from rollout_tui.debugger.lookup import item_at
from rollout_tui.debugger.names import cell_label, tool_name
from rollout_tui.graph.history import item_id
from rollout_tui.graph.objects import (
    CodeCell,
    ConversationItem,
    InteractionEdge,
    Object,
    PendingEdge,
    ToolCall,
)
from rollout_tui.graph.values import ItemAnchor, ModelRequester, ThreadAnchor

MAY_BE_UNSEEN: frozenset[type[Object]] = frozenset((ToolCall, CodeCell, PendingEdge, InteractionEdge))
"""Kinds of objects that are something for the model."""


def may_be_unseen(one: Any) -> bool:
    """Whether an object of these kinds is something for the model that no request has carried so far."""
    # Not `isinstance`: for what is no instance it takes ten times as long.
    kind = type(one)
    if kind is ToolCall:
        asked = type(one.requester) is ModelRequester and one.model_visible_call_id is not None
        return asked and not one.model_visible_output_item_ids
    if kind is CodeCell:
        return not one.output_item_ids
    return one.kind == "agent_result" and (kind is InteractionEdge or one.waiting)


def never_seen(sources: Sources, handles: Iterable[int]) -> Iterator[Finding]:
    """Results, cell outputs and reports of agents that no request carried."""
    for handle in handles:
        unseen = sources.history.objects[handle]
        if isinstance(unseen, ToolCall):
            if unseen.execution.status != "running":
                yield _unseen_result(sources, unseen)
        elif isinstance(unseen, CodeCell):
            if unseen.initial_response_seq and sources.latest(ToolCall, unseen.model_visible_call_id) is None:
                yield _unseen_output(sources, unseen)
        elif isinstance(unseen, (InteractionEdge, PendingEdge)) and not _carried(sources, unseen):
            yield _unseen_report(sources, unseen, sources.history.born(handle))


def _unseen_result(sources: Sources, tool: ToolCall) -> Finding:
    size = size_of(result_texts(value(sources.trace, tool.raw_result_payload_id)))
    event = _event(sources, tool.execution.ended_seq)
    message = f"the result of {tool_name(tool.kind)} ({size:,} B) was in no later request"
    return sources.finding_about("never_seen_by_model", event, message, tool)


def _unseen_output(sources: Sources, cell: CodeCell) -> Finding:
    event = _event(sources, cell.initial_response_seq)
    message = f"the output of {cell_label(cell)} was in no later request"
    return sources.finding_about("never_seen_by_model", event, message, cell)


def _carried(sources: Sources, edge: InteractionEdge | PendingEdge) -> bool:
    """Whether a request carried the report: the item it became, or one of the receiver with its text."""
    if isinstance(edge, PendingEdge):
        history = sources.history
        numbers = history.items.by_thread.get(edge.target_thread_id, ())
        return any(
            sources.carried.first_carried(item_id(number)) is not None
            and edge.text in model_text(item_at(history, number))
            for number in list(numbers)
        )
    target = edge.target
    return isinstance(target, ItemAnchor) and sources.carried.first_carried(target.item_id) is not None


def _unseen_report(sources: Sources, edge: InteractionEdge | PendingEdge, born: int) -> Finding:
    """A child's report; its event is the one that recorded the report, not the one that found its item."""
    history = sources.history
    pending = history.handle(PendingEdge, edge.edge_id)
    event = born if pending is None else history.born(pending)
    reporter, receiver = _ends(sources, edge)
    return sources.finding(
        "never_seen_by_model",
        event,
        f"the report of {reporter} to {receiver} was in no later request",
        _receiver_id(sources, edge),
        ("interaction_edge", edge.edge_id),
    )


def _ends(sources: Sources, edge: InteractionEdge | PendingEdge) -> tuple[str, str]:
    receiver = sources.names.thread(_receiver_id(sources, edge))
    source = edge.source
    if isinstance(source, ItemAnchor):
        item = sources.latest(ConversationItem, source.item_id)
        return sources.names.thread(item.thread_id if item else None), receiver
    thread_id = source.thread_id if isinstance(source, ThreadAnchor) else None
    return sources.names.thread(thread_id), receiver


def _receiver_id(sources: Sources, edge: InteractionEdge | PendingEdge) -> str | None:
    if isinstance(edge, PendingEdge):
        return edge.target_thread_id
    target = edge.target
    if isinstance(target, ThreadAnchor):
        return target.thread_id
    item = sources.latest(ConversationItem, target.item_id) if isinstance(target, ItemAnchor) else None
    return item.thread_id if item else None


def _event(sources: Sources, seq: int | None) -> int:
    found = None if seq is None else sources.history.events.ordinal_of(seq)
    return found or sources.history.head
