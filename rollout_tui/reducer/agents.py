"""What agents give each other: pending edges, their resolution, results (format section 10)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from msgspec import UNSET
from msgspec.structs import replace

from rollout_tui.graph.history import item_id
from rollout_tui.graph.ids import Ids, with_id
from rollout_tui.graph.objects import ConversationItem, InteractionEdge, PendingEdge, Thread
from rollout_tui.graph.values import (
    Anchor,
    ItemAnchor,
    ThreadAnchor,
    ToolAnchor,
)
from rollout_tui.reducer.agent_messages import message_of, path_of
from rollout_tui.reducer.reduction import Reduction
from rollout_tui.trace.event_payloads import AgentResultObserved
from rollout_tui.trace.events import Event


def addressed(r: Reduction, number: int, item: ConversationItem) -> None:
    """An item, listed or not, can receive an edge that comes later: index it by what it says."""
    message = message_of(r, item)
    if message is not None:
        numbers = r.items.addressed.setdefault((item.thread_id, *message), [])
        if number not in numbers:
            numbers.append(number)
            numbers.sort()


def resolve(r: Reduction, number: int, item: ConversationItem) -> None:
    """Give a placed item the first pending edge that fits it (10.4)."""
    if not r.agents.waiting or number in r.items.edge_targets:
        return
    message = message_of(r, item)
    if message is None:
        return
    waiting = r.agents.by_message.get((item.thread_id, *message))
    if waiting:
        edge = r.agents.waiting.pop(waiting.popleft())
        _show_pending(r, edge, waiting=False)
        _make(r, edge, number)


# -- queue or resolve (10.1) ----------------------------------------------------------------


def queue(r: Reduction, edge: PendingEdge) -> None:
    """Make the edge if its receiving item is there already, else let it wait.

    One that waits under the same id for another message goes on to wait for that.
    """
    key = (edge.target_thread_id, edge.author, edge.text)
    for number in r.items.addressed.get(key, ()):
        if number not in r.items.edge_targets:
            _make(r, edge, number)
            return
    known = r.agents.waiting.get(edge.edge_id)
    if known is None:
        r.agents.waiting[edge.edge_id] = edge
        r.agents.by_message.setdefault(key, deque()).append(edge.edge_id)
        _show_pending(r, edge)
        return
    same = (known.kind, known.source, known.spawn_child, known.target_thread_id, known.author, known.text)
    if same != (edge.kind, edge.source, edge.spawn_child, *key):
        _conflict(r, edge.edge_id)
        return
    known.started_at_unix_ms = min(known.started_at_unix_ms, edge.started_at_unix_ms)
    known.ended_at_unix_ms = latest(known.ended_at_unix_ms, edge.ended_at_unix_ms)
    known.carried_raw_payload_ids = union(known.carried_raw_payload_ids, edge.carried_raw_payload_ids)
    _show_pending(r, known)


def _show_pending(r: Reduction, edge: PendingEdge, *, waiting: bool = True) -> None:
    """Keep the record in the graph in step with the one that waits, which is changed in place."""
    shown = replace(edge, waiting=waiting)
    handle = r.find(PendingEdge, edge.edge_id)
    if handle is None:
        r.history.create(edge.edge_id, shown)
        return
    for name in shown.__struct_fields__:
        r.history.set(handle, name, getattr(shown, name))


def _make(r: Reduction, edge: PendingEdge, number: int) -> None:
    """The edge reaches an item."""
    target = item_id(number)
    if upsert(
        r,
        InteractionEdge(
            edge.edge_id,
            edge.kind,
            edge.source,
            ItemAnchor(target),
            edge.started_at_unix_ms,
            edge.ended_at_unix_ms,
            (target,),
            edge.carried_raw_payload_ids,
        ),
    ):
        r.items.edge_targets.add(number)


def upsert(r: Reduction, edge: InteractionEdge) -> bool:
    """Add an edge, or widen the one that has its id; false for a conflicting one (10.4)."""
    handle = r.find(InteractionEdge, edge.edge_id)
    if handle is None:
        r.history.create(edge.edge_id, edge)
        if isinstance(edge.source, ToolAnchor):
            r.agents.edges_of_tool.setdefault(edge.source.tool_call_id, []).append(edge.edge_id)
        return True
    known: InteractionEdge = r.objects[handle]
    if (known.kind, known.source, known.target) != (edge.kind, edge.source, edge.target):
        _conflict(r, edge.edge_id)
        return False
    changes = {
        "started_at_unix_ms": min(known.started_at_unix_ms, edge.started_at_unix_ms),
        "ended_at_unix_ms": latest(known.ended_at_unix_ms, edge.ended_at_unix_ms),
        "carried_item_ids": union(known.carried_item_ids, edge.carried_item_ids),
        "carried_raw_payload_ids": union(known.carried_raw_payload_ids, edge.carried_raw_payload_ids),
    }
    for name, value in changes.items():
        r.history.set(handle, name, value)
    return True


def _conflict(r: Reduction, edge_id: str) -> None:
    r.refuse(
        "conflicting_edge", f"interaction edge {edge_id} was observed with conflicting endpoints", edge_id
    )


def latest(one: int | None, other: int | None) -> int | None:
    """The later of two times, of which either may be unknown."""
    return max((time for time in (one, other) if time is not None), default=None)


def union(ids: Ids, more: Iterable[str]) -> Ids:
    """`ids` and what of `more` it lacks."""
    for one in more:
        ids = with_id(ids, one)
    return ids


# -- results (10.5) ---------------------------------------------------------------------------------


def result_observed(r: Reduction, event: Event, payload: AgentResultObserved) -> None:
    """A child's result goes to its parent."""
    child = payload.child_thread_id
    if r.find(Thread, child) is None:
        r.refuse("unknown_thread", f"agent result names unknown thread {child}", payload.edge_id, child)
        return
    reference = payload.carried_payload
    queue(
        r,
        PendingEdge(
            payload.edge_id,
            "agent_result",
            _result_source(r, child, payload.child_codex_turn_id),
            payload.parent_thread_id,
            path_of(r, child),
            payload.message,
            None,
            r.time,
            r.time,
            () if reference is None else (reference.raw_payload_id,),
        ),
    )


def _result_source(r: Reduction, thread_id: str, turn_id: str) -> Anchor:
    """What the child said last in that turn, else the child itself."""
    number = r.items.last_said.get((thread_id, turn_id))
    return ThreadAnchor(thread_id) if number is None else ItemAnchor(item_id(number))


def said(r: Reduction, number: int, item: ConversationItem) -> None:
    """An item was created: is it what its turn said last? Among equals the last id in byte order is."""
    if item.role != "assistant" or item.kind != "message" or item.agent_message is not UNSET:
        return
    if item.codex_turn_id is None:
        return
    key = (item.thread_id, item.codex_turn_id)
    known = r.items.last_said.get(key)
    if known is not None:
        order = r.history.collections[ConversationItem].order
        before: ConversationItem = r.objects[order[known]]
        if (item.first_seen_at_unix_ms, item.item_id) < (before.first_seen_at_unix_ms, before.item_id):
            return
    r.items.last_said[key] = number


def result_carried(r: Reduction, tool_id: str, payload_id: str) -> None:
    """A tool call's result belongs to the edge the call made (10.5)."""
    edges = r.agents.edges_of_tool.get(tool_id)
    if edges:
        handle = r.handle(InteractionEdge, min(edges))
        carried: Ids = r.objects[handle].carried_raw_payload_ids
        r.history.set(handle, "carried_raw_payload_ids", with_id(carried, payload_id))
        return
    for edge in r.agents.waiting.values():
        if edge.source == ToolAnchor(tool_id):
            edge.carried_raw_payload_ids = with_id(edge.carried_raw_payload_ids, payload_id)
            _show_pending(r, edge)
            return


def check_end(r: Reduction) -> None:
    """A spawn that waits at the end becomes an edge to its thread (10.5), unless that edge is taken."""
    for edge in r.agents.waiting.values():
        handle = r.find(InteractionEdge, edge.edge_id)
        if handle is None or edge.spawn_child is None or r.find(Thread, edge.spawn_child) is None:
            continue
        known = r.objects[handle]
        if (known.kind, known.source, known.target) != (
            edge.kind,
            edge.source,
            ThreadAnchor(edge.spawn_child),
        ):
            _conflict(r, edge.edge_id)
