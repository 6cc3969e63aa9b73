"""What was in the context of a thread when: which items entered, which left, which wait outside.

The context is the thread's conversation snapshot (format section 7.4), and empty between the installation of
a compaction and the next request. Everything is kept as events by item, so that any event can be asked for;
taking in a request costs what differs from the one before.
"""

from __future__ import annotations

import threading
from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, cast

from rollout_tui.debugger.indexes import created, index_of, stretches
from rollout_tui.debugger.lookup import as_of, item_at
from rollout_tui.debugger.spans.open_objects import Intervals
from rollout_tui.graph.history import CREATED, History, item_number, object_id
from rollout_tui.graph.ids import Ids, common_prefix
from rollout_tui.graph.objects import (
    Compaction,
    Conversation,
    ConversationItem,
    InferenceCall,
    InteractionEdge,
)
from rollout_tui.graph.values import InferenceProducer, ItemAnchor


def context_ids(history: History, thread_id: str, event: int) -> Ids:
    """Ids of the items in context of a thread at `event`, in order. Empty for an unknown thread."""
    return index_of(history, ContextIndex).in_context(thread_id, event)


def compaction_at(history: History, event: int) -> str | None:
    """The compaction that an event installs."""
    made = history.collections[Compaction]
    number = history.existing(Compaction, event) - 1
    if number < 0 or made.born[number] != event:
        return None
    return object_id(history.objects[made.order[number]])


class _Thread:
    """One thread: its snapshot so far, and what happened to its context, in order.

    A gap lies between the installation of a compaction and the next request. `late` items must be in the
    next request or are lost.
    """

    def __init__(self) -> None:
        self.snapshot: Ids = ()
        self.gap_starts = array("I")
        self.gap_ends = array("I")
        self.left_events = array("I")
        self.left_items = array("I")
        self.outside = Intervals()
        self.outside_items = array("I")
        self.late: list[int] = []

    @property
    def in_gap(self) -> bool:
        return len(self.gap_starts) > len(self.gap_ends)


class ContextIndex:
    """Contexts of all threads of a history, up to event `head`. Items go by creation number."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.head = 0
        self.edges: dict[int, str] = {}
        self._threads: dict[str, _Thread] = {}
        self._entered = array("I")
        self._left = array("I")
        self._back: dict[int, list[int]] = {}
        self._waiting: dict[int, int] = {}
        self._taken = {Compaction: 0, InferenceCall: 0, ConversationItem: 0, InteractionEdge: 0}
        self._sorted: dict[str, tuple[int, list[int]]] = {}
        self._updating = threading.Lock()

    # -- asking ------------------------------------------------------------------

    def in_context(self, thread_id: str, event: int) -> Ids:
        """Ids of the items in context, in order."""
        if self.replaced_at(thread_id, event):
            return ()
        conversation = as_of(self.history, Conversation, thread_id, event)
        return () if conversation is None else conversation.snapshot

    def replaced_at(self, thread_id: str, event: int) -> int | None:
        """The event of the compaction that no request has followed yet, None when there is none."""
        thread = self._threads.get(thread_id)
        if thread is None:
            return None
        at = bisect_right(thread.gap_starts, event) - 1
        if at < 0 or (at < len(thread.gap_ends) and thread.gap_ends[at] <= event):
            return None
        return thread.gap_starts[at]

    def outside(self, thread_id: str, event: int) -> list[int]:
        """Items of the thread that no request has carried yet and that are still to come."""
        thread = self._threads.get(thread_id)
        if thread is None:
            return []
        return sorted(thread.outside_items[number] for number in thread.outside.open_at(event))

    def dropped(self, thread_id: str, event: int) -> Sequence[int]:
        """Items that have left the context, in the order they were first seen."""
        thread = self._threads.get(thread_id)
        count = 0 if thread is None else bisect_right(thread.left_events, event)
        if thread is None or not count:
            return ()
        known = self._sorted.get(thread_id)
        if known is None or known[0] != count:
            known = self._sorted[thread_id] = (count, sorted(set(thread.left_items[:count])))
        if not self._back:
            return known[1]
        return [number for number in known[1] if self.left_at(number, event) is not None]

    def entered_at(self, number: int) -> int | None:
        """The event at which an item first entered the context."""
        return (self._entered[number] or None) if number < len(self._entered) else None

    def left_at(self, number: int, event: int) -> int | None:
        """The event at which an item that is not in the context as of `event` left it."""
        moves = self._back.get(number)
        if moves is not None:
            at = bisect_right(moves, event)
            return moves[at - 1] if at % 2 else None
        left = self._left[number] if number < len(self._left) else 0
        return left if 0 < left <= event else None

    # -- taking in ---------------------------------------------------------------

    def update(self) -> None:
        """Take in the events between `head` and the history's head."""
        last = self.history.head
        if self.head < last:
            with self._updating:
                for start, stop in stretches(self.head, last):
                    self._take(start, stop)
                    self.head = stop - 1

    def _take(self, start: int, stop: int) -> None:
        snapshots = self._snapshots(start, stop)
        requests: dict[str, set[int]] = defaultdict(set)
        for event, call in self._created(InferenceCall, stop):
            requests[call.thread_id].add(event)
        installs: dict[str, dict[int, Compaction]] = defaultdict(dict)
        for event, compaction in self._created(Compaction, stop):
            installs[compaction.thread_id][event] = compaction
        fresh: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        first = self._taken[ConversationItem]
        for number, (event, item) in enumerate(self._created(ConversationItem, stop), first):
            fresh[item.thread_id][event].append(number)
        for _, edge in self._created(InteractionEdge, stop):
            if isinstance(edge.target, ItemAnchor):
                self.edges.setdefault(item_number(edge.target.item_id), edge.edge_id)
        self._grow()
        for thread_id in {*snapshots, *requests, *installs, *fresh}:
            thread = self._threads.setdefault(thread_id, _Thread())
            lists, made = snapshots.get(thread_id, {}), fresh.get(thread_id, {})
            for event in sorted({*lists, *requests[thread_id], *installs[thread_id], *made}):
                before, thread.snapshot = thread.snapshot, lists.get(event, thread.snapshot)
                numbers = made.get(event, ())
                if event in installs[thread_id]:
                    self._installed(thread, event, installs[thread_id][event], numbers)
                elif event in requests[thread_id]:
                    self._requested(thread, event, before, numbers)
                else:
                    self._continued(thread, event, before, numbers)

    def _created(self, kind: Any, stop: int) -> Iterable[tuple[int, Any]]:
        for number, event, made in created(self.history, kind, self._taken[kind]):
            if event >= stop:
                return
            self._taken[kind] = number + 1
            yield event, made

    def _snapshots(self, start: int, stop: int) -> dict[str, dict[int, Ids]]:
        """By thread and event: the conversation snapshot that the event left."""
        history = self.history
        conversations = history.collections[Conversation]
        fresh = bisect_left(conversations.born, start) < bisect_left(conversations.born, stop)
        fields = ("snapshot", CREATED) if fresh else ("snapshot",)
        handles = set(conversations.order)
        events: dict[int, list[int]] = defaultdict(list)
        values: dict[int, list[Ids]] = defaultdict(list)
        for event, handle, field, before in history.notes(start, stop, fields):
            if handle in handles:
                if field != CREATED and events[handle]:
                    values[handle].append(before)
                events[handle].append(event)
        found = {}
        for handle, changed in events.items():
            now = cast(Conversation, history.as_of(handle, stop - 1))
            found[now.thread_id] = dict(zip(changed, (*values[handle], now.snapshot), strict=True))
        return found

    def _grow(self) -> None:
        missing = self._taken[ConversationItem] - len(self._entered)
        if missing > 0:
            for column in (self._entered, self._left):
                column.frombytes(bytes(missing * column.itemsize))

    def _installed(self, thread: _Thread, event: int, compaction: Compaction, numbers: Sequence[int]) -> None:
        """A compaction replaces the context from the next request on (format section 7.6)."""
        if not thread.in_gap:
            self._leave(thread, event, map(item_number, thread.snapshot))
            thread.gap_starts.append(event)
        self._give_up_late(thread, event)
        inputs = set(map(item_number, compaction.input_item_ids))
        for number in numbers:
            if number not in inputs:
                self._wait(thread, event, number)
        thread.late.extend(map(item_number, compaction.replacement_item_ids))
        for number in sorted(inputs):
            if number in self._waiting:
                self._stop_waiting(thread, event, number)
            elif number in numbers:
                self._leave(thread, event, (number,))

    def _requested(self, thread: _Thread, event: int, before: Ids, numbers: Sequence[int]) -> None:
        """A request carries the whole context."""
        if thread.in_gap:
            thread.gap_ends.append(event)
            before = ()
        self._compare(thread, event, before, thread.snapshot)
        for number in numbers:
            if not self._entered[number]:
                self._wait(thread, event, number)
        self._give_up_late(thread, event)

    def _continued(self, thread: _Thread, event: int, before: Ids, numbers: Sequence[int]) -> None:
        """A response, or an item accepted by its receipt."""
        if not thread.in_gap:
            self._compare(thread, event, before, thread.snapshot)
        for number in numbers:
            if not self._entered[number]:
                self._wait(thread, event, number)
                if self._from_model(number):
                    thread.late.append(number)

    def _from_model(self, number: int) -> bool:
        item = item_at(self.history, number)
        return any(isinstance(one, InferenceProducer) for one in item.produced_by)

    def _compare(self, thread: _Thread, event: int, before: Ids, after: Ids) -> None:
        kept = common_prefix(before, after)
        old, new = before[kept:], after[kept:]
        if old:
            still = set(new)
            self._leave(thread, event, (item_number(one) for one in old if one not in still))
        was = set(old)
        for one in new:
            if one not in was:
                self._enter(thread, event, item_number(one))

    def _enter(self, thread: _Thread, event: int, number: int) -> None:
        if number in self._waiting:
            thread.outside.end(self._waiting.pop(number), event)
        self._entered[number] = self._entered[number] or event
        if self._left[number]:
            moves = self._back.setdefault(number, [self._left[number]])
            if len(moves) % 2:
                moves.append(event)

    def _leave(self, thread: _Thread, event: int, numbers: Iterable[int]) -> None:
        for number in numbers:
            moves = self._back.get(number)
            if moves is not None and not len(moves) % 2:
                moves.append(event)
            self._left[number] = self._left[number] or event
            thread.left_events.append(event)
            thread.left_items.append(number)

    def _give_up_late(self, thread: _Thread, event: int) -> None:
        """What a response or a compaction brought and the next request leaves out does not come later."""
        for number in thread.late:
            if number in self._waiting:
                self._stop_waiting(thread, event, number)
        thread.late.clear()

    def _wait(self, thread: _Thread, event: int, number: int) -> None:
        """An item is there and no request has carried it."""
        self._waiting[number] = thread.outside.begin(event)
        thread.outside_items.append(number)

    def _stop_waiting(self, thread: _Thread, event: int, number: int) -> None:
        """An item will not be carried: the history it was in is replaced."""
        thread.outside.end(self._waiting.pop(number), event)
        self._leave(thread, event, (number,))
