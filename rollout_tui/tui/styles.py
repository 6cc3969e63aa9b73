"""What style names of lines mean to the theme.

Every variable belongs to every theme. A piece may carry several names, space between: `tool dim`. Colour
never stands alone: a glyph or a word says the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.style import Style
    from textual.widget import Widget

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
    "removed": "color: $text-error;",
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
    "bar": "background: $panel;",
    "selected": "background: $primary-muted; text-style: bold;",
    "current": "background: $surface-lighten-1;",
}


def component_css(widget: str) -> str:
    """CSS rules that give `widget` a component class `line--NAME` per style."""
    return "\n".join(f"{widget} > .line--{name} {{ {rules} }}" for name, rules in STYLES.items())


class StyleSheet:
    """Rich styles by name for one widget, made when first asked for; unknown names are plain."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._made: dict[str, Style] = {}

    def clear(self) -> None:
        """Forget all of them: the theme changed."""
        self._made.clear()

    def __getitem__(self, names: str) -> Style:
        style = self._made.get(names)
        if style is None:
            style = self._made[names] = self._make(names)
        return style

    def _make(self, names: str) -> Style:
        from rich.style import Style

        style = self._widget.rich_style
        for name in names.split():
            if name not in STYLES:
                continue
            # The partial style says what is set; colours that depend on the background are in the full one.
            own = self._widget.get_component_rich_style(f"line--{name}", partial=True)
            full = self._widget.get_component_rich_style(f"line--{name}")
            style += own
            if own.color is not None:
                style += Style(color=full.color)
        return style
