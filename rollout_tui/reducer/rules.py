"""The rule of each type of event: the one function that takes it into the graph (format section 2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from rollout_tui.reducer import agents, cells, compaction, inference, terminals, threads, tools
from rollout_tui.reducer.reduction import Reduction
from rollout_tui.trace import event_payloads as said
from rollout_tui.trace.events import Event

Rule: TypeAlias = Callable[[Reduction, Event, Any], None]


def _evidence_only(r: Reduction, event: Event, payload: Any) -> None:
    """An event that only names a payload."""


def _other(r: Reduction, event: Event, payload: said.OtherEvent) -> None:
    for reference in payload.payloads:
        r.history.payloads.add(r.history.event, reference)
    r.refuse("other_event", f"event of type other ({payload.kind[:80]}) has no rule")


RULES: dict[type[said.Payload], Rule] = {
    said.RolloutStarted: threads.rollout_started,
    said.RolloutEnded: threads.rollout_ended,
    said.RecordingCompleted: threads.recording_completed,
    said.ThreadStarted: threads.thread_started,
    said.ThreadEnded: threads.thread_ended,
    said.ThreadResumed: threads.thread_resumed,
    said.CodexTurnStarted: threads.turn_started,
    said.CodexTurnEnded: threads.turn_ended,
    said.HistoryItemAccepted: threads.history_item_accepted,
    said.InferenceStarted: inference.started,
    said.InferenceCompleted: inference.completed,
    said.InferenceFailed: inference.failed,
    said.InferenceCancelled: inference.cancelled,
    said.ToolCallStarted: tools.started,
    said.McpToolCallCorrelationAssigned: tools.mcp_correlated,
    said.StdinTargetResolved: terminals.stdin_target_resolved,
    said.ToolCallRuntimeStarted: tools.runtime_started,
    said.ToolCallRuntimeEnded: tools.runtime_ended,
    said.ToolCallEnded: tools.ended,
    said.CodeCellStarted: cells.started,
    said.CodeCellInitialResponse: cells.initial_response,
    said.CodeCellEnded: cells.ended,
    said.CompactionRequestStarted: compaction.request_started,
    said.CompactionRequestCompleted: compaction.request_completed,
    said.CompactionRequestFailed: compaction.request_failed,
    said.CompactionInstalled: compaction.installed,
    said.AgentResultObserved: agents.result_observed,
    said.ProtocolEventObserved: _evidence_only,
    said.OtherEvent: _other,
}
