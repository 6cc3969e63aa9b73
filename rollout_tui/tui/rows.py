"""Rows of a pane as they stand on the screen: pieces that fill a width, before anything draws them.

What is painted twice is compared here: a row that is the same pieces as before is not painted again.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from rollout_tui.printable import cells, clip, printable
from rollout_tui.tui.lines import CUT, Line, Piece

Row: TypeAlias = tuple[Piece, ...]

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
            text = _filled(text, left)
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


def _filled(text: str, width: int) -> str:
    """`text` cut to exactly `width` cells."""
    cut = clip(text, width)
    return cut + " " * (width - cells(cut))


def _marked(row: list[Piece], width: int, background: str) -> Row:
    """The row with a mark in its last cell."""
    last = row.pop() if row else Piece("")
    rest = _filled(last.text, cells(last.text) - 1)
    kept = (*row, Piece(rest, last.style)) if rest else tuple(row)
    return (*kept, Piece(MORE, f"dim {background}".strip())) if width > 0 else ()


class Title(NamedTuple):
    """What stands in the frame of a pane."""

    title: str
    subtitle: str
    focused: bool
    edge: bool


def title_row(shown: Title, width: int) -> Row:
    """The title row of a pane, a heavier line where it has the focus."""
    bar = "\u2501" if shown.focused else "\u2500"
    style = "heading" if shown.focused else "dim"
    corner = ("\u2531" if shown.focused else "\u252c") if shown.edge else bar
    room = width - 4
    subtitle = printable(shown.subtitle)
    title = clip(printable(shown.title), room, mark=CUT)
    if cells(title) + cells(subtitle) + 4 > room:
        subtitle = ""
    rest = room - cells(title) - (cells(subtitle) + 2 if subtitle else 0)
    pieces = [
        Piece(f"{corner}{bar} ", style),
        Piece(title, "heading" if shown.focused else "strong"),
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
