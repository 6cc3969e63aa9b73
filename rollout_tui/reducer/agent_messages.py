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


class OlderMessage(msgspec.Struct, gc=False):
    """A message between agents as older releases wrote it: JSON in the text of an assistant (10.1)."""

    author: str
    recipient: str
    content: str
    trigger_turn: bool
    other_recipients: list[str] = []
    encrypted_content: str | None = None


_OLDER_MESSAGE = msgspec.json.Decoder(OlderMessage)


def older_message(item: ConversationItem) -> OlderMessage | None:
    """The older message that an item without an agent message of its own is, None for any other item."""
    parts = item.body.parts
    if item.role != "assistant" or item.kind != "message" or item.agent_message is not UNSET:
        return None
    if len(parts) != 1 or not isinstance(parts[0], TextPart) or not parts[0].text.lstrip().startswith("{"):
        return None
    try:
        older = _OLDER_MESSAGE.decode(parts[0].text.encode())
    except (ValueError, RecursionError):
        return None
    paths = (older.author, older.recipient, *older.other_recipients)
    return older if all(map(is_agent_path, paths)) else None


def message_of(r: Reduction, item: ConversationItem) -> tuple[str, str] | None:
    """Author and text of an item addressed to its own thread, None for any other item."""
    if item.role != "assistant" or item.kind != "message":
        return None
    if item.agent_message is not UNSET:
        author, recipient = item.agent_message.author, item.agent_message.recipient
        text = _agent_text(item.body.parts)
    elif (older := older_message(item)) is not None:
        author, recipient = older.author, older.recipient
        text = older.content if older.encrypted_content is None else older.encrypted_content
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
