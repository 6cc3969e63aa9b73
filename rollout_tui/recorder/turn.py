"""A turn of a thread and what happens in it (format sections 3, 6 and 11)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, ClassVar

from rollout_tui.recorder.code_cell import OFF_CELL, CodeCell
from rollout_tui.recorder.compaction import OFF_COMPACTION, Compaction
from rollout_tui.recorder.context import Context, never_raises, nothing
from rollout_tui.recorder.given import Given, value_of
from rollout_tui.recorder.inference import OFF_INFERENCE, Inference
from rollout_tui.recorder.items import item_in_form, items_in_form
from rollout_tui.recorder.tool_call import OFF_TOOL_CALL, ToolCall, start_tool_call
from rollout_tui.recorder.values import ExecutionStatus, allowed_status, id_text

if TYPE_CHECKING:
    from rollout_tui.recorder.agent_thread import AgentThread


class Turn(Context):
    """One task of a thread: model calls, the tool calls they ask for, code cells, compactions."""

    __slots__ = ("codex_turn_id", "thread")

    _current: ClassVar[ContextVar[Turn]] = ContextVar("rollout_tui_recorder_turn")

    def __init__(self, thread: AgentThread | None, codex_turn_id: str) -> None:
        super().__init__(None if thread is None else thread._state)
        self.thread = thread
        self.codex_turn_id = codex_turn_id

    @never_raises(lambda: OFF_INFERENCE)
    def inference(
        self,
        request: Given,
        *,
        model: str | None = None,
        provider_name: str = "openai",
        inference_call_id: str | None = None,
    ) -> Inference:
        """Start one attempt of a model call.

        `request` is the request as it is sent: a dict with `input` (or only the items), or a callable that
        returns it. Items may be dicts, texts or SDK objects. Their ids, if any, are recorded as accepted.
        """
        assert self._state is not None and self.thread is not None
        body = self.thread.request_in_form(request, model)
        call = Inference(self, id_text(inference_call_id) or self._state.new_id())
        self.thread.accept_items(body["input"])
        if not self._state.claim("inference", call.inference_call_id):
            return OFF_INFERENCE
        payload = self._payload(
            "inference_request", body, _request_shape if self._state.writer.redacts else None
        )
        if payload is None:
            self._lost()
            return OFF_INFERENCE
        fields = {
            "type": "inference_started",
            "inference_call_id": call.inference_call_id,
            "thread_id": self.thread.thread_id,
            "codex_turn_id": self.codex_turn_id,
            "model": str(model or body.get("model") or "unknown"),
            "provider_name": str(provider_name),
            "request_payload": payload,
        }
        if not self._event(fields, ("model", "provider_name")):
            return OFF_INFERENCE
        self.thread.request_recorded(call, body)
        return call

    @never_raises(lambda: OFF_TOOL_CALL)
    def tool_call(
        self,
        name: str,
        arguments: object = "",
        *,
        call_id: str | None = None,
        namespace: str | None = None,
        custom: bool = False,
    ) -> ToolCall:
        """Start a tool call that the model asked for.

        `arguments` is the text the model wrote (or an object, written as JSON); `custom` says that the tool
        takes free text instead of JSON. `call_id` is that of the model's item.
        """
        return start_tool_call(self, name, arguments, call_id, namespace, custom, None)

    @never_raises(lambda: OFF_TOOL_CALL)
    def tool_call_for(self, item: object) -> ToolCall:
        """Start the tool call that a `function_call` or `custom_tool_call` item of a response asks for."""
        call = item_in_form(item)
        custom = call.get("type") == "custom_tool_call"
        arguments = call.get("input" if custom else "arguments", "")
        name, namespace = str(call.get("name", call.get("type"))), call.get("namespace")
        return start_tool_call(self, name, arguments, call.get("call_id"), namespace, custom, None)

    @never_raises(lambda: OFF_CELL)
    def code_cell(
        self, source_js: str | Callable[[], str], *, call_id: str, runtime_cell_id: str | None = None
    ) -> CodeCell:
        """Start a code cell, made by the `exec` call of the model with this call id."""
        assert self._state is not None and self.thread is not None
        number = self._state.next_number(f"cell of {self.thread.thread_id}")
        cell = CodeCell(self, str(call_id), id_text(runtime_cell_id) or str(number))
        first = self._state.claim("code cell", cell.call_id)
        if not first or not self._state.claim(
            "runtime cell", f"{self.thread.thread_id} {cell.runtime_cell_id}"
        ):
            return OFF_CELL
        fields = {
            "type": "code_cell_started",
            "runtime_cell_id": cell.runtime_cell_id,
            "model_visible_call_id": cell.call_id,
            "source_js": value_of(source_js),
        }
        return cell if self._event(fields, ("source_js",)) else OFF_CELL

    @never_raises(lambda: OFF_TOOL_CALL)
    def wait(self, cell: CodeCell, *, call_id: str | None = None, arguments: object = None) -> ToolCall:
        """Start a `wait` for a code cell; the format ties them by the `cell_id` in the arguments."""
        if arguments is None:
            arguments = {"cell_id": cell.runtime_cell_id}
        return start_tool_call(self, "wait", arguments, call_id, None, False, None)

    @never_raises(lambda: OFF_COMPACTION)
    def compaction(self, *, compaction_id: str | None = None) -> Compaction:
        """Start a compaction of the thread's history; nothing is written before its request or install."""
        assert self._state is not None
        compaction = Compaction(self, id_text(compaction_id) or self._state.new_id())
        return compaction if self._state.claim("compaction", compaction.compaction_id) else OFF_COMPACTION

    @never_raises(nothing)
    def report(self, message: str, status: object = None) -> None:
        """Record the result of a child's turn, as its parent gets it. Call it after the turn's end.

        The parent's conversation shows it as an `agent_message` item with the same text.
        """
        child = self.thread
        if self._state is None or child is None or child.parent is None:
            return
        edge = f"edge:agent_result:{child.thread_id}:{self.codex_turn_id}:{child.parent.thread_id}"
        if not self._state.claim("edge", edge):
            return
        message = str(message)
        body = {
            "child_agent_path": child.agent_path,
            "message": message,
            "status": status or {"completed": message},
        }
        fields = {
            "type": "agent_result_observed",
            "edge_id": edge,
            "child_thread_id": child.thread_id,
            "child_codex_turn_id": self.codex_turn_id,
            "parent_thread_id": child.parent.thread_id,
            "message": message,
            "carried_payload": self._payload("agent_result", body),
        }
        self._event(fields, ("message",))

    @never_raises(nothing)
    def end(self, status: ExecutionStatus = "completed") -> None:
        """End the turn. Reducers close model calls left open in it and, unless it completed, its cells."""
        if self.thread is not None and self._take_end():
            ended = {"type": "codex_turn_ended", "codex_turn_id": self.codex_turn_id}
            self._event({**ended, "status": allowed_status(status)})
            self.thread.turn_ended(self)

    def _event(self, fields: Mapping[str, Any], texts: tuple[str, ...] = ()) -> bool:
        if self._state is None or self.thread is None:
            return False
        return self._state.writer.event(fields, self.thread.thread_id, self.codex_turn_id, texts)

    def _leave(self, status: ExecutionStatus, error: BaseException | None) -> None:
        self.end(status)


def _request_shape(body: Any) -> Any:
    return {**body, "input": items_in_form(body.get("input"))}


OFF_TURN = Turn(None, "")
