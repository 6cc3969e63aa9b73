"""Which events are about what, as tables by type code (`EventLog.types`)."""

from __future__ import annotations

from rollout_tui.debugger.spans.span_tree import OBJECTS
from rollout_tui.graph.objects import (
    CodeCell,
    CodexTurn,
    Compaction,
    CompactionRequest,
    InferenceCall,
    InteractionEdge,
    Object,
    PendingEdge,
    Rollout,
    TerminalOperation,
    Thread,
    ToolCall,
)
from rollout_tui.trace.events import EVENT_TYPES

SPANS = {kind: code for code, kind in enumerate(OBJECTS) if kind is not Rollout}

ABOUT: dict[str, tuple[type[Object], ...]] = {
    "rollout_started": (Rollout,),
    "rollout_ended": (Rollout,),
    "recording_completed": (Rollout,),
    "thread_started": (Thread,),
    "thread_ended": (Thread,),
    "thread_resumed": (Thread,),
    "codex_turn_started": (CodexTurn,),
    "codex_turn_ended": (CodexTurn,),
    "inference_started": (InferenceCall,),
    "inference_completed": (InferenceCall,),
    "inference_failed": (InferenceCall,),
    "inference_cancelled": (InferenceCall,),
    "tool_call_started": (ToolCall,),
    "mcp_tool_call_correlation_assigned": (ToolCall,),
    "stdin_target_resolved": (TerminalOperation, ToolCall),
    "tool_call_runtime_started": (TerminalOperation, ToolCall),
    "tool_call_runtime_ended": (TerminalOperation, ToolCall),
    "tool_call_ended": (ToolCall,),
    "code_cell_started": (CodeCell,),
    "code_cell_initial_response": (CodeCell,),
    "code_cell_ended": (CodeCell,),
    "compaction_request_started": (CompactionRequest,),
    "compaction_request_completed": (CompactionRequest,),
    "compaction_request_failed": (CompactionRequest,),
    "compaction_installed": (Compaction,),
    "agent_result_observed": (InteractionEdge, PendingEdge),
}
"""Event type to the kinds of objects it is about; the first kind that the event touched counts."""

BELONGS_BY_TYPE = tuple(
    tuple(SPANS[kind] for kind in ABOUT.get(name, ()) if kind in SPANS) for name in EVENT_TYPES
)
"""The kinds of spans that events of a type start, change or end."""


def _types(*names: str) -> frozenset[int]:
    return frozenset(EVENT_TYPES.index(name) for name in names)


OF_ROLLOUT = _types("rollout_started", "rollout_ended", "recording_completed")
OF_CELLS = _types("code_cell_started", "code_cell_initial_response", "code_cell_ended")
OF_AGENTS = _types("thread_started", "thread_ended", "thread_resumed", "agent_result_observed")
SPECIAL = OF_ROLLOUT | OF_CELLS | OF_AGENTS
# Events that belong to the open turn of their thread, whatever they say.
PLAIN = frozenset(code for code, spans in enumerate(BELONGS_BY_TYPE) if not spans) - SPECIAL
ROLLOUT_ENDED = EVENT_TYPES.index("rollout_ended")
CELL_STARTED = EVENT_TYPES.index("code_cell_started")
CELL_ENDED = EVENT_TYPES.index("code_cell_ended")
