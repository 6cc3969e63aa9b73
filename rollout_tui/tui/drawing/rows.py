"""Rows of a pane as they stand on the screen: pieces that fill a width, before anything draws them.

What is painted twice is compared here: a row that is the same pieces as before is not painted again.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from rollout_tui.printable import cells, clip, fit, printable
from rollout_tui.tui.drawing.lens import LensLines
from rollout_tui.tui.drawing.lines import CUT, Line, Piece, clipped, highlighted, wrapped

Row: TypeAlias = tuple[Piece, ...]

EDGE, BAR = 1, 1
"""Columns of the edge and of the scroll bar."""
MARGIN = 2
"""Rows kept between the row that matters and the edge of the pane."""
_CURSOR = Piece("\u25b8", "heading")
MORE = "\u203a"
"""Stands where a line goes on to the right."""
_SMALL = 2000


def fitted(shown: Line, width: int, *, background: str = "", sideways: int = 0) -> Row:
    """`shown` as exactly `width` cells from cell `sideways` on, a mark at the end of what is longer."""
    # Most rows of a screen are those of the screen before. Large texts are not kept for that.
    small = sum(len(piece.text) for piece in shown.pieces) < _SMALL
    return (_fitted_before if small else _fitted)(shown.pieces, width, background, sideways)


def _fitted(pieces: Sequence[Piece], width: int, background: str, sideways: int) -> Row:
    row: list[Piece] = []
    skip, left = sideways, width
    for number, piece in enumerate(pieces):
        text = printable(piece.text)
        size = cells(text)
        if skip:
            if skip >= size:
                skip -= size
                continue
            text = _behind(text, skip)
            size, skip = cells(text), 0
        if size > left:
            text = fit(text, left)
        if text:
            row.append(Piece(text, f"{piece.style} {background}".strip()))
        if size > left or (size == left and any(one.text for one in pieces[number + 1 :])):
            return _marked(row, width, background) if not sideways else tuple(row)
        left -= size
    if left:
        row.append(Piece(" " * left, background))
    return tuple(row)


_fitted_before = lru_cache(maxsize=2048)(_fitted)


def _behind(text: str, cells_before: int) -> str:
    """What follows after so many cells; half of a wide character is a space."""
    before = clip(text, cells_before)
    rest = text[len(before) :]
    if cells(before) < cells_before:
        return " " + rest[1:]
    return rest


def _marked(row: list[Piece], width: int, background: str) -> Row:
    """The row with a mark in its last cell."""
    last = row.pop() if row else Piece("")
    rest = fit(last.text, cells(last.text) - 1)
    kept = (*row, Piece(rest, last.style)) if rest else tuple(row)
    return (*kept, Piece(MORE, f"dim {background}".strip())) if width > 0 else ()


def bar_row(shown: Line, width: int) -> Row:
    """A line as a row of that width, cut with an ellipsis; the styles of its pieces go over its own."""
    shown = clipped(shown, width)
    pieces = [Piece(one.text, f"{shown.background} {one.style}".strip()) for one in shown.pieces]
    blank = Piece(" " * (width - shown.width), shown.background)
    return fitted(Line((*pieces, blank)), width)


class Shape(NamedTuple):
    """How a pane stands: its size, its title's and its left edge's look, and where it is scrolled to.

    `row` is the cursor row, drawn where `cursor` says so. `needle` is highlighted.
    """

    width: int
    height: int
    row: int = 0
    top: int = 0
    focused: bool = False
    cursor: bool = False
    edge: bool = False
    sideways: int = 0
    needle: str = ""
    titled: bool = True

    @property
    def room(self) -> int:
        """Width for lines in cells."""
        return max(1, self.width - EDGE - BAR)

    @property
    def page(self) -> int:
        """Rows for lines."""
        return max(1, self.height - self.titled)


def pane_rows(content: LensLines, shape: Shape) -> tuple[Row, ...]:
    """All rows of a pane: its title, the visible lines between edge and scroll bar."""
    rows: list[Row] = []
    if shape.titled:
        rows.append(title_row(content.title, content.subtitle, shape))
    bar = thumb(shape.page, len(content), shape.top)
    for y in range(shape.height - shape.titled):
        rows.append((*_line_row(content, shape, shape.top + y), _bar_cell(bar, y)))
    return tuple(rows)


def _line_row(content: LensLines, shape: Shape, row: int) -> Row:
    shown = _line(content, shape.room, row)
    cursor = shape.cursor and row == shape.row and row < len(content)
    background = ("selected" if shape.focused else "current") if cursor else shown.background
    if shape.needle:
        shown = highlighted(shown, shape.needle)
    edge = _CURSOR if cursor else Piece("\u2502" if shape.edge else " ", "dim")
    return (edge, *fitted(shown, shape.room, background=background, sideways=shape.sideways))


def _line(content: LensLines, room: int, row: int) -> Line:
    if row < len(content):
        return content.line(row)
    if not len(content) and content.empty:
        words = wrapped(content.empty, room - 2, "dim", indent=1)
        return words[row - 1] if 1 <= row <= len(words) else Line()
    return Line()


def _bar_cell(bar: Thumb | None, y: int) -> Piece:
    """The cell of the scroll bar in a row."""
    if bar is None:
        return Piece(" ")
    return Piece(" ", "thumb" if bar.first <= y < bar.end else "track")


def row_after(content: LensLines, row: int, by: int) -> int:
    """The row `by` rows on, as far as there are any; a single step passes over one that parts two others."""
    last = len(content) - 1
    reached = max(0, min(last, row + by))
    beyond = reached + by
    if abs(by) == 1 and 0 <= beyond <= last:
        blank = [_is_blank(content.line(number)) for number in (row, reached, beyond)]
        return beyond if blank == [False, True, False] else reached
    return reached


def _is_blank(shown: Line) -> bool:
    return shown.target is None and not shown.text.strip()


def seen(shape: Shape, row: int) -> int:
    """The first visible row when `row` and its neighbours are to be seen.

    As near as possible to what it is; a row that is far away comes to lie in the middle.
    """
    top, page = shape.top, shape.page
    margin = min(MARGIN, (page - 1) // 2)
    low, high = top + margin, top + page - 1 - margin
    if low <= row <= high:
        return top
    if not low - page <= row <= high + page:
        return row - page // 2
    return row - margin if row < low else row - page + 1 + margin


def title_row(name: str, beside: str, shape: Shape) -> Row:
    """The title row of a pane, a heavier line where it has the focus."""
    width = shape.width
    bar = "\u2501" if shape.focused else "\u2500"
    style = "heading" if shape.focused else "dim"
    corner = ("\u2531" if shape.focused else "\u252c") if shape.edge else bar
    room = width - 4
    subtitle = printable(beside)
    title = clip(printable(name), room, mark=CUT)
    if cells(title) + cells(subtitle) + 4 > room:
        subtitle = ""
    rest = room - cells(title) - (cells(subtitle) + 3 if subtitle else 0)
    pieces = [
        Piece(f"{corner}{bar} ", style),
        Piece(title, "heading" if shape.focused else "strong"),
        Piece(f" {bar * max(0, rest)}", style),
    ]
    if subtitle:
        pieces += [Piece(f" {subtitle} ", "dim"), Piece(bar, style)]
    used = sum(cells(piece.text) for piece in pieces)
    return (*pieces, Piece(" " * (width - used))) if used < width else tuple(pieces)


class Thumb(NamedTuple):
    """The part of a scroll bar that stands for what is visible: from row `first` up to `end`."""

    first: int
    end: int


def thumb(height: int, total: int, top: int) -> Thumb | None:
    """The thumb of a bar of `height` rows over `total` rows of which `top` is the first visible."""
    if total <= height or height <= 0:
        return None
    length = max(1, height * height // total)
    first = round((height - length) * min(1.0, top / (total - height)))
    return Thumb(first, first + length)


def top_at(height: int, total: int, first: float) -> int:
    """The first visible row when the thumb begins at row `first` of the bar."""
    length = max(1, height * height // max(1, total))
    share = first / max(1, height - length)
    return round(max(0.0, min(1.0, share)) * max(0, total - height))
