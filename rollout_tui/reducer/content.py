"""The parts of an item: JSON parts and content lists (format section 7.1)."""

import msgspec
from msgspec import UNSET, Raw, UnsetType

from rollout_tui.graph.values import JsonPart, Part, PayloadRefPart, TextPart
from rollout_tui.immutable import Value
from rollout_tui.reducer import canonical
from rollout_tui.reducer.limits import MOST_PARTS, too_many_values
from rollout_tui.reducer.normal import ItemProblem

STRING = msgspec.json.Decoder(str)
ANYTHING = msgspec.json.Decoder(Raw)
LIST = msgspec.json.Decoder(list[Raw])


class RawEntry(msgspec.Struct, gc=False):
    """An element of a content list."""

    type: Raw = Raw()
    text: Raw = Raw()
    encrypted_content: Raw = Raw()


ENTRY = msgspec.json.Decoder(RawEntry)


class Source(Value):
    """Where an item was read: the payload and the schema's rule set."""

    payload_id: str
    schema: int


def string(raw: Raw) -> str | None:
    """The text of a JSON string, None for any other value or an absent field."""
    try:
        return STRING.decode(raw)
    except ValueError:
        return None


def listed(raw: Raw, source: Source, field: str) -> list[Raw]:
    """The entries of a list; raises ItemProblem for more of them than an item may have."""
    entries = LIST.decode(raw)
    if len(entries) > MOST_PARTS:
        raise ItemProblem(
            "item_too_large", f"model item in {source.payload_id} has {len(entries):,} entries in its {field}"
        )
    return entries


def json_part(text: str, source: Source) -> JsonPart:
    """The part for JSON text; raises ValueError for text that is none.

    Text with more values than are taken in is shown as it begins, spaces and all.
    """
    if too_many_values(text):
        try:
            ANYTHING.decode(text)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error
        return JsonPart(canonical.summary(text[: canonical.SUMMARY_BYTES + 1]), source.payload_id)
    value = canonical.parsed(text)
    compact = canonical.compact if len(text) <= 4 * canonical.SUMMARY_BYTES else canonical.beginning
    return JsonPart(canonical.summary(compact(value)), source.payload_id)


def content_parts(raw: Raw, source: Source) -> tuple[Part, ...]:
    """The parts of a content list; a `payload_ref` for what is no list."""
    if bytes(raw)[:1] != b"[":
        return (PayloadRefPart("content", source.payload_id),)
    entries = listed(raw, source, "content")
    parts = tuple(part for part in (_content_part(one, source) for one in entries) if part is not None)
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
