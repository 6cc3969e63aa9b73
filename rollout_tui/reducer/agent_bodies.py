"""Runtime events of agent tools: which edges their bodies make (format sections 10.2 and 10.3)."""

import msgspec
from msgspec import Raw

from rollout_tui.graph.ids import Ids
from rollout_tui.graph.objects import InteractionEdge, PendingEdge, Thread, ToolCall
from rollout_tui.graph.values import PayloadReference, ThreadAnchor, ToolAnchor
from rollout_tui.reducer.agent_body_shapes import (
    ACTIVITY,
    BODY,
    FUNCTION,
    LEGACY_BEGINS,
    LEGACY_ENDS,
    MESSAGE,
    Begin,
    MessageBegin,
    MessageEnd,
    SpawnEnd,
)
from rollout_tui.reducer.agent_messages import is_agent_path, is_uuid, path_of
from rollout_tui.reducer.agents import queue, union, upsert
from rollout_tui.reducer.invocations import INVOCATION
from rollout_tui.reducer.reduction import Reduction
from rollout_tui.trace.payloads import PayloadProblem

ACTIVITY_OF = {
    "spawn_agent": "started",
    "assign_agent_task": "interacted",
    "send_message": "interacted",
    "close_agent": "interrupted",
}


def runtime_started(r: Reduction, tool: int, reference: PayloadReference) -> None:
    """A message, task or close begins; only the older bodies carry it here (10.2)."""
    called: ToolCall = r.objects[tool]
    decoder = LEGACY_BEGINS.get(called.kind.type)
    if decoder is not None:
        body = r.parsed(reference, decoder, "agent runtime start", called.tool_call_id)
        _legacy_edge(r, called, body, None)


def runtime_ended(r: Reduction, tool: int, reference: PayloadReference) -> None:
    """The end of work that was no terminal's: every body must be JSON, agent bodies make edges (10.3)."""
    called: ToolCall = r.objects[tool]
    kind = called.kind.type
    try:
        body = r.decoded(reference, BODY)
    except PayloadProblem as problem:
        r.unreadable(reference, problem)
        return
    except ValueError as error:
        if not _is_json(r, reference):
            r.refuse("bad_payload", f"runtime end {reference.raw_payload_id}: {error}", called.tool_call_id)
        body = {}
    if "agent_thread_id" in body:
        _activity(r, called, reference)
    elif kind in LEGACY_ENDS:
        legacy = r.parsed(reference, LEGACY_ENDS[kind], "agent runtime end", called.tool_call_id)
        _legacy_edge(r, called, legacy, r.time)


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
    body = r.parsed(reference, ACTIVITY, "sub-agent activity", called.tool_call_id)
    if body is None:
        return
    if not is_uuid(body.agent_thread_id) or not is_agent_path(body.agent_path):
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
    if kind == "close_agent":
        _close_edge(r, called, body.agent_thread_id, r.time)
        return
    text = _invocation_message(r, called)
    if text is None:
        r.refuse(
            "agent_call_without_message",
            f"agent activity of tool call {called.tool_call_id} has no message in its invocation",
            called.tool_call_id,
        )
        return
    spawn = body.agent_thread_id if kind == "spawn_agent" else None
    _queue(r, called, _edge_id(called, spawn), body.agent_thread_id, text, r.time, spawn)


def _queue(
    r: Reduction,
    called: ToolCall,
    edge_id: str,
    target: str,
    text: str,
    ended: int | None,
    spawn: str | None = None,
) -> None:
    """An edge from a call to the item of the thread `target` that will carry `text`.

    Its author is the agent that made the call, whatever sender an older body names.
    """
    started, author = called.execution.started_at_unix_ms, path_of(r, called.thread_id)
    source, carried = ToolAnchor(called.tool_call_id), _payload_ids(called)
    kind = called.kind.type
    queue(r, PendingEdge(edge_id, kind, source, target, author, text, spawn, started, ended, carried))


def _edge_id(called: ToolCall, child: str | None, parent: str | None = None) -> str:
    if child is None:
        return f"edge:tool:{called.tool_call_id}"
    return f"edge:spawn:{parent or called.thread_id}:{child}"


def _payload_ids(called: ToolCall) -> Ids:
    """Invocation, runtime payloads and result of a call, each once."""
    named = (called.raw_invocation_payload_id, *called.raw_runtime_payload_ids, called.raw_result_payload_id)
    return union((), (one for one in named if one is not None))


def _invocation_message(r: Reduction, called: ToolCall) -> str | None:
    """`message` in the JSON of the invocation's arguments."""
    reference = r.history.payloads.get(called.raw_invocation_payload_id or "", r.history.event)
    if reference is None:
        return None
    try:
        function = FUNCTION.decode(r.decoded(reference, INVOCATION).payload)
        return MESSAGE.decode(function.arguments.encode()).message
    except (ValueError, RecursionError, PayloadProblem):
        return None


def _legacy_edge(r: Reduction, called: ToolCall, body: Begin | SpawnEnd | None, ended: int | None) -> None:
    """The edge that an older body of an agent tool makes (10.2, 10.3)."""
    if isinstance(body, SpawnEnd):
        child = body.new_thread_id
        if child is not None:
            edge_id = _edge_id(called, child, body.sender_thread_id)
            _queue(r, called, edge_id, child, body.prompt, ended, child)
    elif isinstance(body, MessageBegin | MessageEnd):
        _queue(r, called, _edge_id(called, None), body.receiver_thread_id, body.prompt, ended)
    elif body is not None:
        _close_edge(r, called, body.receiver_thread_id, ended)


def _close_edge(r: Reduction, called: ToolCall, target: str, ended: int | None) -> None:
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
            _payload_ids(called),
        ),
    )
