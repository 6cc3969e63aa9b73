"""A code cell: source that the model sent, running beside the conversation (format sections 9.1 to 9.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rollout_tui.recorder.context import InTurn, never_raises, nothing
from rollout_tui.recorder.tool_call import OFF_TOOL_CALL, ToolCall, start_tool_call
from rollout_tui.recorder.values import ExecutionStatus, described, duration

if TYPE_CHECKING:
    from rollout_tui.recorder.turn import Turn


class CodeCell(InTurn):
    """A running cell. It may yield while it runs on, and be waited for, also in a later turn."""

    __slots__ = ("_answered", "_life", "_started", "_tools", "call_id", "runtime_cell_id")

    def __init__(self, turn: Turn | None, call_id: str, runtime_cell_id: str) -> None:
        super().__init__(turn)
        self.call_id = call_id
        self.runtime_cell_id = runtime_cell_id
        self._answered = False
        self._life = 0 if turn is None or turn.thread is None else turn.thread._lives
        self._tools = 0
        self._started = 0 if self._state is None else self._state.clock()

    @never_raises(lambda: OFF_TOOL_CALL)
    def tool_call(
        self, name: str, arguments: object = "", *, namespace: str | None = None, custom: bool = False
    ) -> ToolCall:
        """Start a tool call that the cell's code makes; arguments as for `Turn.tool_call`."""
        if self._turn is None or self._gone():
            return OFF_TOOL_CALL
        return start_tool_call(self._turn, name, arguments, None, namespace, custom, self)

    @never_raises(nothing)
    def yielded(self, output: object = ()) -> None:
        """Record that the cell handed control back while it runs on; only its first answer is an event.

        `output` is a text, or a list of content parts, that the model gets.
        """
        if not self._answered and self._open:
            self._answer("yielded", {"Yielded": self._body(output)})

    @never_raises(nothing)
    def completed(self, output: object = ()) -> None:
        """End the cell. For one that yielded, call it when a wait (or the turn) fetches the end."""
        self._finish("completed", {"Result": {**self._body(output), "error_text": None}})

    @never_raises(nothing)
    def failed(self, error: BaseException | str, output: object = ()) -> None:
        """End the cell with an error of its code."""
        self._finish("failed", {"Result": {**self._body(output), "error_text": described(error)}})

    @never_raises(nothing)
    def terminated(self, output: object = ()) -> None:
        """End the cell because it was stopped."""
        self._finish("terminated", {"Terminated": self._body(output)})

    def next_tool(self) -> str:
        """Return the id that the cell's runtime gives to its next tool call."""
        self._tools += 1
        return f"tool-{self._tools}"

    def _body(self, output: object) -> dict[str, Any]:
        parts = [{"type": "input_text", "text": output}] if isinstance(output, str) else output
        ran = 0 if self._state is None else self._state.clock() - self._started
        return {
            "cell_id": self.runtime_cell_id,
            "content_items": parts,
            "code_mode_host_duration": duration(ran),
        }

    def _answer(self, status: str, response: dict[str, Any]) -> None:
        self._answered = True
        self._write("code_cell_initial_response", status, response)

    def _finish(self, status: str, response: dict[str, Any]) -> None:
        if self._take_end():
            if not self._answered:
                self._answer(status, response)
            self._write("code_cell_ended", status, response)

    def _gone(self) -> bool:
        """Whether the thread was resumed since: reducers know its cells no more."""
        gone = (
            self._turn is not None
            and self._turn.thread is not None
            and self._turn.thread._lives != self._life
        )
        if gone:
            self._ignored("a code cell of a thread that was resumed")
        return gone

    def _write(self, event: str, status: str, response: dict[str, Any]) -> None:
        """Write an event of the cell, in the turn that is open: a cell can outlive the turn it started in."""
        if self._turn is None or self._turn.thread is None or self._gone():
            return
        fields = {
            "type": event,
            "runtime_cell_id": self.runtime_cell_id,
            "status": status,
            "response_payload": self._payload("tool_result", {"response": response}),
        }
        turn = self._turn.thread._turn or self._turn
        turn._event(fields)

    def _leave(self, status: ExecutionStatus, error: BaseException | None) -> None:
        if status == "failed":
            self.failed(described(error))
        elif status == "cancelled":
            self.terminated()
        elif not self._answered:
            self.completed()


OFF_CELL = CodeCell(None, "", "")
