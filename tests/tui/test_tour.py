"""The tour: five steps, each with the key to press, and back again."""

from __future__ import annotations

from pathlib import Path

from on_screen import NARROW, is_read, on_screen

from rollout_tui.printable import cells
from rollout_tui.tui.actions import function_of
from rollout_tui.tui.tour import STEPS, Tour


def test_every_step_fits_and_names_a_key_that_leads_on() -> None:
    tour = Tour()
    for number, step in enumerate(STEPS, 1):
        assert function_of(step.action)
        assert tour.sentence.startswith(f"Tour {number}/5: ") and cells(tour.sentence) <= NARROW[0] - 2
        tour.acted("quit")
        assert tour.sentence.startswith(f"Tour {number}/5: ")
        tour.acted(step.action)
    assert "? has every key" in tour.sentence and cells(tour.sentence) <= NARROW[0] - 2


async def test_a_walk_through_the_tour(two_cells: Path) -> None:
    async with on_screen(two_cells, NARROW, at=9) as shown:
        await shown.type_line("tour")
        await shown.until(lambda: shown.screen.tour is not None and is_read(shown))
        folder = shown.screen.opening.path
        assert folder.is_dir() and shown.session.seq == 1
        for number, key in enumerate(("s", "w", "e", "1", "backspace"), 1):
            assert f"Tour {number}/5" in shown.bar("footer")
            await shown.press(key)
        assert "That was the tour" in shown.bar("footer")
        await shown.type_line("tour")
        await shown.until(lambda: shown.screen.tour is None)
        assert shown.session.seq == 9
        assert not folder.exists()
