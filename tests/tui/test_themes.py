"""Everything can be read: in every theme, with sixteen colours, and without any."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import product
from pathlib import Path

import look
import pytest
from on_screen import WIDE, is_read, on_screen
from rich.color import ColorSystem
from rich.style import Style
from textual.color import Color

from rollout_tui.tui.drawing.style_sheet import style_sheet
from rollout_tui.tui.drawing.styles import STYLES
from rollout_tui.tui.drawing.themes import contrast

PLACES = ("", "selected", "current", "bar")
MEANT = [name for name, one in STYLES.items() if one.color]


def ratio(style: Style) -> float:
    assert style.color is not None and style.bgcolor is not None
    return contrast(Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor))


async def test_text_stands_out_in_every_theme(two_cells: Path) -> None:
    async with on_screen(two_cells) as shown:
        for theme in shown.app.available_themes:
            shown.app.theme = theme
            await shown.pilot.pause()
            if shown.app.current_theme.ansi:
                continue
            high = theme.startswith("high-contrast")
            for name, place in product(MEANT, PLACES):
                least = (4.5 if high else 3.0) if name == "future" else 7.0 if high else 4.5
                assert ratio(style_sheet(shown.app)[f"{name} {place}".strip()]) >= least, (theme, name, place)


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "high-contrast", "high-contrast-light"])
async def test_sixteen_colours_are_enough(two_cells: Path, theme: str) -> None:
    async with on_screen(two_cells) as shown:
        shown.app.theme = theme
        await shown.pilot.pause()
        for name, place in product(MEANT, PLACES):
            style = style_sheet(shown.app)[f"{name} {place}".strip()]
            assert style.color is not None and style.bgcolor is not None
            ink, paper = (one.downgrade(ColorSystem.STANDARD) for one in (style.color, style.bgcolor))
            assert ink.number != paper.number, (name, place)


def test_the_users_textual_theme_is_taken(two_cells: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from rollout_tui.tui.app import RolloutApp\n"
        "from rollout_tui.tui.starting.opening import Opening\n"
        "app = RolloutApp(Opening(Path(sys.argv[1])))\n"
        "print(app.theme, app.get_css_variables()['text-error'])"
    )
    for theme, error in (("high-contrast", "#FF8080"), ("gruvbox", ""), ("no-such-theme", "")):
        told = subprocess.run(
            [sys.executable, "-c", script, str(two_cells)],
            env={**os.environ, "TEXTUAL_THEME": theme},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        assert told[0] == theme and told[1].endswith(error)


async def test_without_colour_there_is_none(two_cells: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with on_screen(two_cells, WIDE, at=27) as shown:
        await shown.press("3")
        assert is_read(shown)
        styles = {style for row in look.rows(shown.app) for _, style, _ in row}
        assert all("#" not in style for style in styles), styles
        assert any("reverse" in style for style in styles) and any("bold" in style for style in styles)


@pytest.mark.parametrize("theme", ["high-contrast", "high-contrast-light", "ansi-dark", "dracula"])
async def test_a_theme_is_chosen_while_one_looks(two_cells: Path, theme: str) -> None:
    async with on_screen(two_cells, at=27) as shown:
        await shown.type_line(f"theme {theme}")
        assert shown.app.theme == theme
        assert "this pane failed" not in shown.text()


async def test_a_theme_that_does_not_exist_is_said(two_cells: Path) -> None:
    async with on_screen(two_cells, at=27) as shown:
        before = shown.app.theme
        await shown.press("colon", *"theme dusk", "enter")
        assert shown.bar("footer").strip().startswith("no theme is called 'dusk'; themes: ")
        await shown.press("colon", *"theme", "enter")
        assert shown.bar("footer").strip().startswith("themes: ") and shown.app.theme == before
