"""The agents of a rollout at an event: their tree, where each one is, and what they gave each other."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from rollout_tui.debugger.blocked import ThreadWaits, blocked, in_words
from rollout_tui.debugger.carried import Carried
from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.item_text import short_text
from rollout_tui.debugger.span_words import title
from rollout_tui.debugger.spans import INFERENCE, ROOT, THREAD, TURN, Spans
from rollout_tui.graph.history import History
from rollout_tui.graph.objects import (
    CodexTurn,
    ConversationItem,
    InferenceCall,
    InteractionEdge,
    PendingEdge,
    Thread,
    ToolCall,
)
from rollout_tui.graph.snapshot import Snapshot
from rollout_tui.graph.values import Anchor, ItemAnchor, SpawnedOrigin, ToolAnchor

if TYPE_CHECKING:
    from rollout_tui.recording import Trace

MOST_EDGES = 500


@dataclass(frozen=True, slots=True)
class Edge:
    """Something one agent gave another.

    `kind` is `spawn_agent`, `assign_agent_task`, `send_message`, `agent_result` or `close_agent`. `event` is
    where it first was known. `item_id` is the item of the receiving thread that carries it and
    `delivered_seq` where that was there (None: pending), `seen_seq` the first request that carried it (None:
    the receiver has not seen it). `source_tool_call_id` is the call that sent it.
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
    source_tool_call_id: str | None
    item_id: str | None
    delivered_seq: int | None
    seen_seq: int | None

    @property
    def is_pending(self) -> bool:
        """Whether no item of the receiver carries it yet; a close is never carried."""
        return self.item_id is None and self.kind != "close_agent"


@dataclass(frozen=True, slots=True)
class Agent:
    """A thread: its place in the tree and where it is.

    `depth` counts the threads above it. `turn` is its running or latest turn, `inferences` how many model
    requests it has made. `position` says what it is doing or how it ended. `spawn` is what it was started
    with, `results` what it gave back.
    """

    thread_id: str
    agent_path: str
    nickname: str | None
    agent_role: str
    parent_thread_id: str | None
    depth: int
    event: int
    started_seq: int
    ended_seq: int | None
    status: str
    turn: int
    turn_status: str
    inferences: int
    position: str
    waits: ThreadWaits | None
    spawn: Edge | None = None
    results: tuple[Edge, ...] = ()


@dataclass(frozen=True, slots=True)
class Agents:
    """All threads, parents before their children, and the latest edges in the order they were known."""

    threads: list[Agent]
    edges: list[Edge]

    @property
    def running(self) -> int:
        """How many threads have a turn running."""
        return sum(agent.turn_status == "running" and agent.ended_seq is None for agent in self.threads)


def agents(
    trace: Trace, snapshot: Snapshot, now_ms: int | None = None, most_edges: int = MOST_EDGES
) -> Agents:
    """The threads and edges as of the snapshot's event; ages count to `now_ms` (None: that event's time)."""
    found = edges(trace, snapshot, most_edges)
    waits = {one.thread_id: one for one in blocked(trace, snapshot, now_ms)}
    spans = index_of(trace.history, Spans)
    children: dict[str | None, list[int]] = {}
    known: set[str] = set()
    for number in spans.of_kind(THREAD):
        if spans.windows.begins[number] > snapshot.event:
            break
        thread = _thread(spans, number, snapshot.event)
        parent = _parent(thread)
        children.setdefault(parent if parent in known else None, []).append(number)
        known.add(thread.thread_id)
    spawns = {one.target_thread_id: one for one in reversed(found) if one.kind == "spawn_agent"}
    results: dict[str | None, list[Edge]] = {}
    for one in found:
        if one.kind == "agent_result":
            results.setdefault(one.source_thread_id, []).append(one)
    rows: list[Agent] = []
    stack = [(number, 0) for number in reversed(children.get(None, []))]
    while stack:
        number, depth = stack.pop()
        thread = _thread(spans, number, snapshot.event)
        row = _agent(spans, snapshot, number, depth, waits.get(thread.thread_id))
        given = tuple(results.get(thread.thread_id, ()))
        rows.append(replace(row, spawn=spawns.get(thread.thread_id), results=given))
        stack.extend((child, depth + 1) for child in reversed(children.get(thread.thread_id, [])))
    return Agents(rows, found)


def _thread(spans: Spans, number: int, event: int) -> Thread:
    return cast(Thread, spans.history.as_of(spans.handles[number], event))


def _parent(thread: Thread) -> str | None:
    return thread.origin.parent_thread_id if isinstance(thread.origin, SpawnedOrigin) else None


def _agent(spans: Spans, snapshot: Snapshot, number: int, depth: int, waits: ThreadWaits | None) -> Agent:
    own, event = spans.threads[number], snapshot.event
    thread = _thread(spans, number, event)
    turns, last = _count(spans, TURN, own, event)
    turn = cast(CodexTurn, spans.history.as_of(spans.handles[last], event)) if turns else None
    return Agent(
        thread.thread_id,
        thread.agent_path,
        thread.nickname,
        thread.origin.agent_role if isinstance(thread.origin, SpawnedOrigin) else "",
        _parent(thread),
        depth,
        spans.windows.begins[number],
        thread.execution.started_seq,
        thread.execution.ended_seq,
        thread.execution.status,
        turns,
        turn.execution.status if turn else "",
        _count(spans, INFERENCE, own, event)[0],
        _position(spans, own, event, thread, turn, waits),
        waits,
    )


def _count(spans: Spans, kind: int, thread: int, event: int) -> tuple[int, int]:
    """How many spans of a kind a thread has begun by `event`, and the number of the last one."""
    numbers = spans.of_kind(kind, thread)
    count = bisect_right(numbers, event, key=lambda number: spans.windows.begins[number])
    return count, numbers[count - 1] if count else ROOT


def _position(
    spans: Spans,
    thread_number: int,
    event: int,
    thread: Thread,
    turn: CodexTurn | None,
    waits: ThreadWaits | None,
) -> str:
    """What a thread is doing, or how its last turn ended."""
    if waits is not None and waits.blocked_on:
        return in_words(waits).removeprefix(waits.agent_path or waits.thread_id).strip()
    state = "ended" if thread.execution.ended_seq is not None else "idle"
    if turn is None:
        return state if state == "ended" else "starting"
    failure = _failure(spans, thread_number, event, turn)
    return f"{state}, {failure}" if failure else state


def _failure(spans: Spans, thread: int, event: int, turn: CodexTurn) -> str:
    """Why the last turn did not come to a good end: its last inference, or its status."""
    count, last = _count(spans, INFERENCE, thread, event)
    if count:
        call = cast(InferenceCall, spans.history.as_of(spans.handles[last], event))
        own = call.codex_turn_id == turn.codex_turn_id
        if own and call.execution.status not in ("running", "completed"):
            return f"{title(spans, last)} {call.execution.status} #{call.execution.ended_seq}"
    status = turn.execution.status
    return "" if status in ("running", "completed") else f"turn {status} #{turn.execution.ended_seq}"


# -- edges -----------------------------------------------------------------------------


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


def _waiting(history: History, handle: int, edge: PendingEdge) -> Edge:
    born = history.born(handle)
    source = _thread_at(history, edge.source)
    return Edge(
        edge.edge_id,
        edge.kind,
        born,
        history.events.seqs[born],
        source,
        edge.author,
        edge.target_thread_id,
        _path(history, edge.target_thread_id),
        edge.text,
        edge.source.tool_call_id if isinstance(edge.source, ToolAnchor) else None,
        None,
        None,
        None,
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
        text = text or short_text(_item(history, item_id))
        carried = index_of(history, Carried).first_carried(item_id)
        seen = carried if carried is not None and carried <= event else None
    seqs = history.events.seqs
    return Edge(
        edge.edge_id,
        edge.kind,
        born,
        seqs[born],
        source,
        _path(history, source),
        target,
        _path(history, target),
        text,
        edge.source.tool_call_id if isinstance(edge.source, ToolAnchor) else None,
        item_id,
        seqs[delivered] if item_id is not None else None,
        None if seen is None else seqs[seen],
    )


def _item(history: History, item_id: str) -> ConversationItem:
    return cast(ConversationItem, history.objects[history.handle(ConversationItem, item_id) or 0])


def _thread_at(history: History, anchor: Anchor) -> str | None:
    """The thread an end of an edge lies in."""
    if isinstance(anchor, ItemAnchor):
        return _item(history, anchor.item_id).thread_id
    if isinstance(anchor, ToolAnchor):
        handle = history.handle(ToolCall, anchor.tool_call_id)
        return None if handle is None else cast(ToolCall, history.objects[handle]).thread_id
    return anchor.thread_id


def _path(history: History, thread_id: str | None) -> str:
    handle = None if thread_id is None else history.handle(Thread, thread_id)
    return thread_id or "" if handle is None else cast(Thread, history.objects[handle]).agent_path
