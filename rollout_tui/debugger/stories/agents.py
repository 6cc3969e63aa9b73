"""The agents of a rollout at an event: their tree, where each one is, and what they gave each other."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.spans.span_tree import INFERENCE, ROOT, THREAD, TURN
from rollout_tui.debugger.spans.span_words import title
from rollout_tui.debugger.spans.spans import Spans
from rollout_tui.debugger.stories.agent_edges import MOST_EDGES, Edge, edges
from rollout_tui.debugger.waiting.blocked import ThreadWaits, blocked, in_words
from rollout_tui.graph.objects import (
    CodexTurn,
    InferenceCall,
    Thread,
)
from rollout_tui.graph.snapshot import Snapshot
from rollout_tui.graph.values import SpawnedOrigin

if TYPE_CHECKING:
    from rollout_tui.recording import Trace

MOST_THREADS = 500


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
    """The threads, parents before their children, and the latest edges in the order they were known.

    `left_out` counts the threads that started after the first `MOST_THREADS`.
    """

    threads: list[Agent]
    edges: list[Edge]
    left_out: int = 0

    @property
    def running(self) -> int:
        """How many threads have a turn running."""
        return sum(agent.turn_status == "running" and agent.ended_seq is None for agent in self.threads)


def agents(
    trace: Trace,
    snapshot: Snapshot,
    now_ms: int | None = None,
    most_edges: int = MOST_EDGES,
    shown: str | None = None,
) -> Agents:
    """The threads and edges as of the snapshot's event; ages count to `now_ms` (None: that event's time).

    Of more than `MOST_THREADS` threads the first are told of, and that of the id `shown`.
    """
    found = edges(trace, snapshot, most_edges)
    waits = {one.thread_id: one for one in blocked(trace, snapshot, now_ms, most=MOST_THREADS)}
    spans = index_of(trace.history, Spans)
    children: dict[str | None, list[int]] = {}
    known: set[str] = set()
    count, last = _count(spans, THREAD, None, snapshot.event)
    numbers = list(spans.of_kind(THREAD)[: min(count, MOST_THREADS)])
    own = spans.thread_spans[spans.thread_number(shown)]
    if numbers and numbers[-1] < own <= last:
        numbers.append(own)
        waits |= {one.thread_id: one for one in blocked(trace, snapshot, now_ms, shown, MOST_THREADS)}
    for number in numbers:
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
    return Agents(rows, found, max(0, count - len(numbers)))


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


def _count(spans: Spans, kind: int, thread: int | None, event: int) -> tuple[int, int]:
    """How many spans of a kind a thread (None: any) has begun by `event`, and the number of the last one."""
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
