"""Textual's driver, where the terminal already shows a first frame: nothing is cleared in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

if TYPE_CHECKING:
    from textual.driver import Driver

    from rollout_tui.tui.starting.first_frame import FirstFrame

_ALTERNATE = "\x1b[?1049h"
_MODES = ("\x1b[?", "\x1b[>", "\x1b[<")


def driver_over(frame: FirstFrame) -> type[Driver]:
    """A driver that takes the terminal over from `frame`, and gives back what that found."""

    class FirstFrameDriver(LinuxDriver):
        """Already on the other screen when it starts first, where only modes are set for a while."""

        def write(self, data: str) -> None:
            drawn = not data.startswith(_MODES)
            if not ((frame.held and data == _ALTERNATE) or (frame.covering and drawn)):
                super().write(data)

        def run_input_thread(self) -> None:
            # Keys that were typed before come first.
            if typed := frame.keys.stop():
                parser = XTermParser(self._debug)
                for message in (*parser.feed(typed), *parser.feed("")):
                    self.process_message(message)
            super().run_input_thread()

        def start_application_mode(self) -> None:
            super().start_application_mode()  # type: ignore[no-untyped-call]
            # What Textual found is the terminal without echo.
            self.attrs_before = list(frame.attributes)
            frame.started()

        def stop_application_mode(self) -> None:
            super().stop_application_mode()
            frame.stopped()

    return FirstFrameDriver
