"""What the inspector tells of each kind of object: named values, most of them leading somewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

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
from rollout_tui.tui.objects.facts import Facts, Field
from rollout_tui.tui.objects.item_fields import (
    compaction_fields,
    compaction_request_fields,
    conversation_fields,
    inference_fields,
    item_fields,
)
from rollout_tui.tui.objects.thread_fields import (
    edge_fields,
    pending_fields,
    rollout_fields,
    thread_fields,
    turn_fields,
)
from rollout_tui.tui.objects.work_fields import cell_fields, operation_fields, session_fields, tool_fields

Fields = Callable[[Facts, Any], Iterator[Field]]


def fields(facts: Facts, found: Object) -> Iterator[Field]:
    """The fields of any object of the graph."""
    yield from _FIELDS[type(found)](facts, found)


_FIELDS: dict[type[Object], Fields] = {
    Rollout: rollout_fields,
    Thread: thread_fields,
    CodexTurn: turn_fields,
    ConversationItem: item_fields,
    InferenceCall: inference_fields,
    CodeCell: cell_fields,
    ToolCall: tool_fields,
    TerminalSession: session_fields,
    TerminalOperation: operation_fields,
    Compaction: compaction_fields,
    CompactionRequest: compaction_request_fields,
    InteractionEdge: edge_fields,
    PendingEdge: pending_fields,
    Conversation: conversation_fields,
}
