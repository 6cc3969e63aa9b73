"""Compaction requests and installs (format section 7.6)."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, Raw

from rollout_tui.graph.history import item_id
from rollout_tui.graph.ids import Ids, extended
from rollout_tui.graph.objects import CodexTurn, Compaction, CompactionRequest
from rollout_tui.graph.values import CompactionProducer, ExecutionStatus
from rollout_tui.reducer import cells
from rollout_tui.reducer.content import Source
from rollout_tui.reducer.conversation import (
    check_call_id,
    create_item,
    list_item,
    numbers,
    place,
    receipt_for,
)
from rollout_tui.reducer.matching import Matcher
from rollout_tui.reducer.normal import NormalItem
from rollout_tui.reducer.reduction import Reduction, byte_order
from rollout_tui.reducer.request_reading import Placed, readable_items
from rollout_tui.reducer.responses import append_items
from rollout_tui.trace.event_payloads import (
    CompactionInstalled,
    CompactionRequestCompleted,
    CompactionRequestFailed,
    CompactionRequestStarted,
)
from rollout_tui.trace.events import Event

MARKER = NormalItem(
    "assistant", None, "compaction_marker", UNSET, (), None, None, None, ("marker",), None, True
)


def request_started(r: Reduction, event: Event, payload: CompactionRequestStarted) -> None:
    """A compaction was asked for."""
    request_id = payload.compaction_request_id
    if r.find(CompactionRequest, request_id) is not None:
        r.refuse(
            "duplicate_compaction_request", f"duplicate compaction request start for {request_id}", request_id
        )
        return
    what = f"compaction request start {request_id}"
    turn: CodexTurn = r.objects[r.turn_or_placeholder(payload.codex_turn_id, payload.thread_id, what)]
    if turn.thread_id != payload.thread_id:
        r.refuse("thread_mismatch", f"{what} names a codex turn of thread {turn.thread_id}", request_id)
    r.history.create(
        request_id,
        CompactionRequest(
            request_id,
            payload.compaction_id,
            turn.thread_id,
            payload.codex_turn_id,
            r.window(),
            payload.model,
            payload.provider_name,
            payload.request_payload.raw_payload_id,
        ),
    )
    r.requests.of_compaction.setdefault(payload.compaction_id, []).append(request_id)


def request_completed(r: Reduction, event: Event, payload: CompactionRequestCompleted) -> None:
    """A compaction was answered."""
    handle = _finish(r, payload, "completed")
    if handle is not None:
        r.history.set(handle, "raw_response_payload_id", payload.response_payload.raw_payload_id)


def request_failed(r: Reduction, event: Event, payload: CompactionRequestFailed) -> None:
    """A compaction failed; an answer that came before does not count."""
    handle = _finish(r, payload, "failed")
    if handle is not None:
        r.history.set(handle, "raw_response_payload_id", None)


def _finish(
    r: Reduction, payload: CompactionRequestCompleted | CompactionRequestFailed, status: ExecutionStatus
) -> int | None:
    request_id = payload.compaction_request_id
    handle = r.known(CompactionRequest, request_id, "compaction request end")
    if handle is None:
        return None
    begun: str = r.objects[handle].compaction_id
    if payload.compaction_id != begun:
        r.refuse(
            "compaction_mismatch",
            f"compaction request end {request_id} names {payload.compaction_id}, its start {begun}",
            request_id,
        )
    r.close(handle, status)
    return handle


class _Checkpoint(msgspec.Struct, gc=False):
    input_history: list[Raw]
    replacement_history: list[Raw]


_CHECKPOINT = msgspec.json.Decoder(_Checkpoint)


def installed(r: Reduction, event: Event, payload: CompactionInstalled) -> None:
    """A thread's history is replaced from its next request on (7.6)."""
    compaction_id = payload.compaction_id
    what = f"compaction installed event {compaction_id}"
    if event.thread_id is None or event.codex_turn_id is None:
        r.refuse("no_thread", f"{what} names no thread or no codex turn", compaction_id)
    thread_id, turn_id = r.context(event, what, compaction_id)
    if r.find(Compaction, compaction_id) is not None:
        r.refuse("duplicate_compaction", f"duplicate compaction install for {compaction_id}", compaction_id)
        return
    r.thread_or_placeholder(thread_id, what)
    if turn_id is not None:
        owner: CodexTurn = r.objects[r.turn_or_placeholder(turn_id, thread_id, what)]
        if owner.thread_id != thread_id:
            r.refuse("thread_mismatch", f"{what} names a codex turn of another thread", compaction_id)
    payload_id = payload.checkpoint_payload.raw_payload_id
    body = r.parsed(payload.checkpoint_payload, _CHECKPOINT, "compaction checkpoint", compaction_id)
    if body is None:
        body = _Checkpoint([], [])
    source = Source(payload_id, r.schema)
    producer = CompactionProducer(compaction_id)
    turn = turn_id or ""
    inputs = _input_items(r, thread_id, turn, readable_items(r, body.input_history, source), payload_id)
    # After each list: what comes in the replacement is no source of a cell that has found one.
    cells.materialise_queued(r)
    marker = create_item(r, MARKER, thread_id, turn_id, None, 0, (producer,))
    list_item(r, marker)
    replacement = append_items(
        r,
        thread_id,
        turn,
        readable_items(r, body.replacement_history, source),
        payload_id,
        producer,
        listed=True,
    )
    r.history.create(
        compaction_id,
        Compaction(
            compaction_id,
            thread_id,
            turn,
            r.time,
            item_id(marker),
            extended((), byte_order(r.requests.of_compaction.get(compaction_id, ()))),
            extended((), inputs),
            extended((), replacement),
        ),
    )
    r.history.set(r.conversation(thread_id), "replacement", extended((), replacement))
    cells.materialise_queued(r)


def _input_items(
    r: Reduction, thread_id: str, turn_id: str, items: list[Placed], payload_id: str
) -> list[str]:
    """The history that was compacted: items of the thread's snapshot, others are new."""
    snapshot: Ids = r.objects[r.conversation(thread_id)].snapshot
    matcher = Matcher(r, snapshot, 0, positional=False)
    ids = []
    for index, normal in items:
        content, encoded = numbers(r, normal)
        check_call_id(r, thread_id, normal, content)
        number = matcher.match(0, normal, content, encoded)
        if number is None:
            number = receipt_for(r, thread_id, normal)
        if number is None:
            number = create_item(r, normal, thread_id, turn_id, payload_id, index)
        place(r, number, normal, None, listed=True)
        ids.append(item_id(number))
    r.items.compared += matcher.compared
    return ids
