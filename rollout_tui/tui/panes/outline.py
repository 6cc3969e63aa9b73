"""The rows of the outline: which span stands in which row, with parts folded, for any number of spans.

Rows follow the span tree, but a code cell shares the row of its `exec` call and a terminal operation that of
its call, calls stand under the inference that asked for them, and a thread has a row only when there are
several. Finding a row costs a bisection per level; a span that is added costs its depth.
"""

from __future__ import annotations

import threading
from array import array
from bisect import bisect_right

from rollout_tui.debugger.spans.span_tree import CELL, INFERENCE, OPERATION, ROOT, THREAD, TOOL, TURN
from rollout_tui.debugger.spans.spans import Spans


class Outline:
    """Row numbers of spans. Updated by one thread, asked by another."""

    def __init__(self, spans: Spans) -> None:
        self.spans = spans
        self._lock = threading.RLock()
        self._closed: set[int] = set()
        self._clear()

    def _clear(self) -> None:
        self._taken = 0
        self._moves = self.spans.moves
        self._threads = 0
        # By span: the span whose row it shares, the row's parent, its place among the children there.
        self._host = array("I")
        self._parent = array("I")
        self._place = array("I")
        # By span: rows below its own, were it open.
        self._inner = array("I")
        # By span: whether it has its place.
        self._known = bytearray()
        self._children: dict[int, array[int]] = {}
        # By turn: its last inference, which calls that follow are asked by.
        self._asking: dict[int, int] = {}
        # By span: rows before each child, as far as they are known.
        self._before: dict[int, list[int]] = {}

    # -- taking in spans -------------------------------------------------------

    def update(self) -> None:
        """Take in the spans that began since the last time."""
        with self._lock:
            threads = min(2, len(self.spans.of_kind(THREAD)))
            if self.spans.moves != self._moves or threads != self._threads:
                self._clear()
                self._threads = threads
            count = len(self.spans)
            for column in (self._host, self._parent, self._place, self._inner):
                column.frombytes(bytes((count - len(column)) * column.itemsize))
            self._known.extend(bytes(count - len(self._known)))
            for number in range(self._taken, count):
                self._add(number)
            self._taken = count

    def _add(self, number: int) -> None:
        """Give a span its row, first those around it: a parent that turned up late has a higher number."""
        chain = []
        while not self._known[number]:
            self._known[number] = True
            chain.append(number)
            number = self.spans.parents[number]
        for one in reversed(chain):
            self._place_row(one)

    def _place_row(self, number: int) -> None:
        kind = self.spans.kinds[number]
        above = self._host[self.spans.parents[number]] if number else ROOT
        shares = (kind in (CELL, OPERATION) and self.spans.kinds[above] == TOOL) or (
            kind == THREAD and self._threads < 2
        )
        if not number or shares:
            self._host[number] = self._parent[number] = above
            return
        if kind == TOOL and self.spans.kinds[above] == TURN:
            above = self._asking.get(above, above)
        elif kind == INFERENCE:
            self._asking[above] = number
        self._host[number], self._parent[number] = number, above
        children = self._children.setdefault(above, array("I"))
        self._place[number] = len(children)
        children.append(number)
        self._grow(above, 1)

    def _grow(self, node: int, rows: int) -> None:
        """The rows below `node` became more (or fewer)."""
        self._inner[node] += rows
        self._above_grow(node, rows)

    def _above_grow(self, node: int, rows: int) -> None:
        while node != ROOT and node not in self._closed:
            above = self._parent[node]
            self._inner[above] += rows
            before = self._before.get(above)
            if before is not None:
                del before[self._place[node] + 1 :]
            node = above

    # -- rows ------------------------------------------------------------------

    def __len__(self) -> int:
        return self._inner[ROOT] if self._inner else 0

    def span_at(self, row: int) -> tuple[int, int]:
        """(span number, indent) of a row. Raises IndexError."""
        with self._lock:
            if not 0 <= row < len(self):
                raise IndexError(row)
            node, depth = ROOT, 0
            while True:
                children = self._children[node]
                before = self._rows_before(node, row)
                at = bisect_right(before, row) - 1
                row -= before[at]
                node = children[at]
                if row == 0:
                    return node, depth
                row -= 1
                depth += 1

    def row_of(self, number: int) -> int | None:
        """The row of a span, or of the closed row that holds it; None for the rollout itself."""
        with self._lock:
            if number >= len(self._host):
                return None
            node = shown = self._host[number]
            while node != ROOT:
                node = self._parent[node]
                if node in self._closed:
                    shown = node
            row = -1
            while shown != ROOT:
                above, place = self._parent[shown], self._place[shown]
                row += 1 + self._known_before(above, place)
                shown = above
            return row if row >= 0 else None

    def _rows_before(self, node: int, row: int) -> list[int]:
        """Rows before the children of `node`, known at least as far as `row`."""
        children = self._children[node]
        before = self._before.setdefault(node, [0])
        while len(before) < len(children) and before[-1] <= row:
            before.append(before[-1] + self._rows(children[len(before) - 1]))
        return before

    def _known_before(self, node: int, place: int) -> int:
        children = self._children[node]
        before = self._before.setdefault(node, [0])
        while len(before) <= place:
            before.append(before[-1] + self._rows(children[len(before) - 1]))
        return before[place]

    def _rows(self, node: int) -> int:
        return 1 if node in self._closed else 1 + self._inner[node]

    # -- folding ---------------------------------------------------------------

    def has_children(self, number: int) -> bool:
        """Whether there is something to fold."""
        return bool(self._children.get(number))

    def is_closed(self, number: int) -> bool:
        """Whether what lies under the row is hidden."""
        return number in self._closed

    def toggle(self, number: int) -> None:
        """Open or fold a row."""
        with self._lock:
            if not self._children.get(number):
                return
            if number in self._closed:
                self._closed.discard(number)
                self._above_grow(number, self._inner[number])
            else:
                self._above_grow(number, -self._inner[number])
                self._closed.add(number)
