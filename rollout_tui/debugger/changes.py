"""What an event changed: as rows (object, field, before, after) and in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, cast

import msgspec

from rollout_tui.debugger.evidence import line
from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.names import Names, cell_label, command_line, tool_name
from rollout_tui.graph.history import History, object_id
from rollout_tui.graph.ids import IdView, common_prefix
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
from rollout_tui.graph.values import Body, Value

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


class ChangeRow(NamedTuple):
    """One changed field.

    `path` is the field (`execution.status`), empty when the object was created. `before` and `after` are its
    values as text, None where there is none; for lists of ids they are lengths, `added` and `removed` the
    ids.
    """

    kind: str
    id: str
    path: str
    before: str | None = None
    after: str | None = None
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


class _Changed(NamedTuple):
    """One field as the event found it and left it; field "" stands for the creation."""

    kind: type[Object]
    id: str
    field: str
    before: Any
    now: Any


def changes(history: History, event: int) -> list[ChangeRow]:
    """What the event at ordinal `event` changed, field by field, in order."""
    return [row for changed in _changed(history, event) for row in _rows(changed)]


def _changed(history: History, event: int) -> Iterator[_Changed]:
    """Net changes: a field that an event sets twice is there once; what it set while creating is left out."""
    before: dict[tuple[int, str], Any] = {}
    fresh: set[int] = set()
    for change in history.touched(event):
        handle = history.handle(change.kind, change.id)
        if handle is None or handle in fresh:
            continue
        if not change.field:
            fresh.add(handle)
        before.setdefault((handle, change.field), change.before)
    for (handle, field), value in before.items():
        now = history.as_of(handle, event)
        after = getattr(now, field) if field else now
        if not field or after != value:
            kind = type(now)
            yield _Changed(kind, _id_of(history, handle), field, value, now)


def _id_of(history: History, handle: int) -> str:
    return object_id(history.objects[handle])


def _rows(changed: _Changed) -> Iterator[ChangeRow]:
    kind = KIND_NAMES[changed.kind]
    if not changed.field:
        yield ChangeRow(kind, changed.id, "")
        return
    after = getattr(changed.now, changed.field)
    if isinstance(after, Value) and not isinstance(after, Body):
        before = changed.before if type(changed.before) is type(after) else None
        for name in after.__struct_fields__:
            old, new = getattr(before, name, None), getattr(after, name)
            if old != new:
                yield ChangeRow(kind, changed.id, f"{changed.field}.{name}", _text(old), _text(new))
    elif _is_ids(after) or _is_ids(changed.before):
        added, removed = list_change(changed.before or (), after or ())
        lengths = (f"{len(changed.before or ())}", f"{len(after or ())}")
        yield ChangeRow(kind, changed.id, changed.field, *lengths, added, removed)
    else:
        yield ChangeRow(kind, changed.id, changed.field, _text(changed.before), _text(after))


def _is_ids(value: Any) -> bool:
    return isinstance(value, IdView) or (
        isinstance(value, tuple) and bool(value) and all(isinstance(one, str) for one in value)
    )


def list_change(before: Any, after: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(added, removed) ids between two lists; costs what differs."""
    kept = common_prefix(before, after)
    old, new = before[kept:], after[kept:]
    in_old, in_new = set(old), set(new)
    return tuple(one for one in new if one not in in_old), tuple(one for one in old if one not in in_new)


def _text(value: Any) -> str | None:
    if value is None or value is msgspec.UNSET:
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, Body):
        return "\n".join(
            str(getattr(part, "text", getattr(part, "source", getattr(part, "label", ""))))
            for part in value.parts
        )
    return msgspec.json.encode(value).decode()


# -- in words ----------------------------------------------------------------------


def in_words(history: History, event: int) -> list[str]:
    """What an event changed, a short sentence for each thing that changed."""
    names = index_of(history, Names)
    said: dict[str, None] = {}
    for changed in _changed(history, event):
        phrase = _PHRASES.get((changed.kind, changed.field))
        words = phrase(names, changed) if phrase else None
        if words:
            said[words] = None
    return list(said)


def _window_change(names: Names, changed: _Changed, what: str) -> str | None:
    window, before = changed.now.execution, changed.before
    if before is not None and before.status == window.status:
        return None
    if window.status == "running":
        return f"{what} runs again"
    return f"{what} ended: {window.status}"


def _item(item: ConversationItem) -> str:
    whose = f" of {item.call_id}" if item.call_id else ""
    return f"item {item.item_id.rpartition(':')[2]} ({item.role} {item.kind}{whose})"


def _turn(names: Names, turn: CodexTurn) -> str:
    return names.turn(turn.codex_turn_id)


def _call(names: Names, call: InferenceCall) -> str:
    return names.inference(call.inference_call_id)


def _started_call(names: Names, changed: _Changed) -> str:
    call = cast(InferenceCall, changed.now)
    return f"{_call(names, call)} started with {len(call.request_item_ids)} items"


def _answered(names: Names, changed: _Changed) -> str | None:
    call = cast(InferenceCall, changed.now)
    added, _ = list_change(changed.before, call.response_item_ids)
    return f"{_call(names, call)} answered with {_count(len(added), 'item')}" if added else None


def _usage(names: Names, changed: _Changed) -> str | None:
    usage = cast(InferenceCall, changed.now).usage
    if usage is None:
        return None
    return (
        f"{_call(names, changed.now)} used {usage.input_tokens:,} input tokens "
        f"({usage.cached_input_tokens:,} cached) and {usage.output_tokens:,} output tokens"
    )


def _cell_status(names: Names, changed: _Changed) -> str:
    return f"{cell_label(changed.now)}: {changed.before} -> {changed.now.runtime_status}"


def _result(names: Names, changed: _Changed) -> str | None:
    result = cast(TerminalOperation, changed.now).result
    if result is None:
        return None
    size = len((result.stdout + result.stderr).encode(errors="surrogatepass"))
    code = "no exit code" if result.exit_code is None else f"exit {result.exit_code}"
    return f"{_operation(names, changed.now)}: {code}, {size:,} B"


def _context(names: Names, changed: _Changed) -> str | None:
    added, removed = list_change(changed.before or (), changed.now.snapshot)
    if not added and not removed:
        return None
    left = f", {len(removed)} left" if removed else ""
    return f"context of {names.thread(changed.id)}: {len(added)} came{left}"


def _replacement(names: Names, changed: _Changed) -> str:
    if changed.now.replacement is None:
        return f"context of {names.thread(changed.id)}: the compacted history is in use"
    count = len(changed.now.replacement)
    return f"context of {names.thread(changed.id)}: {count} items replace it from the next request on"


def _compacted(names: Names, changed: _Changed) -> str:
    one = cast(Compaction, changed.now)
    before, after = len(one.input_item_ids), len(one.replacement_item_ids)
    return f"compaction installed in {names.thread(one.thread_id)}: {before} items became {after}"


def _count(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


Phrase = Callable[[Names, _Changed], str | None]


def _started(what: Callable[[Names, Any], str]) -> Phrase:
    return lambda names, changed: f"{what(names, changed.now)} started"


def _ended(what: Callable[[Names, Any], str]) -> Phrase:
    return lambda names, changed: _window_change(names, changed, what(names, changed.now))


def _gained(what: Callable[[Names, Any], str], field: str, words: str) -> Phrase:
    def phrase(names: Names, changed: _Changed) -> str | None:
        added, _ = list_change(changed.before, getattr(changed.now, field))
        return f"{what(names, changed.now)} {words} {', '.join(added)}" if added else None

    return phrase


def _thread(names: Names, thread: Thread) -> str:
    return f"thread {thread.agent_path}"


def _tool(names: Names, tool: ToolCall) -> str:
    return f"{tool_name(tool.kind)} {tool.tool_call_id}"


def _cell(names: Names, cell: CodeCell) -> str:
    return cell_label(cell)


def _operation(names: Names, operation: TerminalOperation) -> str:
    return f'command "{line(command_line(operation), 60)}"'


def _compacting(names: Names, request: CompactionRequest) -> str:
    return f"compaction request {request.compaction_request_id}"


def _edge(names: Names, changed: _Changed) -> str:
    return f"{changed.now.kind} {changed.id} reached its receiver"


def _under_way(names: Names, changed: _Changed) -> str:
    edge = cast(PendingEdge, changed.now)
    return f"{edge.kind} from {edge.author} to {names.thread(edge.target_thread_id)} is under way"


_OUTPUTS = "model_visible_output_item_ids"

_PHRASES: dict[tuple[type[Object], str], Phrase] = {
    (Rollout, "status"): lambda names, changed: f"the rollout ended: {changed.now.status}",
    (Rollout, "recording_complete"): lambda names, changed: "the recording is complete",
    (Thread, ""): _started(_thread),
    (Thread, "execution"): _ended(_thread),
    (CodexTurn, ""): _started(_turn),
    (CodexTurn, "execution"): _ended(_turn),
    (ConversationItem, ""): lambda names, changed: f"{_item(changed.now)} is there",
    (ConversationItem, "accepted_seq"): lambda names, changed: f"{_item(changed.now)} is accepted",
    (ConversationItem, "body"): lambda names, changed: f"{_item(changed.now)} reads differently",
    (InferenceCall, ""): _started_call,
    (InferenceCall, "execution"): _ended(_call),
    (InferenceCall, "response_item_ids"): _answered,
    (InferenceCall, "usage"): _usage,
    (CodeCell, ""): _started(_cell),
    (CodeCell, "runtime_status"): _cell_status,
    (CodeCell, "execution"): lambda names, changed: None,
    (CodeCell, "nested_tool_call_ids"): _gained(_cell, "nested_tool_call_ids", "called"),
    (CodeCell, "wait_tool_call_ids"): _gained(_cell, "wait_tool_call_ids", "is waited for by"),
    (CodeCell, "output_item_ids"): _gained(_cell, "output_item_ids", "gave the model"),
    (ToolCall, ""): _started(_tool),
    (ToolCall, "execution"): _ended(_tool),
    (ToolCall, _OUTPUTS): _gained(_tool, _OUTPUTS, "gave the model"),
    (TerminalSession, ""): lambda names, changed: f"terminal {changed.id} opened",
    (TerminalOperation, ""): _started(_operation),
    (TerminalOperation, "execution"): _ended(_operation),
    (TerminalOperation, "result"): _result,
    (Compaction, ""): _compacted,
    (CompactionRequest, ""): _started(_compacting),
    (CompactionRequest, "execution"): _ended(_compacting),
    (InteractionEdge, ""): _edge,
    (PendingEdge, ""): _under_way,
    (Conversation, "snapshot"): _context,
    (Conversation, "replacement"): _replacement,
}
