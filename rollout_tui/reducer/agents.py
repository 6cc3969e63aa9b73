"""What agents give each other: pending edges and their resolution (format section 10)."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from typing import Any, cast

import msgspec
from msgspec import UNSET, Raw

from rollout_tui.graph.history import item_id
from rollout_tui.graph.ids import Ids, with_id
from rollout_tui.graph.objects import ConversationItem, InteractionEdge, PendingEdge, Thread, ToolCall
from rollout_tui.graph.values import (
    Anchor,
    EncodedPart,
    ItemAnchor,
    PayloadReference,
    TextPart,
    ThreadAnchor,
    ToolAnchor,
)
from rollout_tui.reducer.queues import Waiting
from rollout_tui.reducer.working import Reduction
from rollout_tui.trace.events import AgentResultObserved, Event
from rollout_tui.trace.payloads import PayloadProblem

AGENT_PATH = re.compile(r"/morpheus|/root(?:/(?!root(?:/|\Z))[a-z0-9_]+)*")
UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def is_agent_path(path: str) -> bool:
    """Whether text is a valid agent path (10.1)."""
    return AGENT_PATH.fullmatch(path) is not None


# -- the text an item gives its recipient (10.1) -----------------------------------------


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
    if text is None or thread is None or recipient != r.thread(thread).agent_path:
        return None
    return author, text


def _agent_text(parts: tuple[Any, ...]) -> str | None:
    match parts:
        case (TextPart(text=text),):
            return text
        case (EncodedPart(label="encrypted_content", value=value),) | (
            TextPart(),
            EncodedPart(label="encrypted_content", value=value),
        ):
            return value
    return None


def addressed(r: Reduction, number: int, item: ConversationItem) -> None:
    """A listed item can receive an edge that comes later: index it by what it says."""
    message = message_of(r, item)
    if message is not None:
        numbers = r.items.addressed.setdefault((item.thread_id, *message), [])
        if number not in numbers:
            numbers.append(number)
            numbers.sort()


def resolve(r: Reduction, number: int, item: ConversationItem) -> None:
    """Give a placed item the first pending edge that fits it (10.4)."""
    if not r.agents.waiting or number in r.items.edge_targets:
        return
    message = message_of(r, item)
    if message is None:
        return
    queue = r.agents.by_message.get((item.thread_id, *message))
    if queue:
        _make(r, r.agents.waiting[queue[0]], number)


# -- queue or resolve (10.1) ----------------------------------------------------------------


def queue(r: Reduction, edge: Waiting) -> None:
    """Make the edge if its receiving item is listed already, else let it wait."""
    key = (edge.target_thread_id, edge.author, edge.text)
    for number in r.items.addressed.get(key, ()):
        if number not in r.items.edge_targets:
            _make(r, edge, number)
            return
    known = r.agents.waiting.get(edge.edge_id)
    if known is None:
        r.agents.waiting[edge.edge_id] = edge
        r.agents.by_message.setdefault(key, deque()).append(edge.edge_id)
        _show_pending(r, edge)
        return
    same = (known.kind, known.source, known.spawn_child, known.target_thread_id, known.author, known.text)
    if same != (edge.kind, edge.source, edge.spawn_child, *key):
        _conflict(r, edge.edge_id)
        return
    known.started_at_unix_ms = min(known.started_at_unix_ms, edge.started_at_unix_ms)
    known.ended_at_unix_ms = latest(known.ended_at_unix_ms, edge.ended_at_unix_ms)
    known.carried_raw_payload_ids = union(known.carried_raw_payload_ids, edge.carried_raw_payload_ids)
    _show_pending(r, known)


def _show_pending(r: Reduction, edge: Waiting, *, waiting: bool = True) -> None:
    """Keep the visible record of a pending edge in step."""
    shown = PendingEdge(
        edge.edge_id,
        edge.kind,
        edge.source,
        edge.target_thread_id,
        edge.author,
        edge.text,
        edge.spawn_child,
        edge.started_at_unix_ms,
        edge.ended_at_unix_ms,
        edge.carried_raw_payload_ids,
        waiting,
    )
    handle = r.find(PendingEdge, edge.edge_id)
    if handle is None:
        r.history.create(edge.edge_id, shown)
        return
    for name in shown.__struct_fields__:
        r.history.set(handle, name, getattr(shown, name))


def _make(r: Reduction, edge: Waiting, number: int) -> None:
    """The edge reaches an item."""
    if r.agents.waiting.pop(edge.edge_id, None) is not None:
        r.agents.by_message[(edge.target_thread_id, edge.author, edge.text)].remove(edge.edge_id)
        _show_pending(r, edge, waiting=False)
    target = item_id(number)
    if upsert(
        r,
        InteractionEdge(
            edge.edge_id,
            edge.kind,
            edge.source,
            ItemAnchor(target),
            edge.started_at_unix_ms,
            edge.ended_at_unix_ms,
            (target,),
            edge.carried_raw_payload_ids,
        ),
    ):
        r.items.edge_targets.add(number)


def upsert(r: Reduction, edge: InteractionEdge) -> bool:
    """Add an edge, or widen the one that has its id; false for a conflicting one (10.4)."""
    handle = r.find(InteractionEdge, edge.edge_id)
    if handle is None:
        r.history.create(edge.edge_id, edge)
        if isinstance(edge.source, ToolAnchor):
            r.agents.edges_of_tool.setdefault(edge.source.tool_call_id, []).append(edge.edge_id)
        return True
    known = cast(InteractionEdge, r.history.objects[handle])
    if (known.kind, known.source, known.target) != (edge.kind, edge.source, edge.target):
        _conflict(r, edge.edge_id)
        return False
    changes = {
        "started_at_unix_ms": min(known.started_at_unix_ms, edge.started_at_unix_ms),
        "ended_at_unix_ms": latest(known.ended_at_unix_ms, edge.ended_at_unix_ms),
        "carried_item_ids": union(known.carried_item_ids, edge.carried_item_ids),
        "carried_raw_payload_ids": union(known.carried_raw_payload_ids, edge.carried_raw_payload_ids),
    }
    for name, value in changes.items():
        r.history.set(handle, name, value)
    return True


def _conflict(r: Reduction, edge_id: str) -> None:
    r.refuse(
        "conflicting_edge", f"interaction edge {edge_id} was observed with conflicting endpoints", edge_id
    )


def latest(one: int | None, other: int | None) -> int | None:
    """The later of two times, of which either may be unknown."""
    return max((time for time in (one, other) if time is not None), default=None)


def union(ids: Ids, more: Iterable[str]) -> Ids:
    """`ids` and what of `more` it lacks."""
    for one in more:
        ids = with_id(ids, one)
    return ids


# -- runtime events of agent tools (10.2, 10.3) -------------------------------------------------


class _Begin(msgspec.Struct, gc=False):
    sender_thread_id: str
    receiver_thread_id: str
    call_id: str | None = None
    prompt: str | None = None


class _SpawnEnd(msgspec.Struct, gc=False):
    sender_thread_id: str
    prompt: str
    new_thread_id: str | None = None


class _Activity(msgspec.Struct, gc=False):
    event_id: str
    agent_thread_id: str
    agent_path: str
    kind: str


_BEGIN = msgspec.json.Decoder(_Begin)
_SPAWN_END = msgspec.json.Decoder(_SpawnEnd)
_ACTIVITY = msgspec.json.Decoder(_Activity)
_BODY = msgspec.json.Decoder(dict[str, Raw])
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
    body = _legacy(r, called, reference, "agent runtime start")
    if body is None:
        return
    if kind == "close_agent":
        _close_edge(r, called, body.receiver_thread_id, None, _payload_ids(called))
    else:
        _message_edge(r, called, body, None, reference)


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
    """A sub-agent's activity as the tool call saw it."""
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
    author = _path_of(r, called.thread_id)
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


def _path_of(r: Reduction, thread_id: str) -> str:
    handle = r.find(Thread, thread_id)
    return "" if handle is None else r.thread(handle).agent_path


def _legacy(r: Reduction, called: ToolCall, reference: PayloadReference, what: str) -> _Begin | None:
    body = r.parsed(reference, _BEGIN, what, called.tool_call_id)
    if body is None:
        return None
    if not UUID.fullmatch(body.sender_thread_id) or not UUID.fullmatch(body.receiver_thread_id):
        r.refuse(
            "bad_agent_body", f"{what} in {reference.raw_payload_id} names no thread", called.tool_call_id
        )
        return None
    return body


def _legacy_end(r: Reduction, called: ToolCall, reference: PayloadReference) -> None:
    """The older end bodies of agent tools (10.3)."""
    kind = called.kind.type
    if kind == "spawn_agent":
        _legacy_spawn_end(r, called, reference)
        return
    body = _legacy(r, called, reference, "agent runtime end")
    if body is None:
        return
    if kind == "close_agent":
        _close_edge(r, called, body.receiver_thread_id, r.time, _payload_ids(called))
    else:
        _message_edge(r, called, body, r.time, reference)


def _legacy_spawn_end(r: Reduction, called: ToolCall, reference: PayloadReference) -> None:
    spawn = r.parsed(reference, _SPAWN_END, "spawn end", called.tool_call_id)
    if spawn is None or spawn.new_thread_id is None:
        return
    if not UUID.fullmatch(spawn.sender_thread_id) or not UUID.fullmatch(spawn.new_thread_id):
        r.refuse(
            "bad_agent_body", f"spawn end in {reference.raw_payload_id} names no thread", called.tool_call_id
        )
        return
    queue(
        r,
        Waiting(
            _edge_id(called, spawn.new_thread_id, spawn.sender_thread_id),
            called.kind.type,
            ToolAnchor(called.tool_call_id),
            spawn.new_thread_id,
            _path_of(r, spawn.sender_thread_id),
            spawn.prompt,
            spawn.new_thread_id,
            called.execution.started_at_unix_ms,
            r.time,
            _payload_ids(called),
        ),
    )


def _message_edge(
    r: Reduction, called: ToolCall, body: _Begin, ended: int | None, reference: PayloadReference
) -> None:
    if body.prompt is None:
        r.refuse("bad_agent_body", f"{reference.raw_payload_id} has no prompt", called.tool_call_id)
        return
    queue(
        r,
        Waiting(
            _edge_id(called, None),
            called.kind.type,
            ToolAnchor(called.tool_call_id),
            body.receiver_thread_id,
            _path_of(r, body.sender_thread_id),
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


# -- results (10.5) ---------------------------------------------------------------------------------


def result_observed(r: Reduction, event: Event, payload: AgentResultObserved) -> None:
    """A child's result goes to its parent."""
    child = payload.child_thread_id
    if r.find(Thread, child) is None:
        r.refuse("unknown_thread", f"agent result names unknown thread {child}", payload.edge_id, child)
        return
    reference = payload.carried_payload
    queue(
        r,
        Waiting(
            payload.edge_id,
            "agent_result",
            _result_source(r, child, payload.child_codex_turn_id),
            payload.parent_thread_id,
            _path_of(r, child),
            payload.message,
            None,
            r.time,
            r.time,
            () if reference is None else (reference.raw_payload_id,),
        ),
    )


def _result_source(r: Reduction, thread_id: str, turn_id: str) -> Anchor:
    """The last assistant message of a turn; among equals the last id in byte order."""
    best: tuple[int, bytes] | None = None
    order = r.history.collections[ConversationItem].order
    for number in reversed(r.history.items.by_thread.get(thread_id, ())):
        item = cast(ConversationItem, r.history.objects[order[number]])
        if best is not None and item.first_seen_at_unix_ms < best[0]:
            break
        said = item.role == "assistant" and item.kind == "message" and item.agent_message is UNSET
        if said and item.codex_turn_id == turn_id:
            found = (item.first_seen_at_unix_ms, item.item_id.encode())
            best = found if best is None else max(best, found)
    return ThreadAnchor(thread_id) if best is None else ItemAnchor(best[1].decode())


def result_carried(r: Reduction, tool_id: str, payload_id: str) -> None:
    """A tool call's result belongs to the edge the call made (10.5)."""
    edges = r.agents.edges_of_tool.get(tool_id)
    if edges:
        handle = cast(int, r.find(InteractionEdge, min(edges)))
        carried = cast(InteractionEdge, r.history.objects[handle]).carried_raw_payload_ids
        r.history.set(handle, "carried_raw_payload_ids", with_id(carried, payload_id))
        return
    for edge in r.agents.waiting.values():
        if edge.source == ToolAnchor(tool_id):
            edge.carried_raw_payload_ids = with_id(edge.carried_raw_payload_ids, payload_id)
            _show_pending(r, edge)
            return
