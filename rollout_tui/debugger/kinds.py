"""The kinds of objects in the graph, by the names that findings, changes and spans give them."""

from __future__ import annotations

from rollout_tui.graph.objects import (
    CodeCell,
    CodexTurn,
    Compaction,
    CompactionRequest,
    Conversation,
    ConversationItem,
    InferenceCall,
    InteractionEdge,
    Object,
    PendingEdge,
    Rollout,
    TerminalOperation,
    TerminalSession,
    Thread,
    ToolCall,
)

KIND_NAMES: dict[type[Object], str] = {
    Rollout: "rollout",
    Thread: "thread",
    CodexTurn: "codex_turn",
    ConversationItem: "conversation_item",
    InferenceCall: "inference_call",
    CodeCell: "code_cell",
    ToolCall: "tool_call",
    TerminalSession: "terminal_session",
    TerminalOperation: "terminal_operation",
    Compaction: "compaction",
    CompactionRequest: "compaction_request",
    InteractionEdge: "interaction_edge",
    Conversation: "conversation",
    PendingEdge: "pending_edge",
}
KINDS_BY_NAME: dict[str, type[Object]] = {name: kind for kind, name in KIND_NAMES.items()}
