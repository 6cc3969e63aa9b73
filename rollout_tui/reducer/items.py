"""Model items of requests, responses and checkpoints in one normal form (format section 7.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import msgspec
from msgspec import UNSET, Raw, UnsetType

from rollout_tui.graph.values import (
    AgentMessage,
    CodePart,
    EncodedPart,
    JsonPart,
    Part,
    PayloadRefPart,
    SummaryPart,
    TextPart,
)
from rollout_tui.reducer import canonical

ROLES = frozenset(("system", "developer", "user", "assistant", "tool"))
CHANNELS = {"commentary": "commentary", "final_answer": "final", "summary": "summary"}
CALL_KINDS = frozenset(("function_call", "custom_tool_call"))
OUTPUT_KINDS = frozenset(("function_call_output", "custom_tool_call_output"))

Key: TypeAlias = tuple[Any, ...]


class ItemProblem(Exception):
    """An item the reference reducer refuses; `code` is a diagnostic code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class NormalItem(NamedTuple):
    """An item as the conversation keeps it.

    `key` is equal for items of equal content (7.2), `encoded_key` for reasoning items
    whose encrypted content is equal (None elsewhere). `stable` is false where equality
    hangs on the payload file, so that no later sighting can be equal.
    """

    role: str
    channel: str | None
    kind: str
    agent_message: AgentMessage | UnsetType
    parts: tuple[Part, ...]
    call_id: str | None
    responses_id: str | None
    name: str | None
    key: Key
    encoded_key: Key | None
    stable: bool


class RawItem(msgspec.Struct, gc=False):
    """The fields any item type reads; an empty Raw is an absent field."""

    type: Raw = Raw()
    id: Raw = Raw()
    role: Raw = Raw()
    phase: Raw = Raw()
    content: Raw = Raw()
    call_id: Raw = Raw()
    name: Raw = Raw()
    arguments: Raw = Raw()
    output: Raw = Raw()
    input: Raw = Raw()
    summary: Raw = Raw()
    encrypted_content: Raw = Raw()
    author: Raw = Raw()
    recipient: Raw = Raw()


_ITEM = msgspec.json.Decoder(RawItem)
_STRING = msgspec.json.Decoder(str)
_LIST = msgspec.json.Decoder(list[Raw])


class RawEntry(msgspec.Struct, gc=False):
    """An element of a content list."""

    type: Raw = Raw()
    text: Raw = Raw()
    encrypted_content: Raw = Raw()


_ENTRY = msgspec.json.Decoder(RawEntry)


class Source(NamedTuple):
    """Where an item was read: the payload and the schema's rule set."""

    payload_id: str
    schema: int


def normal_item(raw: Raw | bytes, source: Source) -> NormalItem | None:
    """The item in normal form; None for the types that are skipped.

    Raises ItemProblem where the reference reducer refuses the item.
    """
    try:
        item = _ITEM.decode(raw)
        item_type = string(item.type)
    except (ValueError, RecursionError):
        item_type = None
    if item_type is None:
        raise ItemProblem("bad_item", f"model item in {source.payload_id} has no string type")
    if item_type == "additional_tools":
        return None
    rule = _RULES.get(item_type)
    if rule is None:
        raise ItemProblem(
            "unsupported_item_type", f"unsupported model item type {item_type} in {source.payload_id}"
        )
    return rule(item, item_type, raw, source)


def opaque_item(raw: Raw | bytes, source: Source) -> NormalItem:
    """What stands for an item that has no normal form: a message that names its type (12)."""
    label = "item"
    responses_id = call_id = None
    role, channel, kind = "assistant", None, "message"
    try:
        item = _ITEM.decode(raw)
        label = string(item.type) or label
        responses_id, call_id = string(item.id), string(item.call_id)
        found = string(item.role)
        role = found if found in ROLES else role
        if label == "reasoning":
            channel, kind = "analysis", "reasoning"
    except (ValueError, RecursionError):
        pass
    try:
        digest: str | UnsetType = canonical.content_sha256(canonical.parsed(bytes(raw).decode()))
    except ValueError:
        digest = UNSET
    part = PayloadRefPart(label, source.payload_id, digest)
    return _built(role, channel, kind, (part,), call_id, item_id=responses_id)


def string(raw: Raw) -> str | None:
    """The text of a JSON string, None for any other value or an absent field."""
    try:
        return _STRING.decode(raw)
    except ValueError:
        return None


def _built(
    role: str,
    channel: str | None,
    kind: str,
    parts: tuple[Part, ...],
    call_id: str | None,
    *,
    item_id: str | None,
    agent_message: AgentMessage | UnsetType = UNSET,
    name: str | None = None,
) -> NormalItem:
    head: Key = (role, channel, kind, agent_message, call_id)
    encoded_key = None
    if kind == "reasoning":
        encoded = next((part for part in parts if isinstance(part, EncodedPart)), None)
        encoded_key = None if encoded is None else (*head, "encoded", encoded.label, encoded.value)
    return NormalItem(
        role,
        channel,
        kind,
        agent_message,
        parts,
        call_id,
        item_id,
        name,
        content_key(head, parts),
        encoded_key,
        not any(isinstance(part, PayloadRefPart) and part.content_sha256 is UNSET for part in parts),
    )


def content_key(head: Key, parts: tuple[Part, ...]) -> Key:
    """What equality of content compares (7.2)."""
    return (*head, *map(_part_key, parts))


def _part_key(part: Part) -> Key | Part:
    if isinstance(part, JsonPart):
        return ("json", part.summary)
    if isinstance(part, PayloadRefPart) and part.content_sha256 is not UNSET:
        return ("payload_ref", part.label, part.content_sha256)
    return part


# -- one rule per item type --------------------------------------------------


def _message(item: RawItem, item_type: str, raw: Raw | bytes, source: Source) -> NormalItem:
    role = string(item.role)
    if role not in ROLES or role is None:
        raise ItemProblem("bad_item", f"unsupported message role {role} in {source.payload_id}")
    channel = CHANNELS.get(string(item.phase) or "")
    return _built(role, channel, "message", _content(item.content, source), None, item_id=string(item.id))


class _AgentText(msgspec.Struct, tag_field="type", tag="input_text"):
    text: str


class _AgentEncrypted(msgspec.Struct, tag_field="type", tag="encrypted_content"):
    encrypted_content: str


class _AgentItem(msgspec.Struct):
    author: str
    recipient: str
    content: list[_AgentText | _AgentEncrypted]
    id: str | None = None


_AGENT_ITEM = msgspec.json.Decoder(_AgentItem)


def _agent_message(item: RawItem, item_type: str, raw: Raw | bytes, source: Source) -> NormalItem:
    try:
        message = _AGENT_ITEM.decode(raw)
    except ValueError as error:
        raise ItemProblem("bad_item", f"agent_message item in {source.payload_id}: {error}") from error
    if not message.content:
        raise ItemProblem("bad_item", f"agent_message item in {source.payload_id} has no content")
    parts = tuple(
        TextPart(one.text)
        if isinstance(one, _AgentText)
        else EncodedPart("encrypted_content", one.encrypted_content)
        for one in message.content
    )
    return _built(
        "assistant",
        "analysis",
        "message",
        parts,
        None,
        item_id=message.id,
        agent_message=AgentMessage(message.author, message.recipient),
    )


def _reasoning(item: RawItem, item_type: str, raw: Raw | bytes, source: Source) -> NormalItem:
    where = f"reasoning item in {source.payload_id}"
    parts: list[Part] = []
    parts += [TextPart(text) for text in _texts(item.content, ("reasoning_text", "text"), where, "content")]
    parts += [SummaryPart(text) for text in _texts(item.summary, ("summary_text",), where, "summary")]
    encrypted = bytes(item.encrypted_content)
    if encrypted not in (b"", b"null"):
        value = string(item.encrypted_content)
        if value is None:
            raise ItemProblem("bad_item", f"{where} has encrypted_content that is no string")
        parts.append(EncodedPart("encrypted_content", value))
    if not parts:
        raise ItemProblem("bad_item", f"{where} has no content, summary or encrypted_content")
    return _built("assistant", "analysis", "reasoning", tuple(parts), None, item_id=string(item.id))


def _texts(raw: Raw, types: tuple[str, ...], where: str, field: str) -> list[str]:
    if not bytes(raw) or (field == "content" and bytes(raw) == b"null"):
        return []
    try:
        entries = [_ENTRY.decode(one) for one in _LIST.decode(raw)]
    except ValueError as error:
        raise ItemProblem("bad_item", f"{where} has a {field} that is no list of objects") from error
    texts = []
    for entry in entries:
        entry_type, text = string(entry.type), string(entry.text)
        if entry_type is None or entry_type not in types:
            raise ItemProblem("bad_item", f"{where} has a {field} entry of type {entry_type}")
        if text is None:
            raise ItemProblem("bad_item", f"{where} has a {field} entry without text")
        texts.append(text)
    return texts


def _function_call(item: RawItem, item_type: str, raw: Raw | bytes, source: Source) -> NormalItem:
    part: Part
    if not bytes(item.arguments):
        part = PayloadRefPart("payload", source.payload_id)
    else:
        text = string(item.arguments)
        if text is None:
            part = _json_part(bytes(item.arguments).decode(), source)
        else:
            try:
                part = _json_part(text, source)
            except ValueError:
                part = TextPart(text)
    return _call(item, "function_call", part)


def _custom_tool_call(item: RawItem, item_type: str, raw: Raw | bytes, source: Source) -> NormalItem:
    text = string(item.input)
    part: Part
    if text is None:
        part = _json_part(bytes(raw).decode(), source)
    elif string(item.name) == "exec":
        part = CodePart("javascript", text)
    else:
        part = TextPart(text)
    return _call(item, "custom_tool_call", part)


def _whole_call(item: RawItem, item_type: str, raw: Raw | bytes, source: Source) -> NormalItem:
    called = _call(item, "function_call", _json_part(bytes(raw).decode(), source))
    return called if called.name else called._replace(name=item_type.removesuffix("_call"))


def _call(item: RawItem, kind: str, part: Part) -> NormalItem:
    return _built(
        "assistant",
        "commentary",
        kind,
        (part,),
        string(item.call_id),
        item_id=string(item.id),
        name=string(item.name),
    )


def _output(item: RawItem, item_type: str, raw: Raw | bytes, source: Source) -> NormalItem:
    output = bytes(item.output)
    parts: tuple[Part, ...]
    if not output:
        parts = (PayloadRefPart("tool_output", source.payload_id),)
    elif output.startswith(b'"'):
        parts = (TextPart(_STRING.decode(output)),)
    elif output.startswith(b"["):
        parts = _content(item.output, source)
    else:
        parts = (_json_part(output.decode(), source),)
    return _built("tool", "commentary", item_type, parts, string(item.call_id), item_id=string(item.id))


def _whole_output(item: RawItem, item_type: str, raw: Raw | bytes, source: Source) -> NormalItem:
    part = _json_part(bytes(raw).decode(), source)
    return _built(
        "tool",
        "commentary",
        "function_call_output",
        (part,),
        string(item.call_id),
        item_id=string(item.id),
    )


def _compaction(item: RawItem, item_type: str, raw: Raw | bytes, source: Source) -> NormalItem:
    value = string(item.encrypted_content)
    if value is None:
        raise ItemProblem("bad_item", f"{item_type} item in {source.payload_id} has no encrypted_content")
    part = EncodedPart("encrypted_content", value)
    return _built("assistant", "summary", "message", (part,), None, item_id=string(item.id))


_RULES: dict[str, Callable[[RawItem, str, Raw | bytes, Source], NormalItem]] = {
    "message": _message,
    "agent_message": _agent_message,
    "reasoning": _reasoning,
    "function_call": _function_call,
    "custom_tool_call": _custom_tool_call,
    "function_call_output": _output,
    "custom_tool_call_output": _output,
    "tool_search_call": _whole_call,
    "web_search_call": _whole_call,
    "image_generation_call": _whole_call,
    "local_shell_call": _whole_call,
    "tool_search_output": _whole_output,
    "mcp_tool_call_output": _whole_output,
    "compaction": _compaction,
    "compaction_summary": _compaction,
    "context_compaction": _compaction,
}


# -- content -----------------------------------------------------------------


def _json_part(text: str, source: Source) -> JsonPart:
    """Raises ValueError for text that is no JSON."""
    value = canonical.parsed(text)
    return JsonPart(canonical.summary(canonical.compact(value)), source.payload_id)


def _content(raw: Raw, source: Source) -> tuple[Part, ...]:
    if bytes(raw)[:1] != b"[":
        return (PayloadRefPart("content", source.payload_id),)
    parts = tuple(
        part for part in (_content_part(one, source) for one in _LIST.decode(raw)) if part is not None
    )
    if not parts and source.schema == 1:
        return (PayloadRefPart("empty_content", source.payload_id),)
    return parts


def _content_part(raw: Raw, source: Source) -> Part | None:
    try:
        entry = _ENTRY.decode(raw)
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
