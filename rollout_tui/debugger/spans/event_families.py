"""Which events are about what, as tables by type code (`EventLog.types`)."""

from __future__ import annotations

from rollout_tui.debugger.spans.span_tree import OBJECTS
from rollout_tui.graph import objects
from rollout_tui.graph.objects import Object
from rollout_tui.trace.events import EVENT_TYPES

SPANS = {kind: code for code, kind in enumerate(OBJECTS) if kind is not objects.Rollout}

_EVENTS: tuple[tuple[tuple[type[Object], ...], tuple[str, ...]], ...] = (
    ((objects.Rollout,), ("rollout_started", "rollout_ended", "recording_completed")),
    ((objects.Thread,), ("thread_started", "thread_ended", "thread_resumed")),
    ((objects.CodexTurn,), ("codex_turn_started", "codex_turn_ended")),
    (
        (objects.InferenceCall,),
        ("inference_started", "inference_completed", "inference_failed", "inference_cancelled"),
    ),
    ((objects.ToolCall,), ("tool_call_started", "mcp_tool_call_correlation_assigned", "tool_call_ended")),
    (
        (objects.TerminalOperation, objects.ToolCall),
        ("stdin_target_resolved", "tool_call_runtime_started", "tool_call_runtime_ended"),
    ),
    ((objects.CodeCell,), ("code_cell_started", "code_cell_initial_response", "code_cell_ended")),
    (
        (objects.CompactionRequest,),
        ("compaction_request_started", "compaction_request_completed", "compaction_request_failed"),
    ),
    ((objects.Compaction,), ("compaction_installed",)),
    ((objects.InteractionEdge, objects.PendingEdge), ("agent_result_observed",)),
)
ABOUT = {event_type: kinds for kinds, event_types in _EVENTS for event_type in event_types}
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
