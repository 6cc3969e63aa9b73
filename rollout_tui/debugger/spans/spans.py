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
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rollout_tui.debugger.indexes import stretches
from rollout_tui.debugger.spans.event_families import (
    BELONGS_BY_TYPE,
    OF_AGENTS,
    OF_CELLS,
    OF_ROLLOUT,
    PLAIN,
    ROLLOUT_ENDED,
    SPANS,
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
from rollout_tui.graph.objects import InteractionEdge, Object, PendingEdge

# What a kind of object is to the spans: the code of its spans, an edge between agents, or nothing.
_EDGE, _OTHER = len(OBJECTS), len(OBJECTS) + 1
_CODES: defaultdict[type[Object], int] = defaultdict(lambda: _OTHER)
_CODES.update(SPANS)
_CODES.update({InteractionEdge: _EDGE, PendingEdge: _EDGE})
_MADE, _WINDOW, _WAITED, _MOVED = range(1, 5)
_MARKS = {CREATED: _MADE, "execution": _WINDOW, "wait_tool_call_ids": _WAITED, "waiting": _MOVED}
_EDGE_MOVES = (_MADE, _MOVED)
_MOST_PLANS = 1024
_NONE = (0, 0)


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
        # By handle: what the kind of the object is.
        self._object_kinds = bytearray()
        self._plans: dict[tuple[int, bytes], _Plan] = {}
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
        for start, stop in stretches(self.head, last):
            self._advance(start, stop)
            self.events.extend(self._owners, self._shown)
            self._owners.clear()
            self._shown.clear()
            self.head = stop - 1

    def _advance(self, start: int, stop: int) -> None:
        """Take in the events start <= event < stop."""
        log = self.history.events
        events, handles, marks = self.history.note_columns(start, stop, _MARKS)
        self.make_room_for_handles()
        kinds = bytes(map(self._kinds_by_handle().__getitem__, handles))
        low, counts = 0, iter(Counter(events).items())
        noted, count = next(counts, _NONE)
        own, show = self._owners.append, self._shown.append
        first, last, ends, threads = self.events.first, self.events.last, self.windows.ends, self.threads
        # Most events change nothing and follow one of their thread, or name none: all is as it was before.
        name: object = None
        envelope = number = thread = NOBODY
        follows = late = False
        for event, event_type, named in zip(
            range(start, stop), log.types[start:stop], log.thread_names(start, stop), strict=True
        ):
            if event != noted and event_type in PLAIN:
                if not follows or (named is not None and named is not name):
                    name, follows = named, True
                    envelope = self.interned(named)
                    self._shown_thread = thread = envelope or self._shown_thread
                    number = self.innermost(thread)
                    late = ends[number] < event
                    first[number] = first[number] or event
                if late:
                    self.late_events.append(event)
                last[number] = event
                own(number)
                show(thread)
                continue
            follows, number = False, ROOT
            if named is not name:
                name, envelope = named, self.interned(named)
            if event == noted:
                high = low + count
                number = self._take(event, event_type, kinds[low:high] + marks[low:high], handles, low)
                low = high
                noted, count = next(counts, _NONE)
            if event_type in SPECIAL:
                number = self._special(event, event_type, envelope, number)
            elif not number:
                number = self.innermost(envelope or self._shown_thread)
            self._shown_thread = thread = threads[number] or envelope or self._shown_thread
            if ends[number] < event:
                self.late_events.append(event)
            first[number] = first[number] or event
            last[number] = event
            own(number)
            show(thread)

    def _kinds_by_handle(self) -> bytearray:
        """Codes of the kinds of all objects there are."""
        kinds = self._object_kinds
        kinds.extend(map(_CODES.__getitem__, map(type, self.history.objects[len(kinds) :])))
        return kinds

    def _take(self, event: int, event_type: int, changes: bytes, handles: Sequence[int], low: int) -> int:
        """An event that created or changed something; the span that it started, changed or ended, else ROOT.

        `changes` are kinds and marks, `handles` from `low` on the objects. Nearly all events of a recording
        change the same few things: what that means is worked out once.
        """
        plan = self._plans.get((event_type, changes))
        if plan is None:
            if len(self._plans) >= _MOST_PLANS:
                self._plans.clear()
            plan = self._plans[event_type, changes] = _plan(event_type, changes)
        created, windows, waited, about, of_agents = plan
        for code, at in created:
            cell = None if waited is None else handles[low + waited]
            self.object_created(code, handles[low + at], event, cell)
        for at in windows:
            self.window_changed(handles[low + at], event)
        if of_agents:
            self.agent_events.append(event)
        return ROOT if about is None else self.spans_by_handle[handles[low + about]]

    def _special(self, event: int, event_type: int, envelope: int, number: int) -> int:
        """The span of an event about the rollout, a cell or an agent; `number` is what it changed or ROOT."""
        if event_type in OF_ROLLOUT:
            if event_type == ROLLOUT_ENDED:
                self.windows.end(ROOT, event)
            return ROOT
        if event_type in OF_AGENTS:
            self.agent_events.append(event)
        else:
            self.cell_events.append(event)
            number = number or self.unnamed_cell(event, event_type, envelope) or ROOT
        return number or self.innermost(envelope or self._shown_thread)


class _Plan(NamedTuple):
    """What the changes of an event mean, as places among them.

    `created` are objects with the codes of their kinds, outer kinds first, `windows` those that changed,
    `waited` the cell that a wait is for, `about` the object the event is about.
    """

    created: tuple[tuple[int, int], ...]
    windows: tuple[int, ...]
    waited: int | None
    about: int | None
    of_agents: bool


def _plan(event_type: int, changes: bytes) -> _Plan:
    created: list[tuple[int, int]] = []
    windows: list[int] = []
    waited, edges = None, False
    kinds, marks = changes[: len(changes) // 2], changes[len(changes) // 2 :]
    for at, (kind, mark) in enumerate(zip(kinds, marks, strict=True)):
        if kind == _EDGE:
            edges = edges or mark in _EDGE_MOVES
        elif kind != _OTHER:
            if mark == _MADE:
                created.append((kind, at))
            elif mark == _WINDOW:
                windows.append(at)
            elif mark == _WAITED:
                waited = at
    if event_type not in OF_CELLS:
        windows.extend(at for kind, at in created if kind == CELL)
    about = next((kinds.index(kind) for kind in BELONGS_BY_TYPE[event_type] if kind in kinds), None)
    of_agents = edges and event_type not in OF_AGENTS
    return _Plan(tuple(sorted(created)), tuple(windows), waited, about, of_agents)
