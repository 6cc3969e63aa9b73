"""One event line in a few words: `cell 2 completed`, `exec_command call_A started`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from rollout_tui.debugger.names import tool_name
from rollout_tui.graph.history import History
from rollout_tui.graph.objects import Thread, ToolCall
from rollout_tui.trace.events import UNREADABLE, Event, event_type
from rollout_tui.trace.spine import BadLine
from rollout_tui.words import short_id

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
    kind = event_type(event.payload)
    make, style = WORDS[kind]
    status = getattr(event.payload, "status", "")
    return EventWords(make(history, event.payload), STATUS_STYLES.get(status, style))


def _tool(history: History, tool_call_id: str) -> str:
    handle = history.handle(ToolCall, tool_call_id)
    if handle is None:
        return f"tool {short_id(tool_call_id)}"
    return f"{tool_name(cast(ToolCall, history.objects[handle]).kind)} {short_id(tool_call_id)}"


def _thread(history: History, thread_id: str) -> str:
    handle = history.handle(Thread, thread_id)
    return short_id(thread_id) if handle is None else cast(Thread, history.objects[handle]).agent_path


STATUS_STYLES = {"failed": "error", "cancelled": "warning", "aborted": "warning", "terminated": "warning"}

# Event type to (words from its payload, style).
WORDS: dict[str, tuple[Callable[[History, Any], str], str]] = {
    "rollout_started": (lambda h, p: "rollout started", "strong"),
    "rollout_ended": (lambda h, p: f"rollout {p.status}", "strong"),
    "recording_completed": (lambda h, p: "recording complete", "strong"),
    "thread_started": (lambda h, p: f"thread {p.agent_path} started", "agent"),
    "thread_ended": (lambda h, p: f"thread {_thread(h, p.thread_id)} {p.status}", "agent"),
    "thread_resumed": (lambda h, p: f"thread {_thread(h, p.thread_id)} resumed", "agent"),
    "codex_turn_started": (lambda h, p: "turn started", "turn"),
    "codex_turn_ended": (lambda h, p: f"turn {p.status}", "turn"),
    "history_item_accepted": (lambda h, p: f"item accepted {short_id(p.item_id)}", "dim"),
    "inference_started": (lambda h, p: f"inference started  {p.model}", "inference"),
    "inference_completed": (lambda h, p: "inference completed", "inference"),
    "inference_failed": (lambda h, p: f"inference failed: {p.error}", "error"),
    "inference_cancelled": (lambda h, p: f"inference cancelled: {p.reason}", "warning"),
    "tool_call_started": (lambda h, p: f"{tool_name(p.kind)} {short_id(p.tool_call_id)} started", "tool"),
    "mcp_tool_call_correlation_assigned": (lambda h, p: f"{_tool(h, p.tool_call_id)} has an MCP id", "dim"),
    "stdin_target_resolved": (
        lambda h, p: f"{_tool(h, p.tool_call_id)} writes to {short_id(p.exec_tool_call_id)}",
        "dim",
    ),
    "tool_call_runtime_started": (lambda h, p: f"{_tool(h, p.tool_call_id)} runs", "tool"),
    "tool_call_runtime_ended": (lambda h, p: f"{_tool(h, p.tool_call_id)} ran: {p.status}", "tool"),
    "tool_call_ended": (lambda h, p: f"{_tool(h, p.tool_call_id)} {p.status}", "tool"),
    "code_cell_started": (lambda h, p: f"cell {p.runtime_cell_id} started", "cell"),
    "code_cell_initial_response": (lambda h, p: f"cell {p.runtime_cell_id} answers: {p.status}", "cell"),
    "code_cell_ended": (lambda h, p: f"cell {p.runtime_cell_id} {p.status}", "cell"),
    "compaction_request_started": (lambda h, p: "compaction requested", "compaction"),
    "compaction_request_completed": (lambda h, p: "compaction answered", "compaction"),
    "compaction_request_failed": (lambda h, p: f"compaction failed: {p.error}", "error"),
    "compaction_installed": (lambda h, p: "compaction installed", "compaction"),
    "agent_result_observed": (
        lambda h, p: f"result of {_thread(h, p.child_thread_id)} to {_thread(h, p.parent_thread_id)}",
        "agent",
    ),
    "protocol_event_observed": (lambda h, p: f"protocol {p.event_type}", "dim"),
    "other": (lambda h, p: f"other {p.kind}: {p.summary}", "dim"),
}
