"""Text of any size as rows of a given width: rows are found once, cut out when they are asked for.

A row is text of the trace as it is (the pane makes it printable), chosen so that its printable form fits:
10 MB in one line take 20 ms to divide and nothing per row that is not looked at.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator

from rollout_tui.printable import cells, clip, printable

TAB = "\t   "
"""A tab stays one visible character, and four cells wide."""
EXACT_BELOW = 1_000_000
"""Longer text with wide characters is cut by their number, two cells each, instead of being measured."""

_WIDE = re.compile("[\u1100-\u115f\u231a-\u231b\u23e9-\u23f3\u25fd-\u25fe\u2614-\u27bf\u2b1b-\u2b55"
                   "\u2630-\u2637\u268a-\u268f\u2e80-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff"
                   "\ufe10-\ufe6b\uff01-\uff60\uffe0-\uffe6\U00010000-\U0010ffff]")  # fmt: skip


class TextRows:
    """`text` broken into rows of at most `width` cells, at spaces where that leaves the row half full.

    Newlines end rows; a tab is shown as its stand-in and takes four cells.
    """

    def __init__(self, text: str, width: int) -> None:
        self.width = max(1, width)
        if "\t" in text:
            text = text.replace("\t", TAB)
        self._text = text if text.isascii() else printable(text.replace("\t", "\u2409"), keep_newlines=True)
        wide = not self._text.isascii() and _WIDE.search(self._text) is not None
        self._starts = array("Q")
        if not wide:
            self._divide(self.width)
        elif len(self._text) < EXACT_BELOW:
            self._measure()
        else:
            self._divide(max(1, self.width // 2))

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, number: int) -> str:
        """Row `number`, without the newline or space that ended it."""
        start = self._starts[number]
        end = self._starts[number + 1] if number + 1 < len(self._starts) else len(self._text) + 1
        row = self._text[start : end - 1]
        # Where a word was broken, the last character belongs to the row.
        if end - 1 < len(self._text) and self._text[end - 1] not in " \n":
            row += self._text[end - 1]
        return row

    def __iter__(self) -> Iterator[str]:
        return (self[number] for number in range(len(self)))

    def _divide(self, width: int) -> None:
        """Rows of at most `width` characters."""
        text, add = self._text, self._starts.append
        find, last_space, plain = text.find, text.rfind, text.isascii()
        start, length = 0, len(text)
        while True:
            newline = find("\n", start)
            end = length if newline < 0 else newline
            while end - start > width:
                add(start)
                space = last_space(" ", start + width // 2, start + width + 1)
                if plain:
                    start = start + width if space < 0 else space + 1
                else:
                    start = self._next(start + width, space, end)
            add(start)
            if newline < 0:
                return
            start = newline + 1

    def _measure(self) -> None:
        """Rows of at most `width` cells, every one measured."""
        text, add, width = self._text, self._starts.append, self.width
        start, length = 0, len(text)
        while True:
            newline = text.find("\n", start)
            end = length if newline < 0 else newline
            while end > start and (end - start > width or cells(text[start:end]) > width):
                add(start)
                fitting = max(1, len(clip(text[start : min(end, start + width * 6)], width)))
                space = text.rfind(" ", start + fitting // 2, start + fitting + 1)
                start = self._next(start + fitting, space, end)
            add(start)
            if newline < 0:
                return
            start = newline + 1

    def _next(self, cut: int, space: int, end: int) -> int:
        """Where the next row starts: behind a space, else at `cut`; a mark stays with its base."""
        text = self._text
        if space >= 0 and (space + 1 >= end or cells(text[space + 1])):
            return space + 1
        while cut < end and not cells(text[cut]):
            cut += 1
        return cut
