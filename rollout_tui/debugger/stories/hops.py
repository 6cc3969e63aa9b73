"""The way of a text to the model: terminal, tool value, cell output, model; and what was cut on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from rollout_tui.debugger.context.item_text import short_text, size_bytes
from rollout_tui.debugger.evidence import result_texts, size_of, value
from rollout_tui.debugger.lookup import as_of
from rollout_tui.debugger.text_facts import cut_mark
from rollout_tui.graph.history import History
from rollout_tui.graph.objects import CodeCell, ConversationItem, Object, TerminalOperation, ToolCall
from rollout_tui.graph.values import CodeCellRequester

if TYPE_CHECKING:
    from rollout_tui.recording import Trace


class Hop(NamedTuple):
    """One place a text passed through on its way to the model, and how many bytes it had there.

    `place` is `terminal`, `tool value`, `cell output` or `model`; `id` the operation, call or item. `cut` is
    codex's own mark where it shortened the text, `shorter` says that fewer bytes arrived than left the hop
    before.
    """

    place: str
    id: str
    event: int
    size_bytes: int
    cut: str | None
    shorter: bool


class AsOf:
    """Objects as of an event."""

    def __init__(self, trace: Trace, event: int) -> None:
        self.trace, self.event = trace, event
        self.history: History = trace.history

    def get(self, kind: type[Any], object_id: str | None) -> Any:
        """An object as of the event, None when it does not exist by then."""
        return as_of(self.history, kind, object_id, self.event)

    def born(self, kind: type[Object], object_id: str) -> int:
        """The event that made an object."""
        return self.history.born(self.history.collections[kind].index[object_id])

    def ordinal(self, seq: int | None) -> int | None:
        """The event with a seq."""
        return None if seq is None else self.history.events.ordinal_of(seq)


def tool_hops(at: AsOf, tool: ToolCall) -> Iterator[Hop]:
    """From the terminal to the value that a call gave to whoever asked."""
    operation = at.get(TerminalOperation, tool.terminal_operation_id)
    last: Hop | None = None
    if operation is not None and operation.result is not None:
        printed = [operation.result.stdout, operation.result.stderr]
        ended = at.ordinal(operation.execution.ended_seq) or at.event
        last = _hop("terminal", operation.operation_id, ended, printed, None)
        yield last
    returned = at.ordinal(tool.execution.ended_seq)
    if returned is not None and tool.raw_result_payload_id is not None:
        given = result_texts(value(at.trace, tool.raw_result_payload_id))
        yield _hop("tool value", tool.tool_call_id, returned, given, last)


def through_cell(at: AsOf, tool: ToolCall) -> Iterator[Hop]:
    """What a nested call gave goes through its cell, and through the `exec` or `wait` that fetched it."""
    requester = cast(CodeCellRequester, tool.requester)
    cell = at.get(CodeCell, requester.code_cell_id)
    ended = at.ordinal(tool.execution.ended_seq)
    if cell is None or ended is None:
        return
    for fetching in _fetching_calls(at, cell):
        returned = at.ordinal(fetching.execution.ended_seq)
        if returned is not None and returned > ended:
            given = result_texts(value(at.trace, fetching.raw_result_payload_id))
            through = _hop("cell output", cell.code_cell_id, returned, given, None)
            yield through
            outputs = fetching.model_visible_output_item_ids
            final = model_hop(at, outputs[0] if outputs else None, through)
            if final:
                yield final
            return


def _fetching_calls(at: AsOf, cell: CodeCell) -> Iterator[ToolCall]:
    for tool_call_id in (cell.model_visible_call_id, *cell.wait_tool_call_ids):
        tool = at.get(ToolCall, tool_call_id)
        if tool is not None:
            yield tool


def cell_hops(at: AsOf, cell: CodeCell) -> Iterator[Hop]:
    """Every `exec` and `wait` that fetched something of a cell, and what the model got of it."""
    for tool in _fetching_calls(at, cell):
        last: Hop | None = None
        for hop in tool_hops(at, tool):
            last = hop._replace(place="cell output", id=tool.tool_call_id)
            yield last
        outputs = tool.model_visible_output_item_ids
        final = model_hop(at, outputs[0] if outputs else None, last)
        if final:
            yield final
    if at.get(ToolCall, cell.model_visible_call_id) is None:
        for item_id in cell.output_item_ids:
            final = model_hop(at, item_id, None)
            if final:
                yield final


def _hop(place: str, object_id: str, event: int, texts: list[str], before: Hop | None) -> Hop:
    size = size_of(texts)
    mark = next((mark for text in texts if (mark := cut_mark(text))), None)
    return Hop(place, object_id, event, size, mark, bool(before and size < before.size_bytes))


def model_hop(at: AsOf, item_id: str | None, before: Hop | None) -> Hop | None:
    """What the model sees; None when it is in no conversation."""
    item = at.get(ConversationItem, item_id)
    if item is None:
        return None
    size = size_bytes(at.trace, item)
    shorter = bool(before and size < before.size_bytes)
    event = at.born(ConversationItem, item.item_id)
    return Hop("model", item.item_id, event, size, cut_mark(short_text(item)), shorter)
