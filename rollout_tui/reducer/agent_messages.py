"""Agent paths, and what an item says to the agent it is addressed to (format section 10.1)."""

import re

import msgspec
from msgspec import UNSET

from rollout_tui.graph.objects import ConversationItem, Thread
from rollout_tui.graph.values import EncodedPart, Part, TextPart
from rollout_tui.reducer.reduction import Reduction

_AGENT_PATH = re.compile(r"/morpheus|/root(?:/(?!root(?:/|\Z))[a-z0-9_]+)*")
_UUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


def is_agent_path(path: str) -> bool:
    """Whether text is a valid agent path (10.1)."""
    return _AGENT_PATH.fullmatch(path) is not None


def is_uuid(text: str) -> bool:
    """Whether a text is a UUID as threads have them."""
    return re.fullmatch(_UUID, text) is not None


class _Legacy(msgspec.Struct, gc=False):
    author: str
    recipient: str
    content: str
    trigger_turn: bool
    other_recipients: list[str] = []
    encrypted_content: str | None = None


_LEGACY = msgspec.json.Decoder(_Legacy)


def message_of(r: Reduction, item: ConversationItem) -> tuple[str, str] | None:
    """Author and text of an item addressed to its own thread, None for any other item."""
    if item.role != "assistant" or item.kind != "message":
        return None
    parts = item.body.parts
    if item.agent_message is not UNSET:
        author, recipient = item.agent_message.author, item.agent_message.recipient
        text = _agent_text(parts)
    elif len(parts) == 1 and isinstance(parts[0], TextPart) and parts[0].text.lstrip().startswith("{"):
        try:
            legacy = _LEGACY.decode(parts[0].text.encode())
        except (ValueError, RecursionError):
            return None
        if not all(map(is_agent_path, (legacy.author, legacy.recipient, *legacy.other_recipients))):
            return None
        author, recipient = legacy.author, legacy.recipient
        text = legacy.content if legacy.encrypted_content is None else legacy.encrypted_content
    else:
        return None
    thread = r.find(Thread, item.thread_id)
    if text is None or thread is None or recipient != r.objects[thread].agent_path:
        return None
    return author, text


def _agent_text(parts: tuple[Part, ...]) -> str | None:
    match parts:
        case (TextPart(text=text),):
            return text
        case (EncodedPart(label="encrypted_content", value=value),) | (
            TextPart(),
            EncodedPart(label="encrypted_content", value=value),
        ):
            return value
    return None


def path_of(r: Reduction, thread_id: str) -> str:
    """The agent path of a thread, empty for an unknown one."""
    handle = r.find(Thread, thread_id)
    return "" if handle is None else r.objects[handle].agent_path
