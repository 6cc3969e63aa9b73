"""A pane as numbered lines of text. It has what actions ask of a pane on the screen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from rollout_tui.tui.drawing.lens import LensLines
from rollout_tui.tui.drawing.lines import Line
from rollout_tui.tui.drawing.rows import row_after
from rollout_tui.tui.drawing.targets import Target

WIDTH = 200
"""Cells that a row is laid out for; blanks between columns are taken out again."""
PAGE = 40

_BLANKS = re.compile("(?<=\\S) {3,}")


class PlainPane:
    """What one pane holds, its current row, and the rows that were told last."""

    def __init__(self, make: Callable[[], LensLines], opened: Callable[[Target | None], None]) -> None:
        self._make = make
        self._opened = opened
        self.page = PAGE
        self.row = 0
        self.told = range(0)
        self.moved = False

    @property
    def content(self) -> LensLines:
        """The rows as of the cursor."""
        return self._make()

    @property
    def line(self) -> Line | None:
        """The current row."""
        content = self.content
        return content.line(self.row) if self.row < len(content) else None

    @property
    def target(self) -> Target | None:
        """What opening the current row means."""
        return self.line.target if self.line else None

    @property
    def seen(self) -> str:
        """What is told of the pane as a whole."""
        return "\n".join(self.whole())

    def move(self, rows: int) -> None:
        """Another row becomes the current one."""
        self.go_to(row_after(self.content, self.row, rows))

    def go_to(self, row: int) -> None:
        """This row becomes the current one."""
        self.row = row
        self.moved = True

    def move_sideways(self, by: int) -> None:
        """Lines are whole: there is nothing at the right."""

    def choose(self) -> None:
        """Open the current row."""
        if self.row < len(self.content):
            self._opened(self.target)

    # -- as text -------------------------------------------------------------------

    def whole(self) -> Iterator[str]:
        """The title, and the rows: all of them, or a page with what matters most in its middle."""
        content = self.content
        self.row = max(0, min(self.row, len(content) - 1))
        first = 0 if len(content) <= PAGE else max(0, min(self.row - PAGE // 2, len(content) - PAGE))
        yield " ".join(part for part in (squeezed(content.title), squeezed(content.subtitle)) if part)
        if not len(content):
            yield content.empty or "nothing here"
        yield from self._rows(content, range(first, min(len(content), first + PAGE)))

    def next_page(self, by: int) -> Iterator[str]:
        """The rows after or before those told last."""
        content = self.content
        first = self.told.stop if by > 0 else max(0, self.told.start - PAGE)
        rows = range(first, min(len(content), first + PAGE))
        if not rows or (by < 0 and not self.told.start):
            yield "no more rows" if by > 0 else "no rows before these"
            return
        self.row = rows[0]
        yield from self._rows(content, rows)

    def current(self) -> Iterator[str]:
        """The current row alone."""
        content = self.content
        if self.row < len(content):
            yield _row(self.row, content.line(self.row), "")

    def _rows(self, content: LensLines, rows: range) -> Iterator[str]:
        self.told = rows
        for number in rows:
            yield _row(number, content.line(number), "> " if number == content.focus else "")
        if rows and len(rows) < len(content):
            yield f"rows {rows[0] + 1} to {rows[-1] + 1} of {len(content):,}; pagedown and pageup go on"


def _row(number: int, line: Line, mark: str) -> str:
    """A row with its number. What lies after the cursor is dim on the screen: here a word says so."""
    later = bool(line.pieces) and all(one.style == "future" for one in line.pieces if one.text.strip())
    text = squeezed(line.text)
    return f"{number + 1}  {mark}{text}{'  (later)' if later else ''}" if text.strip() else ""


def squeezed(text: str) -> str:
    """`text` without the blanks that set columns apart."""
    return _BLANKS.sub("  ", text).rstrip()
