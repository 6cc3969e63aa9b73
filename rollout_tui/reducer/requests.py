"""The items of a request and where they go (format section 7.4)."""

from __future__ import annotations

import msgspec
from msgspec import Raw

from rollout_tui.graph.history import item_id, item_number
from rollout_tui.graph.ids import Ids, extended, prefix
from rollout_tui.graph.objects import Conversation, InferenceCall
from rollout_tui.graph.values import PayloadReference
from rollout_tui.reducer import cells
from rollout_tui.reducer.content import Source
from rollout_tui.reducer.conversation import (
    attach_to_cell,
    attach_to_tool,
    check_call_id,
    create_item,
    item_at,
    list_item,
    matches,
    numbers,
    place,
    receipt_for,
)
from rollout_tui.reducer.matching import Matcher
from rollout_tui.reducer.reduction import Reduction
from rollout_tui.reducer.request_reading import Placed, RequestBody, readable_items
from rollout_tui.trace.event_payloads import InferenceStarted


class _Input(msgspec.Struct, gc=False):
    input: list[Raw]


_INPUT = msgspec.json.Decoder(_Input)


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
    conversation: Conversation = r.objects[handle]
    base = conversation.snapshot if conversation.replacement is None else conversation.replacement
    rolling = r.requests.rolling.get(thread_id)
    shared, items = body.shared, body.items
    doubled = thread_id in r.items.repeated and len(set(base)) < len(base)
    if shared and (
        doubled
        or rolling is None
        or conversation.replacement is not None
        or not _continues(base, rolling.ids, shared)
    ):
        shared, items = 0, reread(r, reference)
    relink_shared(r, thread_id, base, shared)
    matcher = Matcher(r, base, shared, doubled=doubled)
    ids: list[str] = []
    for at, (index, normal) in enumerate(items, start=shared):
        content, encoded = numbers(r, normal)
        check_call_id(r, thread_id, normal, content)
        number, receipt = matcher.match(at, normal, content, encoded), None
        if number is None:
            number = receipt = receipt_for(r, thread_id, normal)
            if number is None:
                number = create_item(r, normal, thread_id, turn_id, reference.raw_payload_id, index)
            matcher.used.add(number)
        place(r, number, normal, None, listed=True)
        if receipt is not None and rolling is not None and not matches(r, receipt, normal, content, encoded):
            # A receipt is met by its id, once: the same bytes again are another item if it is unlike them.
            rolling.trusted = min(rolling.trusted, index)
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
    body = r.parsed(reference, _INPUT, "inference request")
    return [] if body is None else readable_items(r, body.input, source)


def relink_shared(r: Reduction, thread_id: str, base: Ids, shared: int) -> None:
    """Seeing an item again can tie it to a tool call, a cell or a response that came since (8.4)."""
    waiting = r.items.relink.pop(thread_id, None)
    if not waiting or not shared:
        return
    called = {number for call_id in waiting for number in r.items.by_call.get(call_id, ())}
    own = {item.item_id: item for one in called if (item := item_at(r, one)).thread_id == thread_id}
    # In the order in which the request carries them.
    for one in filter(own.__contains__, dict.fromkeys(base[:shared])):
        attach_to_tool(r, item_number(one), own[one])
        attach_to_cell(r, item_number(one), own[one])


def incremental_request(
    r: Reduction, thread_id: str, turn_id: str, payload: InferenceStarted, body: RequestBody
) -> Ids:
    """A request that continues an earlier response (7.4)."""
    reference = payload.request_payload
    conversation: Conversation = r.objects[r.conversation(thread_id)]
    calls = [
        one
        for one in r.requests.by_response_id.get((thread_id, body.previous_response_id or ""), ())
        if r.objects[r.handle(InferenceCall, one)].response_id == body.previous_response_id
    ]
    base: Ids = conversation.snapshot
    before: Ids = base
    if calls:
        call: InferenceCall = r.objects[r.handle(InferenceCall, min(calls))]
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
        number: int | None
        if at >= len(base):
            number = receipt_for(r, thread_id, normal)
        else:
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
