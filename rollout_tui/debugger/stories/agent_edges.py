"""What agents gave each other: tasks, messages, results; where each was sent, and where it arrived."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, cast

from rollout_tui.debugger.context.carried import Carried
from rollout_tui.debugger.context.item_text import short_text
from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.lookup import item_at, latest
from rollout_tui.graph.history import History, item_number
from rollout_tui.graph.objects import InteractionEdge, PendingEdge, Thread, ToolCall
from rollout_tui.graph.snapshot import Snapshot
from rollout_tui.graph.values import Anchor, ItemAnchor, ToolAnchor

if TYPE_CHECKING:
    from rollout_tui.recording import Trace

MOST_EDGES = 500
KINDS = {
    "spawn_agent": "spawn",
    "assign_agent_task": "task",
    "send_message": "message",
    "agent_result": "result",
    "close_agent": "close",
}
"""Kinds of edges in one word."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Something one agent gave another.

    `kind` is `spawn_agent`, `assign_agent_task`, `send_message`, `agent_result` or `close_agent`. `event` is
    where it first was known. `item_id` is the item of the receiving thread that carries it and
    `delivered_seq` where that was there (None: pending), `seen_seq` the first request that carried it (None:
    the receiver has not seen it).
    """

    edge_id: str
    kind: str
    event: int
    seq: int
    source_thread_id: str | None
    source_path: str
    target_thread_id: str | None
    target_path: str
    text: str
    item_id: str | None
    delivered_seq: int | None
    seen_seq: int | None


def edges(trace: Trace, snapshot: Snapshot, most: int = MOST_EDGES) -> list[Edge]:
    """The latest `most` edges as of the snapshot's event, in the order they were known; pending ones too."""
    history, event = trace.history, snapshot.event
    found: dict[str, Edge] = {}
    for kind in (PendingEdge, InteractionEdge):
        collection = history.collections[kind]
        count = bisect_right(collection.born, event)
        for handle in collection.order[max(0, count - most) : count]:
            made = history.as_of(handle, event)
            if isinstance(made, InteractionEdge):
                found[made.edge_id] = _resolved(history, handle, made, event)
            elif isinstance(made, PendingEdge) and made.waiting:
                found[made.edge_id] = _waiting(history, handle, made)
    return sorted(found.values(), key=lambda edge: edge.event)[-most:]


def name(agent_path: str) -> str:
    """The last part of an agent path."""
    return agent_path.rpartition("/")[2] or agent_path


class Ends(NamedTuple):
    """Where an edge begins and where it arrives (ordinals): the receiver's first request that carried it.

    Where none did `received` is where it was delivered, None where it never was.
    """

    sent: int
    received: int | None


def ends(history: History, edge_id: str) -> Ends | None:
    """Both ends of an edge as known at the head; None for an unknown one."""
    for kind in (InteractionEdge, PendingEdge):
        handle = history.handle(kind, edge_id)
        if handle is None:
            continue
        made = history.objects[handle]
        if isinstance(made, InteractionEdge):
            edge = _resolved(history, handle, made, history.head)
        else:
            edge = _waiting(history, handle, cast(PendingEdge, made))
        seq = edge.delivered_seq if edge.seen_seq is None else edge.seen_seq
        return Ends(edge.event, None if seq is None else history.events.ordinal_of(seq))
    return None


def _waiting(history: History, handle: int, edge: PendingEdge) -> Edge:
    born = history.born(handle)
    return Edge(
        edge_id=edge.edge_id,
        kind=edge.kind,
        event=born,
        seq=history.events.seqs[born],
        source_thread_id=_thread_at(history, edge.source),
        source_path=edge.author,
        target_thread_id=edge.target_thread_id,
        target_path=_path(history, edge.target_thread_id),
        text=edge.text,
        item_id=None,
        delivered_seq=None,
        seen_seq=None,
    )


def _resolved(history: History, handle: int, edge: InteractionEdge, event: int) -> Edge:
    delivered = history.born(handle)
    pending = history.handle(PendingEdge, edge.edge_id)
    born = delivered if pending is None else min(delivered, history.born(pending))
    source, target = _thread_at(history, edge.source), _thread_at(history, edge.target)
    item_id = edge.target.item_id if isinstance(edge.target, ItemAnchor) else None
    text = cast(PendingEdge, history.objects[pending]).text if pending is not None else ""
    seen = None
    if item_id is not None:
        text = text or short_text(item_at(history, item_number(item_id)))
        carried = index_of(history, Carried).first_carried(item_id)
        seen = carried if carried is not None and carried <= event else None
    seqs = history.events.seqs
    return Edge(
        edge_id=edge.edge_id,
        kind=edge.kind,
        event=born,
        seq=seqs[born],
        source_thread_id=source,
        source_path=_path(history, source),
        target_thread_id=target,
        target_path=_path(history, target),
        text=text,
        item_id=item_id,
        delivered_seq=seqs[delivered] if item_id is not None else None,
        seen_seq=None if seen is None else seqs[seen],
    )


def _thread_at(history: History, anchor: Anchor) -> str | None:
    """The thread an end of an edge lies in."""
    if isinstance(anchor, ItemAnchor):
        return item_at(history, item_number(anchor.item_id)).thread_id
    if isinstance(anchor, ToolAnchor):
        tool = latest(history, ToolCall, anchor.tool_call_id)
        return None if tool is None else tool.thread_id
    return anchor.thread_id


def _path(history: History, thread_id: str | None) -> str:
    thread = latest(history, Thread, thread_id)
    return thread_id or "" if thread is None else thread.agent_path
