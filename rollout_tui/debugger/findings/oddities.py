"""Rules for what did not fail but should be known: vain waits, lost context, cut output, warnings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from rollout_tui.debugger.changes.comparison import compare
from rollout_tui.debugger.context.carried import Request
from rollout_tui.debugger.evidence import cell_result, line, value
from rollout_tui.debugger.findings.failures import agent_failed
from rollout_tui.debugger.findings.finding import Finding, Note, Sources
from rollout_tui.debugger.indexes import events_of_types
from rollout_tui.debugger.kinds import CELL_OVER
from rollout_tui.debugger.names import cell_label, tool_name
from rollout_tui.debugger.text_facts import cut_mark, utf8_size
from rollout_tui.graph.ids import extended
from rollout_tui.graph.objects import (
    CodeCell,
    CodexTurn,
    ConversationItem,
    InferenceCall,
    Object,
    TerminalOperation,
    Thread,
    ToolCall,
)
from rollout_tui.graph.values import PayloadRefPart, TextPart
from rollout_tui.trace.event_payloads import AgentResultObserved

SEEN_LATE_S = 1.0
OUTPUTS = ("model_visible_output_item_ids", "output_item_ids")


# -- waits ----------------------------------------------------------------------


def waits(sources: Sources, event: int, notes: list[Note]) -> Iterator[Finding]:
    """A wait whose cell does not exist, or has already ended (format section 9.4)."""
    history = sources.history
    tool: ToolCall | None = None
    cell: CodeCell | None = None
    for note in notes:
        if not note.field:
            tool = cast(ToolCall, history.objects[note.handle])
        elif note.field == "wait_tool_call_ids":
            cell = cast(CodeCell, history.as_of(note.handle, event))
    if tool is None:
        return
    if cell is not None and cell.runtime_status in CELL_OVER:
        window = cell.execution
        message = f"wait on {cell_label(cell)}, {cell.runtime_status} since #{window.ended_seq}"
        yield sources.finding_about("wait_on_ended_cell", event, message, tool)
    elif cell is None and (named := history.named_cells.get(tool.tool_call_id)) is not None:
        message = f"wait on cell {line(named, 40)}, which does not exist in this thread"
        yield sources.finding_about("wait_on_unknown_cell", event, message, tool)


# -- requests --------------------------------------------------------------------


def _with_the_one_before(sources: Sources, event: int) -> tuple[Request, Request] | None:
    """The request that an event is, behind the one before it in its thread; None where there are not two."""
    thread_id = sources.history.events.thread_id(event)
    at = sources.carried.request_number(thread_id, event) if thread_id else None
    if not at or thread_id is None:
        return None
    before, request = sources.carried.requests(thread_id)[at - 1 : at + 1]
    return (before, request) if request.event == event else None


def _of_request(sources: Sources, code: str, event: int, request: Request, told: str) -> Finding:
    """A finding about the request that an event begins: what is told of it stands behind its name."""
    names, thread_id = sources.names, sources.history.events.thread_id(event)
    return sources.finding(
        code,
        event,
        f"{names.inference(request.inference_call_id)} {told}",
        thread_id,
        ("inference_call", request.inference_call_id),
        names.chain_of_turn(thread_id, request.codex_turn_id),
    )


def retries(sources: Sources, event: int) -> Iterator[Finding]:
    """A request after one of the same turn that failed."""
    pair = _with_the_one_before(sources, event)
    if pair is None:
        return
    before, request = pair
    handle = sources.history.handle(InferenceCall, before.inference_call_id)
    if handle is None or before.codex_turn_id != request.codex_turn_id:
        return
    call = cast(InferenceCall, sources.history.as_of(handle, event))
    if call.execution.status == "failed":
        failed = f"{sources.names.inference(call.inference_call_id)} failed at #{call.execution.ended_seq}"
        yield _of_request(sources, "inference_retried", event, request, f"tries again after {failed}")


def lost_context(sources: Sources, event: int) -> Iterator[Finding]:
    """A request without items that the one before it carried or brought, and no compaction in between."""
    pair = _with_the_one_before(sources, event)
    if pair is None:
        return
    before, request = pair
    answered = sources.as_of(InferenceCall, before.inference_call_id, event)
    answer = answered.response_item_ids
    kept, stop = request.kept, request.kept + len(answer)
    whole = kept == len(before.items) and tuple(request.items[kept:stop]) == tuple(answer)
    if whole:
        return
    conversation = extended(before.items, answer) if answer else before.items
    lost = compare(sources.history, conversation, request.items, request.kept).lost
    lost = tuple(one for one in lost if not _not_understood(sources.latest(ConversationItem, one)))
    if not lost or _explained(sources, before.event, event):
        return
    told = (
        f"left out {len(lost)} of the {len(conversation)} items that the model had after "
        f"{sources.names.inference(before.inference_call_id)}; no compaction is recorded"
    )
    yield _of_request(sources, "context_shrank_unrecorded", event, request, told)


def _not_understood(item: ConversationItem | None) -> bool:
    """Whether an item has a type that codex itself does not know; it never sends those back."""
    parts = item.body.parts if item else ()
    return len(parts) == 1 and isinstance(parts[0], PayloadRefPart) and parts[0].label == "other"


def _explained(sources: Sources, start: int, stop: int) -> bool:
    """Whether a compaction of the thread, or a rollback, is recorded between two events."""
    history = sources.history
    if history.events.protocol("thread_rolled_back", start + 1, stop):
        return True
    thread_id = history.events.thread_id(stop)
    installed = events_of_types(history, ("compaction_installed",), start + 1, stop)
    return any(history.events.thread_id(event) == thread_id for event in installed)


# -- outputs ---------------------------------------------------------------------


def cut_outputs(sources: Sources, event: int, notes: list[Note]) -> Iterator[Finding]:
    """Outputs that reached the model shorter than they were, at the request that first carries them."""
    said: set[str] = set()
    for note in notes:
        if note.field in OUTPUTS:
            owner = sources.history.as_of(note.handle, event)
            known = set(note.before)
            for item_id in getattr(owner, note.field):
                if item_id not in known and item_id not in said:
                    said.add(item_id)
                    found = _cut(sources, event, owner, item_id)
                    if found:
                        yield found


def model_text(item: ConversationItem) -> str:
    """The readable text of an item, parts joined by newlines."""
    return "\n".join(part.text for part in item.body.parts if isinstance(part, TextPart))


def _cut(sources: Sources, event: int, owner: Object, item_id: str) -> Finding | None:
    item = sources.as_of(ConversationItem, item_id, event)
    text = model_text(item)
    mark = cut_mark(text)
    shown = utf8_size(text)
    terminal = _terminal_text(sources, event, owner)
    whole = utf8_size(terminal)
    shorter = shown < whole and terminal.replace("\r", "").strip() not in text.replace("\r", "")
    if mark is None and not shorter:
        return None
    what = tool_name(owner.kind) if isinstance(owner, ToolCall) else cell_label(cast(CodeCell, owner))
    amount = f"{shown:,} of {whole:,} B" if shorter else f"{shown:,} B"
    marked = f" ({mark})" if mark else ""
    message = f"the model saw {amount} of the output of {what}{marked}"
    return sources.finding_about("output_truncated", event, message, owner)


def _terminal_text(sources: Sources, event: int, owner: Object) -> str:
    """What the command of a call printed; empty when it went on after the call had returned."""
    if not isinstance(owner, ToolCall) or owner.terminal_operation_id is None:
        return ""
    operation = sources.as_of(TerminalOperation, owner.terminal_operation_id, event)
    ended, returned = operation.execution.ended_seq, owner.execution.ended_seq
    if operation.kind != "exec_command" or operation.result is None or ended is None or returned is None:
        return ""
    return operation.result.stdout if ended <= returned else ""


def late_results(sources: Sources, event: int, notes: list[Note]) -> Iterator[Finding]:
    """A cell whose result lay ready for a while before a wait fetched it."""
    for note in notes:
        if note.field != "execution" or not isinstance(sources.history.objects[note.handle], CodeCell):
            continue
        cell = cast(CodeCell, sources.history.as_of(note.handle, event))
        waited = cell_result(value(sources.trace, cell.raw_result_payload_id)).get("result_buffered_for")
        seconds = _seconds(waited)
        if seconds >= SEEN_LATE_S:
            message = f"{cell_label(cell)}: its result lay ready for {seconds:.1f} s before a wait fetched it"
            yield sources.finding_about("work_done_unobserved", event, message, cell)


def _seconds(duration: Any) -> float:
    if not isinstance(duration, dict):
        return 0.0
    whole, part = duration.get("secs"), duration.get("nanos")
    return (whole if isinstance(whole, int) else 0) + (part if isinstance(part, int) else 0) / 1e9


# -- what the client and the parent were told ---------------------------------------


TOLD = {"error": "protocol_error", "warning": "protocol_warning", "turn_aborted": "turn_aborted"}
"""Types of client protocol events that make a finding, and its code."""


def protocol(sources: Sources, event: int, event_type: str) -> Iterator[Finding]:
    """An error, a warning or an aborted turn that the client was told of."""
    code = TOLD[event_type]
    if code != "turn_aborted":
        yield sources.finding(code, event, sources.message(event) or event_type)
        return
    told = sources.told(event)
    turn_id = told.get("turn_id") if isinstance(told, dict) else None
    turn = sources.latest(CodexTurn, turn_id if isinstance(turn_id, str) else None)
    reason = told.get("reason") if isinstance(told, dict) else None
    yield sources.finding(
        code,
        event,
        f"{sources.names.turn(turn_id) if turn else 'a turn'} aborted: {line(str(reason))}",
        turn.thread_id if turn else None,
        ("codex_turn", turn.codex_turn_id) if turn else None,
        sources.names.chain_of_turn(turn.thread_id, None) if turn else (),
    )


def agent_results(sources: Sources, event: int) -> Iterator[Finding]:
    """A child's result that says it failed, or that comes from a turn whose last request failed."""
    payload = sources.payload(event)
    if not isinstance(payload, AgentResultObserved):
        return
    thread = sources.latest(Thread, payload.child_thread_id)
    if thread is None:
        return
    carried = payload.carried_payload
    told = value(sources.trace, carried.raw_payload_id) if carried else None
    why = _told_failure(told.get("status") if isinstance(told, dict) else None)
    if why is None:
        request = sources.carried.request_at(thread.thread_id, event)
        call = sources.latest(InferenceCall, request.inference_call_id if request else None)
        if call and call.codex_turn_id == payload.child_codex_turn_id and call.execution.status == "failed":
            why = f"its last model request, {sources.names.inference(call.inference_call_id)}, failed"
    if why is not None:
        yield agent_failed(sources, event, thread, payload.child_codex_turn_id, why)


def _told_failure(status: Any) -> str | None:
    told = (
        status if isinstance(status, str) else next(iter(status), None) if isinstance(status, dict) else None
    )
    if told not in ("errored", "failed", "error"):
        return None
    detail = status.get(told) if isinstance(status, dict) else None
    return line(f"{told}: {detail}") if isinstance(detail, str) else str(told)
