"""The program itself: command line, help, cancel, quit, suspend."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rollout_tui.tui.actions.desk import screen_of
from rollout_tui.tui.keys import with_keys

if TYPE_CHECKING:
    from rollout_tui.tui.actions.desk import Desk

AGAIN_S = 2.0


def ask(desk: Desk) -> None:
    """Open the command line."""
    desk.ask(":")


def palette(desk: Desk) -> None:
    """All actions by name."""
    screen_of(desk).app.action_command_palette()


def help_screen(desk: Desk) -> None:
    """All keys, first those for where one is; a row that is chosen is done."""
    from rollout_tui.tui.screens.help import help_screen as made

    screen = screen_of(desk)

    def chosen(offer_id: str | None) -> None:
        if offer_id is not None:
            desk.take(offer_id)

    screen.app.push_screen(made(screen.here), chosen)


def cancel(desk: Desk) -> None:
    """Cancel one level: what runs, a search, a filter, a selection, a held thread, zoom, ways of looking."""
    if desk.opened is None:
        return
    pane = desk.opened.place.pane
    said = desk.running.cancel() or desk.opened.cancel()
    if said:
        desk.say(said)
    if desk.opened.place.pane != pane:
        desk.focus_pane(desk.opened.place.pane)
    desk.repaint()


def quit_program(desk: Desk) -> None:
    """Leave."""
    screen_of(desk).app.exit(0)


def interrupt(desk: Desk) -> None:
    """Cancel what is running; the second time within two seconds leave."""
    screen = screen_of(desk)
    now = time.monotonic()
    if now - screen.interrupted_at < AGAIN_S:
        screen.app.exit(0)
        return
    screen.interrupted_at = now
    cancelled = screen.running.cancel()
    again = with_keys("{interrupt} again quits")
    desk.say(f"{cancelled}; {again}" if cancelled else again)


def suspend(desk: Desk) -> None:
    """To the shell; `fg` comes back."""
    screen_of(desk).app.action_suspend_process()
