"""Which spans the objects of the graph begin, move and end.

A tool call of a code cell hangs on the cell, a cell on the `exec` call that its item names; either can become
known first. A cell can be announced before its item is seen (format section 9.2): its span waits for it.
"""

from __future__ import annotations

from array import array
from typing import Any, cast

from rollout_tui.debugger.spans.event_families import CELL_ENDED, CELL_STARTED
from rollout_tui.debugger.spans.span_tree import CELL, OPERATION, ROOT, THREAD, TOOL, TURN, SpanTree
from rollout_tui.debugger.spans.waits import is_wait
from rollout_tui.graph.history import History
from rollout_tui.graph.objects import CodeCell, ToolCall
from rollout_tui.graph.values import CodeCellRequester, Window


class ObjectSpans(SpanTree):
    """The span tree as objects are created and their windows change.

    `waits` are the spans of wait calls, `waited_cells` the cell (handle) of those whose cell is known.
    """

    def __init__(self, history: History) -> None:
        super().__init__(history)
        self.waits = array("I")
        self.waited_cells: dict[int, int] = {}
        self._open_turns: dict[int, list[int]] = {}
        self._exec_calls: dict[tuple[int, str], int] = {}
        self._cells_of_calls: dict[tuple[int, str], int] = {}
        self._unnamed_cells: dict[int, list[int]] = {}

    def object_created(self, code: int, handle: int, event: int, waited: int | None) -> None:
        """Begin the span of an object whose kind has that code; `waited` is the cell that a wait is for."""
        made = self.history.objects[handle]
        if code == OPERATION:
            tool = self.number(TOOL, made.tool_call_id) or ROOT
            self.add(code, handle, self.threads[tool], tool, event)
            return
        thread = self.interned(made.thread_id)
        if code == THREAD:
            self.add(code, handle, thread, ROOT, event)
        elif code == TURN:
            number = self.add(code, handle, thread, self.thread_spans[thread], event)
            self._open_turns.setdefault(thread, []).append(number)
        elif code == CELL:
            self._cell_created(handle, made, thread, event)
        elif code == TOOL:
            number = self._tool_created(handle, made, thread, event)
            if waited is not None:
                self.waited_cells[number] = waited
            if waited is not None or self._waits(made):
                self.waits.append(number)
        else:
            self.add(code, handle, thread, self._turn_span(made.codex_turn_id, thread), event)

    def _tool_created(self, handle: int, tool: ToolCall, thread: int, event: int) -> int:
        parent = None
        if isinstance(tool.requester, CodeCellRequester):
            parent = self._cell_span(tool.requester.code_cell_id, thread)
        if parent is None:
            parent = self._turn_span(tool.started_by_codex_turn_id, thread)
        number = self.add(TOOL, handle, thread, parent, event)
        if tool.kind.name == "exec" and tool.model_visible_call_id is not None:
            call = (thread, tool.model_visible_call_id)
            self._exec_calls[call] = number
            cell = self._cells_of_calls.get(call)
            if cell is not None and self.kinds[self.parents[cell]] != TOOL:
                self.move(cell, number)
        return number

    def _waits(self, tool: ToolCall) -> bool:
        """Whether a call was a wait when it started: a runtime start can give it another kind (8.3)."""
        kind = tool.kind
        likely = kind.name == "wait" or kind.type in ("wait_agent", "mcp")
        likely = likely or tool.tool_call_id in self.history.named_cells
        return likely and is_wait(self.history, tool)

    def _cell_created(self, handle: int, cell: CodeCell, thread: int, event: int) -> None:
        call = (thread, cell.model_visible_call_id)
        parent = self._exec_calls.get(call)
        if parent is None:
            parent = self._turn_span(cell.codex_turn_id, thread)
        number = self._announced(thread, cell)
        if number is None:
            number = self.add(CELL, handle, thread, parent, event)
        else:
            self.names(handle, number)
            self.move(number, parent)
        self._cells_of_calls[call] = number
        for tool_id in cast(CodeCell, self.history.as_of(handle, event)).nested_tool_call_ids:
            tool = self.number(TOOL, tool_id)
            if tool is not None:
                self.move(tool, number)

    def window_changed(self, handle: int, event: int) -> None:
        """End or reopen a span as the window of its object says at `event`."""
        number = self.by_handle(handle) or ROOT
        kind, seq = self.kinds[number], self.history.events.seqs[event]
        window: Window = self.history.objects[handle].execution
        if window.ended_seq != seq:
            window = cast(Any, self.history.as_of(handle, event)).execution
        if window.status == "running" and (kind != THREAD or window.ended_seq is None):
            self.windows.reopen(number)
            return
        # A cell that is materialised late can have ended before: its span has (format section 9.2).
        if window.ended_seq == seq or self.windows.end_of(number) is None:
            self.windows.end(number, event)
        if kind == TURN:
            turns = self._open_turns.get(self.threads[number])
            if turns and number in turns:
                turns.remove(number)

    def innermost(self, thread: int) -> int:
        """The open turn of a thread, else the thread."""
        turns = self._open_turns.get(thread)
        return turns[-1] if turns else self.thread_spans[thread]

    def _turn_span(self, codex_turn_id: str | None, thread: int) -> int:
        return self.number(TURN, codex_turn_id) or self.thread_spans[thread]

    # -- cells whose source item has not been seen (format section 9.2) --------------

    def _cell_span(self, code_cell_id: str, thread: int) -> int | None:
        waiting = self._unnamed_cells.get(thread)
        return self.number(CELL, code_cell_id) or (waiting[-1] if waiting else None)

    def _announced(self, thread: int, cell: CodeCell) -> int | None:
        """The span that was begun when a cell was announced."""
        waiting = self._unnamed_cells.get(thread, [])
        seqs = self.history.events.seqs
        for number in waiting:
            if seqs[self.windows.begins[number]] == cell.execution.started_seq:
                waiting.remove(number)
                return number
        return None

    def unnamed_cell(self, event: int, event_type: int, thread: int) -> int | None:
        """The span of a cell that is not in the graph yet, or never will be."""
        waiting = self._unnamed_cells.setdefault(thread, [])
        if event_type == CELL_STARTED:
            calls = [one for one in self.windows.open_at(event) if self._could_run_a_cell(one, thread)]
            parent = calls[-1] if calls else self.innermost(thread)
            waiting.append(self.add(CELL, 0, thread, parent, event))
        if waiting and event_type == CELL_ENDED:
            self.windows.end(waiting[-1], event)
        return waiting[-1] if waiting else None

    def _could_run_a_cell(self, number: int, thread: int) -> bool:
        if self.kinds[number] != TOOL or self.threads[number] != thread or self.has_children(number):
            return False
        return cast(ToolCall, self.history.objects[self.handles[number]]).kind.name == "exec"
