"""Pending things as rows of a context: what they are, whose, how big; their text is read from payloads."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

from rollout_tui.debugger.context.headings import message_text, output_parts
from rollout_tui.debugger.context.item_words import CELL, EDGE, TOOL, cell_of_call
from rollout_tui.debugger.context.pending_index import CELL_RESULT, MESSAGE, RESULT, Pending
from rollout_tui.debugger.evidence import cell_result, result_texts, size_of, texts_of, value
from rollout_tui.debugger.indexes import remembered
from rollout_tui.debugger.names import cell_label
from rollout_tui.debugger.spans.span_words import one_line
from rollout_tui.graph.objects import CodeCell, PendingEdge, ToolCall
from rollout_tui.graph.values import CodeCellProducer, Producer, ToolProducer
from rollout_tui.words import short_call_id

if TYPE_CHECKING:
    from rollout_tui.recording import Trace

_REMEMBERED = 256


class _Texts(dict[tuple[int, int], list[str]]):
    """By kind and handle of what is pending: its pieces of text, of a few."""


class PendingRow(NamedTuple):
    """The fields of a context row that stands for something pending."""

    role: str
    kind: str
    channel: str | None
    label: str
    size_bytes: int
    call_id: str | None
    produced_by: tuple[Producer, ...]
    provenance: str


def pending_row(trace: Trace, one: Pending, event: int) -> PendingRow:
    """The row of something pending as of `event`."""
    made = trace.history.as_of(one.handle, event)
    if isinstance(made, PendingEdge):
        return _message(made)
    if isinstance(made, CodeCell):
        return _cell(trace, one, made)
    return _result(trace, one, cast(ToolCall, made))


def _message(edge: PendingEdge) -> PendingRow:
    return PendingRow(
        "assistant",
        "message",
        "analysis",
        f"{edge.kind.replace('_', ' ')} from {edge.author}  {one_line(message_text(edge.text))}",
        size_of((edge.text,)),
        None,
        (),
        EDGE,
    )


def _cell(trace: Trace, one: Pending, cell: CodeCell) -> PendingRow:
    pieces = pending_texts(trace, one)
    what = "result" if one.kind == CELL_RESULT else cell.initial_response_status or "answer"
    by_call = one.kind != CELL_RESULT
    return PendingRow(
        "tool",
        "custom_tool_call_output" if by_call else "function_call_output",
        "commentary",
        f"{cell_label(cell)} {what}  {one_line(' '.join(pieces))}".rstrip(),
        size_of(pieces),
        cell.model_visible_call_id if by_call else None,
        (CodeCellProducer(cell.code_cell_id),),
        CELL,
    )


def _result(trace: Trace, one: Pending, tool: ToolCall) -> PendingRow:
    pieces = pending_texts(trace, one)
    producers: tuple[Producer, ...] = (ToolProducer(tool.tool_call_id),)
    of_cell = tool.kind.name == "exec"
    if of_cell:
        producers = (*producers, CodeCellProducer(f"code_cell:{tool.model_visible_call_id}"))
    custom = of_cell or tool.kind.type == "apply_patch"
    whole = "\n".join(pieces)
    stood, rest = output_parts(whole, lambda: cell_of_call(trace.history, tool))
    words = (short_call_id(tool.model_visible_call_id or tool.tool_call_id), stood, one_line(rest))
    return PendingRow(
        "tool",
        "custom_tool_call_output" if custom else "function_call_output",
        "commentary",
        "  ".join(word for word in words if word),
        size_of(pieces),
        tool.model_visible_call_id,
        producers,
        CELL if of_cell else TOOL,
    )


def pending_text(trace: Trace, one: Pending) -> str | None:
    """The whole text of something pending; None where its payload is not there or says nothing."""
    pieces = pending_texts(trace, one)
    return "\n".join(pieces) if pieces else None


def pending_texts(trace: Trace, one: Pending) -> list[str]:
    """The pieces of text of something pending."""
    made = trace.history.objects[one.handle]
    if one.kind == MESSAGE:
        return [cast(PendingEdge, made).text]
    known = remembered(trace.history, _Texts)
    key = (one.kind, one.handle)
    found = known.get(key)
    if found is None:
        if len(known) >= _REMEMBERED:
            known.clear()
        found = known[key] = _read(trace, one)
    return found


def _read(trace: Trace, one: Pending) -> list[str]:
    made = trace.history.objects[one.handle]
    if one.kind == RESULT:
        return result_texts(value(trace, cast(ToolCall, made).raw_result_payload_id))
    cell = cast(CodeCell, made)
    last, first = cell.raw_result_payload_id, cell.raw_initial_response_payload_id
    told = cell_result(value(trace, last if one.kind == CELL_RESULT else first))
    return [*texts_of(told.get("content_items")), *texts_of(told.get("error_text"))]
