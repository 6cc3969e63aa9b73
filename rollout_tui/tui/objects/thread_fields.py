"""What the inspector tells of the rollout, its threads and turns, and what agents gave each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rollout_tui.graph.objects import (
    CodexTurn,
    ConversationItem,
    InteractionEdge,
    PendingEdge,
    Rollout,
    Thread,
    ToolCall,
)
from rollout_tui.graph.snapshot import listed_items
from rollout_tui.graph.values import ItemAnchor, SpawnedOrigin, ThreadAnchor, ToolAnchor
from rollout_tui.tui.objects.facts import Facts, Field
from rollout_tui.tui.objects.subject import find
from rollout_tui.words import clock, count, duration

COMPLETE = {True: "yes", False: "no end mark yet", None: "schema 1 cannot say"}


def rollout_fields(facts: Facts, one: Rollout) -> Iterator[Field]:
    """Status, times, ids."""
    yield Field("status", one.status)
    if one.ended_at_unix_ms is not None:
        yield Field("took", duration(max(0, one.ended_at_unix_ms - one.started_at_unix_ms)))
    yield Field(
        "complete",
        COMPLETE[one.recording_complete],
        "note" if one.recording_complete is False else "",
    )
    yield Field("began", clock(one.started_at_unix_ms), "dim")
    yield from facts.link("root", Thread, one.root_thread_id)
    yield Field("id", one.rollout_id, "dim")
    yield Field("trace", one.trace_id, "dim")


def thread_fields(facts: Facts, thread: Thread) -> Iterator[Field]:
    """Where it comes from and what it has."""
    yield from facts.ran(thread.execution)
    if isinstance(thread.origin, SpawnedOrigin):
        origin = thread.origin
        yield from facts.link("parent", Thread, origin.parent_thread_id)
        yield Field("task", origin.task_name)
        if origin.agent_role:
            yield Field("as", origin.agent_role)
        if find(facts.view.snapshot, InteractionEdge, origin.spawn_edge_id):
            yield from facts.link("by", InteractionEdge, origin.spawn_edge_id)
    if thread.nickname:
        yield Field("nickname", thread.nickname)
    if thread.default_model:
        yield Field("model", thread.default_model)
    listed = listed_items(facts.history, thread.thread_id, facts.view.event)
    yield Field("history", count(len(listed), "item"))
    yield Field("id", thread.thread_id, "dim")


def turn_fields(facts: Facts, turn: CodexTurn) -> Iterator[Field]:
    """Times and input."""
    yield from facts.ran(turn.execution)
    yield from facts.links("input", ConversationItem, turn.input_item_ids)
    yield from facts.place(turn.thread_id, None)
    yield Field("id", turn.codex_turn_id, "dim")


def edge_fields(facts: Facts, edge: InteractionEdge) -> Iterator[Field]:
    """From whom to whom, and what."""
    for name, anchor in (("from", edge.source), ("to", edge.target)):
        yield from _anchor(facts, name, anchor)
    took = edge.ended_at_unix_ms
    if took is not None:
        yield Field("took", duration(max(0, took - edge.started_at_unix_ms)))
    yield Field("sent", clock(edge.started_at_unix_ms), "dim")
    yield from facts.links("carried", ConversationItem, edge.carried_item_ids)
    for one in edge.carried_raw_payload_ids:
        yield from facts.payload("payload", one)


def _anchor(facts: Facts, name: str, anchor: Any) -> Iterator[Field]:
    if isinstance(anchor, ItemAnchor):
        yield from facts.link(name, ConversationItem, anchor.item_id)
    elif isinstance(anchor, ToolAnchor):
        yield from facts.link(name, ToolCall, anchor.tool_call_id)
    elif isinstance(anchor, ThreadAnchor):
        yield from facts.link(name, Thread, anchor.thread_id)


def pending_fields(facts: Facts, edge: PendingEdge) -> Iterator[Field]:
    """From whom to whom; it has not arrived."""
    yield Field("state", "under way, not yet seen" if edge.waiting else "arrived", "note")
    yield from _anchor(facts, "from", edge.source)
    yield from facts.link("to", Thread, edge.target_thread_id)
    for one in edge.carried_raw_payload_ids:
        yield from facts.payload("payload", one)
