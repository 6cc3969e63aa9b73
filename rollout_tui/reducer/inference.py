"""Inference calls: their requests and responses (format sections 7.4 and 8.1)."""

from __future__ import annotations

from typing import cast

import msgspec
from msgspec import Raw

from rollout_tui.graph.history import item_id, item_number
from rollout_tui.graph.ids import Ids, extended, prefix
from rollout_tui.graph.objects import CodexTurn, Conversation, InferenceCall
from rollout_tui.graph.values import ExecutionStatus, InferenceProducer, PayloadReference, Producer, Usage
from rollout_tui.reducer import cells
from rollout_tui.reducer.conversation import (
    attach_to_tool,
    check_call_id,
    create_item,
    item_at,
    list_item,
    matches,
    place,
    receipt_for,
)
from rollout_tui.reducer.items import CALL_KINDS, NormalItem, Source
from rollout_tui.reducer.matching import Matcher
from rollout_tui.reducer.requests import Placed, RequestBody, read_request, readable_item
from rollout_tui.reducer.working import Reduction
from rollout_tui.trace.events import (
    Event,
    InferenceCancelled,
    InferenceCompleted,
    InferenceFailed,
    InferenceStarted,
)


def started(r: Reduction, event: Event, payload: InferenceStarted) -> None:
    """A request was sent: reduce it, then add the call (8.1)."""
    call_id = payload.inference_call_id
    if r.find(InferenceCall, call_id) is not None:
        r.refuse("duplicate_inference", f"duplicate inference start {call_id}", call_id)
        return
    what = f"inference start {call_id}"
    turn = r.turn(r.turn_or_placeholder(payload.codex_turn_id, payload.thread_id, what))
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
    handle = r.history.create(
        call_id,
        InferenceCall(
            call_id,
            thread_id,
            turn.codex_turn_id,
            r.window(),
            payload.model,
            payload.provider_name,
            None,
            None,
            ids,
            (),
            (),
            None,
            payload.request_payload.raw_payload_id,
        ),
    )
    r.open_calls.setdefault(turn.codex_turn_id, set()).add(handle)
    r.history.set(r.conversation(thread_id), "last_request", call_id)


def reduce_request(
    r: Reduction, thread_id: str, turn_id: str, payload: InferenceStarted, body: RequestBody
) -> Ids:
    """The item ids of a request; the thread's snapshot becomes that list (7.4)."""
    conversation = r.conversation(thread_id)
    if body.previous_response_id is None:
        ids = full_request(r, thread_id, turn_id, payload.request_payload, body)
    else:
        ids = incremental_request(r, thread_id, turn_id, payload, body)
    r.history.set(conversation, "snapshot", ids)
    cells.materialise_queued(r)
    return ids


def full_request(
    r: Reduction, thread_id: str, turn_id: str, reference: PayloadReference, body: RequestBody
) -> Ids:
    """A request that carries the whole history (7.4)."""
    handle = r.conversation(thread_id)
    conversation = cast(Conversation, r.history.objects[handle])
    base = conversation.snapshot if conversation.replacement is None else conversation.replacement
    rolling = r.requests.rolling.get(thread_id)
    shared, items = body.shared, body.items
    if shared and (
        rolling is None or conversation.replacement is not None or not _continues(base, rolling.ids, shared)
    ):
        shared, items = 0, reread(r, reference)
    relink_shared(r, thread_id, base, shared)
    matcher = Matcher(r, base, shared)
    ids: list[str] = []
    for at, (index, normal) in enumerate(items, start=shared):
        content, encoded = numbers(r, normal)
        check_call_id(r, thread_id, normal, content)
        number = receipt_for(r, thread_id, normal)
        if number is not None:
            matcher.used.add(number)
        else:
            number = matcher.match(at, normal, content, encoded)
        if number is None:
            number = create_item(r, normal, thread_id, turn_id, reference.raw_payload_id, index)
            matcher.used.add(number)
        place(r, number, normal, None, listed=True)
        ids.append(item_id(number))
    r.items.compared += matcher.compared
    straight = matcher.straight
    result = extended(prefix(base, straight), ids[straight - shared :])
    if conversation.replacement is not None:
        r.history.set(handle, "replacement", None)
    if rolling is not None:
        rolling.ids = result
    return result


def _continues(base: Ids, before: Ids, shared: int) -> bool:
    """Whether the snapshot still begins with what the previous request became."""
    if len(base) < shared or len(before) < shared:
        return False
    if not isinstance(base, tuple) and not isinstance(before, tuple) and base.items is before.items:
        return True
    return list(base[:shared]) == list(before[:shared])


def reread(r: Reduction, reference: PayloadReference) -> list[Placed]:
    """All items of a request, for when the previous request is no help."""
    source = Source(reference.raw_payload_id, r.schema)
    data = r.body(reference)
    raws = [] if data is None else _INPUT.decode(data).input
    found = [(index, readable_item(r, raw, source)) for index, raw in enumerate(raws)]
    return [Placed(index, normal) for index, normal in found if normal is not None]


def relink_shared(r: Reduction, thread_id: str, base: Ids, shared: int) -> None:
    """Re-sighting an item can link its tool call to a response stored since (8.4)."""
    waiting = r.items.relink.pop(thread_id, None)
    if not waiting or not shared:
        return
    carried: set[str] | None = None
    for call_id in waiting:
        for number in r.items.by_call.get(call_id, ()):
            item = item_at(r, number)
            if item.thread_id != thread_id or number in r.items.response_of:
                continue
            carried = set(base[:shared]) if carried is None else carried
            if item.item_id in carried:
                attach_to_tool(r, number, item)


def numbers(r: Reduction, normal: NormalItem) -> tuple[int, int]:
    """Content number and encoded number (0: none) of an item (7.2)."""
    encoded = 0 if normal.encoded_key is None else r.items.number_of(normal.encoded_key)
    return r.items.number_of(normal.key), encoded


def incremental_request(
    r: Reduction, thread_id: str, turn_id: str, payload: InferenceStarted, body: RequestBody
) -> Ids:
    """A request that continues an earlier response (7.4)."""
    reference = payload.request_payload
    conversation = cast(Conversation, r.history.objects[r.conversation(thread_id)])
    calls = [
        one
        for one in r.requests.by_response_id.get((thread_id, body.previous_response_id or ""), ())
        if r.inference(cast(int, r.find(InferenceCall, one))).response_id == body.previous_response_id
    ]
    base: Ids = conversation.snapshot
    before: Ids = base
    if calls:
        call = r.inference(cast(int, r.find(InferenceCall, min(calls))))
        before = extended(call.request_item_ids, call.response_item_ids)
    else:
        r.refuse(
            "unknown_previous_response",
            f"request of {payload.inference_call_id} names unknown previous_response_id "
            f"{body.previous_response_id}",
            payload.inference_call_id,
        )
    for one in before:
        list_item(r, item_number(one))
    ids: list[str] = []
    for at, (index, normal) in enumerate(body.items, start=len(before)):
        content, encoded = numbers(r, normal)
        check_call_id(r, thread_id, normal, content)
        number = receipt_for(r, thread_id, normal)
        if number is None and at < len(base):
            number = item_number(base[at])
            if not matches(r, number, normal, content, encoded):
                r.refuse(
                    "conversation_mismatch",
                    f"model conversation mismatch at item {at} of {reference.raw_payload_id}",
                    payload.inference_call_id,
                )
                number = None
        if number is None:
            number = create_item(r, normal, thread_id, turn_id, reference.raw_payload_id, index)
        place(r, number, normal, None, listed=True)
        ids.append(item_id(number))
    return extended(before, ids)


# -- responses -----------------------------------------------------------------


class _Response(msgspec.Struct, gc=False):
    output_items: list[Raw]
    token_usage: Raw = Raw()


class _Usage(msgspec.Struct, gc=False):
    input_tokens: int
    cached_input_tokens: int
    output_tokens: int
    reasoning_output_tokens: int
    cache_write_input_tokens: Raw = Raw()


class _Input(msgspec.Struct, gc=False):
    input: list[Raw]


_RESPONSE = msgspec.json.Decoder(_Response)
_USAGE = msgspec.json.Decoder(_Usage)
_INPUT = msgspec.json.Decoder(_Input)
_INTEGER = msgspec.json.Decoder(int)


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
    payload: InferenceCompleted | InferenceFailed | InferenceCancelled,
    reference: PayloadReference | None,
    status: ExecutionStatus,
    response_id: str | None,
) -> None:
    handle = r.find(InferenceCall, payload.inference_call_id)
    if handle is None:
        r.refuse(
            "unknown_inference",
            f"inference end names unknown call {payload.inference_call_id}",
            payload.inference_call_id,
        )
        return
    call = r.inference(handle)
    if reference is not None:
        ids, usage = reduce_response(r, call, reference)
        r.history.set(handle, "raw_response_payload_id", reference.raw_payload_id)
        if usage is not None:
            r.history.set(handle, "usage", usage)
        _store_response(r, handle, call, ids)
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


def reduce_response(
    r: Reduction, call: InferenceCall, reference: PayloadReference
) -> tuple[Ids, Usage | None]:
    """The items a response appends to the thread's snapshot, and its usage (7.4)."""
    body = r.parsed(reference, _RESPONSE, "inference response", call.inference_call_id)
    if body is None:
        return (), None
    source = Source(reference.raw_payload_id, r.schema)
    producer = InferenceProducer(call.inference_call_id)
    found = [(index, readable_item(r, raw, source)) for index, raw in enumerate(body.output_items)]
    items = [Placed(index, normal) for index, normal in found if normal is not None]
    ids = append_items(r, call.thread_id, call.codex_turn_id, items, source.payload_id, producer)
    handle = r.conversation(call.thread_id)
    conversation = cast(Conversation, r.history.objects[handle])
    if r.schema == 1:
        r.history.set(handle, "snapshot", extended(conversation.snapshot, ids))
    elif conversation.last_request == call.inference_call_id:
        # Only the latest call's response counts in schema 2, and a second one replaces the first.
        r.history.set(handle, "snapshot", extended(call.request_item_ids, ids))
    cells.materialise_queued(r)
    return extended((), ids), _usage(body.token_usage)


def append_items(
    r: Reduction,
    thread_id: str,
    turn_id: str,
    items: list[Placed],
    payload_id: str,
    producer: Producer,
    *,
    listed: bool = False,
) -> list[str]:
    """Create an item for each of a list, receipts excepted (7.5)."""
    ids = []
    for index, normal in items:
        content, _ = numbers(r, normal)
        check_call_id(r, thread_id, normal, content)
        number = receipt_for(r, thread_id, normal)
        if number is None:
            number = create_item(r, normal, thread_id, turn_id, payload_id, index, (producer,))
        place(r, number, normal, producer, listed=listed)
        ids.append(item_id(number))
    return ids


def _store_response(r: Reduction, handle: int, call: InferenceCall, ids: Ids) -> None:
    for one in call.response_item_ids:
        r.items.response_of.pop(item_number(one), None)
    r.history.set(handle, "response_item_ids", ids)
    for one in ids:
        number = item_number(one)
        r.items.response_of[number] = handle
        item = item_at(r, number)
        if item.kind in CALL_KINDS and item.call_id in r.tools_by_call:
            for other in r.items.by_call[item.call_id]:
                if other not in r.items.response_of:
                    r.items.relink.setdefault(item_at(r, other).thread_id, set()).add(item.call_id)


def _usage(raw: Raw) -> Usage | None:
    """Recorded token usage, None where it is not complete (7.1)."""
    try:
        usage = _USAGE.decode(raw)
    except ValueError:
        return None
    try:
        written = _INTEGER.decode(usage.cache_write_input_tokens)
    except ValueError:
        written = 0
    counts = (
        usage.input_tokens,
        usage.cached_input_tokens,
        written,
        usage.output_tokens,
        usage.reasoning_output_tokens,
    )
    return Usage(*(max(0, count) for count in counts))


def turn_ended(r: Reduction, turn: CodexTurn, status: ExecutionStatus) -> None:
    """Close the running inference calls of a turn that is over (format section 11)."""
    ends: dict[str, ExecutionStatus] = {
        "completed": "cancelled",
        "cancelled": "cancelled",
        "aborted": "aborted",
        "failed": "failed",
    }
    end = ends.get(status)
    if end is None:
        return
    for handle in sorted(r.open_calls.pop(turn.codex_turn_id, ())):
        r.close(handle, end)
