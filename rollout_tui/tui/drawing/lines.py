"""What pane functions return: lines made of styled pieces.

Nothing here draws. A `Line` names styles by what they mean (`error`, `user`, `added`); the table
`styles.STYLES` says how the theme shows them. Every text goes through `printable` before it is measured, so
columns stay straight whatever a trace holds.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from rollout_tui.export.table import broken
from rollout_tui.printable import cells, clip, line_end, one_line, printable
from rollout_tui.tui.drawing.targets import Target

CUT = "\u2026"
LONGEST_PIECE = 10_000
"""Characters; what is longer is wrapped by panes, or nobody scrolls that far sideways."""


class Piece(NamedTuple):
    """A stretch of text in one style (names of `STYLES`, space between; empty: plain)."""

    text: str
    style: str = ""


class Line(NamedTuple):
    """One row of a pane. `background` is a style of the whole row, `target` what opening it means."""

    pieces: tuple[Piece, ...] = ()
    target: Target | None = None
    background: str = ""

    @property
    def text(self) -> str:
        """The row without its styles."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def width(self) -> int:
        """Width in terminal cells."""
        return sum(cells(piece.text) for piece in self.pieces)


class Cell(NamedTuple):
    """One column of a row.

    `width` is in terminal cells; None takes the natural width, FLEXIBLE what the others leave (several
    share it alike). `align` is `left` or `right`. What does not fit ends in an ellipsis. A cell is left
    out when it stands at `drop` > 0 and the row is too narrow to give flexible cells `least` cells: the
    highest `drop` goes first. With `keep_end` it is cut at its beginning: paths differ at their end.
    """

    text: str
    style: str = ""
    width: int | None = None
    align: str = "left"
    drop: int = 0
    least: int = 12
    keep_end: bool = False


FLEXIBLE = -1
_SMALL = 2000
NOTHING = Line()


def line(*pieces: Piece | str, target: Target | None = None, background: str = "") -> Line:
    """A line of pieces, made printable, cut where no pane is wide enough; a string is a plain piece."""
    made = (Piece(one, "") if isinstance(one, str) else one for one in pieces)
    return Line(tuple(Piece(_shown(one.text), one.style) for one in made if one.text), target, background)


def _shown(text: str) -> str:
    """Text made printable, of an id of megabytes only its beginning."""
    return printable(text if len(text) <= LONGEST_PIECE else text[:LONGEST_PIECE] + CUT)


def row(
    width: int, *columns: Cell | str, target: Target | None = None, gap: int = 1, background: str = ""
) -> Line:
    """A line of aligned columns, `gap` cells apart, at most `width` cells; a string is a plain cell.

    The last cell is not padded when it is aligned left.
    """
    # Most rows of a screen are those of the screen before. Large texts are not kept for that.
    small = sum(len(one) if isinstance(one, str) else len(one.text) for one in columns) < _SMALL
    return Line((_pieces_before if small else _pieces)(width, columns, gap), target, background)


def _pieces(width: int, columns: tuple[Cell | str, ...], gap: int) -> tuple[Piece, ...]:
    kept = [Cell(one) if isinstance(one, str) else one for one in columns]
    widths = _widths(kept, width, gap)
    while sum(widths) + gap * (len(kept) - 1) > width or _starved(kept, widths):
        drop = max((one.drop for one in kept), default=0)
        if not drop:
            break
        kept = [one for one in kept if one.drop != drop]
        widths = _widths(kept, width, gap)
    pieces: list[Piece] = []
    left = width
    for number, (one, wanted) in enumerate(zip(kept, widths, strict=True)):
        room = min(wanted, left)
        if room <= 0:
            continue
        shown = (line_end if one.keep_end else one_line)(one.text, room, mark=CUT)
        blank = " " * (room - cells(shown))
        last = number == len(kept) - 1
        pieces.append(Piece(blank + shown if one.align == "right" else shown, one.style))
        left -= room
        padding = "" if one.align == "right" else blank
        if not last:
            padding += " " * min(gap, left)
            left -= min(gap, left)
            if padding:
                pieces.append(Piece(padding))
    return tuple(pieces)


_pieces_before = lru_cache(maxsize=4096)(_pieces)


def _natural(one: Cell, width: int) -> int:
    return cells(one_line(one.text, width)) if one.width is None else one.width


def _widths(columns: Sequence[Cell], width: int, gap: int) -> list[int]:
    widths = [0 if one.width == FLEXIBLE else _natural(one, width) for one in columns]
    flexible = [number for number, one in enumerate(columns) if one.width == FLEXIBLE]
    left = max(0, width - sum(widths) - gap * (len(columns) - 1))
    for place, number in enumerate(flexible):
        widths[number] = left // len(flexible) + (1 if place < left % len(flexible) else 0)
    return widths


def _starved(columns: Sequence[Cell], widths: Sequence[int]) -> bool:
    """Whether a flexible cell has less room than it can live with."""
    return any(
        one.width == FLEXIBLE and given < min(one.least, _natural(one._replace(width=None), one.least))
        for one, given in zip(columns, widths, strict=True)
    )


def clipped(whole: Line, width: int) -> Line:
    """`whole` cut to `width` cells, with an ellipsis where something is lost."""
    if whole.width <= width:
        return whole
    pieces: list[Piece] = []
    left = width
    for piece in whole.pieces:
        size = cells(piece.text)
        if size >= left:
            pieces.append(Piece(clip(piece.text + CUT, left, mark=CUT), piece.style))
            break
        pieces.append(piece)
        left -= size
    return whole._replace(pieces=tuple(pieces))


def wrapped(text: str, width: int, style: str = "", indent: int = 0) -> list[Line]:
    """`text` (short: words of our own, an error) as lines of at most `width` cells, broken at spaces."""
    return [
        Line((Piece(" " * indent + one, style),))
        for paragraph in printable(text, keep_newlines=True).split("\n")
        for one in broken(paragraph, max(1, width - indent))
    ]


def paragraph(text: str, width: int, most: int, style: str = "", indent: int = 0) -> list[Line]:
    """The beginning of `text` as at most `most` lines like those of `wrapped`, cut with an ellipsis."""
    room = max(1, width - indent)
    lines = wrapped(one_line(text, room * (most + 1)), width, style, indent)
    if len(lines) <= most:
        return lines
    rest = " ".join(one.text[indent:] for one in lines[most - 1 :])
    return [*lines[: most - 1], Line((Piece(" " * indent + one_line(rest, room, mark=CUT), style),))]


def restyled(shown: Line, style: str) -> Line:
    """`shown` with a style instead of its own, e.g. `future` for all of the row."""
    return shown._replace(pieces=tuple(Piece(piece.text, style) for piece in shown.pieces))


def highlighted(shown: Line, needle: str) -> Line:
    """`shown` with every occurrence of `needle`, in whatever case, in style `match`."""
    text, wanted = shown.text.lower(), needle.lower()
    if len(text) != len(shown.text) or wanted not in text:
        return shown
    cuts: list[int] = []
    at = text.find(wanted)
    while at >= 0:
        cuts += (at, at + len(wanted))
        at = text.find(wanted, at + len(wanted))
    pieces: list[Piece] = []
    start = 0
    for piece in shown.pieces:
        end = start + len(piece.text)
        edges = [start, *(cut for cut in cuts if start < cut < end), end]
        for low, high in pairwise(edges):
            inside = bisect_right(cuts, low) % 2 == 1
            style = f"{piece.style} match".strip() if inside else piece.style
            pieces.append(Piece(piece.text[low - start : high - start], style))
        start = end
    return shown._replace(pieces=tuple(pieces))
