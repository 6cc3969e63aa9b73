"""From style names to what Textual draws with, in the colours of the theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style
from textual.color import Color

from rollout_tui.tui.styles import COLOURS, look

if TYPE_CHECKING:
    from textual.app import App


def theme_colours(app: App[object]) -> dict[str, Color]:
    """Colours of the theme by name, as they are on its background."""
    variables = app.theme_variables
    background = Color.parse(variables["background"])
    return {name: background + _colour(variables[name], background) for name in COLOURS}


def _colour(said: str, background: Color) -> Color:
    """A colour as a theme says it: `auto 60%` is whatever can be read there, so strong."""
    if said.startswith("auto"):
        return background.get_contrast_text(float(said.removeprefix("auto").strip(" %") or 100) / 100)
    return Color.parse(said)


class StyleSheet:
    """Rich styles by names for one theme, made when first asked for; unknown names are plain."""

    def __init__(self, app: App[object]) -> None:
        self._colours = theme_colours(app)
        self._made: dict[str, Style] = {}

    def __getitem__(self, names: str) -> Style:
        style = self._made.get(names)
        if style is None:
            style = self._made[names] = self._make(names)
        return style

    def _make(self, names: str) -> Style:
        wanted = look(names)
        return Style(
            color=self._colours[wanted.color].rich_color,
            bgcolor=self._colours[wanted.background].rich_color,
            bold=wanted.bold or None,
            italic=wanted.italic or None,
            underline=wanted.underline or None,
        )


_SHEETS: dict[str, StyleSheet] = {}


def style_sheet(app: App[object]) -> StyleSheet:
    """The styles of the theme that `app` has now."""
    found = _SHEETS.get(app.theme)
    if found is None:
        found = _SHEETS[app.theme] = StyleSheet(app)
    return found
