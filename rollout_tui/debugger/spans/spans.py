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
from typing import Any

from rollout_tui.debugger.spans.event_families import (
    BELONGS_BY_TYPE,
    OF_AGENTS,
    OF_CELLS,
    PLAIN,
    ROLLOUT_ENDED,
    SPECIAL,
)
from rollout_tui.debugger.spans.object_spans import ObjectSpans
from rollout_tui.debugger.spans.span_tree import (
    CELL,
    NOBODY,
    OBJECTS,
    ROOT,
    TURN,
)
from rollout_tui.graph.history import CREATED, History
from rollout_tui.graph.objects import InteractionEdge, PendingEdge, Rollout

_CHUNK = 65_536
_CODE_OF = {kind: code for code, kind in enumerate(OBJECTS) if kind is not Rollout}
_EDGES = (InteractionEdge, PendingEdge)
_EDGE_MOVES = (CREATED, "waiting")
_NOTHING: dict[int, int] = {}


class Spans(ObjectSpans):
    """Every span of a history up to event `head`; `update()` takes in what was added since.

    `cell_events` and `agent_events` are the events about code cells and about agents, `late_events` those
    that belong to a span that was over. Any thread may update, any number read what lies up to `head`.
    """

    def __init__(self, history: History) -> None:
        super().__init__(history)
        self.head = 0
        self.cell_events = array("I")
        self.agent_events = array("I")
        self.late_events = array("I")
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
        """Numbers of the spans open as of `event` but threads, in the order they began."""
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
                    number = self.innermost(thread)
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
            self.object_created(code, handle, event, waited)
        for handle in windows:
            self.window_changed(handle, event)
        if CELL in touched and event_type not in OF_CELLS:
            for code, handle in created:
                if code == CELL:
                    self.window_changed(handle, event)
        if edges and event_type not in OF_AGENTS:
            self.agent_events.append(event)
        self._place(event, event_type, name, touched)

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
                    number = self.unnamed_cell(event, event_type, envelope)
            elif event_type in OF_AGENTS:
                self.agent_events.append(event)
            else:
                number = ROOT
                if event_type == ROLLOUT_ENDED:
                    self.windows.end(ROOT, event)
        if number is None:
            number = self.innermost(envelope or self._shown_thread)
        self._shown_thread = thread = self.threads[number] or envelope or self._shown_thread
        if self.windows.over_before(number, event):
            self.late_events.append(event)
        self._owners.append(number)
        self._shown.append(thread)
