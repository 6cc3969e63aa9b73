"""Keys that come all at once mean what they mean one by one."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from on_screen import NARROW, WIDE, Shown, on_screen
from recordings_at_hand import DEMO
from textual.events import Key
from textual.keys import _character_to_key

from rollout_tui.tui.screens.debugger import DebuggerScreen
from rollout_tui.tui.state.places import PANES

WORDS = (
    *"ssSnNfBcC})(tiwaeEo][.,gGvzHm'bL112345678jjjjk",
    *("down", "up", "pagedown", "pageup", "home", "end", "tab", "tab", "shift+tab"),
    *("enter", "enter", "enter", "backspace", "backspace", "escape"),
)
LINES = (":20", ":50%", ":failure 1", ":note here", ":turn 1", ":lens cells", ":mark", "&kind=tool_call", "&")


def typed(seed: int) -> list[Key]:
    """What somebody types: moves, lenses, rows, lines."""
    chance = random.Random(seed)
    keys: list[str] = []
    for _ in range(40):
        if chance.random() < 0.2:
            keys += [*chance.choice(LINES), chance.choice(("enter", "enter", "enter", "escape"))]
        else:
            keys.append(chance.choice(WORDS))
    return [pressed(one) for one in keys]


def pressed(key: str) -> Key:
    return Key(_character_to_key(key), key) if len(key) == 1 else Key(key, None)


def standing(shown: Shown) -> tuple[object, ...]:
    """All that keys can change, of what can be seen."""
    session, screen = shown.session, shown.screen
    place = replace(session.place, row=0, top=0)
    rows = [(screen.line_view(pane).row, shown.pane(pane)) for pane in PANES if shown.visible(pane)]
    return place, session.folds, session.marks, session.notes, session.hindsight, screen.pane, rows


async def after(keys: list[Key], size: tuple[int, int], *, paced: bool) -> tuple[object, ...]:
    async with on_screen(DEMO, size) as shown:
        for key in keys:
            shown.app.post_message(key)
            if paced:
                await shown.painted()
        await shown.until(lambda: not shown.app.message_queue_size)
        await shown.painted()
        return standing(shown)


@pytest.mark.parametrize("size", [WIDE, NARROW])
@pytest.mark.parametrize("seed", range(2))
async def test_all_at_once_is_one_by_one(seed: int, size: tuple[int, int]) -> None:
    assert await after(typed(seed), size, paced=False) == await after(typed(seed), size, paced=True)


def stands_at(shown: Shown, seq: int) -> bool:
    return isinstance(shown.app.screen, DebuggerScreen) and shown.session.seq == seq


async def test_what_is_typed_into_the_palette_finds_its_action_before_enter_takes_it(two_cells: Path) -> None:
    async with on_screen(two_cells, at=1) as shown:
        for _ in range(3):
            for key in ("ctrl+p", *"nextX", "backspace", *" wait", "enter", "s"):
                shown.app.post_message(pressed(key))
        await shown.until(lambda: stands_at(shown, 40))
        for key in ("ctrl+p", *"next", "down", "escape", "ctrl+p", *"no such thing", "enter", "escape", "S"):
            shown.app.post_message(pressed(key))
        await shown.until(lambda: stands_at(shown, 39))
        for key in ("ctrl+p", *"zoom", "enter", "s"):
            shown.app.post_message(pressed(key))
        await shown.until(lambda: stands_at(shown, 40))
        assert shown.session.zoomed
