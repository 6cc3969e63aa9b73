"""A whole text as lines of a pane, source code and JSON highlighted; only visible rows are looked at."""

from __future__ import annotations

import re
from functools import lru_cache

from rollout_tui.tui.drawing.lens import LensLines
from rollout_tui.tui.drawing.lines import Line, Piece
from rollout_tui.tui.objects.object_text import Text
from rollout_tui.tui.texts.text_rows import TextRows

_JAVASCRIPT = re.compile(
    r"(?P<comment>//.*)"
    r"|(?P<string>\"(?:[^\"\\]|\\.)*\"?|'(?:[^'\\]|\\.)*'?|`(?:[^`\\]|\\.)*`?)"
    r"|(?P<number>\b\d[\d._]*(?:e[+-]?\d+)?\b)"
    r"|(?P<keyword>\b(?:async|await|break|case|catch|class|const|continue|default|delete|do|else|export|extends"
    r"|finally|for|from|function|if|import|in|instanceof|let|new|of|return|static|super|switch|this|throw|try"
    r"|typeof|var|void|while|yield)\b)"
    r"|(?P<constant>\b(?:true|false|null|undefined|NaN|Infinity)\b)"
)
_JSON = re.compile(
    r"(?P<key>\"(?:[^\"\\]|\\.)*\"(?=\s*:))"
    r"|(?P<string>\"(?:[^\"\\]|\\.)*\"?)"
    r"|(?P<number>-?\b\d[\d.]*(?:[eE][+-]?\d+)?\b)"
    r"|(?P<constant>\b(?:true|false|null)\b)"
)
_LANGUAGES = {"javascript": _JAVASCRIPT, "json": _JSON}


@lru_cache(maxsize=8)
def _rows(text: str, width: int) -> TextRows:
    return TextRows(text, width)


class TextLines(LensLines):
    """`LensLines` of a text."""

    def __init__(self, text: Text, width: int) -> None:
        self._text = text
        self._rows = _rows(text.text, width)

    @property
    def lines(self) -> int:
        """Lines of the text itself, however they are wrapped."""
        return self._rows.lines

    def __len__(self) -> int:
        return len(self._rows)

    def line(self, number: int) -> Line:
        """Row `number`, from 0."""
        return Line(highlight(self._rows[number], self._text.language))


def highlight(text: str, language: str) -> tuple[Piece, ...]:
    """One row of source text as styled pieces; a string or comment that began above is not known."""
    pattern = _LANGUAGES.get(language)
    if pattern is None:
        return (Piece(text),)
    pieces: list[Piece] = []
    at = 0
    for match in pattern.finditer(text):
        if match.start() > at:
            pieces.append(Piece(text[at : match.start()]))
        pieces.append(Piece(match[0], match.lastgroup or ""))
        at = match.end()
    if at < len(text):
        pieces.append(Piece(text[at:]))
    return tuple(pieces)
