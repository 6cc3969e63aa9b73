"""Findings that only the end of a recording can tell: what was left open, and what the model never saw."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, TypeAlias, cast

from rollout_tui.debugger.evidence import line, result_texts, size_of, value
from rollout_tui.debugger.findings.finding import Finding, Sources
from rollout_tui.debugger.findings.oddities import model_text
from rollout_tui.debugger.indexes import events_of_types
from rollout_tui.debugger.names import Link, cell_label, command_line, tool_name
from rollout_tui.graph.history import History, item_id, object_id
from rollout_tui.graph.objects import (
    CodeCell,
    CodexTurn,
    CompactionRequest,
    ConversationItem,
    InferenceCall,
    InteractionEdge,
    Object,
    PendingEdge,
    Rollout,
    TerminalOperation,
    Thread,
    ToolCall,
)
from rollout_tui.graph.values import ItemAnchor, ModelRequester, ThreadAnchor

RecordingStatus: TypeAlias = Literal["live", "ended", "stopped"]

OPEN_KINDS: dict[type[Object], str] = {
    Thread: "thread",
    CodexTurn: "codex_turn",
    InferenceCall: "inference_call",
    CompactionRequest: "compaction_request",
    ToolCall: "tool_call",
    CodeCell: "code_cell",
    TerminalOperation: "terminal_operation",
}


def recording_status(history: History, *, live: bool = False) -> RecordingStatus:
    """Whether a recording has its end mark, is still being written (`live`), or just stops.

    Where not all of it was read it goes on as well: of its end nothing is known.
    """
    rollout = cast(Rollout, history.objects[history.rollout])
    if rollout.recording_complete or (rollout.status != "running" and not live):
        return "ended"
    return "live" if live or history.cut_short else "stopped"


MOST_LEFT_OPEN = 10_000
"""Open objects that get a finding each: more than agents ever leave open."""


class Unfinished:
    """The objects that may still be open or unseen, and what is to be said of them at the end."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._taken = 0
        self._open: list[int] = []
        self._unseen: list[int] = []

    def _update(self) -> None:
        """Keep what may still be open or unseen, and look at the objects that came since the last time."""
        objects = self._sources.history.objects
        stop = len(objects)
        fresh = range(self._taken, stop)
        self._open = [one for one in (*self._open, *fresh) if _may_be_open(objects[one])]
        self._unseen = [one for one in (*self._unseen, *fresh) if _may_be_unseen(objects[one])]
        self._taken = stop

    def findings(self, status: RecordingStatus) -> list[Finding]:
        """What can be said once nothing more will come; nothing while the recording is `live`."""
        if status == "live":
            return []
        self._update()
        return [
            *_cut(self._sources, status),
            *self._all_left_open(status),
            *self._idle_cells(),
            *self._never_seen(),
        ]

    def _all_left_open(self, status: RecordingStatus) -> Iterator[Finding]:
        """One for each open object; of very many the first ones, and how many more there are."""
        opened = [one for one in self._open if self._is_open(one)]
        yield from (_left_open(self._sources, one, status) for one in opened[:MOST_LEFT_OPEN])
        more = len(opened) - MOST_LEFT_OPEN
        if more > 0:
            code = "stopped_open" if status == "stopped" else "open_at_end"
            message = f"{more:,} more objects started later and never ended"
            yield self._sources.finding(code, self._sources.history.head, message, None)

    def _is_open(self, handle: int) -> bool:
        return cast(ToolCall, self._sources.history.objects[handle]).execution.status == "running"

    def _idle_cells(self) -> Iterator[Finding]:
        """Cells whose nested work has ended, whose own end nobody fetched."""
        sources = self._sources
        for handle in self._open:
            cell = sources.history.objects[handle]
            if (
                not isinstance(cell, CodeCell)
                or not cell.nested_tool_call_ids
                or cell.runtime_status != "yielded"
            ):
                continue
            nested = [sources.latest(ToolCall, one) for one in cell.nested_tool_call_ids]
            ends = [
                tool.execution.ended_seq for tool in nested if tool and tool.execution.status == "completed"
            ]
            waits = [sources.latest(ToolCall, one) for one in cell.wait_tool_call_ids]
            if len(ends) < len(nested) or any(tool and tool.execution.ended_seq is None for tool in waits):
                continue
            last = max(cast(list[int], ends))
            yield sources.finding(
                "work_done_unobserved",
                sources.history.events.ordinal_of(last) or sources.history.head,
                f"{cell_label(cell)}: no nested work since #{last}, and nobody waited for its end",
                cell.thread_id,
                ("code_cell", cell.code_cell_id),
                sources.names.chain_of_cell(cell),
            )

    def _never_seen(self) -> Iterator[Finding]:
        """Results, cell outputs and reports of agents that no request carried."""
        sources = self._sources
        for handle in self._unseen:
            unseen = sources.history.objects[handle]
            if isinstance(unseen, ToolCall):
                if unseen.execution.status != "running":
                    yield _unseen_result(sources, unseen)
            elif isinstance(unseen, CodeCell):
                if (
                    unseen.initial_response_seq
                    and sources.latest(ToolCall, unseen.model_visible_call_id) is None
                ):
                    yield _unseen_output(sources, unseen)
            elif isinstance(unseen, (InteractionEdge, PendingEdge)) and not _carried(sources, unseen):
                yield _unseen_report(sources, unseen, sources.history.born(handle))


def _may_be_open(one: Object) -> bool:
    """Threads are kept for ever, since an ended one can be resumed."""
    return type(one) in OPEN_KINDS and (
        isinstance(one, Thread) or cast(ToolCall, one).execution.status == "running"
    )


def _may_be_unseen(one: Object) -> bool:
    if isinstance(one, ToolCall):
        asked = isinstance(one.requester, ModelRequester) and one.model_visible_call_id is not None
        return asked and not one.model_visible_output_item_ids
    if isinstance(one, CodeCell):
        return not one.output_item_ids
    if isinstance(one, PendingEdge):
        return one.kind == "agent_result" and one.waiting
    return isinstance(one, InteractionEdge) and one.kind == "agent_result"


# -- what was left open ------------------------------------------------------------


def _left_open(sources: Sources, handle: int, status: RecordingStatus) -> Finding:
    left = cast(Any, sources.history.objects[handle])
    kind = OPEN_KINDS[type(left)]
    window = left.execution
    event = sources.history.events.ordinal_of(window.started_seq) or sources.history.born(handle)
    thread_id, chain, what = _described(sources, left)
    code = "stopped_open" if status == "stopped" else "open_at_end"
    return sources.finding(
        code,
        event,
        f"{what} started at #{window.started_seq} and never ended",
        thread_id,
        (kind, object_id(left)),
        chain,
    )


def _described(sources: Sources, left: Any) -> tuple[str | None, tuple[Link, ...], str]:
    """(thread, chain, what people call it) of an open object."""
    names = sources.names
    if isinstance(left, Thread):
        return left.thread_id, (), left.agent_path
    if isinstance(left, CodexTurn):
        return left.thread_id, names.chain_of_turn(left.thread_id, None), names.turn(left.codex_turn_id)
    if isinstance(left, ToolCall):
        return left.thread_id, names.chain_of_tool(left), f"{tool_name(left.kind)} ({left.tool_call_id})"
    if isinstance(left, CodeCell):
        return left.thread_id, names.chain_of_cell(left), f"{cell_label(left)} ({left.runtime_status})"
    if isinstance(left, TerminalOperation):
        tool = sources.latest(ToolCall, left.tool_call_id)
        command = f'command "{line(command_line(left), 80)}"'
        return (tool.thread_id, names.chain_of_tool(tool), command) if tool else (None, (), command)
    what = (
        names.inference(left.inference_call_id) if isinstance(left, InferenceCall) else "a compaction request"
    )
    return left.thread_id, names.chain_of_turn(left.thread_id, left.codex_turn_id), what


# -- what the model never saw --------------------------------------------------------


def _unseen_result(sources: Sources, tool: ToolCall) -> Finding:
    size = size_of(result_texts(value(sources.trace, tool.raw_result_payload_id)))
    return sources.finding(
        "never_seen_by_model",
        _event(sources, tool.execution.ended_seq),
        f"the result of {tool_name(tool.kind)} ({size:,} B) was in no later request",
        tool.thread_id,
        ("tool_call", tool.tool_call_id),
        sources.names.chain_of_tool(tool),
    )


def _unseen_output(sources: Sources, cell: CodeCell) -> Finding:
    return sources.finding(
        "never_seen_by_model",
        _event(sources, cell.initial_response_seq),
        f"the output of {cell_label(cell)} was in no later request",
        cell.thread_id,
        ("code_cell", cell.code_cell_id),
        sources.names.chain_of_cell(cell),
    )


def _carried(sources: Sources, edge: InteractionEdge | PendingEdge) -> bool:
    """Whether a request carried the report: the item it became, or one of the receiver with its text."""
    if isinstance(edge, PendingEdge):
        history = sources.history
        numbers = history.items.by_thread.get(edge.target_thread_id, ())
        return any(
            sources.carried.first_carried(item_id(number)) is not None and edge.text in _text(history, number)
            for number in list(numbers)
        )
    target = edge.target
    return isinstance(target, ItemAnchor) and sources.carried.first_carried(target.item_id) is not None


def _text(history: History, number: int) -> str:
    handle = history.collections[ConversationItem].order[number]
    return model_text(cast(ConversationItem, history.objects[handle]))


def _unseen_report(sources: Sources, edge: InteractionEdge | PendingEdge, born: int) -> Finding:
    """A child's report; its event is the one that recorded the report, not the one that found its item."""
    history = sources.history
    pending = history.handle(PendingEdge, edge.edge_id)
    event = born if pending is None else history.born(pending)
    reporter, receiver = _ends(sources, edge)
    return sources.finding(
        "never_seen_by_model",
        event,
        f"the report of {reporter} to {receiver} was in no later request",
        _receiver_id(sources, edge),
        ("interaction_edge", edge.edge_id),
    )


def _ends(sources: Sources, edge: InteractionEdge | PendingEdge) -> tuple[str, str]:
    receiver = sources.names.thread(_receiver_id(sources, edge))
    source = edge.source
    if isinstance(source, ItemAnchor):
        item = sources.latest(ConversationItem, source.item_id)
        return sources.names.thread(item.thread_id if item else None), receiver
    thread_id = source.thread_id if isinstance(source, ThreadAnchor) else None
    return sources.names.thread(thread_id), receiver


def _receiver_id(sources: Sources, edge: InteractionEdge | PendingEdge) -> str | None:
    if isinstance(edge, PendingEdge):
        return edge.target_thread_id
    target = edge.target
    if isinstance(target, ThreadAnchor):
        return target.thread_id
    item = sources.latest(ConversationItem, target.item_id) if isinstance(target, ItemAnchor) else None
    return item.thread_id if item else None


def _event(sources: Sources, seq: int | None) -> int:
    found = None if seq is None else sources.history.events.ordinal_of(seq)
    return found or sources.history.head


# -- the recording itself --------------------------------------------------------------


def _cut(sources: Sources, status: RecordingStatus) -> Iterator[Finding]:
    history = sources.history
    if status != "stopped" or not history.head:
        return
    first = next(
        events_of_types(history, ("codex_turn_started", "inference_started"), 1, history.head + 1), 0
    )
    turnless = history.events.type(first) == "inference_started"
    why = "releases before 0.125 write no end" if turnless else "the writer was killed or still writes"
    message = f"the recording stops at #{history.events.seqs[history.head]} without an end: {why}"
    yield sources.finding("recording_cut", history.head, message, None, ("rollout", _rollout_id(history)))


def _rollout_id(history: History) -> str:
    return cast(Rollout, history.objects[history.rollout]).rollout_id
