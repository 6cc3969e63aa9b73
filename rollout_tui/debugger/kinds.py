"""The kinds of objects in the graph, by the names that findings, changes and spans give them."""

from __future__ import annotations

from rollout_tui.graph import objects
from rollout_tui.graph.objects import Object

KIND_NAMES: dict[type[Object], str] = {
    objects.Rollout: "rollout",
    objects.Thread: "thread",
    objects.CodexTurn: "codex_turn",
    objects.ConversationItem: "conversation_item",
    objects.InferenceCall: "inference_call",
    objects.CodeCell: "code_cell",
    objects.ToolCall: "tool_call",
    objects.TerminalSession: "terminal_session",
    objects.TerminalOperation: "terminal_operation",
    objects.Compaction: "compaction",
    objects.CompactionRequest: "compaction_request",
    objects.InteractionEdge: "interaction_edge",
    objects.Conversation: "conversation",
    objects.PendingEdge: "pending_edge",
}
CELL_OVER = frozenset(("completed", "failed", "terminated"))
"""Statuses of a code cell that can do no more."""
KINDS_BY_NAME: dict[str, type[Object]] = {name: kind for kind, name in KIND_NAMES.items()}
