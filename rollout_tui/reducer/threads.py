"""The rollout, its threads and turns, and accepted history (format sections 6, 7.5 and 11)."""

from contextlib import suppress
from typing import Any

import msgspec
from msgspec import UNSET, Raw

from rollout_tui.graph.numbered import FirstSeen
from rollout_tui.graph.objects import CodexTurn, Thread
from rollout_tui.graph.values import PayloadReference, RootOrigin, SpawnedOrigin, Window
from rollout_tui.reducer import agents, cells, inference
from rollout_tui.reducer.content import Source
from rollout_tui.reducer.conversation import create_item, item_at, list_item, mark_accepted
from rollout_tui.reducer.items import normal_item
from rollout_tui.reducer.normal import ItemProblem
from rollout_tui.reducer.reduction import Reduction
from rollout_tui.trace.event_payloads import (
    CodexTurnEnded,
    CodexTurnStarted,
    HistoryItemAccepted,
    RecordingCompleted,
    RolloutEnded,
    RolloutStarted,
    ThreadEnded,
    ThreadResumed,
    ThreadStarted,
)
from rollout_tui.trace.events import Event


def rollout_started(r: Reduction, event: Event, payload: RolloutStarted) -> None:
    """The recording names itself."""
    r.history.set(r.history.rollout_handle, "trace_id", payload.trace_id)
    r.history.set(r.history.rollout_handle, "root_thread_id", payload.root_thread_id)


def rollout_ended(r: Reduction, event: Event, payload: RolloutEnded) -> None:
    """The rollout is over; nothing else closes."""
    r.history.set(r.history.rollout_handle, "status", payload.status)
    r.history.set(r.history.rollout_handle, "ended_at_unix_ms", r.time)


def recording_completed(r: Reduction, event: Event, payload: RecordingCompleted) -> None:
    """The last line of an orderly shutdown."""
    r.history.set(r.history.rollout_handle, "recording_complete", True)


# -- threads ---------------------------------------------------------------------


class _Metadata(msgspec.Struct, gc=False):
    session_source: Raw = Raw(b"null")
    agent_path: str | None = None
    task_name: str | None = None
    nickname: str | None = None
    agent_role: str | None = None
    model: str | None = None


_METADATA = msgspec.json.Decoder(_Metadata)


def thread_started(r: Reduction, event: Event, payload: ThreadStarted) -> None:
    """A thread exists; its metadata says who it is (6, thread identity)."""
    thread_id = payload.thread_id
    known = r.find(Thread, thread_id)
    if known is not None:
        r.refuse("duplicate_thread", f"duplicate thread start for {thread_id}", thread_id)
        return
    reference = payload.metadata_payload
    metadata = r.parsed(reference, _METADATA, "thread metadata", thread_id) or _Metadata()
    spawn = _spawn(metadata)
    spawn_path = _text(spawn, "agent_path")
    path = spawn_path or metadata.agent_path or payload.agent_path
    origin: RootOrigin | SpawnedOrigin = RootOrigin()
    if spawn:
        parent = spawn["parent_thread_id"]
        given = spawn_path if spawn_path is not None else metadata.agent_path
        task = _first(
            _text(spawn, "task_name"), metadata.task_name, _last_segment(given), _last_segment(path)
        )
        role = _first(_text(spawn, "agent_role"), metadata.agent_role)
        origin = SpawnedOrigin(parent, f"edge:spawn:{parent}:{thread_id}", task or "", role or "")
    r.history.create(
        thread_id, Thread(thread_id, path, metadata.nickname, origin, r.window(), metadata.model)
    )


def _spawn(metadata: _Metadata) -> dict[str, Any]:
    """`session_source.subagent.thread_spawn` where it names a parent, else an empty dict."""
    value: Any = None
    with suppress(ValueError, RecursionError):
        value = msgspec.json.decode(metadata.session_source)
    for name in ("subagent", "thread_spawn"):
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, dict) and isinstance(value.get("parent_thread_id"), str):
        return value
    return {}


def _text(value: dict[str, Any], name: str) -> str | None:
    found = value.get(name)
    return found if isinstance(found, str) else None


def _first(*values: str | None) -> str | None:
    return next((value for value in values if value is not None), None)


def _last_segment(path: str | None) -> str | None:
    segments = [segment for segment in (path or "").split("/") if segment]
    return segments[-1] if segments else None


def thread_ended(r: Reduction, event: Event, payload: ThreadEnded) -> None:
    """A thread was shut down; a second end overwrites."""
    handle = r.thread_or_placeholder(payload.thread_id, "thread end")
    r.close(handle, payload.status)


def thread_resumed(r: Reduction, event: Event, payload: ThreadResumed) -> None:
    """An ended thread runs again with its history; running cells and processes of before are not known."""
    thread_id = payload.thread_id
    handle = r.find(Thread, thread_id)
    if handle is None:
        r.refuse(
            "resumed_unknown_thread",
            f"thread {thread_id} was resumed but not started in this trace",
            thread_id,
        )
        r.implicit_thread(thread_id)
        return
    window: Window = r.objects[handle].execution
    if window.ended_at_unix_ms is None:
        r.refuse("resumed_running_thread", f"resumed thread {thread_id} has not ended", thread_id)
        return
    r.history.set(handle, "execution", window.opened())
    for known in (r.cells.by_runtime_id, r.terminals.sessions):
        for key in [key for key in known if key[0] == thread_id]:
            del known[key]


# -- turns -------------------------------------------------------------------------


def turn_started(r: Reduction, event: Event, payload: CodexTurnStarted) -> None:
    """A turn begins."""
    turn_id = payload.codex_turn_id
    if r.find(CodexTurn, turn_id) is not None:
        r.refuse("duplicate_turn", f"duplicate codex turn start for {turn_id}", turn_id)
        return
    r.thread_or_placeholder(payload.thread_id, f"codex turn start {turn_id}")
    r.history.create(turn_id, CodexTurn(turn_id, payload.thread_id, r.window()))


def turn_ended(r: Reduction, event: Event, payload: CodexTurnEnded) -> None:
    """A turn is over, and with it what only it kept running (11)."""
    turn_id = payload.codex_turn_id
    handle = r.find(CodexTurn, turn_id)
    if handle is None and event.thread_id is None:
        r.refuse("unknown_turn", f"codex turn end names unknown turn {turn_id}", turn_id)
        return
    if handle is None:
        handle = r.turn_or_placeholder(turn_id, event.thread_id or "", "codex turn end")
    turn: CodexTurn = r.objects[handle]
    if event.thread_id is not None and event.thread_id != turn.thread_id:
        r.refuse(
            "thread_mismatch",
            f"codex turn end for {turn_id} used thread {event.thread_id}, "
            f"but the turn belongs to {turn.thread_id}",
            turn_id,
        )
    r.close(handle, payload.status)
    cells.turn_ended(r, turn, payload.status)
    inference.turn_ended(r, turn, payload.status)


# -- accepted history (7.5) ------------------------------------------------------------


def history_item_accepted(r: Reduction, event: Event, payload: HistoryItemAccepted) -> None:
    """An item was written to the thread's history; the first acceptance counts."""
    thread_id, accepted_id, items = event.thread_id, payload.item_id, r.items
    if thread_id is None:
        r.refuse("acceptance_without_thread", "history acceptance names no thread", accepted_id)
        return
    accepted = items.accepted.get(thread_id)
    if accepted is None:
        r.thread_or_placeholder(thread_id, "history acceptance")
        accepted = items.accepted[thread_id] = FirstSeen()
    accepted.add(accepted_id, r.history.event)
    known = items.by_responses_id.get(thread_id)
    if known is not None and accepted_id in known:
        for number in known[accepted_id]:
            if item_at(r, number).accepted_seq is UNSET:
                mark_accepted(r, number, r.history.event)
    if payload.agent_message_payload is not None:
        _receipt(r, event, thread_id, accepted_id, payload.agent_message_payload)


def _receipt(
    r: Reduction, event: Event, thread_id: str, accepted_id: str, reference: PayloadReference
) -> None:
    """An accepted agent message brings its body along."""
    if accepted_id in r.items.by_responses_id.get(thread_id, ()):
        return
    data = r.body(reference)
    if data is None:
        return
    source = Source(reference.raw_payload_id, r.schema)
    try:
        normal = normal_item(data, source)
    except (ItemProblem, ValueError, RecursionError) as problem:
        r.refuse("bad_receipt", f"receipt {accepted_id}: {problem}", accepted_id)
        return
    if normal is None or normal.agent_message is UNSET or normal.responses_id != accepted_id:
        r.refuse("bad_receipt", f"accepted agent message does not match receipt {accepted_id}", accepted_id)
        return
    number = create_item(r, normal, thread_id, event.codex_turn_id, reference.raw_payload_id, 0)
    list_item(r, number)
    r.items.receipts[(thread_id, accepted_id)] = number
    agents.resolve(r, number, item_at(r, number))
