"""Text of any size as rows of a given width: counted at the speed of a scan, cut out when they are looked at.

The text is taken in blocks of whole lines. What a block needs to be counted is one pass of a compiled scan
where its lines are short and ordinary; only blocks with long lines, or with characters that are shown as
something else, are divided to be counted. A million lines of 27 MB take 40 ms and no memory but the blocks.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from functools import cache, cached_property
from typing import NamedTuple

from rollout_tui.printable import cells, clip, is_printable, printable
from rollout_tui.words import size

TAB = "\t   "
"""A tab stays one visible character, and four cells wide."""
BLOCK = 1 << 14
"""Characters of a block, and somewhat more where marks follow."""
KEPT_BLOCKS = 8
SLICE = 80_000_000
"""Work that is done at once, in ns: what is beyond is laid out when somebody comes near it."""
PER_SCANNED, PER_LINE, PER_ROW, PER_PLAIN, PER_MEASURED = 1, 30, 250, 25, 400
"""What a character, a line, a row, and characters beyond ASCII cost, in ns."""

_WIDE = re.compile("[\u1100-\u115f\u231a-\u231b\u23e9-\u23f3\u25fd-\u25fe\u2614-\u27bf\u2b1b-\u2b55"
                   "\u2630-\u2637\u268a-\u268f\u2e80-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff"
                   "\ufe10-\ufe6b\uff01-\uff60\uffe0-\uffe6\U00010000-\U0010ffff]")  # fmt: skip


class _Block(NamedTuple):
    """A stretch of the text; `newline` says that the row break at its end is in the text."""

    start: int
    end: int
    newline: bool


class TextRows:
    """`text` broken into rows of at most `width` cells, at spaces where that leaves the row half full.

    Newlines end rows; a tab is shown as its stand-in and takes four cells. A row is text of the trace as it
    is (the pane makes it printable), chosen so that its printable form fits. Of a text that takes long to
    divide the last row says how much is to come; looking at it divides more.
    """

    def __init__(self, text: str, width: int) -> None:
        self.width = max(1, width)
        self._text = text
        self._blocks: list[_Block] = []
        self._firsts: list[int] = []
        self._divided = 0
        self._kept: OrderedDict[int, list[str]] = OrderedDict()
        self._count = 0
        self._divide_more()

    @property
    def rest(self) -> int:
        """Characters that are not divided into rows yet."""
        return len(self._text) - self._divided

    @cached_property
    def lines(self) -> int:
        """Lines of the text, however they are wrapped."""
        return line_count(self._text)

    def __len__(self) -> int:
        return self._count + (1 if self.rest else 0)

    def __getitem__(self, number: int) -> str:
        """Row `number`, without the newline or space that ended it."""
        if number >= self._count and self.rest:
            shown = f"... {size(self.rest)} more, laid out as you come here"
            self._divide_more()
            return clip(shown, self.width)
        at = bisect_right(self._firsts, number) - 1
        return self._rows(at)[number - self._firsts[at]]

    def __iter__(self) -> Iterator[str]:
        """All rows, to the end of the text."""
        at = 0
        while at < len(self._blocks) or self.rest:
            if at == len(self._blocks):
                self._divide_more()
            yield from self._rows(at)
            at += 1

    def _divide_more(self) -> None:
        """Count rows for a while."""
        left = SLICE
        while left > 0 and (self.rest or not self._blocks):
            block = _block_at(self._text, self._divided, self.width)
            rows, cost = _count(self._text[block.start : block.end], self.width)
            left -= cost
            self._blocks.append(block)
            self._firsts.append(self._count)
            self._count += rows - block.newline
            self._divided = block.end

    def _rows(self, at: int) -> list[str]:
        """The rows of a block; those of the last few are kept."""
        found = self._kept.get(at)
        if found is None:
            block = self._blocks[at]
            text = self._text[block.start : block.end - block.newline]
            found = _divided(text, self.width, plain=_is_plain(text))
            self._kept[at] = found
            if len(self._kept) > KEPT_BLOCKS:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(at)
        return found


def line_count(text: str) -> int:
    """Lines of a text, the last one with or without its newline."""
    return text.count("\n") + (0 if text.endswith("\n") or not text else 1)


def _block_at(text: str, start: int, width: int) -> _Block:
    """The block that begins at `start`: whole lines, or whole rows of a line that is longer."""
    end = min(start + max(BLOCK - BLOCK % width, width), len(text))
    if end == len(text):
        return _Block(start, end, False)
    newline = text.rfind("\n", start, end)
    if newline >= 0:
        return _Block(start, newline + 1, True)
    # A mark stays with its base, unless somebody piles them up.
    while end < min(start + BLOCK + 64, len(text)) and unicodedata.combining(text[end]):
        end += 1
    return _Block(start, end, False)


@cache
def _short_lines(width: int) -> re.Pattern[str]:
    # Possessive: each character is looked at once, and no match is tried again.
    return re.compile(rf"(?:[^\n]{{0,{width}}}+\n)*+[^\n]{{0,{width}}}+\Z")


def _count(text: str, width: int) -> tuple[int, int]:
    """How many rows a block has, and what it cost to find out."""
    cost = len(text) * (PER_SCANNED if text.isascii() else PER_PLAIN)
    plain = _is_plain(text)
    if plain and "\t" not in text and _short_lines(width).match(text):
        rows = text.count("\n") + 1
        return rows, cost + rows * PER_LINE
    rows = len(_divided(text, width, plain=plain))
    return rows, cost + (rows * PER_ROW if plain else len(text) * PER_MEASURED)


def _is_plain(text: str) -> bool:
    """Whether each character is shown as one cell (controls of ASCII by their pictures)."""
    return text.isascii() or (_WIDE.search(text) is None and is_printable(text, but="\n\t"))


def _divided(text: str, width: int, *, plain: bool) -> list[str]:
    """The rows of a block."""
    if "\t" in text:
        text = text.replace("\t", TAB)
    if not plain:
        text = printable(text.replace("\t", "\u2409"), keep_newlines=True)
    divide = _measured_rows if not plain and not text.isascii() else _plain_rows
    rows: list[str] = []
    for line in text.split("\n"):
        if plain and len(line) <= width:
            rows.append(line)
        else:
            rows += divide(line, width)
    return rows


def _plain_rows(line: str, width: int) -> Iterator[str]:
    """Rows of at most `width` characters."""
    start, length = 0, len(line)
    while length - start > width:
        space = line.rfind(" ", start + width // 2, start + width + 1)
        yield line[start : start + width if space < 0 else space]
        start = start + width if space < 0 else space + 1
    yield line[start:]


def _measured_rows(line: str, width: int) -> Iterator[str]:
    """Rows of at most `width` cells, every one measured."""
    start, length = 0, len(line)
    while length > start and (length - start > width or cells(line[start:]) > width):
        fitting = max(1, len(clip(line[start : start + width * 6], width)))
        space = line.rfind(" ", start + fitting // 2, start + fitting + 1)
        following = _next(line, start + fitting, space)
        yield line[start:space] if following == space + 1 else line[start:following]
        start = following
    yield line[start:]


def _next(line: str, cut: int, space: int) -> int:
    """Where the next row starts: behind a space, else at `cut`; a mark stays with its base."""
    if space >= 0 and (space + 1 >= len(line) or cells(line[space + 1])):
        return space + 1
    while cut < len(line) and not cells(line[cut]):
        cut += 1
    return cut
