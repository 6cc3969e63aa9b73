"""What exists at runtime only: results, outputs and messages that no conversation item carries yet.

A result of a call the model asked for is pending from the end of the call until its output item is there. A
code cell's output is pending from its first answer (schema 1, which records no call around it) and from its
end (after it yielded) until a call or a wait takes it over. What another agent sent is pending until an item
of the receiving thread carries it.
"""

from __future__ import annotations

import threading
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple, cast

from rollout_tui.debugger.indexes import index_of, stretches
from rollout_tui.debugger.spans.event_families import OF_CELLS
from rollout_tui.debugger.spans.open_objects import Intervals
from rollout_tui.debugger.spans.span_tree import CELL, TOOL
from rollout_tui.debugger.spans.spans import Spans
from rollout_tui.graph.history import CREATED, History, item_number
from rollout_tui.graph.ids import Ids
from rollout_tui.graph.objects import CodeCell, ConversationItem, PendingEdge, ToolCall
from rollout_tui.graph.values import ModelRequester
from rollout_tui.on_demand import OnDemand

RESULT, FIRST_ANSWER, CELL_RESULT, MESSAGE = range(4)
_FIELDS = (
    "execution",
    "model_visible_output_item_ids",
    "initial_response_seq",
    "output_item_ids",
    "waiting",
)


class Pending(NamedTuple):
    """Something pending since `event`: the result of a call, a cell's answer or result, or a message.

    `kind` is `RESULT`, `FIRST_ANSWER`, `CELL_RESULT` or `MESSAGE`; `handle` that of the tool call, code cell
    or pending edge.
    """

    kind: int
    handle: int
    event: int


class _Thread:
    """What was pending in one thread when."""

    def __init__(self) -> None:
        self.windows = Intervals()
        self.kinds = array("B")
        self.handles = array("I")
        self.ends = array("I")


class _Found:
    """What an iterator gives, as far as somebody has asked."""

    def __init__(self, more: Iterator[int]) -> None:
        self._more = more
        self._found: list[int] = []

    def at(self, place: int) -> int:
        """The entry in a place, from 0."""
        self._found.extend(islice(self._more, max(0, place + 1 - len(self._found))))
        return self._found[place]


class PendingAt(OnDemand[Pending]):
    """What is pending in a thread as of an event; found as far as it is asked for, from the nearer end."""

    def __init__(self, thread: _Thread, event: int) -> None:
        self._thread = thread
        self._count = bisect_right(thread.windows.begins, event) - bisect_right(thread.ends, event)
        self._first = _Found(thread.windows.open_at(event))
        self._last = _Found(thread.windows.open_at(event, latest_first=True))

    def __len__(self) -> int:
        return self._count

    def member(self, index: int) -> Pending:
        """What is pending there, the oldest first."""
        thread, from_end = self._thread, self._count - 1 - index
        number = self._first.at(index) if index <= from_end else self._last.at(from_end)
        return Pending(thread.kinds[number], thread.handles[number], thread.windows.begins[number])


class PendingIndex:
    """What is pending in every thread, up to event `head`."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.head = 0
        self._threads: dict[str, _Thread] = {}
        # By kind and handle: which window of its thread is open, counted from 1, 0 for none.
        self._open = [array("I") for _ in range(MESSAGE + 1)]
        self._updating = threading.Lock()

    def pending(self, thread_id: str, event: int) -> Sequence[Pending]:
        """What is pending in a thread as of `event`, oldest first."""
        thread = self._threads.get(thread_id)
        return () if thread is None else PendingAt(thread, event)

    def update(self) -> None:
        """Take in the events between `head` and the history's head."""
        last = self.history.head
        if self.head < last:
            spans = index_of(self.history, Spans)
            with self._updating:
                for start, stop in stretches(self.head, last):
                    self._take(spans, start, stop)
                    self.head = stop - 1

    def _take(self, spans: Spans, start: int, stop: int) -> None:
        objects = self.history.objects
        edges = self.history.collections[PendingEdge].born
        fresh = bisect_left(edges, start) < bisect_left(edges, stop)
        fields = (*_FIELDS, CREATED) if fresh else _FIELDS
        for event, handle, field, before in self.history.notes(start, stop, fields):
            kind = type(objects[handle])
            if kind is ToolCall:
                if field == "execution":
                    self._call_ended(spans, handle, event)
                elif field == "model_visible_output_item_ids" and not before:
                    self._end(RESULT, handle, event)
            elif kind is CodeCell:
                if field == "initial_response_seq":
                    self._cell_answered(spans, handle, event)
                elif field == "execution":
                    self._cell_ended(handle, event)
                elif field == "output_item_ids" and not before:
                    self._end(FIRST_ANSWER, handle, event)
            elif kind is PendingEdge:
                if field == CREATED:
                    self._begin(MESSAGE, handle, event)
                elif field == "waiting" and before:
                    self._end(MESSAGE, handle, event)

    # -- the rules -----------------------------------------------------------------

    def _call_ended(self, spans: Spans, handle: int, event: int) -> None:
        tool: ToolCall = self.history.objects[handle]
        number = spans.by_handle(handle)
        if number is None or spans.windows.end_of(number) is None:
            return
        if self._open[FIRST_ANSWER]:
            for child in spans.children(number):
                if spans.kinds[child] == CELL:
                    self._end(FIRST_ANSWER, spans.handles[child], event)
        awaited = spans.waited_cells.get(number)
        if awaited is not None:
            self._end(CELL_RESULT, awaited, event)
        outputs = tool.model_visible_output_item_ids
        if type(tool.requester) is ModelRequester and not self._seen(outputs, event):
            self._begin(RESULT, handle, event)

    def _cell_answered(self, spans: Spans, handle: int, event: int) -> None:
        cell: CodeCell = self.history.objects[handle]
        if self.history.events.types[event] not in OF_CELLS or self._seen(cell.output_item_ids, event):
            return
        number = spans.by_handle(handle)
        parent = None if number is None else spans.parents[number]
        if parent is not None and spans.kinds[parent] == TOOL:
            ended = spans.windows.end_of(parent)
            if ended is not None and ended <= event:
                return
        self._begin(FIRST_ANSWER, handle, event)

    def _cell_ended(self, handle: int, event: int) -> None:
        cell = cast(CodeCell, self.history.as_of(handle, event))
        yielded = cell.initial_response_status == "yielded"
        if yielded and self.history.events.types[event] in OF_CELLS:
            self._begin(CELL_RESULT, handle, event)

    def _seen(self, ids: Ids, event: int) -> bool:
        """Whether the first of these items was there by `event`."""
        if not ids:
            return False
        collection = self.history.collections[ConversationItem]
        return collection.born[item_number(ids[0])] <= event

    def _begin(self, kind: int, handle: int, event: int) -> None:
        numbers = self._open[kind]
        missing = handle + 1 - len(numbers)
        if missing > 0:
            numbers.frombytes(bytes(missing * numbers.itemsize))
        if numbers[handle]:
            return
        thread = self._thread(handle)
        thread.kinds.append(kind)
        thread.handles.append(handle)
        numbers[handle] = thread.windows.begin(event) + 1

    def _end(self, kind: int, handle: int, event: int) -> None:
        numbers = self._open[kind]
        if handle < len(numbers) and numbers[handle]:
            thread = self._thread(handle)
            thread.ends.append(event)
            thread.windows.end(numbers[handle] - 1, event)
            numbers[handle] = 0

    def _thread(self, handle: int) -> _Thread:
        """The thread that something pending is for."""
        pending = self.history.objects[handle]
        thread_id = pending.target_thread_id if type(pending) is PendingEdge else pending.thread_id
        thread = self._threads.get(thread_id)
        if thread is None:
            thread = self._threads[thread_id] = _Thread()
        return thread
