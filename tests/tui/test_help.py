"""The help, the palette, and what is handed to other programs: what can be done here, and doing it."""

from __future__ import annotations

from pathlib import Path

import pytest
from on_screen import LARGE, NARROW, WIDE, Shown, on_screen

from rollout_tui.tui.command_line import COMMANDS
from rollout_tui.tui.keys import ACTIONS, BY_ID, CLOSED, WITHOUT_TRACE
from rollout_tui.tui.lens_names import LENSES_BY_NAME
from rollout_tui.tui.offers import offers
from rollout_tui.tui.panes.help import help_lines
from rollout_tui.tui.panes.here import PLACES
from rollout_tui.tui.state.places import INSPECTOR, TIMELINE
from rollout_tui.tui.widgets.line_view import LineView


async def test_the_help_begins_with_where_one_is_and_does_what_is_chosen(two_cells: Path) -> None:
    async with on_screen(two_cells, at=9) as shown:
        for keys, place in (
            (("3",), "here: cells"),
            (("tab",), "here: inspector"),
            (("tab",), "here: timeline"),
        ):
            await shown.press(*keys, "?")
            help_pane = shown.app.screen.query_one("#keys", LineView)
            assert help_pane.content.line(0).text.strip() == place
            await shown.press("escape")
        await shown.press("?", *["down"] * 2)
        words = help_pane_words(shown)
        assert "fold or unfold" in words[2]
        row = next(number for number, text in enumerate(words) if "next / previous wait" in text)
        passed_over = sum(not text.strip() for text in words[2:row])
        await shown.press(*["j"] * (row - 2 - passed_over), "enter")
        assert shown.session.seq == 27
        await shown.press("?")
        row = next(number for number, text in enumerate(help_pane_words(shown)) if ":note" in text)
        shown.app.screen.query_one("#keys", LineView).row = row
        await shown.press("enter", *"here", "enter")
        assert [note.text for note in shown.session.notes] == ["here"]


def help_pane_words(shown: Shown) -> list[str]:
    content = shown.app.screen.query_one("#keys", LineView).content
    return [content.line(number).text for number in range(len(content))]


def test_there_are_first_words_for_every_place() -> None:
    lenses = {*LENSES_BY_NAME, "life_line"}
    assert set(PLACES) == lenses | {TIMELINE, INSPECTOR, "search", "recordings"}
    for place, rows in PLACES.items():
        (*_, lines) = help_lines(NARROW[0], (place,))
        text = "\n".join(lines.line(number).text for number in range(len(lines)))
        assert all(one.words in text and one.action_id in BY_ID for one in rows)


@pytest.mark.parametrize("size", [NARROW, WIDE, LARGE])
async def test_the_mouse_reaches_every_action_through_the_help(
    two_cells: Path, size: tuple[int, int]
) -> None:
    async with on_screen(two_cells, size, at=9) as shown:
        at = shown.bar("footer").index("? help")
        await shown.pilot.click("#footer", offset=(at, 0))
        await shown.painted()
        pane = shown.app.screen.query_one("#keys", LineView)
        target = next(
            row for row in range(len(pane.content)) if "next / previous event" in pane.content.line(row).text
        )
        await shown.pilot.click("#keys", offset=(10, target + 1))
        await shown.painted()
        assert shown.session.seq == 10
        await shown.pilot.click("#footer", offset=(at, 0))
        await shown.painted()
        await shown.pilot.click("#keys", offset=(10, 0))
        await shown.painted()
        assert shown.text()


def test_the_palette_has_every_action_and_every_command_with_its_keys() -> None:
    offered = {one.id: one for one in offers(frozenset({"search"}))}
    assert set(offered) >= {one.id for one in ACTIONS} - {"palette", "interrupt"}
    assert {f":{one.word}" for one in COMMANDS} <= set(offered)
    assert all(one.keys and one.words for one in offered.values())
    assert "hit_next" not in {one.id for one in offers()}
    assert {one.id for one in offers(frozenset({CLOSED}))} <= set(WITHOUT_TRACE)


async def test_a_value_cannot_go_to_a_pager_without_a_terminal(two_cells: Path) -> None:
    async with on_screen(two_cells, at=20) as shown:
        assert ":write FILE" in await shown.said_after("p")
        assert "copied the pane timeline" in await shown.said_after("Y")
        assert "turn 1" in shown.app.clipboard and "\x1b" not in shown.app.clipboard
