"""Tool calls (format sections 8.2 to 8.4)."""

import msgspec

from rollout_tui.graph.history import item_id
from rollout_tui.graph.ids import extended, with_id
from rollout_tui.graph.objects import ToolCall
from rollout_tui.graph.values import (
    CodeCellRequester,
    ModelRequester,
    Requester,
    TerminalSummary,
    ToolKind,
    ToolProducer,
)
from rollout_tui.reducer import agent_bodies, agents, cells, terminals
from rollout_tui.reducer.conversation import (
    add_producer,
    link_started,
    relink,
    thread_items_of_call,
)
from rollout_tui.reducer.invocations import INVOCATION
from rollout_tui.reducer.normal import CALL_KINDS, OUTPUT_KINDS
from rollout_tui.reducer.reduction import Reduction
from rollout_tui.trace.event_payloads import (
    McpToolCallCorrelationAssigned,
    ToolCallEnded,
    ToolCallRuntimeEnded,
    ToolCallRuntimeStarted,
    ToolCallStarted,
)
from rollout_tui.trace.event_values import CodeCellRuntimeRequester
from rollout_tui.trace.events import Event

BY_MODEL = ModelRequester()
TERMINAL_KINDS = frozenset(("exec_command", "write_stdin"))


def started(r: Reduction, event: Event, payload: ToolCallStarted) -> None:
    """A tool call was dispatched (8.2)."""
    tool_id = payload.tool_call_id
    if r.find(ToolCall, tool_id) is not None:
        r.refuse("duplicate_tool_call", f"duplicate tool call start for {tool_id}", tool_id)
        return
    call_id = payload.model_visible_call_id
    if call_id is not None and call_id in r.tools_by_call:
        r.refuse(
            "duplicate_model_call", f"two tool calls for model-visible call id {call_id}", tool_id, call_id
        )
    thread_id, turn_id = _context(r, event, tool_id)
    requester = _requester(r, payload, thread_id)
    # Nearly all calls start before a request carries their items.
    shown = call_id if call_id in r.items.by_call else None
    call_items = [] if shown is None else thread_items_of_call(r, thread_id, shown, CALL_KINDS)
    invocation = r.parsed(payload.invocation_payload, INVOCATION, "tool invocation", tool_id)
    operation = None
    if payload.kind.type == "write_stdin" and invocation is not None:
        operation = terminals.from_invocation(r, payload, thread_id, invocation)
    waited = cells.waited_cell(r, payload, thread_id, invocation)
    reference = payload.invocation_payload
    handle = r.history.create(
        tool_id,
        ToolCall(
            tool_call_id=tool_id,
            model_visible_call_id=call_id,
            code_mode_runtime_tool_id=payload.code_mode_runtime_tool_id,
            thread_id=thread_id,
            started_by_codex_turn_id=turn_id,
            execution=r.window(),
            requester=requester,
            kind=r.shared(payload.kind),
            model_visible_call_item_ids=extended((), map(item_id, call_items)) if call_items else (),
            terminal_operation_id=operation,
            summary=r.shared(payload.summary) if operation is None else TerminalSummary(operation),
            raw_invocation_payload_id=None if reference is None else reference.raw_payload_id,
        ),
    )
    if call_id is not None:
        r.tools_by_call.setdefault(call_id, []).append(handle)
    if shown is not None:
        relink(r, shown, besides=thread_id)
    cells.tool_started(r, handle, waited)
    if call_items:
        link_started(r, handle)
    if shown is not None:
        _show_outputs(r, handle, tool_id, thread_items_of_call(r, thread_id, shown, OUTPUT_KINDS))
        terminals.observe(r, handle)


def _show_outputs(r: Reduction, handle: int, tool_id: str, outputs: list[int]) -> None:
    """The items that carry a call's output to the model are known before the call."""
    if outputs:
        r.history.set(handle, "model_visible_output_item_ids", extended((), map(item_id, outputs)))
    for number in outputs:
        add_producer(r, number, ToolProducer(tool_id))


def _context(r: Reduction, event: Event, tool_id: str) -> tuple[str, str | None]:
    """Thread and turn of a tool call; what is unknown becomes a placeholder (8.2, 12)."""
    last = r.last_context
    if last is not None and last == (event.thread_id, event.codex_turn_id):
        # These very strings: a hundred thousand calls of a turn would keep one each.
        return last
    thread_id, turn_id = r.context(event, "tool call start", tool_id)
    r.thread_or_placeholder(thread_id, "tool call start")
    if turn_id is not None:
        owner: str = r.objects[r.turn_or_placeholder(turn_id, thread_id, "tool call start")].thread_id
        if owner == event.thread_id:
            r.last_context = (thread_id, turn_id)
        elif owner != thread_id:
            r.refuse(
                "thread_mismatch",
                f"tool call start {tool_id} used thread {thread_id}, "
                f"but codex turn {turn_id} belongs to {owner}",
                tool_id,
            )
            thread_id = owner
    return r.shared((thread_id, turn_id))


def _requester(r: Reduction, payload: ToolCallStarted, thread_id: str) -> Requester:
    if not isinstance(payload.requester, CodeCellRuntimeRequester):
        return BY_MODEL
    runtime_id = payload.requester.runtime_cell_id
    cell = r.cells.by_runtime_id.get((thread_id, runtime_id))
    if cell is None:
        r.refuse(
            "unknown_code_cell",
            f"nested tool call {payload.tool_call_id} names unknown runtime cell {runtime_id}",
            payload.tool_call_id,
        )
        cell = f"code_cell:unknown:{runtime_id}"
    return CodeCellRequester(cell)


def mcp_correlated(r: Reduction, event: Event, payload: McpToolCallCorrelationAssigned) -> None:
    """An MCP server's id for a call; the first one counts (8.3)."""
    handle = r.known(ToolCall, payload.tool_call_id, "MCP correlation")
    if handle is None:
        return
    if r.objects[handle].mcp_call_id is not None:
        r.refuse(
            "duplicate_mcp_correlation",
            f"duplicate MCP correlation for tool call {payload.tool_call_id}",
            payload.tool_call_id,
        )
        return
    r.history.set(handle, "mcp_call_id", payload.mcp_call_id)


class _McpInvocation(msgspec.Struct):
    server: str
    tool: str


class _McpBody(msgspec.Struct):
    invocation: _McpInvocation | msgspec.UnsetType = msgspec.UNSET


_MCP = msgspec.json.Decoder(_McpBody)


def runtime_started(r: Reduction, event: Event, payload: ToolCallRuntimeStarted) -> None:
    """The work of a call begins (8.3)."""
    handle = _runtime_of(r, payload, "tool runtime start")
    if handle is None:
        return
    tool: ToolCall = r.objects[handle]
    kind = payload.kind
    if kind is None or r.schema == 1:
        kind = _older_kind(r, tool, payload)
    if kind != tool.kind:
        r.history.set(handle, "kind", r.shared(kind))
        cells.kind_replaced(r, handle)
    if kind.type in TERMINAL_KINDS:
        if tool.terminal_operation_id is not None:
            r.refuse(
                "second_terminal_operation",
                f"tool runtime start would create a second terminal operation for {tool.tool_call_id}",
                tool.tool_call_id,
            )
        else:
            terminals.from_runtime(r, handle, payload.runtime_payload)
    else:
        agent_bodies.runtime_started(r, handle, payload.runtime_payload)


def _runtime_of(
    r: Reduction, payload: ToolCallRuntimeStarted | ToolCallRuntimeEnded, what: str
) -> int | None:
    """The call whose work an event is about; the call lists the event's payload from here on."""
    handle = r.known(ToolCall, payload.tool_call_id, what)
    if handle is not None:
        tool: ToolCall = r.objects[handle]
        ids = with_id(tool.raw_runtime_payload_ids, payload.runtime_payload.raw_payload_id)
        r.history.set(handle, "raw_runtime_payload_ids", ids)
    return handle


def _older_kind(r: Reduction, tool: ToolCall, payload: ToolCallRuntimeStarted) -> ToolKind:
    """The kind from here on, where the event does not tell it: read off an MCP body (format section 0)."""
    if r.schema != 1:
        r.refuse("missing_kind", f"runtime start of {tool.tool_call_id} has no kind", tool.tool_call_id)
    body = r.parsed(payload.runtime_payload, _MCP, "MCP runtime invocation", tool.tool_call_id)
    if body is None or body.invocation is msgspec.UNSET:
        return tool.kind
    return ToolKind("mcp", body.invocation.server, body.invocation.tool)


def runtime_ended(r: Reduction, event: Event, payload: ToolCallRuntimeEnded) -> None:
    """The work of a call is over (8.3)."""
    handle = _runtime_of(r, payload, "tool runtime end")
    if handle is None:
        return
    tool: ToolCall = r.objects[handle]
    if tool.terminal_operation_id is not None:
        terminals.ended(r, tool, payload.status, payload.runtime_payload)
        if tool.kind.type in TERMINAL_KINDS:
            return
    agent_bodies.runtime_ended(r, handle, payload.runtime_payload)


def ended(r: Reduction, event: Event, payload: ToolCallEnded) -> None:
    """The call returned to its requester; a second end overwrites (8.3)."""
    handle = r.known(ToolCall, payload.tool_call_id, "tool call end")
    if handle is None:
        return
    r.close(handle, payload.status)
    reference = payload.result_payload
    r.history.set(handle, "raw_result_payload_id", None if reference is None else reference.raw_payload_id)
    tool: ToolCall = r.objects[handle]
    if tool.terminal_operation_id is not None and not tool.raw_runtime_payload_ids:
        terminals.ended(r, tool, payload.status, reference)
    if reference is not None:
        agents.result_carried(r, tool.tool_call_id, reference.raw_payload_id)
