"""A recording in numbers: identity, counts, tokens, and where the time of each turn went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from rollout_tui.debugger.findings.findings import Findings, RecordingStatus, recording_status
from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.names import Names
from rollout_tui.debugger.spans.waits import is_wait
from rollout_tui.debugger.stories.agent_edges import Edge, edges
from rollout_tui.debugger.tokens import RequestCost, request_costs
from rollout_tui.graph.history import History
from rollout_tui.graph.objects import (
    STATE_COLLECTIONS,
    CodeCell,
    CodexTurn,
    CompactionRequest,
    ConversationItem,
    InferenceCall,
    InteractionEdge,
    Object,
    Rollout,
    TerminalSession,
    Thread,
    ToolCall,
)
from rollout_tui.graph.values import Window

if TYPE_CHECKING:
    from rollout_tui.recording import Trace

# What a moment of a turn is spent on, when several are open: the first of these.
SPENT_ON = ("model", "compaction", "waits", "tools")
USAGE = (
    "input_tokens",
    "cached_input_tokens",
    "cache_write_input_tokens",
    "output_tokens",
    "reasoning_output_tokens",
)


class TurnTime(NamedTuple):
    """Where the time of a turn went, in ms; the kinds and `idle_ms` add up to `total_ms`.

    A moment with several things open counts for the first of model, compaction, waits, tools. A turn that
    never ended counts up to the last event. `event` is its start (ordinal).
    """

    codex_turn_id: str
    thread_id: str
    number: int
    status: str
    event: int
    total_ms: int
    model_ms: int
    tools_ms: int
    waits_ms: int
    compaction_ms: int
    idle_ms: int


class Interval(NamedTuple):
    """Something open from `start` to `end` (ms since 1970; None: still open)."""

    kind: str
    start: int
    end: int | None


def turn_times(trace: Trace, event: int | None = None) -> list[TurnTime]:
    """Every turn that started up to `event` (the head unless given), in order."""
    history = trace.history
    event = history.head if event is None else event
    now = history.events.times[event]
    open_in: dict[str, list[Interval]] = {}
    for turn_id, interval in _intervals(history, event):
        open_in.setdefault(turn_id, []).append(interval)
    names = index_of(history, Names)
    return [
        _turn_time(
            turn, names.number(turn.codex_turn_id) or 0, born, open_in.get(turn.codex_turn_id, ()), now
        )
        for turn, born in _existing(history, CodexTurn, event)
    ]


def _existing(history: History, kind: type[Any], event: int) -> Iterator[tuple[Any, int]]:
    """(object as of the event, event it was created at) of a kind."""
    collection = history.collections[kind]
    count = history.existing(kind, event)
    at_head = event >= history.head
    for handle, born in zip(collection.order[:count], collection.born[:count], strict=True):
        yield history.objects[handle] if at_head else history.as_of(handle, event), born


def _intervals(history: History, event: int) -> Iterator[tuple[str, Interval]]:
    """(turn id, interval) of everything a turn can be spent on."""
    for call, _ in _existing(history, InferenceCall, event):
        yield call.codex_turn_id, _interval("model", call.execution)
    for request, _ in _existing(history, CompactionRequest, event):
        yield request.codex_turn_id, _interval("compaction", request.execution)
    # Schema 1 records no call around a cell: until its first answer the cell itself is what the turn is at.
    for cell, _ in _existing(history, CodeCell, event):
        window = cell.execution
        answered = cell.initial_response_at_unix_ms or window.ended_at_unix_ms
        yield cell.codex_turn_id, Interval("tools", window.started_at_unix_ms, answered)
    for tool, _ in _existing(history, ToolCall, event):
        if tool.started_by_codex_turn_id is not None:
            kind = "waits" if is_wait(history, tool) else "tools"
            yield tool.started_by_codex_turn_id, _interval(kind, tool.execution)


def _interval(kind: str, window: Window) -> Interval:
    return Interval(kind, window.started_at_unix_ms, window.ended_at_unix_ms)


def _turn_time(turn: CodexTurn, number: int, born: int, open_in: Iterable[Interval], now: int) -> TurnTime:
    window = turn.execution
    start = window.started_at_unix_ms
    end = now if window.ended_at_unix_ms is None else window.ended_at_unix_ms
    spent = time_spent(open_in, start, max(start, end))
    return TurnTime(
        turn.codex_turn_id,
        turn.thread_id,
        number,
        window.status,
        born,
        max(0, end - start),
        *(spent[kind] for kind in ("model", "tools", "waits", "compaction", "idle")),
    )


def time_spent(intervals: Iterable[Interval], start: int, end: int) -> Counter[str]:
    """Milliseconds of start..end by kind of `SPENT_ON`, the rest as `idle`."""
    edges: list[tuple[int, int, str]] = []
    for kind, began, ended in intervals:
        first, last = max(start, began), end if ended is None else min(end, ended)
        if first < last:
            edges += [(first, 1, kind), (last, -1, kind)]
    edges.sort()
    spent: Counter[str] = Counter()
    is_open: Counter[str] = Counter()
    before = start
    for at, step, kind in edges:
        spent[_first_open(is_open)] += at - before
        is_open[kind] += step
        before = at
    spent["idle"] += end - before
    return spent


def _first_open(is_open: Counter[str]) -> str:
    return next((kind for kind in SPENT_ON if is_open[kind]), "idle")


# -- the whole ----------------------------------------------------------------------------


def summary(
    trace: Trace, *, status: RecordingStatus | None = None, findings: Findings | None = None
) -> dict[str, Any]:
    """The object of `summary --json`. Times in ms, `seq`s are those of the trace.

    `status` says whether the recording is live; found out unless given. `findings` are used where there are
    some already.
    """
    history = trace.history
    rollout = cast(Rollout, history.objects[history.rollout])
    status = status or recording_status(history)
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
        "recording": status,
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
        "findings": _finding_counts(trace, status, findings),
    }


def counts(history: History) -> dict[str, dict[str, int]]:
    """Objects by collection and status (items by kind, edges by kind), `total` first."""
    found = {}
    for name, kind in STATE_COLLECTIONS.items():
        by: Counter[str] = Counter(_sort_of(one) for one, _ in _existing(history, kind, history.head))
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
    for call, _ in _existing(history, InferenceCall, history.head):
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
    threads = [thread.thread_id for thread, _ in _existing(history, Thread, history.head)]
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
    return {
        "edge_id": one.edge_id,
        "kind": one.kind,
        "seq": one.seq,
        "source_thread_id": one.source_thread_id,
        "source_path": one.source_path,
        "target_thread_id": one.target_thread_id,
        "target_path": one.target_path,
        "text": one.text,
        "delivered_seq": one.delivered_seq,
        "seen_seq": one.seen_seq,
    }


def _durations(times: list[TurnTime]) -> dict[str, int]:
    """Time by kind over all turns; turns of several threads add up although they overlap."""
    names = ("total_ms", "model_ms", "tools_ms", "waits_ms", "compaction_ms", "idle_ms")
    return {name.removesuffix("_ms"): sum(getattr(one, name) for one in times) for name in names}


def _turn_json(history: History, one: TurnTime) -> dict[str, Any]:
    thread = history.handle(Thread, one.thread_id)
    return {
        "codex_turn_id": one.codex_turn_id,
        "thread_id": one.thread_id,
        "agent_path": None if thread is None else cast(Thread, history.objects[thread]).agent_path,
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


def _finding_counts(trace: Trace, status: RecordingStatus, findings: Findings | None) -> dict[str, int]:
    findings = findings or Findings(trace)
    findings.update()
    by = Counter(one.severity for one in findings.complete(status))
    return {name: by[name] for name in ("error", "warning", "note")}
