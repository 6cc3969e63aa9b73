"""Terminal sessions and operations (format sections 9.5 to 9.7)."""

import msgspec
from msgspec import Raw

from rollout_tui.graph.ids import Ids, extended, with_id, without_id
from rollout_tui.graph.objects import TerminalOperation, TerminalSession, ToolCall
from rollout_tui.graph.values import (
    ExecCommandRequest,
    ExecutionStatus,
    PayloadReference,
    TerminalObservation,
    TerminalSummary,
    WriteStdinRequest,
)
from rollout_tui.immutable import Value
from rollout_tui.reducer import canonical
from rollout_tui.reducer.content import string
from rollout_tui.reducer.invocations import Invocation
from rollout_tui.reducer.reduction import Reduction
from rollout_tui.reducer.terminal_results import result_of
from rollout_tui.trace.event_payloads import StdinTargetResolved, ToolCallStarted
from rollout_tui.trace.event_values import Unsigned
from rollout_tui.trace.events import Event


class _FunctionPayload(msgspec.Struct, gc=False, tag="function", tag_field="type"):
    arguments: str


class _CustomPayload(msgspec.Struct, gc=False, tag="custom", tag_field="type"):
    input: str


class _SearchPayload(msgspec.Struct, gc=False, tag="tool_search", tag_field="type"):
    arguments: Raw


class _ShellPayload(msgspec.Struct, gc=False, tag="local_shell", tag_field="type"):
    command: list[str]


class _McpPayload(msgspec.Struct, gc=False, tag="mcp", tag_field="type"):
    """As releases of 0.125 wrote it."""


class _StdinArguments(msgspec.Struct, gc=False):
    session_id: Raw = Raw()
    chars: str | None = ""
    yield_time_ms: Unsigned | None = None
    max_output_tokens: Unsigned | None = None


class _RuntimeStart(msgspec.Struct, gc=False):
    command: tuple[str, ...]
    cwd: str
    process_id: str | None = None
    interaction_input: str | None = None


_PAYLOAD = msgspec.json.Decoder(
    _FunctionPayload | _CustomPayload | _SearchPayload | _ShellPayload | _McpPayload
)
_NAMESPACE = msgspec.json.Decoder(str | None)
_STDIN = msgspec.json.Decoder(_StdinArguments)
_RUNTIME_START = msgspec.json.Decoder(_RuntimeStart)


class _Started(Value):
    """A runtime start, read as either kind of operation."""

    exec_command: ExecCommandRequest
    write_stdin: WriteStdinRequest
    process_id: str | None


class _StartDecoder:
    """Makes requests of runtime start bodies; raises ValueError."""

    def decode(self, data: bytes, /) -> _Started:
        body = _RUNTIME_START.decode(data)
        command = ExecCommandRequest(body.command, " ".join(body.command), body.cwd)
        return _Started(command, WriteStdinRequest(body.interaction_input or ""), body.process_id)


_START = _StartDecoder()
_NOTHING = _Started(ExecCommandRequest((), "", ""), WriteStdinRequest(""), None)


# -- starts (9.5) ----------------------------------------------------------------


def from_invocation(
    r: Reduction, payload: ToolCallStarted, thread_id: str, invocation: Invocation
) -> str | None:
    """The operation of a write_stdin call, read off its invocation; its id, or None for none."""
    where = payload.invocation_payload.raw_payload_id if payload.invocation_payload else ""
    tool_id = payload.tool_call_id
    try:
        dispatched = _PAYLOAD.decode(invocation.payload)
        namespace = _NAMESPACE.decode(bytes(invocation.tool_namespace) or b"null")
    except (ValueError, RecursionError):
        dispatched = namespace = None
    named = string(invocation.tool_name)
    if namespace is not None and dispatched is not None and named is not None:
        return None
    if named != "write_stdin" or not isinstance(dispatched, _FunctionPayload):
        r.refuse("bad_terminal_invocation", f"write_stdin invocation {where} is no function call", tool_id)
        return None
    arguments = dispatched.arguments
    try:
        given = _STDIN.decode(arguments.encode())
        process_id = _session_text(given.session_id)
    except (ValueError, RecursionError):
        process_id = None
    if process_id is None:
        say = r.refuse if r.schema == 1 else r.note
        say("stdin_arguments", f"write_stdin call {tool_id} names no session", tool_id)
        return None
    request = WriteStdinRequest(
        given.chars or "", yield_time_ms=given.yield_time_ms, max_output_tokens=given.max_output_tokens
    )
    return _create(r, tool_id, thread_id, "write_stdin", request, process_id, (where,))


def _session_text(raw: Raw) -> str | None:
    """A session id as text: a non-empty string, or a number as it is written."""
    text = string(raw)
    if text is not None:
        return text or None
    value = bytes(raw).decode()
    if value in ("", "null", "true", "false") or value[0] in "[{":
        return None
    return canonical.number(value)


def from_runtime(r: Reduction, tool: int, reference: PayloadReference) -> None:
    """The operation of an exec_command or write_stdin call, read off its runtime start."""
    called: ToolCall = r.objects[tool]
    kind = called.kind.type
    body = r.parsed(reference, _START, "terminal runtime start", called.tool_call_id) or _NOTHING
    request = body.exec_command if kind == "exec_command" else body.write_stdin
    # Nearly always the very ids that the call has: one tuple for both.
    own: Ids = (reference.raw_payload_id,)
    payload_ids = called.raw_runtime_payload_ids if own == called.raw_runtime_payload_ids else own
    operation = _create(r, called.tool_call_id, called.thread_id, kind, request, body.process_id, payload_ids)
    r.history.set(tool, "terminal_operation_id", operation)
    r.history.set(tool, "summary", TerminalSummary(operation))
    observe(r, tool)


def _create(
    r: Reduction,
    tool_id: str,
    thread_id: str,
    kind: str,
    request: ExecCommandRequest | WriteStdinRequest,
    process_id: str | None,
    payload_ids: Ids,
) -> str:
    history = r.history
    operation_id = f"terminal_operation:{len(history.collections[TerminalOperation].order) + 1}"
    operation = TerminalOperation(
        operation_id, None, tool_id, kind, r.window(), request, None, (), payload_ids
    )
    handle = history.create(operation_id, operation)
    if process_id is not None:
        _join(r, handle, operation, thread_id, process_id)
    return operation_id


def _join(r: Reduction, handle: int, operation: TerminalOperation, thread_id: str, process_id: str) -> None:
    """Put an operation into the session its process id stands for (9.5)."""
    r.terminals.process_ids[operation.operation_id] = process_id
    key = (thread_id, process_id)
    terminal_id = None if operation.kind == "exec_command" else r.terminals.sessions.get(key)
    if terminal_id is None:
        terminal_id = f"terminal_session:{operation.operation_id}"
        r.terminals.sessions[key] = terminal_id
        r.history.create(terminal_id, _session(terminal_id, thread_id, operation))
    else:
        _enter(r, r.handle(TerminalSession, terminal_id), operation)
    r.history.set(handle, "terminal_id", terminal_id)


def _enter(r: Reduction, handle: int, operation: TerminalOperation) -> None:
    """Add an operation to a session that there is, or was until its only operation left it (9.6.1)."""
    session: TerminalSession = r.objects[handle]
    if session.operation_ids:
        operations = extended(session.operation_ids, (operation.operation_id,))
        r.history.set(handle, "operation_ids", operations)
        return
    again = _session(session.terminal_id, session.thread_id, operation)
    for name in again.__struct_fields__:
        r.history.set(handle, name, getattr(again, name))


def _session(terminal_id: str, thread_id: str, operation: TerminalOperation) -> TerminalSession:
    window = operation.execution if operation.execution.status == "running" else operation.execution.opened()
    return TerminalSession(terminal_id, thread_id, operation.operation_id, (operation.operation_id,), window)


# -- ends (9.6) --------------------------------------------------------------------


def ended(
    r: Reduction, called: ToolCall, status: ExecutionStatus, reference: PayloadReference | None
) -> None:
    """The operation of a call is over, as a runtime event or the call's result tells."""
    handle = r.find(TerminalOperation, called.terminal_operation_id)
    assert handle is not None
    r.close(handle, status)
    if reference is None:
        return
    operation: TerminalOperation = r.objects[handle]
    payload_ids = with_id(operation.raw_payload_ids, reference.raw_payload_id)
    # Nearly always the very ids that the call has: one tuple for both.
    same = payload_ids == called.raw_runtime_payload_ids
    r.history.set(handle, "raw_payload_ids", called.raw_runtime_payload_ids if same else payload_ids)
    result, process_id = result_of(r, operation, reference)
    if result is None:
        return
    if process_id is not None:
        known = r.terminals.process_ids.get(operation.operation_id)
        if known is None:
            _join(r, handle, operation, called.thread_id, process_id)
        elif known != process_id:
            r.refuse(
                "process_id_changed",
                f"{operation.operation_id} changed process id from {known} to {process_id}",
                operation.operation_id,
            )
    r.history.set(handle, "result", result)


# -- stdin routing (9.6.1) ----------------------------------------------------------


def stdin_target_resolved(r: Reduction, event: Event, payload: StdinTargetResolved) -> None:
    """A write_stdin operation belongs to the session of an exec_command call."""
    write, target = r.find(ToolCall, payload.tool_call_id), r.find(ToolCall, payload.exec_tool_call_id)
    for name, handle in ((payload.tool_call_id, write), (payload.exec_tool_call_id, target)):
        if handle is None:
            r.refuse("unknown_stdin_target", f"stdin target names unknown call {name}", name)
    if write is None or target is None:
        return
    moved = r.find(TerminalOperation, r.objects[write].terminal_operation_id)
    owner = r.find(TerminalOperation, r.objects[target].terminal_operation_id)
    if moved is None or owner is None:
        return
    operation: TerminalOperation = r.objects[moved]
    terminal_id: str | None = r.objects[owner].terminal_id
    if terminal_id is None or operation.terminal_id == terminal_id:
        return
    if operation.terminal_id is not None:
        old = r.handle(TerminalSession, operation.terminal_id)
        left: Ids = r.objects[old].operation_ids
        r.history.set(old, "operation_ids", without_id(left, operation.operation_id))
    session = r.handle(TerminalSession, terminal_id)
    joined: Ids = r.objects[session].operation_ids
    r.history.set(session, "operation_ids", extended(joined, (operation.operation_id,)))
    r.history.set(moved, "terminal_id", terminal_id)
    process_id = r.terminals.process_ids.get(r.objects[owner].operation_id)
    if process_id is not None:
        r.terminals.process_ids[operation.operation_id] = process_id


# -- what the model saw (9.7) --------------------------------------------------------


def observe(r: Reduction, tool: int) -> None:
    """Copy a terminal tool call's item lists into its operation's observation."""
    called: ToolCall = r.objects[tool]
    calls, outputs = called.model_visible_call_item_ids, called.model_visible_output_item_ids
    if called.terminal_operation_id is None or not (calls or outputs):
        return
    handle = r.handle(TerminalOperation, called.terminal_operation_id)
    r.history.set(handle, "model_observations", (TerminalObservation(calls, outputs),))
