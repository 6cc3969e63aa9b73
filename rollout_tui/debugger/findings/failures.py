"""Rules for what failed or was cancelled: one per kind of object, run for each change of its status."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from rollout_tui.debugger.evidence import (
    cell_result,
    error_words,
    line,
    runtime_error,
    tool_error,
    value,
)
from rollout_tui.debugger.findings.finding import Finding, Note, Sources
from rollout_tui.debugger.names import cell_label, command_line, tool_name
from rollout_tui.graph import objects
from rollout_tui.graph.objects import Object
from rollout_tui.graph.values import SpawnedOrigin, ToolKind, Window
from rollout_tui.trace.event_payloads import (
    CompactionRequestFailed,
    InferenceCancelled,
    InferenceFailed,
    ToolCallRuntimeEnded,
)

Rule = Callable[[Sources, int, Any], Iterator[Finding]]

FAILED_CALL = {"apply_patch": "patch_failed", "mcp": "mcp_error"}
NOT_DONE = ("failed", "cancelled", "aborted")
KILLED_BY_SIGNAL = 128


def failures(sources: Sources, event: int, notes: list[Note]) -> Iterator[Finding]:
    """What the changes of this event say failed or was cancelled."""
    history = sources.history
    for note in notes:
        rule = _RULES.get((type(history.objects[note.handle]), note.field))
        if rule is not None:
            changed = history.as_of(note.handle, event)
            window = getattr(changed, "execution", None)
            before = note.before
            if not isinstance(before, Window) or not window or before.status != window.status:
                yield from rule(sources, event, changed)


def call_code(kind: ToolKind) -> str:
    """The code for a failed call of this kind."""
    return FAILED_CALL.get(kind.type, "tool_call_failed")


# -- one rule per kind ---------------------------------------------------------


def _inference(sources: Sources, event: int, call: objects.InferenceCall) -> Iterator[Finding]:
    status = call.execution.status
    if status not in NOT_DONE:
        return
    payload = sources.payload(event)
    if isinstance(payload, InferenceFailed):
        why = error_words(payload.error)
    elif isinstance(payload, InferenceCancelled):
        why = line(payload.reason)
    else:
        why = f"still open when {sources.names.turn(call.codex_turn_id)} ended"
    code = "inference_failed" if status == "failed" else "inference_cancelled"
    message = f"{sources.names.inference(call.inference_call_id)}: {why}"
    yield sources.finding_about(code, event, message, call)


def _tool(sources: Sources, event: int, tool: objects.ToolCall) -> Iterator[Finding]:
    status = tool.execution.status
    if status not in NOT_DONE:
        return
    error = tool_error(value(sources.trace, tool.raw_result_payload_id))
    yield _failed_call(sources, event, tool, status, error)


def work_failed(sources: Sources, event: int) -> Iterator[Finding]:
    """Work that failed without a terminal operation that could say so: patches, MCP calls, agent tools."""
    payload = sources.payload(event)
    if not isinstance(payload, ToolCallRuntimeEnded) or payload.status not in NOT_DONE:
        return
    if sources.history.handle(objects.ToolCall, payload.tool_call_id) is None:
        return
    tool = sources.as_of(objects.ToolCall, payload.tool_call_id, event)
    runtime = value(sources.trace, payload.runtime_payload.raw_payload_id)
    yield _failed_call(sources, event, tool, payload.status, runtime_error(runtime))


def _failed_call(sources: Sources, event: int, tool: objects.ToolCall, status: str, error: str) -> Finding:
    code = call_code(tool.kind) if status == "failed" else "tool_call_cancelled"
    return sources.finding_about(code, event, f"{tool_name(tool.kind)}: {error or status}", tool)


def exit_words(exit_code: int | None, status: str) -> str:
    """How a command ended, in words."""
    if exit_code is None:
        return status
    if exit_code < 0:
        return f"killed (exit {exit_code})"
    if exit_code > KILLED_BY_SIGNAL:
        return f"exit {exit_code} (signal {exit_code - KILLED_BY_SIGNAL})"
    return f"exit {exit_code}"


def _command(sources: Sources, event: int, operation: objects.TerminalOperation) -> Iterator[Finding]:
    status = operation.execution.status
    exit_code = operation.result.exit_code if operation.result else None
    if status == "running" or (status == "completed" and not exit_code):
        return
    message = f'{exit_words(exit_code, status)}  "{line(command_line(operation))}"'
    yield sources.finding_about("command_failed", event, message, operation)


def _cell(sources: Sources, event: int, cell: objects.CodeCell) -> Iterator[Finding]:
    status = cell.execution.status
    if status not in NOT_DONE:
        return
    if status == "failed":
        error = cell_result(value(sources.trace, cell.raw_result_payload_id)).get("error_text")
        code, why = "code_cell_failed", line(error) if isinstance(error, str) else "failed"
    elif sources.history.events.type(event) == "codex_turn_ended":
        code, why = "code_cell_terminated", f"stopped when {sources.names.turn(cell.codex_turn_id)} ended"
    else:
        code, why = "code_cell_terminated", "terminated"
    yield sources.finding_about(code, event, f"{cell_label(cell)}: {why}", cell)


_TURN_CODES = {"failed": "turn_failed", "cancelled": "turn_cancelled", "aborted": "turn_aborted"}


def _turn(sources: Sources, event: int, turn: objects.CodexTurn) -> Iterator[Finding]:
    status = turn.execution.status
    if status not in NOT_DONE:
        return
    message = f"{sources.names.turn(turn.codex_turn_id)} {status}"
    yield sources.finding_about(_TURN_CODES[status], event, message, turn)
    thread = sources.latest(objects.Thread, turn.thread_id)
    if status == "failed" and thread and isinstance(thread.origin, SpawnedOrigin):
        why = f"failed in its {sources.names.turn(turn.codex_turn_id)}"
        yield agent_failed(sources, event, thread, turn.codex_turn_id, why)


def agent_failed(
    sources: Sources, event: int, thread: objects.Thread, codex_turn_id: str, why: str
) -> Finding:
    """A child agent whose turn came to nothing."""
    return sources.finding(
        "agent_failed",
        event,
        f"{thread.agent_path}: {why}",
        thread.thread_id,
        ("thread", thread.thread_id),
        sources.names.chain_of_turn(thread.thread_id, codex_turn_id),
    )


def _compaction(sources: Sources, event: int, request: objects.CompactionRequest) -> Iterator[Finding]:
    if request.execution.status not in NOT_DONE:
        return
    payload = sources.payload(event)
    why = (
        error_words(payload.error)
        if isinstance(payload, CompactionRequestFailed)
        else request.execution.status
    )
    yield sources.finding_about("compaction_failed", event, f"compaction: {why}", request)


def _thread(sources: Sources, event: int, thread: objects.Thread) -> Iterator[Finding]:
    if thread.execution.status in NOT_DONE:
        message = f"{thread.agent_path} ended as {thread.execution.status}"
        yield sources.finding_about("thread_failed", event, message, thread)


def _rollout(sources: Sources, event: int, rollout: objects.Rollout) -> Iterator[Finding]:
    if rollout.status in NOT_DONE:
        message = f"the rollout ended as {rollout.status}"
        yield sources.finding(
            "rollout_failed", event, message, rollout.root_thread_id, ("rollout", rollout.rollout_id)
        )


_RULES: dict[tuple[type[Object], str], Rule] = {
    (objects.InferenceCall, "execution"): _inference,
    (objects.ToolCall, "execution"): _tool,
    (objects.TerminalOperation, "execution"): _command,
    (objects.CodeCell, "execution"): _cell,
    (objects.CodexTurn, "execution"): _turn,
    (objects.CompactionRequest, "execution"): _compaction,
    (objects.Thread, "execution"): _thread,
    (objects.Rollout, "status"): _rollout,
}
