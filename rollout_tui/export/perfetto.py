"""A recording as a Chrome JSON trace, which ui.perfetto.dev and chrome://tracing open.

A process per agent thread, a lane per kind of work (as many as run at once), a slice per span; arrows
from the request that asked for a call to the call, from its end to the request that carried its output, from
a wait to its cell, and along the edges between agents; counters for recorded tokens; an instant per finding.
Times are microseconds since the first event. A recording has milliseconds, so what took no time is 1 us long.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

from rollout_tui.debugger.findings.findings import find_all
from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.names import Names, command_line
from rollout_tui.debugger.spans.span_tree import Span
from rollout_tui.debugger.spans.spans import Spans
from rollout_tui.export.naming import Naming
from rollout_tui.export.output import Sink
from rollout_tui.export.perfetto_arrows import SHORTEST_US, Arrows, Slice
from rollout_tui.export.wanted import Wanted
from rollout_tui.graph.objects import (
    CodeCell,
    CodexTurn,
    CompactionRequest,
    InferenceCall,
    Object,
    TerminalOperation,
    Thread,
    ToolCall,
)
from rollout_tui.graph.values import CodeCellRequester

if TYPE_CHECKING:
    from rollout_tui.graph.snapshot import Snapshot

LANES = {
    "thread": "thread",
    "codex_turn": "turns",
    "inference_call": "model requests",
    "compaction_request": "compactions",
    "tool_call": "tool calls",
    "nested": "calls of cells",
    "code_cell": "code cells",
    "terminal_operation": "terminal",
}
"""The lanes of an agent thread, from the top: which kind of span lies in which."""

_LANE_ROOM = 1_000_000


def write_perfetto(wanted: Wanted, out: Sink) -> None:
    """Write what ran."""
    out.write(b'{"displayTimeUnit": "ms", "traceEvents": [')
    between = b"\n"
    for row in _Rows(wanted).all():
        out.write(between + json.dumps(row).encode())
        between = b",\n"
    out.write(b"\n]}\n")


class _Rows:
    """The rows of one export."""

    def __init__(self, wanted: Wanted) -> None:
        trace = wanted.trace
        history = trace.history
        self._wanted = wanted
        self._naming = Naming(wanted.said)
        self._names = index_of(history, Names)
        self._spans = index_of(history, Spans)
        self._snapshot: Snapshot = trace.snapshot(wanted.last)
        self._processes: dict[str | None, int] = {}
        self._lanes: dict[tuple[int, str], _Lanes] = {}
        self._slices: dict[tuple[int, str], Slice] = {}

    def all(self) -> Iterator[dict[str, Any]]:
        """Every row: slices and what names their lanes, counters, instants, arrows."""
        for number in range(1, len(self._spans)):
            span = self._spans.span(number)
            self._wanted.told(number / len(self._spans))
            if self._wanted.overlaps(span) and self._wanted.of(span.thread_id):
                yield from self._slice(span)
        yield from self._findings()
        yield from Arrows(self._snapshot, self._spans, self._slices).all()

    def _time(self, event: int) -> int:
        """Microseconds since the first event; at the edges of the range for what reaches over them."""
        times = self._wanted.trace.history.events.times
        first, last = self._wanted.first, self._wanted.last
        return max(0, times[min(max(event, first), last)] - times[1]) * 1000

    # -- slices -------------------------------------------------------------------

    def _slice(self, span: Span) -> Iterator[dict[str, Any]]:
        is_open = span.end is None or span.end > self._wanted.last
        begin = self._time(span.start)
        end = max(self._time(self._wanted.last if span.end is None else span.end), begin + SHORTEST_US)
        if span.thread_id not in self._processes:
            yield from self._process(span.thread_id)
        process = self._processes[span.thread_id]
        found = self._wanted.object_of(self._spans, span)
        kind = "nested" if isinstance(found, ToolCall) and _is_nested(found) else span.kind
        lane, is_new = self._lane(process, kind, begin, end)
        if is_new:
            yield _named("thread_name", process, lane, self._lane_name(kind, lane))
            yield {
                "ph": "M",
                "name": "thread_sort_index",
                "pid": process,
                "tid": lane,
                "args": {"sort_index": lane},
            }
        self._slices[self._spans.kinds[span.number], span.id] = Slice(process, lane, begin, end)
        seqs = self._wanted.trace.history.events.seqs
        about: dict[str, Any] = {"id": self._naming.id(span.id), "started_seq": seqs[span.start]}
        about["ended_seq"] = None if span.end is None else seqs[span.end]
        if is_open:
            about["open"] = True
        label, more = self._described(found, span)
        yield {
            "ph": "X", "name": label, "cat": span.kind, "pid": process, "tid": lane,
            "ts": begin, "dur": end - begin, "args": about | more,
        }  # fmt: skip
        if isinstance(found, InferenceCall) and found.usage is not None:
            yield self._counter(found, process, end)

    def _process(self, thread_id: str | None) -> Iterator[dict[str, Any]]:
        number = self._processes[thread_id] = len(self._processes) + 1
        yield _named("process_name", number, 0, self._naming.agent(self._names.thread(thread_id)))
        yield {
            "ph": "M",
            "name": "process_sort_index",
            "pid": number,
            "tid": 0,
            "args": {"sort_index": number},
        }

    def _lane(self, process: int, kind: str, begin: int, end: int) -> tuple[int, bool]:
        """The first free lane of its kind, and whether it is a new one."""
        at, is_new = self._lanes.setdefault((process, kind), _Lanes()).take(begin, end)
        return list(LANES).index(kind) * _LANE_ROOM + at + 1, is_new

    def _lane_name(self, kind: str, lane: int) -> str:
        at = lane % _LANE_ROOM
        return LANES[kind] if at == 1 else f"{LANES[kind]} {at}"

    def _described(self, found: Object | None, span: Span) -> tuple[str, dict[str, Any]]:
        """What a slice is called, and what more to say of it."""
        if isinstance(found, CodexTurn):
            return self._names.turn(found.codex_turn_id), {"status": found.execution.status}
        if isinstance(found, InferenceCall):
            return self._names.inference(found.inference_call_id), {
                "status": found.execution.status,
                "request_items": len(found.request_item_ids),
                "response_items": len(found.response_item_ids),
            }
        if isinstance(found, ToolCall):
            preview = getattr(found.summary, "input_preview", None)
            said = {"input": self._naming.text(preview)} if preview else {}
            return self._naming.call(found), {"status": found.execution.status, **said}
        if isinstance(found, CodeCell):
            return self._naming.cell(found), {
                "status": found.runtime_status,
                "source_bytes": len(found.source_js.encode()),
            }
        if isinstance(found, TerminalOperation):
            exit_code = found.result.exit_code if found.result else None
            about = {"status": found.execution.status, "exit_code": exit_code}
            return self._naming.text(command_line(found)), about
        if isinstance(found, CompactionRequest):
            return "compaction", {"status": found.execution.status}
        if isinstance(found, Thread):
            return self._naming.agent(found.agent_path), {"status": found.execution.status}
        return span.kind, {}

    def _counter(self, call: InferenceCall, process: int, at: int) -> dict[str, Any]:
        usage = call.usage
        values = {
            "input": usage.input_tokens - usage.cached_input_tokens if usage else 0,
            "cached": usage.cached_input_tokens if usage else 0,
            "output": usage.output_tokens if usage else 0,
        }
        return {"ph": "C", "name": "tokens", "pid": process, "tid": 0, "ts": at, "args": values}

    # -- instants --------------------------------------------------------

    def _findings(self) -> Iterator[dict[str, Any]]:
        first, last = self._wanted.first, self._wanted.last
        for finding in find_all(self._wanted.trace):
            process = self._processes.get(finding.thread_id)
            if process is None or not first <= finding.event <= last:
                continue
            yield {
                "ph": "i", "s": "p", "name": finding.code, "cat": finding.severity, "pid": process, "tid": 1,
                "ts": self._time(finding.event),
                "args": {"seq": finding.seq, "message": self._naming.text(finding.message)},
            }  # fmt: skip


class _Lanes:
    """The lanes of one kind of work, from 0: slices of a lane must not overlap."""

    def __init__(self) -> None:
        self._until: list[int] = []
        # Heaps: the lanes in use by when they are free again, and those that were free the last time.
        self._running: list[tuple[int, int]] = []
        self._free: list[int] = []

    def take(self, begin: int, end: int) -> tuple[int, bool]:
        """The first lane that is free from `begin` on, and whether it is a new one."""
        while self._running and self._running[0][0] <= begin:
            heappush(self._free, heappop(self._running)[1])
        # A clock can have gone back since a lane was found to be free.
        is_new = not self._free or self._until[self._free[0]] > begin
        if is_new:
            at = len(self._until)
            self._until.append(end)
        else:
            at = heappop(self._free)
            self._until[at] = end
        heappush(self._running, (end, at))
        return at, is_new


def _is_nested(tool: ToolCall) -> bool:
    return isinstance(tool.requester, CodeCellRequester)


def _named(what: str, process: int, lane: int, name: str) -> dict[str, Any]:
    return {"ph": "M", "name": what, "pid": process, "tid": lane, "args": {"name": name}}
