"""Pictures of the screen at three sizes, compared with the ones that were looked at.

After a change that is meant: `pytest tests/tui/test_pictures.py --snapshot-update`, and look at them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from on_screen import LARGE, NARROW, WIDE, Shown, is_read
from textual.pilot import Pilot

from rollout_tui.tui.app import RolloutApp
from rollout_tui.tui.opening import Opening

SIZES = {"80x24": NARROW, "120x40": WIDE, "200x60": LARGE}
Compare = Callable[..., bool]


def pressing(*keys: str) -> Callable[[Pilot[int]], Awaitable[None]]:
    """Wait until all is read, then press keys; a search is waited for."""

    async def run(pilot: Pilot[int]) -> None:
        app = pilot.app
        assert isinstance(app, RolloutApp)
        shown = Shown(app, pilot)
        await shown.until(lambda: is_read(shown))
        session = shown.session
        for key in keys:
            await shown.press(key)
            search = session.searching
            await shown.until(lambda search=search: search is None or search.done)

    return run


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_main_screen(snap_compare: Compare, demo: Path, size: tuple[int, int]) -> None:
    app = RolloutApp(Opening(demo, at=81))
    assert snap_compare(app, terminal_size=size, run_before=pressing())


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_light_theme(snap_compare: Compare, demo: Path, size: tuple[int, int]) -> None:
    app = RolloutApp(Opening(demo, at=81), "textual-light")
    assert snap_compare(app, terminal_size=size, run_before=pressing("tab"))


def test_flat_list(snap_compare: Compare, two_cells: Path) -> None:
    app = RolloutApp(Opening(two_cells, at=45))
    assert snap_compare(app, terminal_size=WIDE, run_before=pressing("v"))


def test_search(snap_compare: Compare, demo: Path) -> None:
    app = RolloutApp(Opening(demo, at=1))
    assert snap_compare(app, terminal_size=WIDE, run_before=pressing("/", *"pytest", "enter", "n"))


def test_help(snap_compare: Compare, demo: Path) -> None:
    app = RolloutApp(Opening(demo))
    assert snap_compare(app, terminal_size=NARROW, run_before=pressing("?"))


def test_prompt(snap_compare: Compare, demo: Path) -> None:
    app = RolloutApp(Opening(demo))
    assert snap_compare(app, terminal_size=NARROW, run_before=pressing(":", *"turn"))


def test_without_colour(snap_compare: Compare, demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = RolloutApp(Opening(demo, at=81))
    assert snap_compare(app, terminal_size=WIDE, run_before=pressing())
