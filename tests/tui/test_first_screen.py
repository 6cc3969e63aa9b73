"""What is shown before anything is reduced stands where the program's own screen will have it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from on_screen import on_screen
from recordings_at_hand import DEMO, recordings
from rich.color import Color as RichColor
from rich.color import ColorSystem
from textual.color import Color

from rollout_tui.printable import cells
from rollout_tui.trace.ending import read_ending
from rollout_tui.tui.drawing.dark import COLOURS
from rollout_tui.tui.drawing.sgr import colour_depth, nearest, sgr
from rollout_tui.tui.drawing.style_sheet import theme_colours
from rollout_tui.tui.layout import edges, layout
from rollout_tui.tui.starting.early_keys import as_words
from rollout_tui.tui.starting.first_screen import first_screen, typed_row
from rollout_tui.tui.state.places import PANES, TIMELINE

WINDOWS_TERMINAL = {"TERM": "xterm-256color", "WT_SESSION": "5b2c6f5e"}

SIZES = [(80, 24), (101, 31), (117, 40), (120, 40), (151, 45), (200, 60)]


@pytest.mark.parametrize("size", SIZES)
async def test_panes_stand_where_they_will(size: tuple[int, int]) -> None:
    async with on_screen(DEMO, size) as shown:
        panes = layout(*size, TIMELINE, False, 1).panes
        views = [shown.screen.line_view(pane) for pane in PANES]
        regions = [view.region for view in views if view.display]
        starts = edges(panes, size[0])
        assert [(one.x, one.right) for one in regions] == list(pairwise(starts))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("bundle", recordings(), ids=lambda path: path.name)
def test_every_recording_fills_the_screen(bundle: object, size: tuple[int, int]) -> None:
    ending = read_ending(bundle)  # type: ignore[arg-type]
    assert ending is not None
    rows = first_screen(ending, *size)
    assert len(rows) == size[1]
    assert {sum(cells(piece.text) for piece in row) for row in rows} == {size[0]}


async def test_what_the_model_saw_last_is_what_the_context_shows() -> None:
    ending = read_ending(DEMO)
    assert ending is not None and ending.items is not None
    async with on_screen(DEMO) as shown:
        assert f"context /root  {len(ending.items)} items" in shown.pane("lens")


async def test_its_colours_are_those_of_the_theme() -> None:
    async with on_screen(DEMO) as shown:
        assert {name: one.hex.lower() for name, one in theme_colours(shown.app).items()} == COLOURS


def test_few_colours_are_chosen_as_the_library_does() -> None:
    for said in COLOURS.values():
        colour = Color.parse(said)
        wanted = RichColor.parse(said).downgrade(ColorSystem.EIGHT_BIT).number
        assert nearest(colour.r, colour.g, colour.b) == wanted


@pytest.mark.parametrize(
    "environment, depth",
    [
        ({"COLORTERM": "truecolor"}, "true"),
        ({"TERM": "xterm-256color"}, "256"),
        ({"TERM": "xterm"}, "none"),
        ({"COLORTERM": "truecolor", "NO_COLOR": "1"}, "none"),
        ({"COLORTERM": "truecolor", "TEXTUAL_COLOR_SYSTEM": "256"}, "256"),
        ({**WINDOWS_TERMINAL}, "true"),
        ({**WINDOWS_TERMINAL, "TERM": "screen-256color"}, "256"),
        ({**WINDOWS_TERMINAL, "COLORTERM": ""}, "256"),
        ({**WINDOWS_TERMINAL, "TEXTUAL_COLOR_SYSTEM": "256"}, "256"),
        ({**WINDOWS_TERMINAL, "NO_COLOR": "1"}, "none"),
    ],
)
def test_colour_depth(environment: dict[str, str], depth: str) -> None:
    assert colour_depth(environment) == depth


def test_without_colours_letters_still_differ() -> None:
    assert sgr("error", COLOURS, "none") == "\x1b[1m"
    assert sgr("dim", COLOURS, "none") == ""


@pytest.mark.parametrize(
    "typed, words",
    [
        (":45", ":45"),
        ("\x1b[A\x1bOBjj\r", "\u2191\u2193jj\u23ce"),
        (":46\x7f\x7f5\x1b[5~", ":5\u00b7"),
        ("\x7f\x7fx\x1b", "x\u00b7"),
    ],
)
def test_what_was_typed_before_is_told_in_words(typed: str, words: str) -> None:
    row = typed_row(typed + "\x01\x9b", 80)
    assert as_words(typed) == words
    assert sum(cells(piece.text) for piece in row) == 80
    assert not {"\x01", "\x9b"} & set("".join(piece.text for piece in row))
