"""What style names of lines mean to the theme.

Every variable belongs to every theme. A piece may carry several names, space between: `tool dim`. Colour
never stands alone: a glyph or a word says the same.
"""

from __future__ import annotations

# Style name to declarations of Textual's CSS.
STYLES: dict[str, str] = {
    "dim": "color: $text-muted;",
    "future": "color: $text-disabled;",
    "strong": "text-style: bold;",
    "heading": "color: $text-accent; text-style: bold;",
    "accent": "color: $text-accent;",
    "link": "color: $text-primary; text-style: underline;",
    "error": "color: $text-error; text-style: bold;",
    "warning": "color: $text-warning;",
    "note": "color: $text-secondary;",
    "ok": "color: $text-success;",
    "running": "color: $text-warning; text-style: bold;",
    # who speaks, and what kind of work a span is
    "user": "color: $text-success;",
    "assistant": "color: $text-primary;",
    "tool": "color: $text-warning;",
    "developer": "color: $text-secondary;",
    "system": "color: $text-secondary;",
    "reasoning": "color: $text-muted; text-style: italic;",
    "agent": "color: $text-accent;",
    "turn": "text-style: bold;",
    "inference": "color: $text-primary;",
    "cell": "color: $text-secondary;",
    "wait": "color: $text-warning;",
    "compaction": "color: $text-error;",
    # what changed
    "added": "color: $text-success; text-style: bold;",
    "removed": "color: $text-error; text-style: strike;",
    "changed": "color: $text-warning; text-style: bold;",
    # source text and JSON
    "key": "color: $text-primary;",
    "string": "color: $text-success;",
    "number": "color: $text-warning;",
    "constant": "color: $text-secondary;",
    "keyword": "color: $text-accent; text-style: bold;",
    "comment": "color: $text-muted; text-style: italic;",
    # what is found, selected, marked
    "match": "background: $warning; color: $background; text-style: bold;",
    "badge": "background: $primary; color: $background; text-style: bold;",
    "alarm": "background: $error; color: $background; text-style: bold;",
    "selected": "background: $surface-lighten-2; text-style: bold;",
}
