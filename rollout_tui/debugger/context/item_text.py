"""The whole text of conversation items, and their size.

Most of an item lies in the graph. A JSON part keeps its first 240 bytes only (format section 7.1), an image
none: the rest is read from the payload in which the item was first seen.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import msgspec
from msgspec import Raw

from rollout_tui.debugger.evidence import CUT_MARK, body, reference_to
from rollout_tui.debugger.indexes import remembered
from rollout_tui.debugger.lookup import item_at
from rollout_tui.debugger.text_facts import utf8_size
from rollout_tui.graph.history import item_number
from rollout_tui.graph.objects import ConversationItem
from rollout_tui.graph.values import (
    AgentMessage,
    CodePart,
    CompactionProducer,
    EncodedPart,
    JsonPart,
    Part,
    PayloadRefPart,
    SummaryPart,
    TextPart,
)
from rollout_tui.reducer import canonical
from rollout_tui.reducer.limits import too_many_values

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rollout_tui.recording import Trace


class _Lists(msgspec.Struct, gc=False):
    """The lists of items in any payload that has some."""

    input: Raw = Raw(b"[]")
    output_items: Raw = Raw(b"[]")
    input_history: Raw = Raw(b"[]")
    replacement_history: Raw = Raw(b"[]")


class _Fields(msgspec.Struct, gc=False):
    """The fields of an item that JSON parts and images come from."""

    arguments: Raw = Raw()
    output: Raw = Raw()
    input: Raw = Raw()
    content: Raw = Raw()


_LISTS = msgspec.json.Decoder(_Lists)
_RAWS = msgspec.json.Decoder(list[Raw])
_FIELDS = msgspec.json.Decoder(_Fields)
_STRING = msgspec.json.Decoder(str)

_LIST_OF_KIND = {"inference_request": "input", "inference_response": "output_items"}


def raw_item(trace: Trace, item: ConversationItem) -> bytes | None:
    """The JSON of an item as first sent or received; None where its payload cannot be read."""
    number = item_number(item.item_id)
    columns = trace.history.items
    payload_id = columns.source_payload[number]
    reference, data = reference_to(trace, payload_id), body(trace, payload_id)
    if data is None or reference is None:
        return None
    name = _LIST_OF_KIND.get(reference.kind.type)
    if name is None:
        if reference.kind.type != "compaction_checkpoint":
            return data
        replaced = any(isinstance(one, CompactionProducer) for one in item.produced_by)
        name = "replacement_history" if replaced else "input_history"
    try:
        return bytes(_RAWS.decode(getattr(_LISTS.decode(data), name))[columns.source_index[number]])
    except (ValueError, RecursionError, IndexError):
        return None


def whole_text(trace: Trace, item: ConversationItem) -> str | None:
    """The readable text of an item, parts joined by newlines; None where there is nothing to read."""
    texts = [text for part in item.body.parts if (text := _text(trace, item, part)) is not None]
    return "\n".join(texts) if texts else None


def read_from(trace: Trace, item: ConversationItem) -> str | None:
    """The payload that `whole_text` reads a part of an item from, None where the graph has all of it."""
    if not any(isinstance(part, JsonPart) and part.summary.endswith(CUT_MARK) for part in item.body.parts):
        return None
    return trace.history.items.source_payload[item_number(item.item_id)]


def short_text(item: ConversationItem) -> str:
    """The readable text of an item as far as the graph has it, without opening a payload."""
    return "\n".join(text for part in item.body.parts if (text := part_text(part)) is not None)


def part_text(part: Part) -> str | None:
    """The readable text of a part as far as the graph has it."""
    if isinstance(part, (TextPart, SummaryPart)):
        return part.text
    if isinstance(part, CodePart):
        return part.source
    return part.summary if isinstance(part, JsonPart) else None


def _text(trace: Trace, item: ConversationItem, part: Part) -> str | None:
    if isinstance(part, JsonPart) and part.summary.endswith(CUT_MARK):
        last = remembered(trace.history, _LastJson)
        read = last.read
        if read is None or read[0] is not item:
            read = last.read = (item, _whole_json(trace, item) or part.summary)
        return read[1]
    return part_text(part)


def _whole_json(trace: Trace, item: ConversationItem) -> str | None:
    """The whole of a JSON part: the arguments, the output, or for hosted tools the item itself.

    Compact, or as it is written where it holds more values than one may have.
    """
    raw = raw_item(trace, item)
    if raw is None:
        return None
    try:
        fields = _FIELDS.decode(raw)
        given = fields.arguments if len(bytes(fields.arguments)) else fields.output
        text = bytes(given) or raw
        whole = _STRING.decode(text) if text.startswith(b'"') else text.decode()
        return whole if too_many_values(whole) else canonical.compact(canonical.parsed(whole))
    except (ValueError, RecursionError):
        return None


class _LastJson:
    """The last JSON read whole, with its item: what is looked at is painted again and again."""

    read: tuple[ConversationItem, str] | None = None


class _Sizes:
    """Sizes of items by creation number, -1 for those nobody has asked for."""

    def __init__(self) -> None:
        self.sizes = array("q")

    def grow(self, count: int) -> array[int]:
        missing = count - len(self.sizes)
        if missing > 0:
            self.sizes.extend([-1] * missing)
        return self.sizes


def size_bytes(trace: Trace, item: ConversationItem) -> int:
    """Bytes of an item's content: UTF-8 of its text, encrypted text as it is, images as JSON.

    Costs nothing for items that lie in the graph; what was read from payloads is remembered.
    """
    if all(not _elsewhere(part) for part in item.body.parts):
        return sum(map(_part_size, item.body.parts))
    return bytes_of(trace, (item.item_id,))


def bytes_of(trace: Trace, ids: Iterable[str]) -> int:
    """Bytes of the content of items, as they are at the head; every item is measured once."""
    history = trace.history
    sizes = remembered(history, _Sizes).grow(len(history.items.name))
    total = 0
    for item_id in ids:
        number = item_number(item_id)
        size = sizes[number]
        if size < 0:
            item = item_at(history, number)
            size = sum(_whole_size(trace, item, part) for part in item.body.parts)
            # The text of these can still be completed (format sections 7.2, 7.5).
            if item.kind != "reasoning" and not isinstance(item.agent_message, AgentMessage):
                sizes[number] = size
        total += size
    return total


def _elsewhere(part: Part) -> bool:
    return isinstance(part, PayloadRefPart) or (
        isinstance(part, JsonPart) and part.summary.endswith(CUT_MARK)
    )


def _part_size(part: Part) -> int:
    return utf8_size((part.value if isinstance(part, EncodedPart) else part_text(part)) or "")


def _whole_size(trace: Trace, item: ConversationItem, part: Part) -> int:
    if isinstance(part, JsonPart):
        return utf8_size(_text(trace, item, part) or "")
    return _image_size(trace, item, part) if isinstance(part, PayloadRefPart) else _part_size(part)


def _image_size(trace: Trace, item: ConversationItem, part: PayloadRefPart) -> int:
    """Bytes of the JSON of a content element that the graph only names."""
    raw = raw_item(trace, item)
    if raw is None:
        return 0
    try:
        fields = _FIELDS.decode(raw)
        listed = bytes(fields.content) or bytes(fields.output)
        elements = _RAWS.decode(listed) if listed.startswith(b"[") else []
    except (ValueError, RecursionError):
        return len(raw)
    named = [one for one in item.body.parts if isinstance(one, PayloadRefPart)]
    unread = [bytes(one) for one in elements if f'"{part.label}"'.encode() in bytes(one)[:80]]
    at = named.index(part)
    return len(unread[at]) if at < len(unread) else len(raw)
