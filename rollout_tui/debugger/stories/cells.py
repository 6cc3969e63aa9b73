"""The story of every code cell at an event: what it did, who waited for it, what the model got from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, cast

from rollout_tui.debugger.context.carried import Carried
from rollout_tui.debugger.context.headings import cell_words
from rollout_tui.debugger.context.item_text import whole_text
from rollout_tui.debugger.evidence import cell_result, result_texts, texts_of, value
from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.kinds import CELL_OVER
from rollout_tui.debugger.names import cell_label, tool_name
from rollout_tui.debugger.spans.span_tree import CELL
from rollout_tui.debugger.spans.span_words import call_text, short_call
from rollout_tui.debugger.spans.spans import Spans
from rollout_tui.debugger.spans.waits import CELL as ON_CELL
from rollout_tui.debugger.spans.waits import Wait
from rollout_tui.debugger.stories.cell_list import latest_lost
from rollout_tui.debugger.stories.cell_story import (
    CellAnswer,
    CellChange,
    CellStory,
    CellWait,
    NestedCall,
)
from rollout_tui.debugger.waiting.open_words import outputs_given
from rollout_tui.debugger.waiting.open_work import OpenWork
from rollout_tui.graph.ids import Ids
from rollout_tui.graph.objects import CodeCell, CodexTurn, ConversationItem, TerminalOperation, ToolCall
from rollout_tui.graph.snapshot import Snapshot

if TYPE_CHECKING:
    from rollout_tui.recording import Trace


MOST_LOST = 200
"""Of waits for unknown cells the latest are told of."""


def cell_story(
    trace: Trace, snapshot: Snapshot, code_cell_id: str, now_ms: int | None = None, most: int | None = None
) -> CellStory | None:
    """One cell as of the snapshot's event; None when it is not there."""
    return next(iter(cell_stories(trace, snapshot, (code_cell_id,), now_ms, most)), None)


def cell_stories(
    trace: Trace,
    snapshot: Snapshot,
    code_cell_ids: Iterable[str],
    now_ms: int | None = None,
    most: int | None = None,
) -> list[CellStory]:
    """Some cells as of the snapshot's event that are there, with at most `most` calls and waits each.

    Lengths of what is open count to `now_ms` (None: the time of the event).
    """
    teller = _Teller(trace, snapshot, now_ms, most)
    cells_then = snapshot.code_cells
    return [teller.story(cells_then[one]) for one in code_cell_ids if one in cells_then]


def lost_waits(trace: Trace, snapshot: Snapshot, thread_id: str, now_ms: int | None = None) -> list[CellWait]:
    """Waits of a thread on cells that are not known as of when they began: the latest."""
    teller = _Teller(trace, snapshot, now_ms)
    spans = teller.spans
    found: list[CellWait] = []
    for number in latest_lost(spans, spans.thread_number(thread_id), snapshot.event):
        tool = cast(ToolCall, teller.work.object(number))
        wait = teller.work.wait(tool)
        if wait is not None and wait.kind == ON_CELL:
            found.append(teller.wait(tool, wait, None))
            if len(found) == MOST_LOST:
                break
    return found[::-1]


class _Teller:
    """Tells the stories of one event."""

    def __init__(self, trace: Trace, snapshot: Snapshot, now_ms: int | None, most: int | None = None) -> None:
        self.trace = trace
        self.most = most
        self.snapshot = snapshot
        self.now_ms = snapshot.time_ms if now_ms is None else max(now_ms, snapshot.time_ms)
        self.spans = index_of(trace.history, Spans)
        self.work = OpenWork(self.spans, snapshot.event)

    def story(self, cell: CodeCell) -> CellStory:
        waits = list(self._waits(cell))
        calls = self._latest(cell.nested_tool_call_ids)
        nested = [call for call in map(self._nested, calls) if call is not None]
        alive = cell.execution.status == "running" and cell.runtime_status not in CELL_OVER
        by = self._waited_on_by(cell, waits)
        quiet = max((call.ended_seq for call in nested if call.ended_seq is not None), default=None)
        if any(call.ended_seq is None for call in nested):
            quiet = None
        quiet_ms = 0 if quiet is None else self.now_ms - self.trace.history.events.times[self._event(quiet)]
        return CellStory(
            code_cell_id=cell.code_cell_id,
            name=cell_label(cell),
            call_id=cell.model_visible_call_id,
            thread_id=cell.thread_id,
            status=cell.runtime_status,
            is_alive=alive,
            event=self._event(cell.execution.started_seq),
            started_seq=cell.execution.started_seq,
            changes=self._changes(cell, waits),
            answer=self._answer(cell),
            nested=nested,
            waits=waits,
            waited_on_by=by,
            quiet_ms=max(0, quiet_ms),
            unobserved=alive and by is None and quiet is not None,
            outputs=outputs_given(self.work, cell),
            source_js=cell.source_js,
            raw_result_payload_id=cell.raw_result_payload_id,
            left_out=len(cell.nested_tool_call_ids) - len(calls),
            waits_left_out=len(cell.wait_tool_call_ids) - len(self._latest(cell.wait_tool_call_ids)),
        )

    def _latest(self, ids: Ids) -> Sequence[str]:
        """The ids that are told of."""
        return ids if self.most is None else ids[max(0, len(ids) - self.most) :]

    def _event(self, seq: int) -> int:
        return self.trace.history.events.ordinal_of(seq) or self.snapshot.event

    def _length(self, started_ms: int, ended_ms: int | None) -> int:
        return max(0, (self.now_ms if ended_ms is None else ended_ms) - started_ms)

    # -- states ----------------------------------------------------------------------

    def _changes(self, cell: CodeCell, waits: Sequence[CellWait]) -> list[CellChange]:
        window = cell.execution
        moments = {window.started_seq: "started"}
        if cell.initial_response_seq is not None and cell.initial_response_status is not None:
            answer = cell.initial_response_status
            final = answer in CELL_OVER and window.ended_seq != cell.initial_response_seq
            moments[cell.initial_response_seq] = f"initial response {answer}" if final else answer
        if cell.yielded_seq is not None:
            moments.setdefault(cell.yielded_seq, "yielded again")
        for wait in waits:
            if wait.ended_seq is not None and wait.outcome == "yielded again":
                moments.setdefault(wait.ended_seq, wait.outcome)
        if window.ended_seq is not None and window.status != "running":
            moments[window.ended_seq] = cell.runtime_status
        times = self.trace.history.events.times
        found = [
            CellChange(event, seq, words, max(0, times[event] - window.started_at_unix_ms))
            for seq, words in moments.items()
            for event in (self._event(seq),)
        ]
        return sorted(found, key=lambda change: change.event)

    def _answer(self, cell: CodeCell) -> CellAnswer | None:
        """By the item that the model got; by the runtime where there is none yet."""
        if cell.initial_response_seq is None or cell.initial_response_status is None:
            return None
        items = map(self.snapshot.conversation_items.__getitem__, cell.output_item_ids[:1])
        given = next((one for one in items if one.call_id == cell.model_visible_call_id), None)
        if given is not None:
            text = whole_text(self.trace, given) or ""
            words = cell_words(text, lambda: cell_label(cell))
            output = words[1] if words else text
        else:
            found = cell_result(value(self.trace, cell.raw_initial_response_payload_id))
            output = "\n".join(texts_of(found.get("content_items")))
        return CellAnswer(cell.initial_response_seq, cell.initial_response_status, output)

    def _waited_on_by(self, cell: CodeCell, waits: Sequence[CellWait]) -> str | None:
        for wait in waits:
            if wait.is_open and self._in_running_turn(wait.tool_call_id):
                return wait.tool_call_id
        if cell.execution.status != "running":
            return None
        number = self.spans.number(CELL, cell.code_cell_id)
        tool = None if number is None else self.work.object(self.work.parent(number))
        if isinstance(tool, ToolCall):
            is_open = tool.execution.status == "running" and self._in_running_turn(tool.tool_call_id)
            return tool.tool_call_id if is_open else None
        turn = self._turn(cell.codex_turn_id)
        waiting = (
            cell.initial_response_seq is None and turn is not None and turn.execution.status == "running"
        )
        return cell.model_visible_call_id if waiting else None

    def _in_running_turn(self, tool_call_id: str) -> bool:
        tool = self.snapshot.tool_calls[tool_call_id]
        turn = self._turn(tool.started_by_codex_turn_id)
        return turn is None or turn.execution.status == "running"

    def _turn(self, codex_turn_id: str | None) -> CodexTurn | None:
        turns = self.snapshot.codex_turns
        return turns[codex_turn_id] if codex_turn_id in turns and codex_turn_id is not None else None

    # -- nested calls -------------------------------------------------------------------

    def _nested(self, tool_call_id: str) -> NestedCall | None:
        if tool_call_id not in self.snapshot.tool_calls:
            return None
        tool = self.snapshot.tool_calls[tool_call_id]
        window, history = tool.execution, self.trace.history
        return NestedCall(
            tool_call_id,
            short_call(tool),
            call_text(history, tool) or tool_name(tool.kind),
            self._event(window.started_seq),
            window.started_seq,
            window.ended_seq,
            self._length(window.started_at_unix_ms, window.ended_at_unix_ms),
            self._stands(tool),
        )

    def _stands(self, tool: ToolCall) -> str:
        if tool.execution.status != "completed":
            return tool.execution.status
        operation_id = tool.terminal_operation_id
        if operation_id is not None and operation_id in self.snapshot.terminal_operations:
            operation: TerminalOperation = self.snapshot.terminal_operations[operation_id]
            if operation.execution.status == "running":
                return "left running"
            code = operation.result.exit_code if operation.result else None
            if code:
                return f"exit {code}"
        return "ok"

    # -- waits -----------------------------------------------------------------------------

    def _waits(self, cell: CodeCell) -> Iterator[CellWait]:
        for tool_call_id in self._latest(cell.wait_tool_call_ids):
            if tool_call_id in self.snapshot.tool_calls:
                tool = self.snapshot.tool_calls[tool_call_id]
                asked = self.work.wait(tool) or Wait(ON_CELL, cell.runtime_cell_id, (), None, False)
                yield self.wait(tool, asked, cell)

    def wait(self, tool: ToolCall, asked: Wait, cell: CodeCell | None) -> CellWait:
        """A wait call and what it gave; `cell` is None when nobody knows the cell."""
        window = tool.execution
        over = window.ended_seq is not None
        gave, carried = self._gave(tool) if over else (None, None)
        words = cell_words(gave or "", lambda: None if cell is None else cell_label(cell))
        ended = None if cell is None or cell.execution.status == "running" else cell.execution.ended_seq
        return CellWait(
            tool.tool_call_id,
            asked.cell_id or "",
            self._event(window.started_seq),
            window.started_seq,
            window.ended_seq,
            self._length(window.started_at_unix_ms, window.ended_at_unix_ms),
            asked.timeout_ms,
            asked.terminate,
            self._outcome(tool, cell) if over else "",
            gave,
            words[1] if words else gave,
            carried,
            ended is not None and self._event(ended) < self._event(window.started_seq),
        )

    def _outcome(self, tool: ToolCall, cell: CodeCell | None) -> str:
        window = tool.execution
        if window.status != "completed" or cell is None or window.ended_seq is None:
            return window.status
        handle = self.trace.history.handle(CodeCell, cell.code_cell_id) or 0
        then = cast(CodeCell, self.trace.history.as_of(handle, self._event(window.ended_seq)))
        return "yielded again" if then.execution.status == "running" else then.runtime_status

    def _gave(self, tool: ToolCall) -> tuple[str | None, int | None]:
        """What a call gave the model, and the seq of the first request that carried it."""
        history = self.trace.history
        for item_id in tool.model_visible_output_item_ids[:1]:
            item: ConversationItem = self.snapshot.conversation_items[item_id]
            carried = index_of(history, Carried).first_carried(item_id)
            seen = carried is not None and carried <= self.snapshot.event
            return whole_text(self.trace, item), history.events.seqs[carried] if seen and carried else None
        pieces = result_texts(value(self.trace, tool.raw_result_payload_id))
        return ("\n".join(pieces) if pieces else None), None
