"""What the inspector tells of tool calls, code cells and terminals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from rollout_tui.debugger.names import tool_name
from rollout_tui.debugger.text_facts import utf8_size
from rollout_tui.graph.objects import (
    CodeCell,
    ConversationItem,
    InferenceCall,
    TerminalOperation,
    TerminalSession,
    ToolCall,
)
from rollout_tui.graph.values import ExecCommandRequest
from rollout_tui.tui.objects.facts import Facts, Field
from rollout_tui.tui.objects.labels import requester
from rollout_tui.tui.objects.subject import find
from rollout_tui.words import duration, size


def tool_fields(facts: Facts, tool: ToolCall) -> Iterator[Field]:
    """Who asked, what ran, what the model got."""
    yield from facts.ran(tool.execution)
    yield Field("tool", tool_name(tool.kind))
    yield Field("id", tool.tool_call_id)
    asked = requester(facts.history, tool)
    if asked:
        # Until a response with the call is recorded, the request that is open must have asked.
        guessed = asked.kind is InferenceCall and not tool.model_visible_call_item_ids
        yield from facts.link("asked by", asked.kind, asked.id, " (open)" if guessed else "")
    yield from facts.links("call", ConversationItem, tool.model_visible_call_item_ids)
    if isinstance(tool.started_code_cell_id, str):
        yield from facts.link("cell", CodeCell, tool.started_code_cell_id)
    for waited in _waited(facts, tool):
        yield from facts.link("waits for", CodeCell, waited)
    operation = find(facts.view.snapshot, TerminalOperation, tool.terminal_operation_id)
    if operation is not None:
        yield from _exit(operation)
        yield from facts.link("terminal", TerminalOperation, operation.operation_id)
    yield from facts.payload("given", tool.raw_invocation_payload_id)
    yield from facts.payload("result", tool.raw_result_payload_id)
    for one in tool.raw_runtime_payload_ids:
        yield from facts.payload("runtime", one)
    if tool.model_visible_output_item_ids:
        yield from facts.links("model saw", ConversationItem, tool.model_visible_output_item_ids)
    elif tool.execution.ended_seq is not None and asked and asked.kind is InferenceCall:
        yield Field("model saw", "nothing of it yet", "warning")
    if tool.mcp_call_id:
        yield Field("mcp call", tool.mcp_call_id)
    yield from facts.place(tool.thread_id, tool.started_by_codex_turn_id)


def _waited(facts: Facts, tool: ToolCall) -> Iterator[str]:
    spans = facts.view.spans
    handle = facts.history.handle(ToolCall, tool.tool_call_id)
    number = spans.by_handle(handle) if handle is not None else None
    cell = spans.waited_cells.get(number) if number is not None else None
    if cell is not None:
        yield cast(CodeCell, facts.history.objects[cell]).code_cell_id


def cell_fields(facts: Facts, cell: CodeCell) -> Iterator[Field]:
    """Its states, calls and waits."""
    yield from facts.ran(cell.execution)
    yield Field("source", f"js {size(utf8_size(cell.source_js))}")
    yield from facts.link("call", ToolCall, cell.model_visible_call_id)
    yield from facts.at_seq("answered", cell.initial_response_seq, f" {cell.initial_response_status or ''}")
    yield from facts.at_seq("yielded", cell.yielded_seq)
    yield from facts.links("nested", ToolCall, cell.nested_tool_call_ids)
    yield from facts.links("waits", ToolCall, cell.wait_tool_call_ids)
    yield from facts.payload("first", cell.raw_initial_response_payload_id)
    yield from facts.payload("result", cell.raw_result_payload_id)
    yield from facts.links("model saw", ConversationItem, cell.output_item_ids)
    if cell.source_item_id:
        yield from facts.link("written", ConversationItem, cell.source_item_id)
    yield from facts.place(cell.thread_id, cell.codex_turn_id)


def _exit(operation: TerminalOperation) -> Iterator[Field]:
    if operation.result is not None:
        code = operation.result.exit_code
        shown = "no exit code" if code is None else f"exit {code}"
        yield Field("ended", shown, "ok" if code == 0 else "dim" if code is None else "error")


def operation_fields(facts: Facts, operation: TerminalOperation) -> Iterator[Field]:
    """The command, its limits and its output."""
    yield from facts.ran(operation.execution)
    yield from _exit(operation)
    request = operation.request
    if isinstance(request, ExecCommandRequest):
        yield Field("in", request.cwd)
    limits = [
        words
        for words in (
            f"yields after {duration(request.yield_time_ms)}" if request.yield_time_ms is not None else "",
            f"at most {request.max_output_tokens:,} tokens" if request.max_output_tokens is not None else "",
        )
        if words
    ]
    if limits:
        yield Field("limits", ", ".join(limits), "dim")
    result = operation.result
    if result is not None:
        whole = utf8_size(result.stdout) + utf8_size(result.stderr)
        tokens = f", {result.original_token_count:,} tokens" if result.original_token_count else ""
        yield Field("output", f"{size(whole)}{tokens}")
    yield from facts.link("call", ToolCall, operation.tool_call_id)
    yield from facts.link("terminal", TerminalSession, operation.terminal_id)
    for seen in operation.model_observations:
        yield from facts.links("model saw", ConversationItem, seen.output_item_ids)
    for one in operation.raw_payload_ids:
        yield from facts.payload("payload", one)


def session_fields(facts: Facts, session: TerminalSession) -> Iterator[Field]:
    """All that was done in one terminal."""
    yield from facts.ran(session.execution)
    yield from facts.links("did", TerminalOperation, session.operation_ids)
    yield from facts.place(session.thread_id, None)
