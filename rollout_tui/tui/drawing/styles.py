"""What style names of lines mean: colours of the theme by their names, and how the text is set.

A piece may carry several names, space between: `tool dim`; later ones win. Colour never stands alone: a glyph
or a word says the same. Nothing here knows a terminal.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple


class Look(NamedTuple):
    """Names of theme colours (empty: as around it), and how letters look."""

    color: str = ""
    background: str = ""
    bold: bool = False
    italic: bool = False
    underline: bool = False

    @property
    def faint(self) -> bool:
        """Whether it is said in a low voice."""
        return self.color in FAINT

    @property
    def stands_out(self) -> bool:
        """Whether it lies on a background of its own that means something."""
        return self.background in STANDING_OUT

    def under(self, other: Look) -> Look:
        """What it looks like with `other` on top; a row that is chosen is no longer faint."""
        color = other.color or self.color
        return Look(
            FAINT[0] if other.background in CHOSEN and color == FAINTEST else color,
            other.background or self.background,
            self.bold or other.bold,
            self.italic or other.italic,
            self.underline or other.underline,
        )


FAINTEST = "text-disabled"
FAINT = ("text-muted", FAINTEST)
CHOSEN = ("primary-muted", "surface-lighten-1", "panel")
STANDING_OUT = ("warning", "primary", "error", "panel", "primary-muted", "scrollbar")
"""Where there are few colours these are letters that are dim, and backgrounds that are reversed."""

PLAIN = Look("foreground", "background")

STYLES: dict[str, Look] = {
    "dim": Look("text-muted"),
    "future": Look("text-disabled"),
    "strong": Look(bold=True),
    "heading": Look("text-accent", bold=True),
    "accent": Look("text-accent"),
    "link": Look("text-primary", underline=True),
    "error": Look("text-error", bold=True),
    "warning": Look("text-warning"),
    "note": Look("text-secondary"),
    "ok": Look("text-success"),
    "running": Look("text-warning", bold=True),
    # who speaks, and what kind of work a span is
    "user": Look("text-success"),
    "assistant": Look("text-primary"),
    "tool": Look("text-warning"),
    "developer": Look("text-secondary"),
    "system": Look("text-secondary"),
    "reasoning": Look("text-muted", italic=True),
    "agent": Look("text-accent"),
    "turn": Look(bold=True),
    "inference": Look("text-primary"),
    "cell": Look("text-secondary"),
    "wait": Look("text-warning"),
    "compaction": Look("text-error"),
    # what changed
    "added": Look("text-success", bold=True),
    "removed": Look("text-error"),
    "changed": Look("text-warning", bold=True),
    # source text and JSON
    "key": Look("text-primary"),
    "string": Look("text-success"),
    "number": Look("text-warning"),
    "constant": Look("text-secondary"),
    "keyword": Look("text-accent", bold=True),
    "comment": Look("text-muted", italic=True),
    # what is found, selected, marked
    "match": Look("background", "warning", bold=True),
    "badge": Look("background", "primary", bold=True),
    "alarm": Look("background", "error", bold=True),
    "bar": Look("", "panel"),
    "selected": Look("", "primary-muted", bold=True),
    "current": Look("", "surface-lighten-1"),
    # the scroll bar
    "track": Look("", "scrollbar-background"),
    "thumb": Look("", "scrollbar"),
}


@lru_cache(maxsize=1024)
def look(names: str) -> Look:
    """What all of these names look like together; unknown ones are plain."""
    found = PLAIN
    for name in names.split():
        found = found.under(STYLES.get(name, Look()))
    return found


COLOURS = frozenset(
    colour for one in (PLAIN, *STYLES.values()) for colour in (one.color, one.background) if colour
)
"""The names of all theme colours that are used."""
