"""What a tool call really ran: commands, MCP tools, patches (format sections 8.3, 9.5 and 9.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rollout_tui.recorder.bodies import ACTIVITY_OF_KIND, ToolKind, command_begin, text_of
from rollout_tui.recorder.context import Context, never_raises, nothing
from rollout_tui.recorder.values import ExecutionStatus, described, duration

if TYPE_CHECKING:
    from rollout_tui.recorder.tool_call import ToolCall

_HALF = 1 << 31
"""Half of the exit codes: reducers read 32 bits with a sign."""
_TERMINAL = ("exec_command", "write_stdin")


class Runtime(Context):
    """Work under way for a tool call; its end may come after the call's own."""

    __slots__ = ("_body", "_call", "_started")

    def __init__(self, call: ToolCall | None, body: Mapping[str, object]) -> None:
        super().__init__(None if call is None else call._state)
        self._call = call
        self._body = body
        self._started = 0 if self._state is None else self._state.clock()

    @never_raises(nothing)
    def completed(self, /, **result: object) -> None:
        """End the work; `result` is added to the fields it began with."""
        self._end("completed", result)

    @never_raises(nothing)
    def failed(self, /, error: BaseException | str, **result: object) -> None:
        """End the work with an error."""
        self._end("failed", {"error": described(error), **result})

    @never_raises(nothing)
    def cancelled(self, /, **result: object) -> None:
        """End the work because it was declined or stopped."""
        self._end("cancelled", result)

    def _end(self, status: ExecutionStatus, result: Mapping[str, object]) -> None:
        if self._state is None or self._call is None or self._call._turn is None or not self._take_end():
            return
        now = self._state.clock()
        body = {
            **self._body,
            "completed_at_ms": now,
            **result,
            "duration": duration(now - self._started),
            "status": status,
        }
        payload = self._payload("tool_runtime_event", body, self._shape)
        if payload is None:
            self._lost()
        else:
            fields = {"type": "tool_call_runtime_ended", "tool_call_id": self._call.tool_call_id}
            self._call._turn._event({**fields, "status": status, "runtime_payload": payload})

    def _shape(self, body: Any) -> Any:
        """Rename a field by which reducers would take the body for an agent's activity (section 10.3)."""
        if "agent_thread_id" in body:
            renamed = {"agent_thread_id": "tool_agent_thread_id"}
            return {renamed.get(name, name): value for name, value in body.items()}
        return body

    def _leave(self, status: ExecutionStatus, error: BaseException | None) -> None:
        if error is None:
            self.completed()
        elif status == "failed":
            self.failed(described(error))
        else:
            self.cancelled()


class Command(Runtime):
    """A command under way. Leaving its `with` block without `exited` says that it runs on."""

    __slots__ = ()

    @classmethod
    def start(cls, call: ToolCall, command: Sequence[str], cwd: str, process_id: str | None) -> Command:
        """Write the begin of a command; a call runs one, and writing to a command's input is none."""
        turn = call._turn
        if turn is None or call.kind["type"] == "write_stdin":
            return OFF_COMMAND
        begin = command_begin(call.tool_call_id, turn.codex_turn_id, command, cwd, process_id)
        started = cls(call, begin)
        return started if _write_start(started, {"type": "exec_command"}) else OFF_COMMAND

    def _shape(self, body: Any) -> Any:
        """Refuse a body without what reducers read of a command (sections 9.5, 9.6): its event is dropped."""
        words = body.get("command")
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise ValueError("a command without its words")
        if not isinstance(body.get("cwd"), str):
            raise ValueError("a command without its folder")
        if type(body.get("exit_code", 0)) is not int or not isinstance(
            body.get("aggregated_output", ""), str
        ):
            raise ValueError("the end of a command without its exit code or output")
        return {
            **body,
            **{name: self._body[name] for name in ("call_id", "process_id") if name in self._body},
        }

    @never_raises(nothing)
    def exited(self, exit_code: int, output: str = "") -> None:
        """End the command: its exit code and what it printed, both streams in order."""
        status: ExecutionStatus = "completed" if exit_code == 0 else "failed"
        code = (int(exit_code) + _HALF) % (2 * _HALF) - _HALF
        self._end(status, {"aggregated_output": text_of(output), "exit_code": code})

    def _end(self, status: ExecutionStatus, result: Mapping[str, object]) -> None:
        """End the command; one that ends by other words than its exit code gets one."""
        code = 0 if status == "completed" else -1
        super()._end(status, {"aggregated_output": "", **result, "exit_code": result.get("exit_code", code)})

    def _leave(self, status: ExecutionStatus, error: BaseException | None) -> None:
        if error is not None:
            self._end("failed", {"aggregated_output": described(error), "exit_code": -1})


def start_runtime(call: ToolCall, kind: ToolKind, body: Mapping[str, object]) -> Runtime:
    """Write the begin of a call's work; terminals and agents have rules of their own and are refused here."""
    ruled = (*_TERMINAL, *ACTIVITY_OF_KIND)
    if kind["type"] in ruled or call.kind["type"] in ("write_stdin", *ACTIVITY_OF_KIND):
        call._ignored(f"{kind['type']} work has methods of its own")
        return OFF_RUNTIME
    turn_id = "" if call._turn is None else call._turn.codex_turn_id
    runtime = Runtime(call, {"call_id": call.tool_call_id, "turn_id": turn_id, **body})
    return runtime if _write_start(runtime, kind) else OFF_RUNTIME


def _write_start(runtime: Runtime, kind: ToolKind) -> bool:
    call, state = runtime._call, runtime._state
    if call is None or state is None or call._turn is None or call.kind["type"] in ACTIVITY_OF_KIND:
        return False
    if not state.claim("work of", call.tool_call_id):
        return False
    body = {**runtime._body, "started_at_ms": runtime._started}
    payload = runtime._payload("tool_runtime_event", body, runtime._shape)
    fields = {"type": "tool_call_runtime_started", "tool_call_id": call.tool_call_id, "kind": kind}
    if payload is None or not call._turn._event({**fields, "runtime_payload": payload}, ("kind",)):
        return False
    call.kind = kind
    return True


OFF_RUNTIME = Runtime(None, {})
OFF_COMMAND = Command(None, {})
