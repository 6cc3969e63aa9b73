"""Inference calls from request to response (format section 8.1)."""

from __future__ import annotations

from rollout_tui.graph.objects import CodexTurn, InferenceCall
from rollout_tui.graph.values import ExecutionStatus, PayloadReference
from rollout_tui.reducer.reduction import Reduction
from rollout_tui.reducer.request_reading import read_request
from rollout_tui.reducer.requests import reduce_request
from rollout_tui.reducer.responses import reduce_response, store_response
from rollout_tui.trace.event_payloads import (
    InferenceCancelled,
    InferenceCompleted,
    InferenceEnd,
    InferenceFailed,
    InferenceStarted,
)
from rollout_tui.trace.events import Event

AT_TURN_END: dict[ExecutionStatus, ExecutionStatus] = {
    "completed": "cancelled",
    "cancelled": "cancelled",
    "aborted": "aborted",
    "failed": "failed",
}
"""How a call that still runs ends when its turn does."""


def started(r: Reduction, event: Event, payload: InferenceStarted) -> None:
    """A request was sent: reduce it, then add the call (8.1)."""
    call_id = payload.inference_call_id
    if r.find(InferenceCall, call_id) is not None:
        r.refuse("duplicate_inference", f"duplicate inference start {call_id}", call_id)
        return
    what = f"inference start {call_id}"
    turn: CodexTurn = r.objects[r.turn_or_placeholder(payload.codex_turn_id, payload.thread_id, what)]
    thread_id = payload.thread_id
    if turn.thread_id != thread_id:
        r.refuse(
            "thread_mismatch",
            f"{what} used thread {thread_id}, but its codex turn belongs to {turn.thread_id}",
            call_id,
        )
        thread_id = turn.thread_id
    body = read_request(r, thread_id, payload.request_payload)
    ids = reduce_request(r, thread_id, turn.codex_turn_id, payload, body)
    call = InferenceCall(
        inference_call_id=call_id,
        thread_id=thread_id,
        codex_turn_id=turn.codex_turn_id,
        execution=r.window(),
        model=payload.model,
        provider_name=payload.provider_name,
        request_item_ids=ids,
        raw_request_payload_id=payload.request_payload.raw_payload_id,
    )
    handle = r.history.create(call_id, call)
    r.open_calls.setdefault(turn.codex_turn_id, set()).add(handle)
    r.history.set(r.conversation(thread_id), "last_request", call_id)


def completed(r: Reduction, event: Event, payload: InferenceCompleted) -> None:
    """A response is complete."""
    _finished(r, payload, payload.response_payload, "completed", payload.response_id)


def failed(r: Reduction, event: Event, payload: InferenceFailed) -> None:
    """A request failed; part of a response may be there."""
    _finished(r, payload, payload.partial_response_payload, "failed", None)


def cancelled(r: Reduction, event: Event, payload: InferenceCancelled) -> None:
    """A request was given up; part of a response may be there."""
    _finished(r, payload, payload.partial_response_payload, "cancelled", None)


def _finished(
    r: Reduction,
    payload: InferenceEnd,
    reference: PayloadReference | None,
    status: ExecutionStatus,
    response_id: str | None,
) -> None:
    handle = r.known(InferenceCall, payload.inference_call_id, "inference end")
    if handle is None:
        return
    call: InferenceCall = r.objects[handle]
    if reference is not None:
        ids, usage = reduce_response(r, call, reference)
        r.history.set(handle, "raw_response_payload_id", reference.raw_payload_id)
        if usage is not None:
            r.history.set(handle, "usage", usage)
        store_response(r, handle, call, ids)
    r.history.set(handle, "response_id", response_id)
    if response_id is not None:
        r.requests.by_response_id.setdefault((call.thread_id, response_id), []).append(
            payload.inference_call_id
        )
    if payload.upstream_request_id is not None:
        r.history.set(handle, "upstream_request_id", payload.upstream_request_id)
    if call.execution.status == "running":
        r.close(handle, status)
        r.open_calls.get(call.codex_turn_id, set()).discard(handle)


def turn_ended(r: Reduction, turn: CodexTurn, status: ExecutionStatus) -> None:
    """Close the running inference calls of a turn that is over (format section 11)."""
    if status in AT_TURN_END:
        for handle in sorted(r.open_calls.pop(turn.codex_turn_id, ())):
            r.close(handle, AT_TURN_END[status])
