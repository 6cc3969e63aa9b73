"""Which spans the objects of the graph begin, move and end.

A tool call of a code cell hangs on the cell, a cell on the `exec` call that its item names; either can become
known first. A cell can be announced before its item is seen (format section 9.2): its span waits for it.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from itertools import islice
from typing import Any, cast

from rollout_tui.debugger.spans.event_families import CELL_ENDED, CELL_STARTED
from rollout_tui.debugger.spans.open_objects import NEVER
from rollout_tui.debugger.spans.span_tree import CELL, OPERATION, ROOT, THREAD, TOOL, TURN, SpanTree
from rollout_tui.debugger.spans.waits import is_wait
from rollout_tui.graph.history import History
from rollout_tui.graph.objects import CodeCell, ToolCall
from rollout_tui.graph.values import CodeCellRequester, Window

# Of the exec calls of a thread that run, the latest so many are asked whether an announced cell is theirs.
_MOST_EXECS = 64
_LIKE_WAITS = ("wait_agent", "mcp")


class ObjectSpans(SpanTree):
    """The span tree as objects are created and their windows change.

    `waits` are the spans of wait calls, `waited_cells` the cell (handle) of those whose cell is known.
    """

    def __init__(self, history: History) -> None:
        super().__init__(history)
        self.waits = array("I")
        self.waited_cells: dict[int, int] = {}
        # How many threads had started and not ended, from each event on that one did.
        self._thread_changes = array("I", [0])
        self._threads_open = array("I", [0])
        self._open_turns: dict[int, list[int]] = {}
        self._exec_calls: dict[tuple[int, str], int] = {}
        self._cells_of_calls: dict[tuple[int, str], int] = {}
        # By thread: its exec calls that have not ended, and announced cells by the seq of their start.
        self._open_execs: dict[int, dict[int, None]] = {}
        self._unnamed_cells: dict[int, _Announced] = {}

    def object_created(self, code: int, handle: int, event: int, waited: int | None) -> None:
        """Begin the span of an object whose kind has that code; `waited` is the cell that a wait is for."""
        made = self.history.objects[handle]
        if code == OPERATION:
            tool = self.number(TOOL, made.tool_call_id) or ROOT
            self.add(code, handle, self.threads[tool], tool, event)
            return
        thread = self.interned(made.thread_id)
        if code == TOOL:
            number = self._tool_created(handle, made, thread, event)
            if waited is not None:
                self.waited_cells[number] = waited
            if waited is not None or self._waits(made):
                self.waits.append(number)
        elif code == THREAD:
            self.add(code, handle, thread, ROOT, event)
            self._thread_changed(event, 1)
        elif code == TURN:
            number = self.add(code, handle, thread, self.thread_spans[thread], event)
            self._open_turns.setdefault(thread, []).append(number)
        elif code == CELL:
            self._cell_created(handle, made, thread, event)
        else:
            self.add(code, handle, thread, self._turn_span(made.codex_turn_id, thread), event)

    def _tool_created(self, handle: int, tool: ToolCall, thread: int, event: int) -> int:
        parent = None
        if type(tool.requester) is CodeCellRequester:
            parent = self._cell_span(tool.requester.code_cell_id, thread)
        if parent is None:
            parent = self._turn_span(tool.started_by_codex_turn_id, thread)
        number = self.add(TOOL, handle, thread, parent, event)
        if tool.kind.name == "exec":
            self._exec_created(number, tool, thread)
        return number

    def _exec_created(self, number: int, tool: ToolCall, thread: int) -> None:
        self._open_execs.setdefault(thread, {})[number] = None
        if tool.model_visible_call_id is not None:
            call = (thread, tool.model_visible_call_id)
            self._exec_calls[call] = number
            cell = self._cells_of_calls.get(call)
            if cell is not None and self.kinds[self.parents[cell]] != TOOL:
                self.move(cell, number)

    def is_wait(self, number: int) -> bool:
        """Whether a span is that of a wait call."""
        at = bisect_left(self.waits, number)
        return at < len(self.waits) and self.waits[at] == number

    def _waits(self, tool: ToolCall) -> bool:
        """Whether a call was a wait when it started: a runtime start can give it another kind (8.3)."""
        kind = tool.kind
        if kind.name == "wait" or kind.type in _LIKE_WAITS or tool.tool_call_id in self.history.named_cells:
            return is_wait(self.history, tool)
        return False

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
        number = self.spans_by_handle[handle]
        kind, seq = self.kinds[number], self.history.events.seqs[event]
        window: Window = self.history.objects[handle].execution
        if window.ended_seq != seq:
            window = cast(Any, self.history.as_of(handle, event)).execution
        before = after = self.windows.ends[number]
        if window.status == "running" and (kind != THREAD or window.ended_seq is None):
            self.windows.reopen(number)
            after = NEVER
        # A cell that is materialised late can have ended before: its span has (format section 9.2).
        elif window.ended_seq == seq or before == NEVER:
            self.windows.end(number, event)
            after = event
        if kind == TOOL and after != NEVER and (execs := self._open_execs.get(self.threads[number])):
            execs.pop(number, None)
        elif kind == THREAD and (before == NEVER) != (after == NEVER):
            self._thread_changed(event, -1 if before == NEVER else 1)

    def _thread_changed(self, event: int, by: int) -> None:
        self._thread_changes.append(event)
        self._threads_open.append(self._threads_open[-1] + by)

    def threads_open(self, event: int) -> int:
        """How many threads have started and not ended as of `event`."""
        return self._threads_open[bisect_right(self._thread_changes, event) - 1]

    def innermost(self, thread: int) -> int:
        """The open turn of a thread, else the thread."""
        turns = self._open_turns.get(thread)
        while turns and self.windows.end_of(turns[-1]) is not None:
            turns.pop()
        return turns[-1] if turns else self.thread_spans[thread]

    def _turn_span(self, codex_turn_id: str | None, thread: int) -> int:
        return self.number(TURN, codex_turn_id) or self.thread_spans[thread]

    # -- cells whose source item has not been seen (format section 9.2) --------------

    def _cell_span(self, code_cell_id: str, thread: int) -> int | None:
        waiting = self._unnamed_cells.get(thread)
        return self.number(CELL, code_cell_id) or (waiting.latest if waiting else None)

    def _announced(self, thread: int, cell: CodeCell) -> int | None:
        """The span that was begun when a cell was announced."""
        waiting = self._unnamed_cells.get(thread)
        return waiting.take(cell.execution.started_seq) if waiting else None

    def unnamed_cell(self, event: int, event_type: int, thread: int) -> int | None:
        """The span of a cell that is not in the graph yet, or never will be."""
        waiting = self._unnamed_cells.setdefault(thread, _Announced())
        if event_type == CELL_STARTED:
            latest = islice(reversed(self._open_execs.get(thread, {})), _MOST_EXECS)
            parent = next((one for one in latest if not self.has_children(one)), self.innermost(thread))
            waiting.add(self.add(CELL, 0, thread, parent, event), self.history.events.seqs[event])
        latest_cell = waiting.latest
        if latest_cell is not None and event_type == CELL_ENDED:
            self.windows.end(latest_cell, event)
        return latest_cell


class _Announced:
    """Spans of cells that are announced and not in the graph, in order, and by the seq of their start."""

    def __init__(self) -> None:
        self._seqs: dict[int, int] = {}
        self._by_seq: dict[int, list[int]] = {}

    def add(self, number: int, seq: int) -> None:
        self._seqs[number] = seq
        self._by_seq.setdefault(seq, []).append(number)

    @property
    def latest(self) -> int | None:
        """The span that began last."""
        return next(reversed(self._seqs), None)

    def take(self, seq: int) -> int | None:
        """The span of a cell that started at `seq`: it is no longer only announced."""
        numbers = self._by_seq.get(seq)
        if numbers is None:
            return None
        number = numbers.pop(0)
        if not numbers:
            del self._by_seq[seq]
        del self._seqs[number]
        return number
