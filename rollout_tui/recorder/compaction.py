"""A compaction: the history of a thread is replaced by a shorter one (format section 7.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rollout_tui.recorder.context import InTurn, never_raises, nothing
from rollout_tui.recorder.given import Given, value_of
from rollout_tui.recorder.items import items_in_form
from rollout_tui.recorder.values import ExecutionStatus, described

if TYPE_CHECKING:
    from rollout_tui.recorder.turn import Turn


class Compaction(InTurn):
    """One compaction: its requests to a model, if it makes any, and its installation."""

    __slots__ = ("compaction_id",)

    def __init__(self, turn: Turn | None, compaction_id: str) -> None:
        super().__init__(turn)
        self.compaction_id = compaction_id

    @never_raises(lambda: OFF_REQUEST)
    def request(
        self, request: Given, *, model: str | None = None, provider_name: str = "openai"
    ) -> CompactionRequest:
        """Start a request for the compacted history; a second one is a retry."""
        if self._state is None or self._turn is None or self._turn.thread is None:
            return OFF_REQUEST
        body: Any = value_of(request)
        named = model or (body.get("model") if isinstance(body, dict) else None)
        payload = self._payload("compaction_request", body)
        if payload is None:
            return OFF_REQUEST
        number = self._state.next_number("compaction request")
        started = CompactionRequest(self._turn, self.compaction_id, f"compaction_request:{number}")
        fields = {
            "type": "compaction_request_started",
            "compaction_id": self.compaction_id,
            "compaction_request_id": started.compaction_request_id,
            "thread_id": self._turn.thread.thread_id,
            "codex_turn_id": self._turn.codex_turn_id,
            "model": str(named or "unknown"),
            "provider_name": str(provider_name),
            "request_payload": payload,
        }
        return started if self._turn._event(fields, ("model", "provider_name")) else OFF_REQUEST

    @never_raises(nothing)
    def install(self, input_history: Given, replacement_history: Given) -> None:
        """Record that the first list of items was replaced by the second."""
        if self._turn is None or self._turn.thread is None or not self._take_end():
            return
        before = value_of(input_history)
        after = value_of(replacement_history)
        checkpoint = {"input_history": before, "replacement_history": after}
        payload = self._payload("compaction_checkpoint", checkpoint, _checkpoint_shape)
        fields = {
            "type": "compaction_installed",
            "compaction_id": self.compaction_id,
            "checkpoint_payload": payload,
        }
        if payload is not None and self._turn._event(fields):
            self._turn.thread.history_replaced()


class CompactionRequest(InTurn):
    """One request of a compaction."""

    __slots__ = ("_compaction_id", "compaction_request_id")

    def __init__(self, turn: Turn | None, compaction_id: str, compaction_request_id: str) -> None:
        super().__init__(turn)
        self._compaction_id = compaction_id
        self.compaction_request_id = compaction_request_id

    @never_raises(nothing)
    def completed(self, output_items: object) -> None:
        """End the request with the items it returned."""
        if self._take_end():
            payload = self._payload("compaction_response", {"output_items": items_in_form(output_items)})
            if payload is not None:
                self._event({"type": "compaction_request_completed", "response_payload": payload})

    @never_raises(nothing)
    def failed(self, error: BaseException | str) -> None:
        """End the request with an error."""
        if self._take_end():
            self._event({"type": "compaction_request_failed", "error": described(error)}, ("error",))

    def _event(self, fields: dict[str, Any], texts: tuple[str, ...] = ()) -> None:
        if self._turn is not None:
            ids = {
                "compaction_id": self._compaction_id,
                "compaction_request_id": self.compaction_request_id,
            }
            self._turn._event({**fields, **ids}, texts)

    def _leave(self, status: ExecutionStatus, error: BaseException | None) -> None:
        self.failed("the request ended without a recorded response" if error is None else described(error))


def _checkpoint_shape(body: Any) -> Any:
    return {name: items_in_form(body.get(name)) for name in ("input_history", "replacement_history")}


OFF_COMPACTION = Compaction(None, "")
OFF_REQUEST: CompactionRequest = CompactionRequest(None, "", "")
