"""Beginning and ending the tour."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from rollout_tui.tui.actions.desk import screen_of

if TYPE_CHECKING:
    from rollout_tui.tui.actions.desk import Desk


def tour(desk: Desk, argument: str) -> None:
    """`:tour` begins the tour over a recording of its own; there it goes back to the trace one came from."""
    from rollout_tui.demo import write_demo
    from rollout_tui.tui.screens.debugger import debugger_screen
    from rollout_tui.tui.starting.opening import Opening
    from rollout_tui.tui.tour import Tour

    screen = screen_of(desk)
    if screen.tour is not None:
        screen.app.pop_screen()
        return
    folder = TemporaryDirectory(prefix="rollout-tui-tour-", ignore_cleanup_errors=True)
    try:
        bundle = write_demo(Path(folder.name), 0)
    except OSError as problem:
        folder.cleanup()
        desk.say(f"no place for the tour's recording: {problem}", "warning")
        return
    shown = debugger_screen(Opening(bundle, at=1, follow=False))
    shown.tour = Tour()
    shown.when_closed = folder.cleanup
    screen.app.push_screen(shown)
