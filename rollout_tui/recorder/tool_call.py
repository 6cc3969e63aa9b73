"""A tool call, by the model or by a code cell (format sections 3, 8.2 to 8.4, 9.4 and 10)."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from rollout_tui.recorder.bodies import (
    ACTIVITY_OF_KIND,
    ToolKind,
    generic_summary,
    invocation,
    kept,
    message_sent,
    reducible_invocation,
    text_of,
    tool_kind,
)
from rollout_tui.recorder.context import InTurn, never_raises, nothing
from rollout_tui.recorder.given import value_of
from rollout_tui.recorder.items import tool_output
from rollout_tui.recorder.runtime import OFF_COMMAND, OFF_RUNTIME, Command, Runtime, start_runtime
from rollout_tui.recorder.values import ExecutionStatus, described, id_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rollout_tui.recorder.agent_thread import AgentThread
    from rollout_tui.recorder.code_cell import CodeCell
    from rollout_tui.recorder.turn import Turn


class ToolCall(InTurn):
    """A tool call from its dispatch to the result that its requester gets."""

    __slots__ = ("_custom", "_message", "call_id", "cell", "kind", "name", "tool_call_id")

    _current: ClassVar[ContextVar[ToolCall]] = ContextVar("rollout_tui_recorder_tool_call")

    def __init__(self, turn: Turn | None, name: str, kind: ToolKind, tool_call_id: str) -> None:
        super().__init__(turn)
        self.name = name
        self.kind = kind
        self.tool_call_id = tool_call_id
        self.call_id: str | None = None
        self.cell: CodeCell | None = None
        self._custom = False
        self._message: str | None = None

    @never_raises(lambda: OFF_COMMAND)
    def command(self, command: Sequence[str], *, cwd: object = ".", process_id: object = None) -> Command:
        """Record that the call runs a command; `command` is its words, `cwd` its folder."""
        process = None if process_id is None else str(process_id)
        return Command.start(self, command, str(cwd), process)

    @never_raises(lambda: OFF_RUNTIME)
    def mcp(self, server: str, tool: str, arguments: object = None) -> Runtime:
        """Record that the call is run by a tool of an MCP server."""
        kind = {"type": "mcp", "server": str(server), "tool": str(tool)}
        asked = {"server": server, "tool": tool, "arguments": arguments}
        return start_runtime(self, kind, {"invocation": asked})

    @never_raises(lambda: OFF_RUNTIME)
    def runtime(self, body: Mapping[str, object], *, kind: ToolKind | None = None) -> Runtime:
        """Record that the call's work begins, with what the harness knows of it.

        `kind` replaces the call's own, as `{"type": "apply_patch"}` does for a patch applied by a shell
        command. For commands use `command`, for agents the methods made for them.
        """
        return start_runtime(self, kind or self.kind, body)

    @never_raises(nothing)
    def mcp_call_id(self, mcp_call_id: str) -> None:
        """Record the id under which the MCP server knows the call; once."""
        if self._state is not None and self._state.claim("MCP correlation", self.tool_call_id):
            fields = {"type": "mcp_tool_call_correlation_assigned", "tool_call_id": self.tool_call_id}
            self._state.writer.event({**fields, "mcp_call_id": str(mcp_call_id)})

    @never_raises(nothing)
    def stdin_target(self, exec_call: ToolCall) -> None:
        """Record which command's input this `write_stdin` call writes to."""
        if self.kind["type"] != "write_stdin" or exec_call.kind["type"] != "exec_command":
            self._ignored(f"{self.name} does not write to the input of {exec_call.name}")
        elif self._turn is not None and exec_call.recording:
            fields = {"type": "stdin_target_resolved", "tool_call_id": self.tool_call_id}
            self._turn._event({**fields, "exec_tool_call_id": exec_call.tool_call_id})

    def started_agent(self, agent: AgentThread) -> None:
        """Record that a `spawn_agent` call started the agent; `AgentThread.child` does this for you."""
        self._activity("started", agent)

    def interacted(self, agent: AgentThread) -> None:
        """Record that a message or task of this call reached the agent."""
        self._activity("interacted", agent)

    def interrupted(self, agent: AgentThread) -> None:
        """Record that a `close_agent` call stopped the agent."""
        self._activity("interrupted", agent)

    @never_raises(nothing)
    def completed(self, output: object = "") -> None:
        """End the call with what its requester gets: a text, content parts, or a value for a code cell."""
        self._end("completed", self._result(output))

    @never_raises(nothing)
    def failed(self, error: BaseException | str, *, output: object = None) -> None:
        """End the call with an error; with `output` if the requester gets that."""
        result = {"type": "error", "error": described(error)} if output is None else self._result(output)
        self._end("failed", result)

    @never_raises(nothing)
    def cancelled(self, output: object = None) -> None:
        """End the call because nobody wants its result any more."""
        self._end("cancelled", None if output is None else self._result(output))

    @never_raises(nothing)
    def _activity(self, activity: str, agent: AgentThread) -> None:
        """Write what an agent tool did; nothing where the edge could not be reduced (format section 10.3)."""
        if self._turn is None or self._state is None or not agent.recording:
            return
        if ACTIVITY_OF_KIND.get(self.kind["type"]) != activity or self._message is None:
            self._ignored(f"a {self.kind['type']} call without a message, or that cannot be {activity}")
            return
        UUID(agent.thread_id)
        if activity == "started":  # one edge per pair of threads, whatever calls say so
            parent = None if self._turn.thread is None else self._turn.thread.thread_id
            if not self._state.claim("spawn of", f"{agent.thread_id} by {parent}"):
                return
        if not self._state.claim("agent activity", self.tool_call_id):
            return
        body = {
            "event_id": self.tool_call_id,
            "occurred_at_ms": self._state.clock(),
            "agent_thread_id": agent.thread_id,
            "agent_path": agent.agent_path,
            "kind": activity,
        }
        check = kept("agent_thread_id", "agent_path", "kind", "event_id", original=body)
        payload = self._payload("tool_runtime_event", body, check)
        if payload is not None:
            fields = {"type": "tool_call_runtime_ended", "tool_call_id": self.tool_call_id}
            self._turn._event({**fields, "status": "completed", "runtime_payload": payload})

    def _result(self, output: object) -> dict[str, Any]:
        if self.cell is not None:
            return {"type": "code_mode_response", "value": output}
        item = tool_output(self.call_id or self.tool_call_id, output, custom=self._custom)
        return {"type": "direct_response", "response_item": item}

    def _end(self, status: ExecutionStatus, result: dict[str, Any] | None) -> None:
        if self._turn is not None and self._take_end():
            check = kept("type", original=result or {})
            payload = None if result is None else self._payload("tool_result", result, check)
            fields = {"type": "tool_call_ended", "tool_call_id": self.tool_call_id, "status": status}
            self._turn._event({**fields, "result_payload": payload})

    def _leave(self, status: ExecutionStatus, error: BaseException | None) -> None:
        if status == "failed":
            self.failed(described(error))
        elif status == "cancelled":
            self.cancelled()
        else:
            self.completed()


def start_tool_call(
    turn: Turn,
    name: str,
    arguments: object,
    call_id: str | None,
    namespace: str | None,
    custom: bool,
    cell: CodeCell | None,
) -> ToolCall:
    """Write the start of a tool call; `cell` is the code cell that makes it, if none the model does."""
    state = turn._state
    if state is None:
        return OFF_TOOL_CALL
    asked = value_of(arguments)
    text, name, namespace = text_of(asked), str(name), id_text(namespace)
    kind = {"type": "other", "name": name} if custom and name == "write_stdin" else tool_kind(name)
    call = ToolCall(turn, name, kind, id_text(call_id) or f"{'exec' if cell else 'call'}-{state.new_id()}")
    call.cell, call._custom = cell, custom
    call.call_id = None if cell else call.tool_call_id
    if not state.claim("tool call", call.tool_call_id):
        return OFF_TOOL_CALL

    def check(body: Any) -> Any:
        call._message = message_sent(body)
        return reducible_invocation(body)

    payload = turn._payload("tool_invocation", invocation(name, namespace, text, custom), check)
    by_cell = None if cell is None else cell.runtime_cell_id
    fields = {
        "type": "tool_call_started",
        "tool_call_id": call.tool_call_id,
        "model_visible_call_id": call.call_id,
        "code_mode_runtime_tool_id": None if cell is None else cell.next_tool(),
        "requester": {"type": "model"}
        if by_cell is None
        else {"type": "code_cell", "runtime_cell_id": by_cell},
        "kind": kind,
        "summary": generic_summary(name, namespace, text),
        "invocation_payload": payload,
    }
    return call if turn._event(fields, ("summary", "kind")) else OFF_TOOL_CALL


OFF_TOOL_CALL = ToolCall(None, "", {"type": "other", "name": ""}, "")
