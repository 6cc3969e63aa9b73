"""One event line in a few words: `cell 2 completed`, `exec_command call_A started`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from rollout_tui.debugger.lookup import latest
from rollout_tui.debugger.names import tool_name
from rollout_tui.graph.history import History
from rollout_tui.graph.objects import Thread, ToolCall
from rollout_tui.trace.events import UNREADABLE, Event, event_type
from rollout_tui.trace.spine import BadLine
from rollout_tui.tui.objects.labels import STATUS_STYLES
from rollout_tui.words import short_call_id, short_id

if TYPE_CHECKING:
    from rollout_tui.recording import Trace


class EventWords(NamedTuple):
    """Words for an event and the style they are shown in."""

    text: str
    style: str


def event_words(trace: Trace, event: int) -> EventWords:
    """Words for the event at ordinal `event`; reads its line."""
    found = trace.events[event - 1]
    if isinstance(found, BadLine):
        what = "unreadable line" if found.code == UNREADABLE else f"unknown event {found.event_type or ''}"
        return EventWords(f"{what}: {found.reason}", "error")
    return words_of(trace.history, found)


def words_of(history: History, event: Event) -> EventWords:
    """Words for an event that is already decoded."""
    template, style = WORDS[event_type(event.payload)]
    status = getattr(event.payload, "status", "")
    text = template.format_map(_Values(history, event.payload))
    return EventWords(text, STYLES_OF_FAILURES.get(status, style))


class _Values(dict[str, str]):
    """What stands for the names in a template: one of `NAMED`, else a field of the payload."""

    def __init__(self, history: History, payload: Any) -> None:
        super().__init__()
        self._history = history
        self._payload = payload

    def __missing__(self, name: str) -> str:
        made = NAMED.get(name)
        return str(getattr(self._payload, name)) if made is None else made(self._history, self._payload)


def _tool(history: History, tool_call_id: str) -> str:
    tool = latest(history, ToolCall, tool_call_id)
    return f"{'tool' if tool is None else tool_name(tool.kind)} {short_call_id(tool_call_id)}"


def _thread(history: History, thread_id: str) -> str:
    thread = latest(history, Thread, thread_id)
    return short_id(thread_id) if thread is None else thread.agent_path


NAMED: dict[str, Callable[[History, Any], str]] = {
    "thread": lambda history, payload: _thread(history, payload.thread_id),
    "child": lambda history, payload: _thread(history, payload.child_thread_id),
    "parent": lambda history, payload: _thread(history, payload.parent_thread_id),
    "tool": lambda history, payload: _tool(history, payload.tool_call_id),
    "started_tool": lambda history, payload: (
        f"{tool_name(payload.kind)} {short_call_id(payload.tool_call_id)}"
    ),
    "exec": lambda history, payload: short_call_id(payload.exec_tool_call_id),
    "item": lambda history, payload: short_id(payload.item_id),
}
"""Names in templates that are no fields."""

STYLES_OF_FAILURES = {one: STATUS_STYLES[one] for one in ("failed", "cancelled", "aborted", "terminated")}

WORDS: dict[str, tuple[str, str]] = {
    "rollout_started": ("rollout started", "strong"),
    "rollout_ended": ("rollout {status}", "strong"),
    "recording_completed": ("recording complete", "strong"),
    "thread_started": ("thread {agent_path} started", "agent"),
    "thread_ended": ("thread {thread} {status}", "agent"),
    "thread_resumed": ("thread {thread} resumed", "agent"),
    "codex_turn_started": ("turn started", "turn"),
    "codex_turn_ended": ("turn {status}", "turn"),
    "history_item_accepted": ("item accepted {item}", "dim"),
    "inference_started": ("inference started  {model}", "inference"),
    "inference_completed": ("inference completed", "inference"),
    "inference_failed": ("inference failed: {error}", "error"),
    "inference_cancelled": ("inference cancelled: {reason}", "warning"),
    "tool_call_started": ("{started_tool} started", "tool"),
    "mcp_tool_call_correlation_assigned": ("{tool} has an MCP id", "dim"),
    "stdin_target_resolved": ("{tool} writes to {exec}", "dim"),
    "tool_call_runtime_started": ("{tool} runs", "tool"),
    "tool_call_runtime_ended": ("{tool} ran: {status}", "tool"),
    "tool_call_ended": ("{tool} {status}", "tool"),
    "code_cell_started": ("cell {runtime_cell_id} started", "cell"),
    "code_cell_initial_response": ("cell {runtime_cell_id} answers: {status}", "cell"),
    "code_cell_ended": ("cell {runtime_cell_id} {status}", "cell"),
    "compaction_request_started": ("compaction requested", "compaction"),
    "compaction_request_completed": ("compaction answered", "compaction"),
    "compaction_request_failed": ("compaction failed: {error}", "error"),
    "compaction_installed": ("compaction installed", "compaction"),
    "agent_result_observed": ("result of {child} to {parent}", "agent"),
    "protocol_event_observed": ("protocol {event_type}", "dim"),
    "other": ("other {kind}: {summary}", "dim"),
}
"""What an event of a type is called, and the style of that."""
