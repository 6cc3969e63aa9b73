"""What the lenses call the objects of the graph, in a few words, and in which style."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, cast

from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.lookup import latest
from rollout_tui.debugger.names import Names, cell_label, command_line, item_name
from rollout_tui.debugger.spans.span_words import call_label, one_line
from rollout_tui.graph import objects
from rollout_tui.graph.history import History
from rollout_tui.graph.objects import Object
from rollout_tui.graph.values import CodeCellRequester
from rollout_tui.tui.drawing.targets import ToObject, ToPayload
from rollout_tui.words import short_id

STATUS_STYLES = {
    "running": "running",
    "starting": "running",
    "yielded": "wait",
    "completed": "ok",
    "failed": "error",
    "cancelled": "warning",
    "aborted": "warning",
    "terminated": "warning",
}


class Label(NamedTuple):
    """Words for an object and the style they are shown in."""

    text: str
    style: str


def label(history: History, target: ToObject | ToPayload) -> Label:
    """Words for what a selection or a link leads to."""
    if isinstance(target, ToPayload):
        return Label(payload_name(target.raw_payload_id), "link")
    found = latest(history, target.kind, target.id)
    if found is None:
        return Label(short_id(target.id), "dim")
    make, style = _LABELS[target.kind]
    return Label(make(history, found), style)


def payload_name(raw_payload_id: str) -> str:
    """`payload 33` for `raw_payload:33`."""
    return f"payload {raw_payload_id.removeprefix('raw_payload:')}"


def tool_words(history: History, tool: objects.ToolCall) -> str:
    """`exec cell 1` for a call that runs a cell, else what the call does."""
    if isinstance(tool.started_code_cell_id, str):
        cell = latest(history, objects.CodeCell, tool.started_code_cell_id)
        if cell is not None:
            return f"exec {cell_label(cell)}"
    return call_label(history, tool)


def requester(history: History, tool: objects.ToolCall) -> ToObject | None:
    """Who asked for a call: an inference call or a code cell."""
    if isinstance(tool.requester, CodeCellRequester):
        return ToObject(objects.CodeCell, tool.requester.code_cell_id)
    asked = index_of(history, Names).requested_by(tool)
    return ToObject(objects.InferenceCall, asked) if asked else None


def _names(history: History) -> Names:
    return index_of(history, Names)


def _ordinal(history: History, kind: type[Object], object_id: str) -> int:
    return history.collections[kind].order.index(cast(int, history.handle(kind, object_id))) + 1


_LABELS: dict[type[Object], tuple[Callable[[History, Any], str], str]] = {
    objects.Rollout: (lambda history, one: "rollout", "strong"),
    objects.Thread: (lambda history, one: one.agent_path, "agent"),
    objects.CodexTurn: (lambda history, one: _names(history).turn(one.codex_turn_id), "turn"),
    objects.InferenceCall: (
        lambda history, one: _names(history).inference(one.inference_call_id),
        "inference",
    ),
    objects.CodeCell: (lambda history, one: cell_label(one), "cell"),
    objects.ToolCall: (tool_words, "tool"),
    objects.ConversationItem: (lambda history, one: item_name(one.item_id), "accent"),
    objects.TerminalOperation: (lambda history, one: one_line(command_line(one)), "tool"),
    objects.TerminalSession: (
        lambda history, one: f"terminal {_ordinal(history, objects.TerminalSession, one.terminal_id)}",
        "tool",
    ),
    objects.Compaction: (
        lambda history, one: f"compaction {_ordinal(history, objects.Compaction, one.compaction_id)}",
        "compaction",
    ),
    objects.CompactionRequest: (
        lambda history, one: (
            f"compaction request {_ordinal(history, objects.CompactionRequest, one.compaction_request_id)}"
        ),
        "compaction",
    ),
    objects.InteractionEdge: (lambda history, one: one.kind.replace("_", " "), "agent"),
    objects.PendingEdge: (lambda history, one: one.kind.replace("_", " "), "agent"),
    objects.Conversation: (
        lambda history, one: f"context of {_names(history).thread(one.thread_id)}",
        "accent",
    ),
}
