"""A recording in numbers: identity, counts, tokens, and where the time of each turn went."""

from __future__ import annotations

from collections import Counter
from heapq import nlargest
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from rollout_tui.debugger.findings.findings import find_all
from rollout_tui.debugger.findings.unfinished import recording_status
from rollout_tui.debugger.indexes import created
from rollout_tui.debugger.lookup import latest
from rollout_tui.debugger.spans.span_words import call_label
from rollout_tui.debugger.stories.agent_edges import Edge, edges
from rollout_tui.debugger.tokens import RequestCost, request_costs
from rollout_tui.debugger.turn_times import TurnTime, turn_times
from rollout_tui.graph.history import History
from rollout_tui.graph.objects import (
    STATE_COLLECTIONS,
    ConversationItem,
    InferenceCall,
    InteractionEdge,
    Object,
    TerminalSession,
    Thread,
    ToolCall,
)
from rollout_tui.graph.values import Window

if TYPE_CHECKING:
    from rollout_tui.recording import Trace

USAGE = (
    "input_tokens",
    "cached_input_tokens",
    "cache_write_input_tokens",
    "output_tokens",
    "reasoning_output_tokens",
)

MOST_SLOWEST = 5

_EDGE_FIELDS = (
    "edge_id", "kind", "seq", "source_thread_id", "source_path", "target_thread_id", "target_path", "text",
    "delivered_seq", "seen_seq",
)  # fmt: skip


def summary(trace: Trace) -> dict[str, Any]:
    """The object of `summary --json`. Times in ms, `seq`s are those of the trace."""
    history = trace.history
    rollout = history.rollout
    times = turn_times(trace)
    log = history.events
    return {
        "identity": {
            "trace_id": rollout.trace_id,
            "rollout_id": rollout.rollout_id,
            "root_thread_id": rollout.root_thread_id,
            "schema_version": history.schema_version,
            "started_at_unix_ms": rollout.started_at_unix_ms,
            "ended_at_unix_ms": rollout.ended_at_unix_ms,
        },
        "status": rollout.status,
        "recording": recording_status(history),
        "recording_complete": rollout.recording_complete,
        "events": {
            "count": history.head,
            "first_seq": log.seqs[1] if history.head else None,
            "last_seq": log.seqs[history.head] if history.head else None,
            "duration_ms": log.times[history.head] - log.times[1] if history.head else 0,
        },
        "counts": counts(history),
        "tokens": token_totals(history),
        "requests": [_request_json(history, thread_id, one) for thread_id, one in _requests(history)],
        "edges": [_edge_json(one) for one in edges(trace, trace.snapshot(history.head), history.head)],
        "durations_ms": _durations(times),
        "turns": [_turn_json(history, one) for one in times],
        "slowest": slowest(history),
        "findings": _finding_counts(trace),
    }


def counts(history: History) -> dict[str, dict[str, int]]:
    """Objects by collection and status (items by kind, edges by kind), `total` first."""
    found = {}
    for name, kind in STATE_COLLECTIONS.items():
        by: Counter[str] = Counter(_sort_of(one) for _, _, one in created(history, kind, 0))
        found[name] = {"total": sum(by.values()), **dict(sorted(by.items()))}
    return found


def _sort_of(one: Object) -> str:
    if isinstance(one, (ConversationItem, InteractionEdge)):
        return one.kind
    if isinstance(one, TerminalSession):
        return "opened"
    window = getattr(one, "execution", None)
    return window.status if isinstance(window, Window) else "installed"


def token_totals(history: History) -> dict[str, Any]:
    """Recorded tokens over all calls, and by thread; `calls` counts those with recorded usage."""
    total: Counter[str] = Counter(dict.fromkeys(("calls", *USAGE), 0))
    by_thread: dict[str, Counter[str]] = {}
    for _, _, call in created(history, InferenceCall, 0):
        if call.usage is None:
            continue
        mine = by_thread.setdefault(call.thread_id, Counter(dict.fromkeys(("calls", *USAGE), 0)))
        for counted in (total, mine):
            counted["calls"] += 1
            for name in USAGE:
                counted[name] += getattr(call.usage, name)
    return {**total, "by_thread": {thread_id: dict(counted) for thread_id, counted in by_thread.items()}}


def _requests(history: History) -> list[tuple[str, RequestCost]]:
    """(thread id, what it cost) of every model request, in the order they began."""
    threads = [thread.thread_id for _, _, thread in created(history, Thread, 0)]
    found = [
        (thread_id, one)
        for thread_id in threads
        for one in request_costs(history, thread_id, history.head, history.head)
    ]
    return sorted(found, key=lambda entry: entry[1].event)


def _request_json(history: History, thread_id: str, one: RequestCost) -> dict[str, Any]:
    usage = one.usage
    return {
        "inference_call_id": one.inference_call_id,
        "thread_id": thread_id,
        "seq": history.events.seqs[one.event],
        "items": one.items,
        "items_before": one.before,
        "stable_items": one.stable,
        "first_changed": one.broken,
        "input_tokens": None if usage is None else usage.input_tokens,
        "cached_input_tokens": None if usage is None else usage.cached_input_tokens,
        "output_tokens": None if usage is None else usage.output_tokens,
    }


def _edge_json(one: Edge) -> dict[str, Any]:
    return {name: getattr(one, name) for name in _EDGE_FIELDS}


def _durations(times: list[TurnTime]) -> dict[str, int]:
    """Time by kind over all turns; turns of several threads add up although they overlap."""
    names = ("total_ms", "model_ms", "tools_ms", "waits_ms", "compaction_ms", "idle_ms")
    return {name.removesuffix("_ms"): sum(getattr(one, name) for one in times) for name in names}


def slowest(history: History) -> list[dict[str, Any]]:
    """The tool calls that took longest, the longest first; one that never ended up to the last event."""
    log = history.events
    last = log.times[history.head]
    took = (
        (
            (last if (end := call.execution.ended_at_unix_ms) is None else end)
            - call.execution.started_at_unix_ms,
            event,
            call,
        )
        for _, event, call in created(history, ToolCall, 0)
    )
    return [
        {
            "tool_call_id": call.tool_call_id,
            "thread_id": call.thread_id,
            "agent_path": _agent_path(history, call.thread_id),
            "label": call_label(history, call),
            "status": call.execution.status,
            "started_seq": log.seqs[event],
            "duration_ms": duration_ms,
        }
        for duration_ms, event, call in nlargest(MOST_SLOWEST, took, key=itemgetter(0))
    ]


def _agent_path(history: History, thread_id: str) -> str | None:
    thread = latest(history, Thread, thread_id)
    return None if thread is None else thread.agent_path


def _turn_json(history: History, one: TurnTime) -> dict[str, Any]:
    return {
        "codex_turn_id": one.codex_turn_id,
        "thread_id": one.thread_id,
        "agent_path": _agent_path(history, one.thread_id),
        "number": one.number,
        "status": one.status,
        "started_seq": history.events.seqs[one.event],
        "durations_ms": {
            "total": one.total_ms,
            "model": one.model_ms,
            "tools": one.tools_ms,
            "waits": one.waits_ms,
            "compaction": one.compaction_ms,
            "idle": one.idle_ms,
        },
    }


def _finding_counts(trace: Trace) -> dict[str, int]:
    by = Counter(one.severity for one in find_all(trace))
    return {name: by[name] for name in ("error", "warning", "note")}
