"""Keys that come all at once mean what they mean one by one."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from on_screen import FIXTURES, NARROW, WIDE, Shown, on_screen
from textual.events import Key
from textual.keys import _character_to_key

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
    return [Key(_character_to_key(one), one) if len(one) == 1 else Key(one, None) for one in keys]


def standing(shown: Shown) -> tuple[object, ...]:
    """All that keys can change, of what can be seen."""
    session, screen = shown.session, shown.screen
    place = replace(session.place, row=0, top=0)
    rows = [(screen.line_view(pane).row, shown.pane(pane)) for pane in PANES if shown.visible(pane)]
    return place, session.folds, session.marks, session.notes, session.hindsight, screen.pane, rows


async def after(keys: list[Key], size: tuple[int, int], *, paced: bool) -> tuple[object, ...]:
    async with on_screen(FIXTURES / "demo", size) as shown:
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
