"""One attempt of a model call: request, then response, failure or cancellation (format section 8.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rollout_tui.recorder.context import InTurn, never_raises, nothing
from rollout_tui.recorder.given import Given, value_of
from rollout_tui.recorder.items import Item, item_in_form, items_in_form
from rollout_tui.recorder.values import ExecutionStatus, described, id_text

if TYPE_CHECKING:
    from rollout_tui.recorder.turn import Turn

_UNFINISHED = "the attempt ended without a recorded response"
_USAGE = (
    ("input_tokens", "input", ""),
    ("cached_input_tokens", "input", "cached_tokens"),
    ("cache_write_input_tokens", "input", "cache_write_tokens"),
    ("output_tokens", "output", ""),
    ("reasoning_output_tokens", "output", "reasoning_tokens"),
)
"""Each count of the format, and where an SDK keeps it if not under that name."""


class Inference(InTurn):
    """One stream attempt of a model call. A retry is another `Inference` of the same turn."""

    __slots__ = ("_partial", "inference_call_id")

    def __init__(self, turn: Turn | None, inference_call_id: str) -> None:
        super().__init__(turn)
        self.inference_call_id = inference_call_id
        self._partial: list[Item] = []

    @never_raises(nothing)
    def received(self, item: object) -> None:
        """Keep an output item of a stream; `failed` and `cancelled` record what was kept."""
        self._partial.append(item_in_form(item))

    @never_raises(nothing)
    def completed(
        self,
        output_items: Given = None,
        *,
        response_id: str | None = None,
        upstream_request_id: str | None = None,
        usage: object = None,
    ) -> None:
        """End the attempt with its response.

        `output_items` are Responses API items (dicts or SDK objects) or a callable that returns them; without
        them those given to `received` count. `usage` is an object or dict with `input_tokens` and so on.
        Items with an id are recorded as accepted into the thread's history.
        """
        items = self._partial if output_items is None else _produced(output_items)
        fields: dict[str, Any] = {
            "type": "inference_completed",
            "inference_call_id": self.inference_call_id,
            "response_id": id_text(response_id),
            "upstream_request_id": id_text(upstream_request_id),
        }
        self._end(fields, "response_payload", items, usage)

    @never_raises(nothing)
    def failed(
        self,
        error: BaseException | str,
        *,
        output_items: Given = None,
        upstream_request_id: str | None = None,
    ) -> None:
        """End the attempt with an error; `output_items` are those that arrived whole before it."""
        self._end_without_response(
            "inference_failed", "error", described(error), output_items, upstream_request_id
        )

    @never_raises(nothing)
    def cancelled(
        self,
        reason: str = "cancelled",
        *,
        output_items: Given = None,
        upstream_request_id: str | None = None,
    ) -> None:
        """End the attempt because nobody wants its response any more."""
        self._end_without_response("inference_cancelled", "reason", reason, output_items, upstream_request_id)

    def _end_without_response(
        self, event: str, why: str, text: str, output_items: object, upstream_request_id: str | None
    ) -> None:
        items = self._partial if output_items is None else _produced(output_items)
        fields: dict[str, Any] = {
            "type": event,
            "inference_call_id": self.inference_call_id,
            "upstream_request_id": id_text(upstream_request_id),
            why: text,
        }
        self._end(fields, "partial_response_payload", items, None, (why,))

    def _end(
        self,
        fields: dict[str, Any],
        named: str,
        items: list[Item],
        usage: object,
        texts: tuple[str, ...] = (),
    ) -> None:
        thread = None if self._turn is None else self._turn.thread
        if self._state is None or self._turn is None or thread is None or not self._take_end():
            return
        required = named == "response_payload"
        reference = None
        if items or required:
            body = {
                "response_id": fields.get("response_id"),
                "upstream_request_id": fields["upstream_request_id"],
                "token_usage": _token_usage(usage),
                "output_items": items,
            }
            check = _response_shape if self._state.writer.redacts else None
            reference = self._payload("inference_response", body, check)
        if reference is None and required:
            self._lost()
            return
        fields[named] = reference
        if self._turn._event(fields, texts):
            thread.response_recorded(self, fields.get("response_id"))
            thread.accept_items(items)

    def _leave(self, status: ExecutionStatus, error: BaseException | None) -> None:
        if status == "failed":
            self.failed(described(error))
        elif status == "completed" and self._partial:
            self.completed()
        else:
            self.cancelled(_UNFINISHED if error is None else described(error))


def _response_shape(body: Any) -> Any:
    return {**body, "output_items": items_in_form(body.get("output_items"))}


def _produced(items: Given) -> list[Item]:
    return items_in_form(value_of(items))


def _token_usage(usage: object) -> dict[str, int] | None:
    """Return usage in the format's names, from a dict or an SDK object; None if there are no counts."""
    inputs, outputs = _field(usage, "input_tokens"), _field(usage, "output_tokens")
    if not isinstance(inputs, int) or not isinstance(outputs, int):
        return None
    inside = {
        "input": _field(usage, "input_tokens_details"),
        "output": _field(usage, "output_tokens_details"),
    }
    found = {
        name: _field(usage, name) or (_field(inside[side], detail) if detail else 0)
        for name, side, detail in _USAGE
    }
    counts = {name: count if isinstance(count, int) else 0 for name, count in found.items()}
    return {**counts, "total_tokens": inputs + outputs}


def _field(value: object, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)


OFF_INFERENCE = Inference(None, "")
