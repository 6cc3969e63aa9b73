"""When the screen is painted: once in a frame, whatever number of changes there are."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from rollout_tui.tui.app import RolloutApp
    from rollout_tui.tui.screens.debugger import DebuggerScreen

FRAME_S = 1 / 60
LOADING_FRAME_S = 0.5
"""How often panes are painted while a large recording is read: the reading goes first."""


class Frames:
    """The frames of one screen."""

    def __init__(self, screen: DebuggerScreen) -> None:
        self._screen = screen
        self._asked = False
        self._painted_at = 0.0

    def ask(self) -> None:
        """Something changed: paint it in the next frame."""
        if self._asked:
            return
        self._asked = True
        wait = self._painted_at + FRAME_S - time.monotonic()
        if wait > 0:
            self._screen.set_timer(wait, self._paint)
        else:
            self._screen.call_later(self._paint)

    def ask_while_loading(self) -> None:
        """The reading went on: paint how far it is, and now and then everything."""
        if time.monotonic() - self._painted_at < LOADING_FRAME_S:
            self._screen.painter.paint_progress()
        else:
            self.ask()

    def _paint(self) -> None:
        self._asked = False
        self._painted_at = time.monotonic()
        session = self._screen.opened
        if session is not None:
            session.grown()
            session.reading.painting = True
            self._screen.call_after_refresh(setattr, session.reading, "painting", False)
        self._screen.painter.paint()
        if self._screen.painter.fills():
            cast("RolloutApp", self._screen.app).uncover()
