"""Spans as a tree in flat columns: about 60 bytes a span, numbered in the order they began."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rollout_tui.debugger.kinds import KIND_NAMES
from rollout_tui.debugger.spans.open_objects import Intervals
from rollout_tui.debugger.spans.span_events import SpanEvents
from rollout_tui.graph import objects
from rollout_tui.graph.history import History, object_id
from rollout_tui.graph.objects import Object

ROLLOUT, THREAD, TURN, INFERENCE, COMPACTION_REQUEST, TOOL, CELL, OPERATION = range(8)
OBJECTS: tuple[type[Object], ...] = (
    objects.Rollout,
    objects.Thread,
    objects.CodexTurn,
    objects.InferenceCall,
    objects.CompactionRequest,
    objects.ToolCall,
    objects.CodeCell,
    objects.TerminalOperation,
)
KINDS = tuple(KIND_NAMES[one] for one in OBJECTS)
SPAN_OBJECTS = dict(zip(KINDS, OBJECTS, strict=True))
ROOT = 0
NOBODY = 0
ROOM = 256


class Span(NamedTuple):
    """One span: `start` and `end` are events (ordinals), `end` None while it is open.

    `kind` is one of `KINDS`; `id` is empty for a cell whose source item has not been seen. `parent` is the
    number of the span around it (None for the rollout), `depth` how many there are.
    """

    number: int
    kind: str
    id: str
    thread_id: str | None
    start: int
    end: int | None
    parent: int | None
    depth: int


class SpanTree:
    """The columns, and what can be asked of them.

    `kinds`, `parents`, `depths` and `handles` (of the graph object, 0 while it is not known) go by span
    number, `windows` holds starts and ends. `moves` counts the spans that got another parent after they
    began: what was derived from the shape of the tree before is out of date.
    """

    def __init__(self, history: History) -> None:
        self.history = history
        self.moves = 0
        self.windows = Intervals()
        self.kinds = array("B")
        self.parents = array("I")
        self.depths = array("B")
        self.events = SpanEvents(self.depths)
        self.handles = array("I")
        self.threads = array("I")
        self._first_child = array("I")
        self._last_child = array("I")
        self._next_sibling = array("I")
        self._handles = [history.collections[one].index for one in OBJECTS]
        # By handle of an object: its span, ROOT where it has none.
        self.spans_by_handle = array("I")
        self._by_kind = [array("I") for _ in KINDS]
        # By thread: its own span, ROOT where it has none.
        self.thread_spans = array("I", [ROOT])
        # By thread and any other kind; most have one such span or none, and an array takes a hundred bytes.
        self._by_thread: dict[int, int | array[int]] = {}
        self._thread_ids: list[str | None] = [None]
        self._thread_numbers: dict[str, int] = {}
        self.add(ROLLOUT, history.rollout_handle, NOBODY, ROOT, 0)

    def __len__(self) -> int:
        return len(self.kinds)

    # -- one span ----------------------------------------------------------------

    def span(self, number: int) -> Span:
        """Everything about one span."""
        handle = self.handles[number]
        return Span(
            number,
            KINDS[self.kinds[number]],
            object_id(self.history.objects[handle]) if handle or not number else "",
            self._thread_ids[self.threads[number]],
            self.windows.begins[number],
            self.windows.end_of(number),
            self.parents[number] if number else None,
            self.depths[number],
        )

    def number(self, kind: int, object_id: str | None) -> int | None:
        """The span of an object by its kind's code, None when there is none."""
        handle = None if object_id is None else self._handles[kind].get(object_id)
        return None if handle is None else self.by_handle(handle)

    def by_handle(self, handle: int) -> int | None:
        """The span of the object with that handle, None when it has none."""
        spans = self.spans_by_handle
        return (spans[handle] or None) if handle < len(spans) else None

    def position(self, number: int) -> int:
        """Which of its kind a span is within its thread, from 1."""
        return bisect_left(self.of_kind(self.kinds[number], self.threads[number]), number) + 1

    def of_kind(self, kind: int, thread: int | None = None) -> Sequence[int]:
        """Numbers of the spans of a kind, in the order they began; of one thread or of all."""
        if thread is None:
            return self._by_kind[kind]
        if kind == THREAD:
            return tuple(filter(None, self.thread_spans[thread : thread + 1]))
        own = self._by_thread.get(thread * len(KINDS) + kind, ())
        return (own,) if isinstance(own, int) else own

    def thread_number(self, thread_id: str | None) -> int:
        """The number of a thread in the columns, 0 for one that no event names."""
        return self._thread_numbers.get(thread_id or "", NOBODY)

    def thread_id(self, thread: int) -> str | None:
        """The id of a thread by its number."""
        return self._thread_ids[thread]

    # -- its place in the tree -----------------------------------------------------

    def ancestors(self, number: int) -> Iterator[int]:
        """The spans around a span, innermost first."""
        while number:
            number = self.parents[number]
            yield number

    def children(self, number: int) -> Iterator[int]:
        """The spans directly inside a span, by their numbers."""
        child = self._first_child[number]
        while child:
            yield child
            child = self._next_sibling[child]

    def has_children(self, number: int) -> bool:
        """Whether anything is inside a span."""
        return self._first_child[number] != 0

    def descendants(self, number: int) -> Iterator[int]:
        """A span and all that is inside it, each before what is inside it."""
        stack = [number]
        while stack:
            found = stack.pop()
            yield found
            stack.extend(reversed(list(self.children(found))))

    # -- building ------------------------------------------------------------------

    def add(self, kind: int, handle: int, thread: int, parent: int, event: int) -> int:
        """Begin a span at `event`; returns its number."""
        # Of threads there can be any number, and those of others are in the way of what one of them does.
        number = self.windows.begin(event, kind != THREAD)
        self.kinds.append(kind)
        self.handles.append(handle)
        self.threads.append(thread)
        self.parents.append(parent)
        self.depths.append(self.depths[parent] + 1 if number else 0)
        if number == len(self._first_child):
            self._make_room()
        if number:
            self._append_child(parent, number)
            if handle:
                self.spans_by_handle[handle] = number
        self._by_kind[kind].append(number)
        if kind == THREAD:
            self.thread_spans[thread] = number
            return number
        key = thread * len(KINDS) + kind
        own = self._by_thread.get(key)
        if own is None:
            self._by_thread[key] = number
        elif isinstance(own, int):
            self._by_thread[key] = array("I", (own, number))
        else:
            own.append(number)
        return number

    def _make_room(self) -> None:
        """Make room for the next spans in the columns that are filled in later."""
        room = bytes(ROOM * self._first_child.itemsize)
        for column in (self._first_child, self._last_child, self._next_sibling):
            column.frombytes(room)
        self.events.make_room(ROOM)

    def names(self, handle: int, number: int) -> None:
        """The object with that handle is what the span is of; there is room for it."""
        self.spans_by_handle[handle] = number
        self.handles[number] = handle

    def make_room_for_handles(self) -> None:
        """Make room for the spans of all objects there are."""
        missing = len(self.history.objects) - len(self.spans_by_handle)
        self.spans_by_handle.frombytes(bytes(missing * self.spans_by_handle.itemsize))

    def interned(self, thread_id: str | None) -> int:
        """The number of a thread, given out at first sight."""
        if thread_id is None:
            return NOBODY
        number = self._thread_numbers.get(thread_id)
        if number is None:
            number = self._thread_numbers[thread_id] = len(self._thread_ids)
            self._thread_ids.append(thread_id)
            self.thread_spans.append(ROOT)
        return number

    def move(self, number: int, parent: int) -> None:
        """Hang a span on a parent that became known after it began."""
        before = self.parents[number]
        if parent in (before, number) or number in self.ancestors(parent):
            return
        self._set_children(before, [one for one in self.children(before) if one != number])
        self._set_children(parent, sorted((*self.children(parent), number)))
        for one in self.descendants(number):
            self.depths[one] = self.depths[self.parents[one]] + 1
        self.moves += 1
        self.events.depths_changed()

    def _set_children(self, parent: int, children: list[int]) -> None:
        self._first_child[parent] = self._last_child[parent] = 0
        for one in children:
            self._append_child(parent, one)

    def _append_child(self, parent: int, number: int) -> None:
        last = self._last_child[parent]
        if last:
            self._next_sibling[last] = number
        else:
            self._first_child[parent] = number
        self._last_child[parent] = number
        self._next_sibling[number] = 0
        self.parents[number] = parent
