"""Runtime events of agent tools: which edges their bodies make (format sections 10.2 and 10.3)."""

from typing import Generic, TypeVar

import msgspec
from msgspec import Raw

from rollout_tui.graph.ids import Ids
from rollout_tui.graph.objects import InteractionEdge, Thread, ToolCall
from rollout_tui.graph.values import PayloadReference, ThreadAnchor, ToolAnchor
from rollout_tui.reducer.agent_messages import UUID, is_agent_path, path_of
from rollout_tui.reducer.agents import queue, union, upsert
from rollout_tui.reducer.content import string
from rollout_tui.reducer.queues import Waiting
from rollout_tui.reducer.working import Reduction
from rollout_tui.trace.payloads import PayloadProblem

B = TypeVar("B")


class _Begin(msgspec.Struct, gc=False):
    """Begin of an older message, task or close."""

    call_id: str
    sender_thread_id: str
    receiver_thread_id: str


class _MessageBegin(_Begin, gc=False):
    prompt: str


class _End(_Begin, gc=False):
    status: Raw
    receiver_agent_nickname: str | None = None
    receiver_agent_role: str | None = None


class _MessageEnd(_MessageBegin, gc=False):
    status: Raw
    receiver_agent_nickname: str | None = None
    receiver_agent_role: str | None = None


class _SpawnEnd(msgspec.Struct, gc=False):
    call_id: str
    sender_thread_id: str
    prompt: str
    model: str
    reasoning_effort: str
    status: Raw
    new_thread_id: str | None = None
    new_agent_nickname: str | None = None
    new_agent_role: str | None = None


class _Activity(msgspec.Struct, gc=False):
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


STATUSES = frozenset(("pending_init", "running", "interrupted", "shutdown", "not_found"))
_STATUS_OBJECT = msgspec.json.Decoder(dict[str, str | None])
_ACTIVITY = msgspec.json.Decoder(_Activity)
_BODY = msgspec.json.Decoder(dict[str, Raw])
_SPAWN_END = _Legacy(_SpawnEnd)
_CLOSE_BEGIN, _CLOSE_END = _Legacy(_Begin), _Legacy(_End)
_MESSAGE_BEGIN, _MESSAGE_END = _Legacy(_MessageBegin), _Legacy(_MessageEnd)
MESSAGE_KINDS = frozenset(("assign_agent_task", "send_message"))
LEGACY_END_KINDS = frozenset(("spawn_agent", "close_agent", *MESSAGE_KINDS))
ACTIVITY_OF = {
    "spawn_agent": "started",
    "assign_agent_task": "interacted",
    "send_message": "interacted",
    "close_agent": "interrupted",
}


def runtime_started(r: Reduction, tool: int, reference: PayloadReference) -> None:
    """A message, task or close begins; only the older bodies carry it here (10.2)."""
    called = r.tool(tool)
    kind = called.kind.type
    if kind not in MESSAGE_KINDS and kind != "close_agent":
        return
    what = "agent runtime start"
    if kind == "close_agent":
        closed = r.parsed(reference, _CLOSE_BEGIN, what, called.tool_call_id)
        if closed is not None:
            _close_edge(r, called, closed.receiver_thread_id, None, _payload_ids(called))
        return
    message = r.parsed(reference, _MESSAGE_BEGIN, what, called.tool_call_id)
    if message is not None:
        _message_edge(r, called, message, None)


def runtime_ended(r: Reduction, tool: int, reference: PayloadReference) -> None:
    """The end of a tool call's work: every body must be JSON, agent bodies make edges (10.3)."""
    called = r.tool(tool)
    kind = called.kind.type
    if kind in ("exec_command", "write_stdin") and called.terminal_operation_id is not None:
        return
    try:
        body = r.decoded(reference, _BODY)
    except PayloadProblem as problem:
        r.unreadable(reference, problem)
        return
    except ValueError as error:
        if not _is_json(r, reference):
            r.refuse("bad_payload", f"runtime end {reference.raw_payload_id}: {error}", called.tool_call_id)
        body = {}
    if "agent_thread_id" in body:
        _activity(r, called, reference)
    elif kind in LEGACY_END_KINDS:
        _legacy_end(r, called, reference)


def _is_json(r: Reduction, reference: PayloadReference) -> bool:
    try:
        msgspec.json.decode(r.payloads.read(reference.path), type=Raw)
    except (ValueError, RecursionError, PayloadProblem):
        return False
    return True


def _activity(r: Reduction, called: ToolCall, reference: PayloadReference) -> None:
    """A sub-agent's activity as the tool call saw it; in schema 2 MCP tools may name agents."""
    if r.schema != 1 and called.kind.type == "mcp":
        return
    body = r.parsed(reference, _ACTIVITY, "sub-agent activity", called.tool_call_id)
    if body is None:
        return
    if not UUID.fullmatch(body.agent_thread_id) or not is_agent_path(body.agent_path):
        r.refuse(
            "bad_agent_activity", f"sub-agent activity in {reference.raw_payload_id}", called.tool_call_id
        )
        return
    kind = called.kind.type
    if ACTIVITY_OF.get(kind) != body.kind:
        r.refuse(
            "bad_agent_activity",
            f"sub-agent activity {body.kind} does not fit tool call kind {kind}",
            called.tool_call_id,
        )
        return
    payload_ids = _payload_ids(called)
    if kind == "close_agent":
        _close_edge(r, called, body.agent_thread_id, r.time, payload_ids)
        return
    text = _invocation_message(r, called)
    if text is None:
        r.refuse(
            "agent_call_without_message",
            f"agent activity of tool call {called.tool_call_id} has no message in its invocation",
            called.tool_call_id,
        )
        return
    author = path_of(r, called.thread_id)
    spawn = body.agent_thread_id if kind == "spawn_agent" else None
    queue(
        r,
        Waiting(
            _edge_id(called, body.agent_thread_id if spawn else None),
            kind,
            ToolAnchor(called.tool_call_id),
            body.agent_thread_id,
            author,
            text,
            spawn,
            called.execution.started_at_unix_ms,
            r.time,
            payload_ids,
        ),
    )


def _edge_id(called: ToolCall, child: str | None, parent: str | None = None) -> str:
    if child is None:
        return f"edge:tool:{called.tool_call_id}"
    return f"edge:spawn:{parent or called.thread_id}:{child}"


def _payload_ids(called: ToolCall) -> Ids:
    """Invocation, runtime payloads and result of a call, each once."""
    named = (called.raw_invocation_payload_id, *called.raw_runtime_payload_ids, called.raw_result_payload_id)
    return union((), (one for one in named if one is not None))


class _Invocation(msgspec.Struct, gc=False):
    payload: Raw


class _Function(msgspec.Struct, gc=False):
    arguments: str


class _Message(msgspec.Struct, gc=False):
    message: str


_INVOCATION = msgspec.json.Decoder(_Invocation)
_FUNCTION = msgspec.json.Decoder(_Function)
_MESSAGE = msgspec.json.Decoder(_Message)


def _invocation_message(r: Reduction, called: ToolCall) -> str | None:
    """`message` in the JSON of the invocation's arguments."""
    reference = r.history.payloads.get(called.raw_invocation_payload_id or "", r.history.event)
    if reference is None:
        return None
    try:
        function = _FUNCTION.decode(r.decoded(reference, _INVOCATION).payload)
        return _MESSAGE.decode(function.arguments.encode()).message
    except (ValueError, RecursionError, PayloadProblem):
        return None


def _legacy_end(r: Reduction, called: ToolCall, reference: PayloadReference) -> None:
    """The older end bodies of agent tools (10.3)."""
    kind, what = called.kind.type, "agent runtime end"
    if kind == "spawn_agent":
        spawned = r.parsed(reference, _SPAWN_END, what, called.tool_call_id)
        if spawned is not None and spawned.new_thread_id is not None:
            _spawn_edge(r, called, spawned, spawned.new_thread_id)
    elif kind == "close_agent":
        closed = r.parsed(reference, _CLOSE_END, what, called.tool_call_id)
        if closed is not None:
            _close_edge(r, called, closed.receiver_thread_id, r.time, _payload_ids(called))
    else:
        message = r.parsed(reference, _MESSAGE_END, what, called.tool_call_id)
        if message is not None:
            _message_edge(r, called, message, r.time)


def _spawn_edge(r: Reduction, called: ToolCall, spawned: _SpawnEnd, child: str) -> None:
    queue(
        r,
        Waiting(
            _edge_id(called, child, spawned.sender_thread_id),
            called.kind.type,
            ToolAnchor(called.tool_call_id),
            child,
            path_of(r, spawned.sender_thread_id),
            spawned.prompt,
            child,
            called.execution.started_at_unix_ms,
            r.time,
            _payload_ids(called),
        ),
    )


def _message_edge(r: Reduction, called: ToolCall, body: _MessageBegin, ended: int | None) -> None:
    queue(
        r,
        Waiting(
            _edge_id(called, None),
            called.kind.type,
            ToolAnchor(called.tool_call_id),
            body.receiver_thread_id,
            path_of(r, body.sender_thread_id),
            body.prompt,
            None,
            called.execution.started_at_unix_ms,
            ended,
            _payload_ids(called),
        ),
    )


def _close_edge(r: Reduction, called: ToolCall, target: str, ended: int | None, payload_ids: Ids) -> None:
    """A thread is closed by another; nothing when the thread is unknown (10.3)."""
    if r.find(Thread, target) is None:
        return
    upsert(
        r,
        InteractionEdge(
            _edge_id(called, None),
            "close_agent",
            ToolAnchor(called.tool_call_id),
            ThreadAnchor(target),
            called.execution.started_at_unix_ms,
            ended,
            (),
            payload_ids,
        ),
    )
