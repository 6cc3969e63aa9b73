"""Which events are about what, as tables by type code (`EventLog.types`)."""

from __future__ import annotations

from rollout_tui.debugger.spans.span_tree import (
    CELL,
    COMPACTION_REQUEST,
    INFERENCE,
    OPERATION,
    THREAD,
    TOOL,
    TURN,
)
from rollout_tui.trace.events import EVENT_TYPES

# What kind of span the events of a type start, change or end; the first kind that an event touched counts.
_BELONGS: dict[str, tuple[int, ...]] = {
    "thread_started": (THREAD,),
    "thread_ended": (THREAD,),
    "thread_resumed": (THREAD,),
    "codex_turn_started": (TURN,),
    "codex_turn_ended": (TURN,),
    "inference_started": (INFERENCE,),
    "inference_completed": (INFERENCE,),
    "inference_failed": (INFERENCE,),
    "inference_cancelled": (INFERENCE,),
    "tool_call_started": (TOOL,),
    "mcp_tool_call_correlation_assigned": (TOOL,),
    "stdin_target_resolved": (OPERATION,),
    "tool_call_runtime_started": (OPERATION, TOOL),
    "tool_call_runtime_ended": (OPERATION, TOOL),
    "tool_call_ended": (TOOL,),
    "code_cell_started": (CELL,),
    "code_cell_initial_response": (CELL,),
    "code_cell_ended": (CELL,),
    "compaction_request_started": (COMPACTION_REQUEST,),
    "compaction_request_completed": (COMPACTION_REQUEST,),
    "compaction_request_failed": (COMPACTION_REQUEST,),
}
BELONGS_BY_TYPE = tuple(_BELONGS.get(name, ()) for name in EVENT_TYPES)


def _types(*names: str) -> frozenset[int]:
    return frozenset(EVENT_TYPES.index(name) for name in names)


OF_ROLLOUT = _types("rollout_started", "rollout_ended", "recording_completed")
OF_CELLS = _types("code_cell_started", "code_cell_initial_response", "code_cell_ended")
OF_AGENTS = _types("thread_started", "thread_ended", "thread_resumed", "agent_result_observed")
SPECIAL = OF_ROLLOUT | OF_CELLS | OF_AGENTS
# Events that belong to the open turn of their thread, whatever they say.
PLAIN = frozenset(range(len(EVENT_TYPES))) - SPECIAL - {EVENT_TYPES.index(name) for name in _BELONGS}
ROLLOUT_ENDED = EVENT_TYPES.index("rollout_ended")
CELL_STARTED = EVENT_TYPES.index("code_cell_started")
CELL_ENDED = EVENT_TYPES.index("code_cell_ended")
