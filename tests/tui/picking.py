"""The picker on the screen of a test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from on_screen import WIDE, until
from textual.pilot import Pilot

from rollout_tui.tui.app import RolloutApp
from rollout_tui.tui.screens.picker import PickerScreen
from rollout_tui.tui.starting.opening import Opening
from rollout_tui.tui.widgets.line_view import LineView


def rows(app: RolloutApp) -> str:
    view = app.screen.query_one(LineView)
    return "\n".join(view.render_line(y).text.rstrip() for y in range(view.size.height))


def names(screen: PickerScreen) -> list[str]:
    return [one.folder.name for one in screen.shown]


async def looked(app: RolloutApp, pilot: Pilot[int]) -> PickerScreen:
    screen = app.screen
    assert isinstance(screen, PickerScreen)
    await until(pilot, lambda: screen.shown)
    return screen


@asynccontextmanager
async def choosing(
    root: Path, size: tuple[int, int] = WIDE, *, wait: bool = False
) -> AsyncIterator[tuple[RolloutApp, Pilot[int], PickerScreen]]:
    """The list of the recordings in a folder, once it shows some."""
    app = RolloutApp(Opening(root, wait=wait), pick=True)
    async with app.run_test(size=size) as pilot:
        yield app, pilot, await looked(app, pilot)
