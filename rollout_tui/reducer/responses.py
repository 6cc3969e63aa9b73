"""The items a response appends, and its usage (format sections 7.1 and 7.4)."""

import msgspec
from msgspec import Raw

from rollout_tui.graph.history import item_id, item_number
from rollout_tui.graph.ids import Ids, extended
from rollout_tui.graph.objects import Conversation, InferenceCall
from rollout_tui.graph.values import InferenceProducer, PayloadReference, Producer, Usage
from rollout_tui.reducer import cells
from rollout_tui.reducer.content import Source
from rollout_tui.reducer.conversation import (
    check_call_id,
    create_item,
    item_at,
    matches,
    numbers,
    place,
    receipt_for,
    relink,
)
from rollout_tui.reducer.normal import CALL_KINDS
from rollout_tui.reducer.reduction import Reduction
from rollout_tui.reducer.request_reading import Placed, readable_items


class _Response(msgspec.Struct, gc=False):
    output_items: list[Raw]
    token_usage: Raw = Raw()


class _Usage(msgspec.Struct, gc=False):
    input_tokens: int
    cached_input_tokens: int
    output_tokens: int
    reasoning_output_tokens: int
    cache_write_input_tokens: Raw = Raw()


_RESPONSE = msgspec.json.Decoder(_Response)
_USAGE = msgspec.json.Decoder(_Usage)
_INTEGER = msgspec.json.Decoder(int)


def reduce_response(
    r: Reduction, call: InferenceCall, reference: PayloadReference
) -> tuple[Ids, Usage | None]:
    """The items a response appends to the thread's snapshot, and its usage (7.4)."""
    body = r.parsed(reference, _RESPONSE, "inference response", call.inference_call_id)
    if body is None:
        return (), None
    source = Source(reference.raw_payload_id, r.schema)
    producer = InferenceProducer(call.inference_call_id)
    items = readable_items(r, body.output_items, source)
    ids = append_items(
        r, call.thread_id, call.codex_turn_id, items, source.payload_id, producer, repeated=r.schema != 1
    )
    handle = r.conversation(call.thread_id)
    conversation: Conversation = r.objects[handle]
    if r.schema == 1:
        r.history.set(handle, "snapshot", extended(conversation.snapshot, ids))
    elif conversation.last_request == call.inference_call_id and conversation.replacement is None:
        # Only the latest call's response counts in schema 2, none after a compaction, and a second
        # one replaces the first.
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
    repeated: bool = False,
) -> list[str]:
    """Create an item for each of a list, receipts excepted (7.5).

    Where items may be `repeated`, those of the thread that have the Responses id of any of them can be met
    again: an item that is equal to one of these stays what it is.
    """
    ids = []
    used: set[int] = set()
    known = _known(r, thread_id, items) if repeated else []
    for index, normal in items:
        content, encoded = numbers(r, normal)
        check_call_id(r, thread_id, normal, content)
        met = (one for one in known if one not in used and matches(r, one, normal, content, encoded))
        number = next(met, None)
        if number is not None:
            r.items.repeated.add(thread_id)
        else:
            number = receipt_for(r, thread_id, normal)
        if number is None:
            number = create_item(r, normal, thread_id, turn_id, payload_id, index, (producer,))
        used.add(number)
        place(r, number, normal, producer, listed=listed)
        ids.append(item_id(number))
    return ids


def _known(r: Reduction, thread_id: str, items: list[Placed]) -> list[int]:
    """The thread's items that have a Responses id of one of these, in the order they were created."""
    by_id = r.items.by_responses_id.get(thread_id, {})
    ids = {normal.responses_id for _, normal in items if normal.responses_id is not None}
    return sorted({number for one in ids for number in by_id.get(one, ())})


def store_response(r: Reduction, handle: int, call: InferenceCall, ids: Ids) -> None:
    """Note the response's items, for the links between calls and tools (8.4)."""
    for one in call.response_item_ids:
        r.items.response_of[item_number(one)].remove(handle)
    r.history.set(handle, "response_item_ids", ids)
    for one in ids:
        number = item_number(one)
        r.items.response_of.setdefault(number, []).append(handle)
        item = item_at(r, number)
        if item.kind in CALL_KINDS and item.call_id in r.tools_by_call:
            relink(r, item.call_id)


def _usage(raw: Raw) -> Usage | None:
    """Recorded token usage, None where it is not complete (7.1)."""
    try:
        usage = _USAGE.decode(raw)
    except (ValueError, RecursionError):
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
