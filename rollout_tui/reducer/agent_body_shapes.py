"""The bodies of agent tools, as the runtime writes them and as older releases did (format section 10)."""

# Annotations are not postponed: see `trace.events`.

from typing import Generic, TypeVar

import msgspec
from msgspec import Raw

from rollout_tui.reducer.agent_messages import is_uuid
from rollout_tui.reducer.content import string
from rollout_tui.reducer.evidence import Decoder

B = TypeVar("B")


class Sent(msgspec.Struct, gc=False):
    """Whose call an older body belongs to."""

    call_id: str
    sender_thread_id: str


class Begin(Sent, gc=False):
    """Begin of an older message, task or close."""

    receiver_thread_id: str


class MessageBegin(Begin, gc=False):
    """Begin of an older message or task."""

    prompt: str


class End(Begin, gc=False):
    """End of an older close."""

    status: Raw
    receiver_agent_nickname: str | None = None
    receiver_agent_role: str | None = None


class MessageEnd(End, gc=False, kw_only=True):
    """End of an older message or task."""

    prompt: str


class SpawnEnd(Sent, gc=False, kw_only=True):
    """End of an older spawn; without `new_thread_id` there was none."""

    new_thread_id: str | None = None
    new_agent_nickname: str | None = None
    new_agent_role: str | None = None
    prompt: str
    model: str
    reasoning_effort: str
    status: Raw


class Activity(msgspec.Struct, gc=False):
    """What a sub-agent did, as the call that made it do so saw it."""

    event_id: str
    agent_thread_id: str
    agent_path: str
    kind: str
    occurred_at_ms: int = 0
    model: str | None = None
    reasoning_effort: str | None = None


class _Legacy(Generic[B]):
    """Decodes an older body and checks what its types do not say; raises ValueError."""

    def __init__(self, shape: type[B]) -> None:
        self._decoder = msgspec.json.Decoder(shape)

    def decode(self, data: bytes, /) -> B:
        body = self._decoder.decode(data)
        for name in ("sender_thread_id", "receiver_thread_id", "new_thread_id"):
            thread_id = getattr(body, name, None)
            if thread_id is not None and not is_uuid(thread_id):
                raise ValueError(f"{name} is no thread id")
        status = getattr(body, "status", None)
        if status is not None and string(status) not in STATUSES:
            ((word, text),) = _STATUS_OBJECT.decode(status).items()
            if word != "completed" and (word, text is None) != ("errored", False):
                raise ValueError(f"status {word[:40]} is not known")
        return body


class Function(msgspec.Struct, gc=False):
    """The payload of an invocation, where the call is of a function."""

    arguments: str


class Message(msgspec.Struct, gc=False):
    """The arguments of a message, task or spawn."""

    message: str


STATUSES = frozenset(("pending_init", "running", "interrupted", "shutdown", "not_found"))
_STATUS_OBJECT = msgspec.json.Decoder(dict[str, str | None])
ACTIVITY = msgspec.json.Decoder(Activity)
BODY = msgspec.json.Decoder(dict[str, Raw])
_MESSAGE_BEGIN, _MESSAGE_END = _Legacy(MessageBegin), _Legacy(MessageEnd)
LEGACY_BEGINS: dict[str, Decoder[Begin]] = {
    "assign_agent_task": _MESSAGE_BEGIN,
    "send_message": _MESSAGE_BEGIN,
    "close_agent": _Legacy(Begin),
}
LEGACY_ENDS: dict[str, Decoder[Begin | SpawnEnd]] = {
    "assign_agent_task": _MESSAGE_END,
    "send_message": _MESSAGE_END,
    "close_agent": _Legacy(End),
    "spawn_agent": _Legacy(SpawnEnd),
}
"""What the work of an agent tool begins and ends with in older releases, by the kind of its call."""
FUNCTION = msgspec.json.Decoder(Function)
MESSAGE = msgspec.json.Decoder(Message)
