"""The parts of an item: JSON parts and content lists (format section 7.1)."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
from msgspec import UNSET, Raw, UnsetType

from rollout_tui.graph.values import JsonPart, Part, PayloadRefPart, TextPart
from rollout_tui.reducer import canonical

STRING = msgspec.json.Decoder(str)
LIST = msgspec.json.Decoder(list[Raw])


class RawEntry(msgspec.Struct, gc=False):
    """An element of a content list."""

    type: Raw = Raw()
    text: Raw = Raw()
    encrypted_content: Raw = Raw()


ENTRY = msgspec.json.Decoder(RawEntry)


class Source(NamedTuple):
    """Where an item was read: the payload and the schema's rule set."""

    payload_id: str
    schema: int


def string(raw: Raw) -> str | None:
    """The text of a JSON string, None for any other value or an absent field."""
    try:
        return STRING.decode(raw)
    except ValueError:
        return None


def json_part(text: str, source: Source) -> JsonPart:
    """The part for JSON text; raises ValueError for text that is none."""
    value = canonical.parsed(text)
    return JsonPart(canonical.summary(canonical.compact(value)), source.payload_id)


def content_parts(raw: Raw, source: Source) -> tuple[Part, ...]:
    """The parts of a content list; a `payload_ref` for what is no list."""
    if bytes(raw)[:1] != b"[":
        return (PayloadRefPart("content", source.payload_id),)
    parts = tuple(
        part for part in (_content_part(one, source) for one in LIST.decode(raw)) if part is not None
    )
    if not parts and source.schema == 1:
        return (PayloadRefPart("empty_content", source.payload_id),)
    return parts


def _content_part(raw: Raw, source: Source) -> Part | None:
    try:
        entry = ENTRY.decode(raw)
        entry_type = string(entry.type)
    except ValueError:
        entry_type = None
    if entry_type in ("input_text", "output_text", "text"):
        text = string(entry.text)
        return None if text is None else TextPart(text)
    digest: str | UnsetType = UNSET
    if source.schema != 1:
        digest = canonical.content_sha256(canonical.parsed(bytes(raw).decode()))
    return PayloadRefPart(entry_type or "content", source.payload_id, digest)
