"""When the screen is painted: once in a frame, whatever number of changes there are."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rollout_tui.tui.following.reading import Reading
    from rollout_tui.tui.screens.debugger import DebuggerScreen

FRAME_S = 1 / 60
LOADING_FRAME_S = 0.5
"""How often panes are painted while a large recording is read: the reading goes first."""
LONGEST_FRAME_S = 0.2
"""Longer than that nothing waits for a frame under way: another screen may be on top."""


class Frames:
    """The frames of one screen: the next one is made when the one before is on the terminal."""

    def __init__(self, screen: DebuggerScreen) -> None:
        self._screen = screen
        self._asked = False
        self._later = False
        self._made_at = 0.0
        self._under_way = False

    def ask(self) -> None:
        """Something changed: paint it in the next frame."""
        if self._asked:
            return
        self._asked = True
        if not self._under_way or time.monotonic() - self._made_at > LONGEST_FRAME_S:
            self._schedule()

    def ask_in(self, seconds: float) -> None:
        """Paint again after that time, once however often it is asked."""
        if not self._later:
            self._later = True
            self._screen.set_timer(seconds, self._ask_now)

    def _ask_now(self) -> None:
        self._later = False
        self.ask()

    def ask_while_loading(self) -> None:
        """The reading went on: paint how far it is, and now and then everything."""
        if time.monotonic() - self._made_at < LOADING_FRAME_S:
            self._screen.painter.paint_progress()
        else:
            self.ask()

    def catch_up(self, pane: str) -> None:
        """Fill a pane now that the next frame would: a key is about the rows that will be seen."""
        painter, session = self._screen.painter, self._screen.opened
        if self._asked and session is not None and not painter.loading:
            painter.paint_pane(pane, session)

    def _schedule(self) -> None:
        wait = self._made_at + FRAME_S - time.monotonic()
        if wait > 0:
            self._screen.set_timer(wait, self._make)
        else:
            self._screen.call_later(self._make)

    def _make(self) -> None:
        self._asked, self._under_way = False, True
        session = self._screen.opened
        if session is not None:
            session.reading.painting = True
        with self._screen.steady:
            if session is not None:
                session.grown()
            self._screen.painter.paint()
        self._made_at = time.monotonic()
        self._screen.call_after_refresh(self._painted, None if session is None else session.reading)
        if self._screen.painter.fills():
            self._screen.program.uncover()

    def _painted(self, reading: Reading | None) -> None:
        """The frame is on its way to the terminal."""
        self._under_way = False
        if reading is not None:
            reading.painting = False
        if self._asked:
            self._schedule()
