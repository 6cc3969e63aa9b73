"""What an event changed, in words: a short phrase per kind of object and field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from rollout_tui.debugger.changes.net_changes import Changed, list_change, net_changes
from rollout_tui.debugger.evidence import line
from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.names import Names, cell_label, command_line, item_name, tool_name
from rollout_tui.debugger.text_facts import utf8_size
from rollout_tui.graph import objects
from rollout_tui.graph.history import History
from rollout_tui.graph.objects import Object
from rollout_tui.words import count


def in_words(history: History, event: int) -> list[str]:
    """What an event changed, a short sentence for each thing that changed."""
    names = index_of(history, Names)
    said: dict[str, None] = {}
    for changed in net_changes(history, event):
        phrase = _PHRASES.get((changed.kind, changed.field))
        words = phrase(names, changed) if phrase else None
        if words:
            said[words] = None
    return list(said)


def _window_change(changed: Changed, what: str) -> str | None:
    window, before = changed.now.execution, changed.before
    if before is not None and before.status == window.status:
        return None
    if window.status == "running":
        return f"{what} runs again"
    return f"{what} ended: {window.status}"


def _item(item: objects.ConversationItem) -> str:
    whose = f" of {item.call_id}" if item.call_id else ""
    return f"{item_name(item.item_id)} ({item.role} {item.kind}{whose})"


def _turn(names: Names, turn: objects.CodexTurn) -> str:
    return names.turn(turn.codex_turn_id)


def _call(names: Names, call: objects.InferenceCall) -> str:
    return names.inference(call.inference_call_id)


def _started_call(names: Names, changed: Changed) -> str:
    call = cast(objects.InferenceCall, changed.now)
    return f"{_call(names, call)} started with {len(call.request_item_ids)} items"


def _answered(names: Names, changed: Changed) -> str | None:
    call = cast(objects.InferenceCall, changed.now)
    added, _ = list_change(changed.before, call.response_item_ids)
    return f"{_call(names, call)} answered with {count(len(added), 'item')}" if added else None


def _usage(names: Names, changed: Changed) -> str | None:
    usage = cast(objects.InferenceCall, changed.now).usage
    if usage is None:
        return None
    return (
        f"{_call(names, changed.now)} used {usage.input_tokens:,} input tokens "
        f"({usage.cached_input_tokens:,} cached) and {usage.output_tokens:,} output tokens"
    )


def _cell_status(names: Names, changed: Changed) -> str:
    return f"{cell_label(changed.now)}: {changed.before} -> {changed.now.runtime_status}"


def _result(names: Names, changed: Changed) -> str | None:
    result = cast(objects.TerminalOperation, changed.now).result
    if result is None:
        return None
    size = utf8_size(result.stdout) + utf8_size(result.stderr)
    code = "no exit code" if result.exit_code is None else f"exit {result.exit_code}"
    return f"{_operation(names, changed.now)}: {code}, {size:,} B"


def _context(names: Names, changed: Changed) -> str | None:
    added, removed = list_change(changed.before or (), changed.now.snapshot)
    if not added and not removed:
        return None
    left = f", {len(removed)} left" if removed else ""
    return f"context of {names.thread(changed.id)}: {len(added)} came{left}"


def _replacement(names: Names, changed: Changed) -> str:
    if changed.now.replacement is None:
        return f"context of {names.thread(changed.id)}: the compacted history is in use"
    items = len(changed.now.replacement)
    return f"context of {names.thread(changed.id)}: {items} items replace it from the next request on"


def _compacted(names: Names, changed: Changed) -> str:
    one = cast(objects.Compaction, changed.now)
    before, after = len(one.input_item_ids), len(one.replacement_item_ids)
    return f"compaction installed in {names.thread(one.thread_id)}: {before} items became {after}"


Phrase = Callable[[Names, Changed], str | None]


def _started(what: Callable[[Names, Any], str]) -> Phrase:
    return lambda names, changed: f"{what(names, changed.now)} started"


def _ended(what: Callable[[Names, Any], str]) -> Phrase:
    return lambda names, changed: _window_change(changed, what(names, changed.now))


def _gained(what: Callable[[Names, Any], str], field: str, words: str) -> Phrase:
    def phrase(names: Names, changed: Changed) -> str | None:
        added, _ = list_change(changed.before, getattr(changed.now, field))
        return f"{what(names, changed.now)} {words} {', '.join(added)}" if added else None

    return phrase


def _thread(names: Names, thread: objects.Thread) -> str:
    return f"thread {thread.agent_path}"


def _tool(names: Names, tool: objects.ToolCall) -> str:
    return f"{tool_name(tool.kind)} {tool.tool_call_id}"


def _cell(names: Names, cell: objects.CodeCell) -> str:
    return cell_label(cell)


def _operation(names: Names, operation: objects.TerminalOperation) -> str:
    return f'command "{line(command_line(operation), 60)}"'


def _compacting(names: Names, request: objects.CompactionRequest) -> str:
    return f"compaction request {request.compaction_request_id}"


def _edge(names: Names, changed: Changed) -> str:
    return f"{changed.now.kind} {changed.id} reached its receiver"


def _under_way(names: Names, changed: Changed) -> str:
    edge = cast(objects.PendingEdge, changed.now)
    return f"{edge.kind} from {edge.author} to {names.thread(edge.target_thread_id)} is under way"


_OUTPUTS = "model_visible_output_item_ids"

_PHRASES: dict[tuple[type[Object], str], Phrase] = {
    (objects.Rollout, "status"): lambda names, changed: f"the rollout ended: {changed.now.status}",
    (objects.Rollout, "recording_complete"): lambda names, changed: "the recording is complete",
    (objects.Thread, ""): _started(_thread),
    (objects.Thread, "execution"): _ended(_thread),
    (objects.CodexTurn, ""): _started(_turn),
    (objects.CodexTurn, "execution"): _ended(_turn),
    (objects.ConversationItem, ""): lambda names, changed: f"{_item(changed.now)} is there",
    (objects.ConversationItem, "accepted_seq"): lambda names, changed: f"{_item(changed.now)} is accepted",
    (objects.ConversationItem, "body"): lambda names, changed: f"{_item(changed.now)} reads differently",
    (objects.InferenceCall, ""): _started_call,
    (objects.InferenceCall, "execution"): _ended(_call),
    (objects.InferenceCall, "response_item_ids"): _answered,
    (objects.InferenceCall, "usage"): _usage,
    (objects.CodeCell, ""): _started(_cell),
    (objects.CodeCell, "runtime_status"): _cell_status,
    (objects.CodeCell, "execution"): lambda names, changed: None,
    (objects.CodeCell, "nested_tool_call_ids"): _gained(_cell, "nested_tool_call_ids", "called"),
    (objects.CodeCell, "wait_tool_call_ids"): _gained(_cell, "wait_tool_call_ids", "is waited for by"),
    (objects.CodeCell, "output_item_ids"): _gained(_cell, "output_item_ids", "gave the model"),
    (objects.ToolCall, ""): _started(_tool),
    (objects.ToolCall, "execution"): _ended(_tool),
    (objects.ToolCall, _OUTPUTS): _gained(_tool, _OUTPUTS, "gave the model"),
    (objects.TerminalSession, ""): lambda names, changed: f"terminal {changed.id} opened",
    (objects.TerminalOperation, ""): _started(_operation),
    (objects.TerminalOperation, "execution"): _ended(_operation),
    (objects.TerminalOperation, "result"): _result,
    (objects.Compaction, ""): _compacted,
    (objects.CompactionRequest, ""): _started(_compacting),
    (objects.CompactionRequest, "execution"): _ended(_compacting),
    (objects.InteractionEdge, ""): _edge,
    (objects.PendingEdge, ""): _under_way,
    (objects.Conversation, "snapshot"): _context,
    (objects.Conversation, "replacement"): _replacement,
}
