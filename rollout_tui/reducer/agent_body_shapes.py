"""The bodies of agent tools, as the runtime writes them and as older releases did (format section 10)."""

# Annotations are not postponed: see `trace.events`.

from typing import Generic, TypeVar

import msgspec
from msgspec import Raw

from rollout_tui.reducer.agent_messages import UUID
from rollout_tui.reducer.content import string

B = TypeVar("B")


class Begin(msgspec.Struct, gc=False):
    """Begin of an older message, task or close."""

    call_id: str
    sender_thread_id: str
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


class SpawnEnd(msgspec.Struct, gc=False):
    """End of an older spawn; without `new_thread_id` there was none."""

    call_id: str
    sender_thread_id: str
    prompt: str
    model: str
    reasoning_effort: str
    status: Raw
    new_thread_id: str | None = None
    new_agent_nickname: str | None = None
    new_agent_role: str | None = None


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
            if thread_id is not None and not UUID.fullmatch(thread_id):
                raise ValueError(f"{name} is no thread id")
        status = getattr(body, "status", None)
        if status is not None and string(status) not in STATUSES:
            ((word, text),) = _STATUS_OBJECT.decode(status).items()
            if word != "completed" and (word, text is None) != ("errored", False):
                raise ValueError(f"status {word[:40]} is not known")
        return body


class Invocation(msgspec.Struct, gc=False):
    """The invocation of a call."""

    payload: Raw


class Function(msgspec.Struct, gc=False):
    """Its payload, where the call is of a function."""

    arguments: str


class Message(msgspec.Struct, gc=False):
    """The arguments of a message, task or spawn."""

    message: str


STATUSES = frozenset(("pending_init", "running", "interrupted", "shutdown", "not_found"))
_STATUS_OBJECT = msgspec.json.Decoder(dict[str, str | None])
ACTIVITY = msgspec.json.Decoder(Activity)
BODY = msgspec.json.Decoder(dict[str, Raw])
SPAWN_END = _Legacy(SpawnEnd)
CLOSE_BEGIN, CLOSE_END = _Legacy(Begin), _Legacy(End)
MESSAGE_BEGIN, MESSAGE_END = _Legacy(MessageBegin), _Legacy(MessageEnd)
INVOCATION = msgspec.json.Decoder(Invocation)
FUNCTION = msgspec.json.Decoder(Function)
MESSAGE = msgspec.json.Decoder(Message)
