"""From style names to what Textual draws with, in the colours of the theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style
from textual.color import Color

from rollout_tui.tui.drawing.styles import COLOURS, FAINTEST, PLAIN, Look, look
from rollout_tui.tui.drawing.themes import least_contrast, readable

if TYPE_CHECKING:
    from textual.app import App


def theme_colours(app: App[object]) -> dict[str, Color]:
    """Colours of the theme by name, as they are on its background."""
    variables = app.theme_variables
    background = Color.parse(variables["background"])
    return {name: background + _colour(variables[name], background) for name in COLOURS}


def _colour(said: str, background: Color) -> Color:
    """A colour as a theme says it: `auto 60%` is whatever can be read there, so strong."""
    name, _, share = said.partition(" ")
    if name == "auto":
        return background.get_contrast_text(float(share.strip(" %") or 100) / 100)
    # Colours of the terminal cannot be mixed: `ansi_blue 50%` is blue.
    return Color.parse(name if name.startswith("ansi_") else said)


class StyleSheet(dict[str, Style]):
    """Rich styles by names for one theme, made when first asked for; unknown names are plain.

    Where colours are those of the terminal, or none are wanted, text on a background of its own is reversed.
    """

    def __init__(self, app: App[object]) -> None:
        super().__init__()
        self._theme = app.theme
        self._colours = theme_colours(app)
        self._without_colour = app.no_color
        self._of_terminal = app.current_theme.ansi

    def __missing__(self, names: str) -> Style:
        style = self[names] = self._make(names)
        return style

    def _make(self, names: str) -> Style:
        wanted = look(names)
        attributes = Style(
            bold=wanted.bold or None, italic=wanted.italic or None, underline=wanted.underline or None
        )
        if self._without_colour or self._of_terminal:
            style = attributes + Style(dim=wanted.faint or None, reverse=wanted.stands_out or None)
            return style if self._without_colour else style + Style(color=self._ink(wanted).rich_color)
        background = self._colours[wanted.background]
        least = least_contrast(self._theme, faint=wanted.color == FAINTEST)
        color = readable(self._colours[wanted.color], background, least)
        return attributes + Style(color=color.rich_color, bgcolor=background.rich_color)

    def _ink(self, wanted: Look) -> Color:
        """The one colour of a text: reversed it is the background."""
        inverse = wanted.color == PLAIN.background
        return self._colours[wanted.background if inverse else wanted.color]


_SHEETS: dict[tuple[str, bool], StyleSheet] = {}


def style_sheet(app: App[object]) -> StyleSheet:
    """The styles of the theme that `app` has now."""
    found = _SHEETS.get((app.theme, app.no_color))
    if found is None:
        found = _SHEETS[app.theme, app.no_color] = StyleSheet(app)
    return found
