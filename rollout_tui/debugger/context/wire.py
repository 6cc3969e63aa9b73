"""What the latest request of a thread really sent: its body beside the logical context it stands for.

A request that goes on from an earlier response (`previous_response_id`) sends only what is new; instructions
and tool definitions fill the model's window too and are no conversation items.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

import msgspec
from msgspec import Raw

from rollout_tui.debugger.context.carried import Carried
from rollout_tui.debugger.evidence import body
from rollout_tui.debugger.indexes import index_of, remembered
from rollout_tui.graph.objects import InferenceCall

if TYPE_CHECKING:
    from rollout_tui.recording import Trace

SKIPPED = "additional_tools"
"""The type of input elements that are no conversation items (format section 7.1)."""


class _Body(msgspec.Struct, gc=False):
    input: list[Raw] = []
    previous_response_id: Raw = Raw()
    instructions: Raw = Raw()
    tools: Raw = Raw()


class _Element(msgspec.Struct, gc=False):
    type: Raw = Raw()


_BODY = msgspec.json.Decoder(_Body)
_ELEMENT = msgspec.json.Decoder(_Element)
_LIST = msgspec.json.Decoder(list[Raw])


class Sent(NamedTuple):
    """An element of the request's input: its bytes as compact JSON.

    `item_id` is the conversation item it is, None for an element that is none (additional tools).
    """

    item_id: str | None
    size_bytes: int


class Wire(NamedTuple):
    """A request as it was sent.

    `event` is its start (ordinal), `size_bytes` the body as recorded. `goes_on_from` is the id of the
    response that it continues (None: everything is sent), `not_sent` counts the items that the provider
    already has from there. Sizes of instructions and tools are those of compact JSON, 0 where there are none.
    """

    event: int
    inference_call_id: str
    raw_payload_id: str
    size_bytes: int
    goes_on_from: str | None
    not_sent: int
    sent: tuple[Sent, ...]
    instructions_bytes: int
    tools: int
    tools_bytes: int


REMEMBERED = 8


class _Requests(dict[str, Wire | None]):
    """By inference call: its request as it was sent, of a few."""


def on_the_wire(trace: Trace, event: int, thread_id: str) -> Wire | None:
    """The latest request of a thread at or before `event`; reads its payload.

    None when there is no request, or its body cannot be read.
    """
    history = trace.history
    request = index_of(history, Carried).request_at(thread_id, event)
    if request is None:
        return None
    known = remembered(history, _Requests)
    call_id = request.inference_call_id
    if call_id not in known:
        if len(known) >= REMEMBERED:
            known.clear()
        call = cast(InferenceCall, history.objects[history.collections[InferenceCall].index[call_id]])
        known[call_id] = _read(trace, request.event, call)
    return known[call_id]


def _read(trace: Trace, event: int, call: InferenceCall) -> Wire | None:
    data = body(trace, call.raw_request_payload_id)
    try:
        read = None if data is None else _BODY.decode(data)
        if data is None or read is None:
            return None
        response = _string(read.previous_response_id)
        listed = [_is_item(one) for one in read.input]
        not_sent = max(0, len(call.request_item_ids) - sum(listed)) if response is not None else 0
        items = iter(call.request_item_ids[not_sent:])
        return Wire(
            event,
            call.inference_call_id,
            call.raw_request_payload_id,
            len(data),
            response,
            not_sent,
            tuple(
                Sent(next(items, None) if one else None, _size(raw))
                for one, raw in zip(listed, read.input, strict=True)
            ),
            _size(read.instructions),
            len(_LIST.decode(read.tools)) if bytes(read.tools).startswith(b"[") else 0,
            _size(read.tools),
        )
    except (ValueError, RecursionError):
        return None


def _string(raw: Raw) -> str | None:
    return msgspec.json.decode(raw, type=str) if bytes(raw).startswith(b'"') else None


def _is_item(raw: Raw) -> bool:
    return not bytes(raw).startswith(b"{") or _string(_ELEMENT.decode(raw).type) != SKIPPED


def _size(raw: Raw) -> int:
    data = bytes(raw)
    return 0 if data in (b"", b"null") else len(msgspec.json.format(data, indent=-1))
