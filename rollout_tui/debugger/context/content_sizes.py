"""How large the items of a context are: in all, by category, and which are the largest.

A context is a prefix of a list that others share, so sizes are kept cumulatively, once for every block of
such a list: asking for any context costs one block, whatever its length.
"""

from __future__ import annotations

import threading
from array import array
from bisect import bisect_left, bisect_right
from heapq import nlargest
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, cast

import msgspec

from rollout_tui.debugger.context.item_text import bytes_of
from rollout_tui.debugger.indexes import index_of, stretches
from rollout_tui.debugger.lookup import item_at
from rollout_tui.graph.history import History, item_number
from rollout_tui.graph.ids import Backing, Ids
from rollout_tui.graph.objects import Conversation, ConversationItem
from rollout_tui.reducer.normal import CALL_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rollout_tui.recording import Trace

Category: TypeAlias = Literal[
    "instructions", "messages", "reasoning", "tool calls", "tool output", "agent messages", "summary"
]
BLOCK = 64
LARGEST = 10


class Sized(NamedTuple):
    """An item and the bytes of its content."""

    item_id: str
    size_bytes: int


class ContentSize(NamedTuple):
    """Bytes of a list of items.

    `categories` are (items, bytes) by category, in the order in which they first appear; `largest` the ten
    largest items, largest first, equal ones in the order of the list. An item that is in the list twice, as
    schema 1 can have it, counts twice and is among the largest once.
    """

    size_bytes: int
    categories: dict[str, tuple[int, int]]
    largest: tuple[Sized, ...]


NOTHING = ContentSize(0, {}, ())


def content_size(trace: Trace, ids: Ids) -> ContentSize:
    """Sizes of the items of a context, or of any prefix of one, as they are at the head."""
    if isinstance(ids, tuple):
        return _with(trace, NOTHING, ids)
    return index_of(trace.history, ContentSizes).of(trace, ids.items, ids.length)


def measure_contexts(trace: Trace) -> None:
    """Measure the contexts that threads have had since the last time: who asks later finds it done."""
    index_of(trace.history, ContentSizes).measure_contexts(trace)


def category(item: ConversationItem) -> Category:
    """What an item counts as."""
    if isinstance(item.agent_message, msgspec.Struct):
        return "agent messages"
    if item.kind.endswith("_output"):
        return "tool output"
    if item.kind in CALL_KINDS:
        return "tool calls"
    if item.kind == "reasoning":
        return "reasoning"
    if item.channel == "summary" or item.kind == "compaction_marker":
        return "summary"
    return "instructions" if item.role in ("system", "developer") else "messages"


def _with(trace: Trace, before: ContentSize, ids: Iterable[str]) -> ContentSize:
    """`before` and more items after it."""
    history = trace.history
    categories = dict(before.categories)
    sizes = []
    for item_id in ids:
        item = item_at(history, item_number(item_id))
        size = bytes_of(trace, (item_id,))
        name = category(item)
        items, taken = categories.get(name, (0, 0))
        categories[name] = items + 1, taken + size
        sizes.append(Sized(item_id, size))
    total = before.size_bytes + sum(one.size_bytes for one in sizes)
    largest = nlargest(LARGEST, dict.fromkeys((*before.largest, *sizes)), key=lambda one: one.size_bytes)
    return ContentSize(total, categories, tuple(largest))


class _Measured:
    """One shared list: its sizes up to the end of each block.

    `highest` is the highest creation number of an item up to there, `seen` how many completions of items are
    taken into account.
    """

    def __init__(self, items: Backing, seen: int) -> None:
        self.items = items
        self.blocks: list[ContentSize] = []
        self.highest = array("I")
        self.seen = seen

    def forget(self, completed: array[int]) -> None:
        """Drop the blocks in which an item may have been completed since."""
        stop = len(completed)
        if self.seen < stop:
            keep = bisect_left(self.highest, min(completed[self.seen : stop]))
            del self.blocks[keep:], self.highest[keep:]
            self.seen = stop

    def measure(self, trace: Trace, count: int) -> ContentSize:
        """Sizes up to the end of block `count`."""
        while len(self.blocks) < count:
            start = len(self.blocks) * BLOCK
            ids = self.items[start : start + BLOCK]
            self.blocks.append(_with(trace, self.blocks[-1] if start else NOTHING, ids))
            self.highest.append(max(*self.highest[-1:], *map(item_number, ids)))
        return self.blocks[count - 1] if count else NOTHING


class ContentSizes:
    """Sizes of the contexts of a history, and which items were completed at which event up to `head`."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.head = 0
        self._completed_events = array("I")
        self._completed = array("I")
        self._measured: dict[int, _Measured] = {}
        self._contexts_head = 0
        self._measuring = threading.Lock()

    def update(self) -> None:
        """Take in the items whose text was completed since the last time (format sections 7.2, 7.5)."""
        last = self.history.head
        if self.head < last:
            for event, handle, _, _ in self.history.notes(self.head + 1, last + 1, ("body",)):
                item = self.history.objects[handle]
                if isinstance(item, ConversationItem):
                    self._completed_events.append(event)
                    self._completed.append(item_number(item.item_id))
            self.head = last

    def completed(self, first: int, last: int) -> set[int]:
        """Creation numbers of the items that were completed at an event, first < event <= last."""
        start, stop = (bisect_right(self._completed_events, event) for event in (first, last))
        return set(self._completed[start:stop])

    def of(self, trace: Trace, items: Backing, length: int) -> ContentSize:
        """Sizes of the first `length` entries of a shared list."""
        return _with(trace, self._blocks(trace, items, length), items[length - length % BLOCK : length])

    def _blocks(self, trace: Trace, items: Backing, length: int) -> ContentSize:
        with self._measuring:
            measured = self._measured.get(id(items))
            if measured is None:
                measured = self._measured[id(items)] = _Measured(items, len(self._completed))
            measured.forget(self._completed)
            return measured.measure(trace, length // BLOCK)

    def measure_contexts(self, trace: Trace) -> None:
        """Measure the contexts that threads have had since the last time."""
        history, last = self.history, self.history.head
        changed: set[int] = set()
        for start, stop in stretches(self._contexts_head, last):
            for _, handle, _, before in history.notes(start, stop, ("snapshot",)):
                changed.add(handle)
                self._measure(trace, before)
        for handle in changed:
            now = cast(Conversation, history.as_of(handle, last)).snapshot
            self._measure(trace, now)
            # Of what fills no block yet every item at least: one of megabytes takes longer than a frame.
            bytes_of(trace, now[len(now) - len(now) % BLOCK :])
        self._contexts_head = last

    def _measure(self, trace: Trace, ids: Ids) -> None:
        if not isinstance(ids, tuple):
            self._blocks(trace, ids.items, ids.length)
