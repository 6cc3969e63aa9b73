"""The span tree of a recording, and which span every event belongs to.

rollout > thread > codex turn > inference call, tool call, compaction request; an `exec` tool call > its code
cell > nested tool calls; a tool call > its terminal operation. In schema 1 a cell has no tool call around it
and hangs on its turn. A `wait` is a tool call of the turn that points to its cell.

An event belongs to the span it starts, changes or ends; others (history, protocol) to the open turn of their
thread; events that name no thread to that of the event before.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any, cast

from rollout_tui.debugger.spans.event_families import (
    BELONGS_BY_TYPE,
    CELL_ENDED,
    CELL_STARTED,
    OF_AGENTS,
    OF_CELLS,
    PLAIN,
    ROLLOUT_ENDED,
    SPECIAL,
)
from rollout_tui.debugger.spans.span_tree import (
    CELL,
    COMPACTION_REQUEST,
    INFERENCE,
    KINDS,
    NOBODY,
    OBJECTS,
    OPERATION,
    ROLLOUT,
    ROOT,
    THREAD,
    TOOL,
    TURN,
    Span,
    SpanTree,
)
from rollout_tui.debugger.spans.waits import is_wait
from rollout_tui.graph.history import CREATED, History
from rollout_tui.graph.objects import CodeCell, InteractionEdge, PendingEdge, Rollout, ToolCall
from rollout_tui.graph.values import CodeCellRequester, Window

__all__ = [
    "CELL",
    "COMPACTION_REQUEST",
    "INFERENCE",
    "KINDS",
    "NOBODY",
    "OPERATION",
    "ROLLOUT",
    "ROOT",
    "THREAD",
    "TOOL",
    "TURN",
    "Span",
    "Spans",
]

_CHUNK = 65_536
_CODE_OF = {kind: code for code, kind in enumerate(OBJECTS) if kind is not Rollout}
_EDGES = (InteractionEdge, PendingEdge)
_EDGE_MOVES = (CREATED, "waiting")
_NOTHING: dict[int, int] = {}


class Spans(SpanTree):
    """Every span of a history up to event `head`; `update()` takes in what was added since.

    `waits` are the spans of wait calls, `waited_cells` the cell (handle) of those whose cell is known,
    `cell_events` and `agent_events` the events about code cells and about agents, `late_events` those that
    belong to a span that was over. Any thread may update, any number read what lies up to `head`.
    """

    def __init__(self, history: History) -> None:
        super().__init__(history)
        self.head = 0
        self.waits = array("I")
        self.waited_cells: dict[int, int] = {}
        self.cell_events = array("I")
        self.agent_events = array("I")
        self.late_events = array("I")
        self._thread_spans: dict[int, int] = {}
        self._open_turns: dict[int, list[int]] = {}
        self._exec_calls: dict[tuple[int, str], int] = {}
        self._cells_of_calls: dict[tuple[int, str], int] = {}
        self._unnamed_cells: dict[int, list[int]] = {}
        self._shown_thread = NOBODY
        # The span and the thread of each event of the piece that is being taken in.
        self._owners: list[int] = []
        self._shown: list[int] = []
        self._updating = threading.Lock()

    # -- asking ------------------------------------------------------------------

    def span_of(self, event: int) -> int:
        """The number of the span an event belongs to."""
        return self.events.span[event]

    def thread_of(self, event: int) -> str | None:
        """The thread shown at an event: its own, or the last one before it."""
        # A spine that begins anew can be shorter than the event somebody still asks for.
        if event >= len(self.events.thread):
            return None
        return self.thread_id(self.events.thread[event])

    def open_at(self, event: int) -> Iterator[int]:
        """Numbers of the spans open as of `event`, in the order they began."""
        return self.windows.open_at(event)

    def turn_of(self, number: int) -> int | None:
        """The turn a span lies in, itself if it is one."""
        while number and self.kinds[number] != TURN:
            number = self.parents[number]
        return number or None

    # -- taking in events ----------------------------------------------------------

    def update(self) -> None:
        """Take in the events between `head` and the history's head."""
        last = self.history.head
        if self.head < last:
            with self._updating:
                self._update(last)

    def _update(self, last: int) -> None:
        while self.head < last:
            stop = min(last, self.head + _CHUNK) + 1
            self._advance(self.head + 1, stop)
            self.events.extend(self._owners, self._shown)
            self._owners.clear()
            self._shown.clear()
            self.head = stop - 1

    def _advance(self, start: int, stop: int) -> None:
        """Take in the events start <= event < stop."""
        log = self.history.events
        over_before, own, show = self.windows.over_before, self._owners.append, self._shown.append
        groups = groupby(self.history.notes(start, stop), itemgetter(0))
        nothing: Iterable[tuple[int, int, str, Any]] = ()
        noted, changes = next(groups, (stop, nothing))
        # Most events change nothing and follow one of their thread: all is as it was for that one.
        before: object = self
        number = thread = NOBODY
        for event, event_type, name in zip(
            range(start, stop), log.types[start:stop], log.thread_names(start, stop), strict=True
        ):
            if event == noted:
                self._take(event, event_type, name, changes)
                noted, changes = next(groups, (stop, nothing))
                before = self
            elif event_type in PLAIN:
                if name is not before:
                    thread = self.interned(name) or self._shown_thread
                    number = self._innermost(thread)
                    self._shown_thread, before = thread, name
                if over_before(number, event):
                    self.late_events.append(event)
                own(number)
                show(thread)
            else:
                self._place(event, event_type, name, _NOTHING)
                before = self

    def _take(
        self, event: int, event_type: int, name: str | None, changes: Iterable[tuple[int, int, str, Any]]
    ) -> None:
        """An event that created or changed something."""
        objects = self.history.objects
        touched: dict[int, int] = {}
        created: list[tuple[int, int]] = []
        windows: list[int] = []
        edges = False
        waited = None
        for _, handle, field, _ in changes:
            kind = type(objects[handle])
            code = _CODE_OF.get(kind)
            if code is None:
                edges = edges or (kind in _EDGES and field in _EDGE_MOVES)
                continue
            if code not in touched:
                touched[code] = handle
            if field == CREATED:
                created.append((code, handle))
            elif field == "execution":
                windows.append(handle)
            elif field == "wait_tool_call_ids":
                waited = handle
        # Parents first: the codes of the kinds go from the outside to the inside.
        for code, handle in sorted(created) if len(created) > 1 else created:
            self._created(code, handle, event, waited)
        for handle in windows:
            self._window_changed(handle, event)
        if CELL in touched and event_type not in OF_CELLS:
            for code, handle in created:
                if code == CELL:
                    self._window_changed(handle, event)
        if edges and event_type not in OF_AGENTS:
            self.agent_events.append(event)
        self._place(event, event_type, name, touched)

    def _created(self, code: int, handle: int, event: int, waited: int | None) -> None:
        made = self.history.objects[handle]
        if code == OPERATION:
            tool = self.number(TOOL, made.tool_call_id) or ROOT
            self.add(code, handle, self.threads[tool], tool, event)
            return
        thread = self.interned(made.thread_id)
        if code == THREAD:
            self._thread_spans[thread] = self.add(code, handle, thread, ROOT, event)
        elif code == TURN:
            number = self.add(code, handle, thread, self._thread_spans.get(thread, ROOT), event)
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

    def _window_changed(self, handle: int, event: int) -> None:
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

    # -- which span an event belongs to --------------------------------------------

    def _place(self, event: int, event_type: int, name: str | None, touched: Mapping[int, int]) -> None:
        envelope = NOBODY if name is None else self.interned(name)
        number = None
        for code in BELONGS_BY_TYPE[event_type]:
            if code in touched:
                number = self.by_handle(touched[code])
                break
        if event_type in SPECIAL:
            if event_type in OF_CELLS:
                self.cell_events.append(event)
                if number is None:
                    number = self._unnamed_cell(event, event_type, envelope)
            elif event_type in OF_AGENTS:
                self.agent_events.append(event)
            else:
                number = ROOT
                if event_type == ROLLOUT_ENDED:
                    self.windows.end(ROOT, event)
        if number is None:
            number = self._innermost(envelope or self._shown_thread)
        self._shown_thread = thread = self.threads[number] or envelope or self._shown_thread
        if self.windows.over_before(number, event):
            self.late_events.append(event)
        self._owners.append(number)
        self._shown.append(thread)

    def _innermost(self, thread: int) -> int:
        """The open turn of a thread, else the thread."""
        turns = self._open_turns.get(thread)
        return turns[-1] if turns else self._thread_spans.get(thread, ROOT)

    def _turn_span(self, codex_turn_id: str | None, thread: int) -> int:
        return self.number(TURN, codex_turn_id) or self._thread_spans.get(thread, ROOT)

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

    def _unnamed_cell(self, event: int, event_type: int, thread: int) -> int | None:
        """The span of a cell that is not in the graph yet, or never will be."""
        waiting = self._unnamed_cells.setdefault(thread, [])
        if event_type == CELL_STARTED:
            calls = [one for one in self.open_at(event) if self._could_run_a_cell(one, thread)]
            parent = calls[-1] if calls else self._innermost(thread)
            waiting.append(self.add(CELL, 0, thread, parent, event))
        if waiting and event_type == CELL_ENDED:
            self.windows.end(waiting[-1], event)
        return waiting[-1] if waiting else None

    def _could_run_a_cell(self, number: int, thread: int) -> bool:
        if self.kinds[number] != TOOL or self.threads[number] != thread or self.has_children(number):
            return False
        return cast(ToolCall, self.history.objects[self.handles[number]]).kind.name == "exec"
