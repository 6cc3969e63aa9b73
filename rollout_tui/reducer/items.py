"""Model items of requests, responses and checkpoints in one normal form (format section 7.1)."""

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import UNSET, Raw, UnsetType
from msgspec.structs import replace

from rollout_tui.graph.values import (
    AgentMessage,
    CodePart,
    EncodedPart,
    Part,
    PayloadRefPart,
    SummaryPart,
    TextPart,
)
from rollout_tui.reducer import canonical
from rollout_tui.reducer.content import ENTRY, STRING, Source, content_parts, json_part, listed, string
from rollout_tui.reducer.limits import MOST_PARTS
from rollout_tui.reducer.normal import ItemProblem, NormalItem, built

ROLES = frozenset(("system", "developer", "user", "assistant", "tool"))
CHANNELS = {"commentary": "commentary", "final_answer": "final", "summary": "summary"}


class Item(msgspec.Struct, gc=False):
    """The fields any item type reads; an empty Raw is an absent field, None one that holds no string."""

    type: str | None = None
    id: str | None = None
    role: str | None = None
    phase: str | None = None
    content: Raw = Raw()
    call_id: str | None = None
    name: str | None = None
    input: str | None = None
    arguments: Raw = Raw()
    output: Raw = Raw()
    summary: Raw = Raw()
    encrypted_content: Raw = Raw()


_ITEM = msgspec.json.Decoder(Item)
_STRINGS = ("type", "id", "role", "phase", "call_id", "name", "input")
_RAWS = ("content", "arguments", "output", "summary", "encrypted_content")
_LOOSE = msgspec.json.Decoder(
    msgspec.defstruct("_Loose", [(name, Raw, Raw()) for name in (*_STRINGS, *_RAWS)], gc=False)
)


def _fields(raw: Raw | bytes) -> Item:
    """The fields of an item; raises ValueError (RecursionError) for what is no JSON object."""
    try:
        return _ITEM.decode(raw)
    except ValueError:
        loose = _LOOSE.decode(raw)
    values: dict[str, Any] = {name: getattr(loose, name) for name in _RAWS}
    values |= {name: string(getattr(loose, name)) for name in _STRINGS}
    return Item(**values)


def normal_item(raw: Raw | bytes, source: Source) -> NormalItem | None:
    """The item in normal form; None for the types that are skipped.

    Raises ItemProblem where the reference reducer refuses the item.
    """
    try:
        item = _fields(raw)
        item_type = item.type
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
        item = _fields(raw)
        label = item.type or label
        responses_id, call_id = item.id, item.call_id
        role = item.role if item.role in ROLES else role
        if label == "reasoning":
            channel, kind = "analysis", "reasoning"
    except (ValueError, RecursionError):
        pass
    try:
        digest: str | UnsetType = canonical.content_sha256(canonical.parsed(bytes(raw).decode()))
    except ValueError:
        digest = UNSET
    part = PayloadRefPart(label, source.payload_id, digest)
    return built(role, channel, kind, (part,), call_id, item_id=responses_id)


# -- one rule per item type --------------------------------------------------


def _message(item: Item, item_type: str, raw: Raw | bytes, source: Source) -> NormalItem:
    role = item.role
    if role not in ROLES or role is None:
        raise ItemProblem("bad_item", f"unsupported message role {role} in {source.payload_id}")
    channel = CHANNELS.get(item.phase or "")
    return built(role, channel, "message", content_parts(item.content, source), None, item_id=item.id)


class _AgentText(msgspec.Struct, tag_field="type", tag="input_text"):
    text: str


class _AgentEncrypted(msgspec.Struct, tag_field="type", tag="encrypted_content"):
    encrypted_content: str


class _AgentItem(msgspec.Struct):
    author: str
    recipient: str
    content: list[_AgentText | _AgentEncrypted]
    id: str | None = None
    internal_chat_message_metadata_passthrough: dict[str, Raw] | list[Raw] | None = None


_AGENT_ITEM = msgspec.json.Decoder(_AgentItem)


def _agent_message(item: Item, item_type: str, raw: Raw | bytes, source: Source) -> NormalItem:
    try:
        message = _AGENT_ITEM.decode(raw)
    except ValueError as error:
        raise ItemProblem("bad_item", f"agent_message item in {source.payload_id}: {error}") from error
    if len(message.content) > MOST_PARTS:
        raise ItemProblem("item_too_large", f"agent_message item in {source.payload_id} has too many parts")
    if not message.content:
        raise ItemProblem("bad_item", f"agent_message item in {source.payload_id} has no content")
    parts = tuple(
        TextPart(one.text)
        if isinstance(one, _AgentText)
        else EncodedPart("encrypted_content", one.encrypted_content)
        for one in message.content
    )
    return built(
        "assistant",
        "analysis",
        "message",
        parts,
        None,
        item_id=message.id,
        agent_message=AgentMessage(message.author, message.recipient),
    )


def _reasoning(item: Item, item_type: str, raw: Raw | bytes, source: Source) -> NormalItem:
    where = f"reasoning item in {source.payload_id}"
    parts: list[Part] = []
    thoughts = _texts(item.content, ("reasoning_text", "text"), source, "content")
    parts += [TextPart(text) for text in thoughts]
    parts += [SummaryPart(text) for text in _texts(item.summary, ("summary_text",), source, "summary")]
    encrypted = bytes(item.encrypted_content)
    if encrypted not in (b"", b"null"):
        value = string(item.encrypted_content)
        if value is None:
            raise ItemProblem("bad_item", f"{where} has encrypted_content that is no string")
        parts.append(EncodedPart("encrypted_content", value))
    if not parts:
        raise ItemProblem("bad_item", f"{where} has no content, summary or encrypted_content")
    return built("assistant", "analysis", "reasoning", tuple(parts), None, item_id=item.id)


def _texts(raw: Raw, types: tuple[str, ...], source: Source, field: str) -> list[str]:
    where = f"reasoning item in {source.payload_id}"
    if not bytes(raw) or (field == "content" and bytes(raw) == b"null"):
        return []
    try:
        entries = [ENTRY.decode(one) for one in listed(raw, source, field)]
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


def _function_call(item: Item, item_type: str, raw: Raw | bytes, source: Source) -> NormalItem:
    part: Part
    if not bytes(item.arguments):
        part = PayloadRefPart("payload", source.payload_id)
    else:
        text = string(item.arguments)
        if text is None:
            part = json_part(bytes(item.arguments).decode(), source)
        else:
            try:
                part = json_part(text, source)
            except ValueError:
                part = TextPart(text)
    return _call(item, "function_call", part)


def _custom_tool_call(item: Item, item_type: str, raw: Raw | bytes, source: Source) -> NormalItem:
    text = item.input
    part: Part
    if text is None:
        part = json_part(bytes(raw).decode(), source)
    elif item.name == "exec":
        part = CodePart("javascript", text)
    else:
        part = TextPart(text)
    return _call(item, "custom_tool_call", part)


def _whole_call(item: Item, item_type: str, raw: Raw | bytes, source: Source) -> NormalItem:
    called = _call(item, "function_call", json_part(bytes(raw).decode(), source))
    return called if called.name else replace(called, name=item_type.removesuffix("_call"))


def _call(item: Item, kind: str, part: Part) -> NormalItem:
    return built(
        "assistant",
        "commentary",
        kind,
        (part,),
        item.call_id,
        item_id=item.id,
        name=item.name,
    )


def _output(item: Item, item_type: str, raw: Raw | bytes, source: Source) -> NormalItem:
    output = bytes(item.output)
    parts: tuple[Part, ...]
    if not output:
        parts = (PayloadRefPart("tool_output", source.payload_id),)
    elif output.startswith(b'"'):
        parts = (TextPart(STRING.decode(output)),)
    elif output.startswith(b"["):
        parts = content_parts(item.output, source)
    else:
        parts = (json_part(output.decode(), source),)
    return built("tool", "commentary", item_type, parts, item.call_id, item_id=item.id)


def _whole_output(item: Item, item_type: str, raw: Raw | bytes, source: Source) -> NormalItem:
    part = json_part(bytes(raw).decode(), source)
    return built(
        "tool",
        "commentary",
        "function_call_output",
        (part,),
        item.call_id,
        item_id=item.id,
    )


def _compaction(item: Item, item_type: str, raw: Raw | bytes, source: Source) -> NormalItem:
    value = string(item.encrypted_content)
    if value is None:
        raise ItemProblem("bad_item", f"{item_type} item in {source.payload_id} has no encrypted_content")
    part = EncodedPart("encrypted_content", value)
    return built("assistant", "summary", "message", (part,), None, item_id=item.id)


_RULES: dict[str, Callable[[Item, str, Raw | bytes, Source], NormalItem]] = {
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
