"""The fold: one event in, the graph one event further (format section 2 and 12)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias, cast

from rollout_tui.graph.history import History
from rollout_tui.graph.objects import Rollout
from rollout_tui.reducer import agents, cells, compaction, inference, terminals, threads, tools
from rollout_tui.reducer.working import Payloads, Reduction
from rollout_tui.trace import events as e
from rollout_tui.trace.spine import BadLine, Line

Handler: TypeAlias = Callable[[Reduction, e.Event, Any], None]

UNREADABLE_CODE = e.EVENT_TYPES.index(e.UNREADABLE)
UNKNOWN_CODE = e.EVENT_TYPES.index(e.UNKNOWN)
BAD_LINE_CODES = {
    e.UNREADABLE: ("unreadable_line", UNREADABLE_CODE),
    e.UNKNOWN: ("unknown_event_type", UNKNOWN_CODE),
}


def _evidence_only(r: Reduction, event: e.Event, payload: Any) -> None:
    """An event that only names payloads."""


def _other(r: Reduction, event: e.Event, payload: e.OtherEvent) -> None:
    for reference in payload.payloads:
        r.history.payloads.add(r.history.event, reference)
    r.refuse("other_event", f"event of type other ({payload.kind[:80]}) has no rule")


HANDLERS: dict[type[e.Payload], Handler] = {
    e.RolloutStarted: threads.rollout_started,
    e.RolloutEnded: threads.rollout_ended,
    e.RecordingCompleted: threads.recording_completed,
    e.ThreadStarted: threads.thread_started,
    e.ThreadEnded: threads.thread_ended,
    e.ThreadResumed: threads.thread_resumed,
    e.CodexTurnStarted: threads.turn_started,
    e.CodexTurnEnded: threads.turn_ended,
    e.HistoryItemAccepted: threads.history_item_accepted,
    e.InferenceStarted: inference.started,
    e.InferenceCompleted: inference.completed,
    e.InferenceFailed: inference.failed,
    e.InferenceCancelled: inference.cancelled,
    e.ToolCallStarted: tools.started,
    e.McpToolCallCorrelationAssigned: tools.mcp_correlated,
    e.StdinTargetResolved: terminals.stdin_target_resolved,
    e.ToolCallRuntimeStarted: tools.runtime_started,
    e.ToolCallRuntimeEnded: tools.runtime_ended,
    e.ToolCallEnded: tools.ended,
    e.CodeCellStarted: cells.started,
    e.CodeCellInitialResponse: cells.initial_response,
    e.CodeCellEnded: cells.ended,
    e.CompactionRequestStarted: compaction.request_started,
    e.CompactionRequestCompleted: compaction.request_completed,
    e.CompactionRequestFailed: compaction.request_failed,
    e.CompactionInstalled: compaction.installed,
    e.AgentResultObserved: agents.result_observed,
    e.ProtocolEventObserved: _evidence_only,
    e.OtherEvent: _other,
}


class Reducer:
    """Folds the lines of one recording into a `History`.

    `schema_version` is the manifest's; 2 picks the rules of schema 2, as does a first event
    of schema 2, anything else those of schema 1, which checks no versions. Raises
    ReductionRefused when strict; nothing otherwise.
    """

    def __init__(
        self,
        schema_version: int,
        rollout: Rollout,
        payloads: Payloads,
        *,
        strict: bool = False,
        head_only: bool = False,
    ) -> None:
        self.history = History(2 if schema_version == 2 else 1, rollout, head_only=head_only)
        self.reduction = Reduction(self.history, payloads, strict=strict)
        self._rollout_id = rollout.rollout_id
        self._schema_version = schema_version
        self._expected = 1

    def apply(self, lines: Sequence[Line], offsets: Iterable[int]) -> None:
        """Reduce the next lines of the spine; `offsets` is where each starts, in bytes."""
        if lines and self._is_sound(lines):
            events = cast(Sequence[e.Event], lines)
            self._append(events, offsets)
            for ordinal, event in enumerate(events, self.history.event + 1):
                self._reduce(event, ordinal)
            self._expected += len(events)
            return
        for line, offset in zip(lines, offsets, strict=False):
            if isinstance(line, BadLine):
                self._bad_line(line, offset)
            else:
                self._event(line, offset)
            self.history.head = self.history.event

    def _is_sound(self, lines: Sequence[Line]) -> bool:
        """Whether every line is an event that no check of the envelope finds fault with.

        Such lines go into the event log a block at a time, which is several times faster.
        """
        if cast(Rollout, self.history.objects[self.history.rollout]).recording_complete:
            return False
        schema, rollout_id, last = self._schema_version, self._rollout_id, e.RecordingCompleted
        return all(
            type(line) is e.Event
            and line.seq == seq
            and line.schema_version == schema
            and line.rollout_id == rollout_id
            and type(line.payload) is not last
            for seq, line in enumerate(lines, self._expected)
        )

    def _append(self, events: Sequence[e.Event], offsets: Iterable[int]) -> None:
        self.history.events.extend(
            [event.seq for event in events],
            [event.wall_time_unix_ms for event in events],
            [e.TYPE_CODE[type(event.payload)] for event in events],
            [event.thread_id for event in events],
            [event.codex_turn_id for event in events],
            offsets,
        )

    def _reduce(self, event: e.Event, ordinal: int) -> None:
        """Apply the rule of an event whose row is in the log."""
        r, history = self.reduction, self.history
        history.event = ordinal
        r.seq, r.time = event.seq, event.wall_time_unix_ms
        payload = event.payload
        kind = type(payload)
        for name in e.REFERENCE_FIELDS[kind]:
            reference = getattr(payload, name)
            if reference is not None:
                history.payloads.add(ordinal, reference)
        HANDLERS[kind](r, event, payload)
        history.head = ordinal

    def _bad_line(self, line: BadLine, offset: int) -> None:
        r, history = self.reduction, self.history
        code, type_code = BAD_LINE_CODES[line.code]
        seq = self._expected
        time = line.wall_time_unix_ms if line.wall_time_unix_ms is not None else r.time
        history.events.extend([seq], [time], [type_code], [None], [None], [offset])
        history.event = len(history.events)
        r.seq, r.time = seq, time
        self._expected += 1
        for reference in line.references:
            history.payloads.add(history.event, reference)
        r.refuse(code, f"line {history.event} ({line.size:,} bytes): {line.reason}")

    def _event(self, event: e.Event, offset: int) -> None:
        """An event that may fail a check of the envelope (format section 2)."""
        r, history = self.reduction, self.history
        known = history.events.ordinal_of(event.seq) if event.seq != self._expected else None
        self._append([event], [offset])
        ordinal = history.event = len(history.events)
        r.seq, r.time = event.seq, event.wall_time_unix_ms
        if ordinal == 1 and self._schema_version != event.schema_version:
            self._choose_rules(event.schema_version)
        if event.seq != self._expected and self._out_of_order(event, ordinal, known):
            return
        self._expected = max(self._expected, event.seq) + 1
        if event.schema_version != 2 and r.schema != 1:
            r.refuse("event_schema", f"trace event of schema {event.schema_version}")
        if event.rollout_id != self._rollout_id:
            text = f"event of another rollout {event.rollout_id}"
            if r.schema != 1:
                r.refuse("foreign_rollout", text, event.rollout_id)
                return
            r.note("foreign_rollout", text, event.rollout_id)
        if r.schema != 1 and cast(Rollout, history.objects[history.rollout]).recording_complete:
            r.refuse("event_after_end", "event after recording_completed")
        self._reduce(event, ordinal)

    def _choose_rules(self, told: int) -> None:
        """The manifest and the first event name different schemas: schema 2 events need its rules."""
        r = self.reduction
        if self._schema_version == 2:
            return
        if told == 2:
            self.history.schema_version = r.schema = 2
            r.refuse("manifest_schema", f"the manifest says schema {self._schema_version}, the events 2")
        elif self._schema_version != 1:
            r.note("manifest_schema", f"the manifest says schema {self._schema_version}, the events {told}")

    def _out_of_order(self, event: e.Event, ordinal: int, known: int | None) -> bool:
        """Say that a seq is not the expected one; true when the event is an exact repeat to skip (12)."""
        r, log = self.reduction, self.history.events
        if known is not None:
            code, text = "seq_repeated", f"seq {event.seq} was there before, at line {known}"
        elif event.seq > self._expected:
            code, text = "seq_gap", f"expected seq {self._expected}, found {event.seq}"
        else:
            code, text = "seq_out_of_order", f"expected seq {self._expected}, found {event.seq}"
        if r.schema == 1:
            r.note(code, text)
            return False
        r.refuse(code, text)
        return (
            known is not None
            and all(column[known] == column[ordinal] for column in (log.times, log.types))
            and (log.thread_id(known), log.codex_turn_id(known)) == (event.thread_id, event.codex_turn_id)
        )
