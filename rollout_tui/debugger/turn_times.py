"""Where the time of each turn went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from rollout_tui.debugger.indexes import created, index_of
from rollout_tui.debugger.names import Names
from rollout_tui.debugger.spans.waits import is_wait
from rollout_tui.graph.history import History
from rollout_tui.graph.objects import (
    CodeCell,
    CodexTurn,
    CompactionRequest,
    InferenceCall,
    ToolCall,
)
from rollout_tui.graph.values import Window

if TYPE_CHECKING:
    from rollout_tui.recording import Trace

# What a moment of a turn is spent on, when several are open: the first of these.
SPENT_ON = ("model", "compaction", "waits", "tools")


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


def turn_times(trace: Trace) -> list[TurnTime]:
    """Every turn, in the order they started; what is open counts up to the last event."""
    history = trace.history
    now = history.events.times[history.head]
    open_in: dict[str, list[Interval]] = {}
    for turn_id, interval in _intervals(history):
        open_in.setdefault(turn_id, []).append(interval)
    names = index_of(history, Names)
    return [
        _turn_time(
            turn, names.number(turn.codex_turn_id) or 0, born, open_in.get(turn.codex_turn_id, ()), now
        )
        for _, born, turn in created(history, CodexTurn, 0)
    ]


def _intervals(history: History) -> Iterator[tuple[str, Interval]]:
    """(turn id, interval) of everything a turn can be spent on."""
    for _, _, call in created(history, InferenceCall, 0):
        yield call.codex_turn_id, _interval("model", call.execution)
    for _, _, request in created(history, CompactionRequest, 0):
        yield request.codex_turn_id, _interval("compaction", request.execution)
    # Schema 1 records no call around a cell: until its first answer the cell itself is what the turn is at.
    for _, _, cell in created(history, CodeCell, 0):
        window = cell.execution
        answered = cell.initial_response_at_unix_ms or window.ended_at_unix_ms
        yield cell.codex_turn_id, Interval("tools", window.started_at_unix_ms, answered)
    for _, _, tool in created(history, ToolCall, 0):
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
