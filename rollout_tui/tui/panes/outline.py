"""The rows of the outline: which span stands in which row, with parts folded, for any number of spans.

Rows follow the span tree, but a code cell shares the row of its `exec` call and a terminal operation that of
its call, calls stand under the inference that asked for them, and a thread has a row only when there are
several. Finding a row costs a bisection per level and a look at a block of children; a span that is added or
folded costs its depth.
"""

from __future__ import annotations

import threading
from array import array
from bisect import bisect_right
from itertools import accumulate

from rollout_tui.debugger.spans.span_tree import CELL, INFERENCE, OPERATION, ROOT, THREAD, TOOL, TURN
from rollout_tui.debugger.spans.spans import Spans

BLOCK = 64
"""Children whose rows are counted together."""


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
        # By span with more children than a block: the rows of each block of children.
        self._blocks: dict[int, array[int]] = {}
        # By span: rows before each of its blocks, as far as they are known.
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
            kinds, parents = self.spans.kinds, self.spans.parents
            for number in range(self._taken, count):
                # Half of a million spans are commands of calls.
                if kinds[number] == OPERATION and self._known[parents[number]]:
                    self._known[number] = True
                    self._place_row(number)
                else:
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
        children = self._children.get(above)
        if children is None:
            children = self._children[above] = array("I")
        self._place[number] = len(children)
        children.append(number)
        self._count(above)
        self._inner[above] += 1
        self._above_grow(above, 1)

    def _count(self, node: int) -> None:
        """Count the row of the child that `node` got last into its block."""
        children = self._children[node]
        blocks = self._blocks.get(node)
        if blocks is None:
            if len(children) <= BLOCK:
                return
            blocks = self._blocks[node] = array("I", (sum(map(self._rows, children[:BLOCK])),))
        if len(children) % BLOCK == 1:
            blocks.append(0)
        blocks[-1] += 1

    def _above_grow(self, node: int, rows: int) -> None:
        """The rows below `node` became more (or fewer), and with them those of all around it."""
        while node != ROOT and node not in self._closed:
            above, block = self._parent[node], self._place[node] // BLOCK
            self._inner[above] += rows
            blocks = self._blocks.get(above)
            if blocks is not None:
                blocks[block] += rows
                del self._before.get(above, [])[block + 1 :]
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
                before = self._rows_before(node)
                block = bisect_right(before, row) - 1
                row -= before[block]
                for child in self._children[node][block * BLOCK : (block + 1) * BLOCK]:
                    rows = self._rows(child)
                    if row < rows:
                        break
                    row -= rows
                node = child
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
                block = place // BLOCK
                nearer = self._children[above][block * BLOCK : place]
                row += 1 + self._rows_before(above)[block] + sum(map(self._rows, nearer))
                shown = above
            return row if row >= 0 else None

    def _rows_before(self, node: int) -> list[int]:
        """Rows before each block of the children of `node`."""
        before, blocks = self._before.setdefault(node, [0]), self._blocks.get(node)
        if blocks is not None and len(before) < len(blocks):
            known = before.pop()
            before.extend(accumulate(blocks[len(before) : -1], initial=known))
        return before

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
