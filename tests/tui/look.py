"""What a terminal shows, as text: rows, and for each theme which style every stretch of a row has.

=== 80x24
| the rows as they are shown, blanks at their end left out
--- textual-dark
a12 b3 a65         one line a row: a letter for the style and for how many cells
a80 *21            the same row 21 times more
a  #e0e0e0 on #121212
b  #57a5e2 on #121212 bold
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from string import ascii_letters

from rich.color import Color
from rich.style import Style
from textual._context import visible_screen_stack
from textual.app import App
from textual.strip import Strip

ATTRIBUTES = ("bold", "dim", "italic", "underline", "reverse", "strike")
Row = list[tuple[str, str, int]]
"""Stretches of one style: text, style in words, cells."""


def rows(app: App[int]) -> list[Row]:
    """What is on the screen, with what shines through a dialog."""
    visible_screen_stack.set(app._background_screens)
    return [_stretches(strip) for strip in app.screen._compositor.render_strips()]


def _stretches(strip: Strip) -> Row:
    pieces = ((segment.text, _words(segment.style), segment.cell_length) for segment in strip if segment.text)
    return [
        ("".join(text for text, _, _ in same), style, sum(cells for _, _, cells in same))
        for style, same in ((style, list(group)) for style, group in groupby(pieces, lambda one: one[1]))
    ]


def _words(style: Style | None) -> str:
    if style is None:
        return "plain"
    attributes = [name for name in ATTRIBUTES if getattr(style, name)]
    return " ".join([f"{_hex(style.color)} on {_hex(style.bgcolor)}", *attributes])


def _hex(color: Color | None) -> str:
    return "plain" if color is None else color.name


def text(shown: Iterable[Row]) -> str:
    """The rows without their styles."""
    return "".join("| " + "".join(piece for piece, _, _ in row).rstrip() + "\n" for row in shown)


def styles(shown: Iterable[Row]) -> str:
    """The styles without their text."""
    letters: dict[str, str] = {}
    lines: list[str] = []
    for row in shown:
        for _, style, _ in row:
            letters.setdefault(style, f"{ascii_letters[len(letters)]}")
        lines.append(" ".join(f"{letters[style]}{cells}" for _, style, cells in row))
    legend = (f"{letter}  {style}" for style, letter in letters.items())
    return "".join(f"{line}\n" for line in (*_repeated(lines), *legend))


def _repeated(lines: Iterable[str]) -> Iterator[str]:
    for line, same in groupby(lines):
        more = sum(1 for _ in same) - 1
        yield f"{line} *{more}" if more else line
