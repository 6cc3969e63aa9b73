"""The span tree as numbered rows, for a list that draws only the rows it shows.

What is folded is held by whoever shows the list, as a set of span numbers; everything else is unfolded. Rows
are kept in one array: growth at the end, a fold or an unfold cost a search and one shift of memory.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection

from rollout_tui.debugger.spans import ROOT, THREAD, Spans


class Outline:
    """The visible rows of a span tree; `update` before asking.

    The rollout itself has no row, and neither has the thread of a recording that has only one.
    """

    def __init__(self, spans: Spans) -> None:
        self._spans = spans
        self._rows = array("I")
        self._taken = 0
        self._moves = 0
        self._top = ROOT
        self._folded: frozenset[int] = frozenset()

    def __len__(self) -> int:
        return len(self._rows)

    def update(self, folded: Collection[int] = frozenset()) -> None:
        """Take in the spans added since the last time, and what is folded (span numbers)."""
        spans = self._spans
        now = frozenset(folded)
        if spans.moves != self._moves or self._top != self._root():
            self._rebuild(now)
            return
        for number in range(self._taken, len(spans)):
            if self._shown(spans.parents[number]):
                self._insert(number)
        self._taken = len(spans)
        for number in self._folded - now:
            self._unfold(number)
        for number in now - self._folded:
            self._fold(number)

    def row(self, at: int) -> int:
        """The span number of row `at`, from 0. Raises IndexError."""
        return self._rows[at]

    def row_of(self, number: int) -> int | None:
        """The row of a span, or of the innermost visible span around it; None when there is none."""
        spans = self._spans
        for one in (number, *spans.ancestors(number)):
            at = self._search(one)
            if at < len(self._rows) and self._rows[at] == one:
                return at
        return None

    def indent(self, number: int) -> int:
        """How deep the row of a span stands, from 0."""
        return self._spans.depths[number] - self._spans.depths[self._top] - 1

    def is_folded(self, number: int) -> bool:
        """Whether the row of a span hides what is inside."""
        return number in self._folded

    # -- keeping the rows ----------------------------------------------------------

    def _root(self) -> int:
        threads = self._spans.of_kind(THREAD)
        return threads[0] if len(threads) == 1 else ROOT

    def _rebuild(self, folded: frozenset[int]) -> None:
        self._top, self._moves, self._folded = self._root(), self._spans.moves, folded
        self._taken = len(self._spans)
        self._rows = self._visible_inside(self._top)

    def _visible_inside(self, number: int) -> array[int]:
        spans, found = self._spans, array("I")
        stack = list(spans.children(number))[::-1]
        while stack:
            one = stack.pop()
            found.append(one)
            if one not in self._folded and spans.has_children(one):
                stack.extend(reversed(list(spans.children(one))))
        return found

    def _shown(self, number: int) -> bool:
        """Whether what is directly inside a span has a row."""
        spans = self._spans
        for one in (number, *spans.ancestors(number)):
            if one == self._top:
                return True
            if one in self._folded:
                return False
        return False

    def _search(self, number: int) -> int:
        """The row a span has, or would have."""
        rows, before = self._rows, self._spans.comes_before
        if rows and rows[-1] != number and before(rows[-1], number):
            return len(rows)
        low, high = 0, len(rows)
        while low < high:
            middle = (low + high) // 2
            if rows[middle] != number and before(rows[middle], number):
                low = middle + 1
            else:
                high = middle
        return low

    def _insert(self, number: int) -> None:
        at = self._search(number)
        if at == len(self._rows):
            self._rows.append(number)
        else:
            self._rows.insert(at, number)

    def _fold(self, number: int) -> None:
        self._folded = self._folded | {number}
        at = self._search(number)
        if at >= len(self._rows) or self._rows[at] != number:
            return
        low, high = at + 1, len(self._rows)
        while low < high:
            middle = (low + high) // 2
            if number in self._spans.ancestors(self._rows[middle]):
                low = middle + 1
            else:
                high = middle
        del self._rows[at + 1 : low]

    def _unfold(self, number: int) -> None:
        self._folded = self._folded - {number}
        at = self._search(number)
        if at < len(self._rows) and self._rows[at] == number:
            self._rows[at + 1 : at + 1] = self._visible_inside(number)
