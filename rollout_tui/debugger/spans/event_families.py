"""Which events are about what, as tables by type code (`EventLog.types`)."""

from __future__ import annotations

from rollout_tui.debugger.spans.span_tree import OBJECTS
from rollout_tui.graph import objects
from rollout_tui.graph.objects import Object
from rollout_tui.trace.events import EVENT_TYPES

SPANS = {kind: code for code, kind in enumerate(OBJECTS) if kind is not objects.Rollout}

ABOUT: dict[str, tuple[type[Object], ...]] = {
    "rollout_started": (objects.Rollout,),
    "rollout_ended": (objects.Rollout,),
    "recording_completed": (objects.Rollout,),
    "thread_started": (objects.Thread,),
    "thread_ended": (objects.Thread,),
    "thread_resumed": (objects.Thread,),
    "codex_turn_started": (objects.CodexTurn,),
    "codex_turn_ended": (objects.CodexTurn,),
    "inference_started": (objects.InferenceCall,),
    "inference_completed": (objects.InferenceCall,),
    "inference_failed": (objects.InferenceCall,),
    "inference_cancelled": (objects.InferenceCall,),
    "tool_call_started": (objects.ToolCall,),
    "mcp_tool_call_correlation_assigned": (objects.ToolCall,),
    "stdin_target_resolved": (objects.TerminalOperation, objects.ToolCall),
    "tool_call_runtime_started": (objects.TerminalOperation, objects.ToolCall),
    "tool_call_runtime_ended": (objects.TerminalOperation, objects.ToolCall),
    "tool_call_ended": (objects.ToolCall,),
    "code_cell_started": (objects.CodeCell,),
    "code_cell_initial_response": (objects.CodeCell,),
    "code_cell_ended": (objects.CodeCell,),
    "compaction_request_started": (objects.CompactionRequest,),
    "compaction_request_completed": (objects.CompactionRequest,),
    "compaction_request_failed": (objects.CompactionRequest,),
    "compaction_installed": (objects.Compaction,),
    "agent_result_observed": (objects.InteractionEdge, objects.PendingEdge),
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
