"""The normal form of a model item, and what makes two of them equal (format section 7.2)."""

from __future__ import annotations

from typing import Any, TypeAlias

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from rollout_tui.graph.values import AgentMessage, EncodedPart, JsonPart, Part, PayloadRefPart
from rollout_tui.immutable import Value

CALL_KINDS = frozenset(("function_call", "custom_tool_call"))
OUTPUT_KINDS = frozenset(("function_call_output", "custom_tool_call_output"))

Key: TypeAlias = tuple[Any, ...]


class ItemProblem(Exception):
    """An item the reference reducer refuses; `code` is a diagnostic code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class NormalItem(Value):
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


def built(
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
    """An item with the keys that its parts give it."""
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


def from_payload(normal: NormalItem, payload_id: str) -> NormalItem:
    """The item as the same text in another payload gives it; for stable items."""
    parts = tuple(
        replace(part, raw_payload_id=payload_id) if isinstance(part, (JsonPart, PayloadRefPart)) else part
        for part in normal.parts
    )
    return replace(normal, parts=parts)


def content_key(head: Key, parts: tuple[Part, ...]) -> Key:
    """What equality of content compares (7.2)."""
    return (*head, *map(_part_key, parts))


def _part_key(part: Part) -> Key | Part:
    if isinstance(part, JsonPart):
        return ("json", part.summary)
    if isinstance(part, PayloadRefPart) and part.content_sha256 is not UNSET:
        return ("payload_ref", part.label, part.content_sha256)
    return part
