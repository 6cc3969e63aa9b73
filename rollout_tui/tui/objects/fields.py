"""What the inspector tells of each kind of object: named values, most of them leading somewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from rollout_tui.graph import objects
from rollout_tui.graph.objects import Object
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
    objects.Rollout: rollout_fields,
    objects.Thread: thread_fields,
    objects.CodexTurn: turn_fields,
    objects.ConversationItem: item_fields,
    objects.InferenceCall: inference_fields,
    objects.CodeCell: cell_fields,
    objects.ToolCall: tool_fields,
    objects.TerminalSession: session_fields,
    objects.TerminalOperation: operation_fields,
    objects.Compaction: compaction_fields,
    objects.CompactionRequest: compaction_request_fields,
    objects.InteractionEdge: edge_fields,
    objects.PendingEdge: pending_fields,
    objects.Conversation: conversation_fields,
}
