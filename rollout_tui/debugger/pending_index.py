"""What exists at runtime only: results, outputs and messages that no conversation item carries yet.

A result of a call the model asked for is pending from the end of the call until its output item is there. A
code cell's output is pending from its first answer (schema 1, which records no call around it) and from its
end (after it yielded) until a call or a wait takes it over. What another agent sent is pending until an item
of the receiving thread carries it.
"""

from __future__ import annotations

import threading
from array import array
from typing import NamedTuple, cast

from rollout_tui.debugger.event_families import OF_CELLS
from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.open_objects import Intervals
from rollout_tui.debugger.spans import CELL, TOOL, Spans
from rollout_tui.graph.history import CREATED, History, item_number
from rollout_tui.graph.ids import Ids
from rollout_tui.graph.objects import CodeCell, ConversationItem, PendingEdge, ToolCall
from rollout_tui.graph.values import ModelRequester

RESULT, FIRST_ANSWER, CELL_RESULT, MESSAGE = range(4)
_CHUNK = 65_536


class Pending(NamedTuple):
    """Something pending since `event`: the result of a call, a cell's answer or result, or a message.

    `kind` is `RESULT`, `FIRST_ANSWER`, `CELL_RESULT` or `MESSAGE`; `handle` that of the tool call, code cell
    or pending edge.
    """

    kind: int
    handle: int
    event: int


class PendingIndex:
    """What is pending in every thread, up to event `head`."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.head = 0
        self._threads: dict[str, Intervals] = {}
        self._kinds: dict[str, array[int]] = {}
        self._handles: dict[str, array[int]] = {}
        self._open: dict[tuple[int, int], tuple[str, int]] = {}
        self._updating = threading.Lock()

    def pending(self, thread_id: str, event: int) -> list[Pending]:
        """What is pending in a thread as of `event`, oldest first."""
        windows = self._threads.get(thread_id)
        if windows is None:
            return []
        kinds, handles = self._kinds[thread_id], self._handles[thread_id]
        return [
            Pending(kinds[number], handles[number], windows.begins[number])
            for number in windows.open_at(event)
        ]

    def update(self) -> None:
        """Take in the events between `head` and the history's head."""
        last = self.history.head
        if self.head < last:
            spans = index_of(self.history, Spans)
            with self._updating:
                while self.head < last:
                    stop = min(last, self.head + _CHUNK) + 1
                    self._take(spans, self.head + 1, stop)
                    self.head = stop - 1

    def _take(self, spans: Spans, start: int, stop: int) -> None:
        objects = self.history.objects
        for event, handle, field, before in self.history.notes(start, stop):
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
                edge = cast(PendingEdge, objects[handle])
                if field == CREATED:
                    self._begin(MESSAGE, handle, edge.target_thread_id, event)
                elif field == "waiting" and before:
                    self._end(MESSAGE, handle, event)

    # -- the rules -----------------------------------------------------------------

    def _call_ended(self, spans: Spans, handle: int, event: int) -> None:
        tool = cast(ToolCall, self.history.objects[handle])
        number = spans.by_handle(handle)
        if number is None or spans.windows.end_of(number) is None:
            return
        for child in spans.children(number):
            if spans.kinds[child] == CELL:
                self._end(FIRST_ANSWER, spans.handles[child], event)
        awaited = spans.waited_cells.get(number)
        if awaited is not None:
            self._end(CELL_RESULT, awaited, event)
        if isinstance(tool.requester, ModelRequester) and not self._seen(
            tool.model_visible_output_item_ids, event
        ):
            self._begin(RESULT, handle, tool.thread_id, event)

    def _cell_answered(self, spans: Spans, handle: int, event: int) -> None:
        cell = cast(CodeCell, self.history.objects[handle])
        if self.history.events.types[event] not in OF_CELLS or self._seen(cell.output_item_ids, event):
            return
        number = spans.by_handle(handle)
        parent = None if number is None else spans.parents[number]
        if parent is not None and spans.kinds[parent] == TOOL:
            ended = spans.windows.end_of(parent)
            if ended is not None and ended <= event:
                return
        self._begin(FIRST_ANSWER, handle, cell.thread_id, event)

    def _cell_ended(self, handle: int, event: int) -> None:
        cell = cast(CodeCell, self.history.objects[handle])
        yielded = cell.initial_response_status == "yielded"
        if yielded and self.history.events.types[event] in OF_CELLS:
            self._begin(CELL_RESULT, handle, cell.thread_id, event)

    def _seen(self, ids: Ids, event: int) -> bool:
        """Whether the first of these items was there by `event`."""
        if not ids:
            return False
        collection = self.history.collections[ConversationItem]
        return collection.born[item_number(ids[0])] <= event

    def _begin(self, kind: int, handle: int, thread_id: str, event: int) -> None:
        if (kind, handle) in self._open:
            return
        windows = self._threads.get(thread_id)
        if windows is None:
            windows = self._threads[thread_id] = Intervals()
            self._kinds[thread_id], self._handles[thread_id] = array("B"), array("I")
        self._kinds[thread_id].append(kind)
        self._handles[thread_id].append(handle)
        self._open[kind, handle] = (thread_id, windows.begin(event))

    def _end(self, kind: int, handle: int, event: int) -> None:
        found = self._open.pop((kind, handle), None)
        if found is not None:
            self._threads[found[0]].end(found[1], event)
