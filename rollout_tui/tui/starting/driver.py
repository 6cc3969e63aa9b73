"""Textual's driver, where the terminal already shows a first frame: nothing is cleared in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key

if TYPE_CHECKING:
    from textual.driver import Driver
    from textual.message import Message

    from rollout_tui.tui.starting.first_frame import FirstFrame

_ALTERNATE = "\x1b[?1049h"
_MODES = ("\x1b[?", "\x1b[>", "\x1b[<")
_RAW = {"enter": "\r", "backspace": "\x7f"} | {
    name: f"\x1b[{letter}" for name, letter in zip(("up", "down", "right", "left"), "ABCD", strict=True)
}
"""What terminals send for keys without a character."""


def driver_over(frame: FirstFrame) -> type[Driver]:
    """A driver that takes the terminal over from `frame`, and gives back what that found."""

    class FirstFrameDriver(LinuxDriver):
        """Already on the other screen when it starts first, where only modes are set for a while."""

        _typed = ""

        def write(self, data: str) -> None:
            drawn = not data.startswith(_MODES)
            if not ((frame.held and data == _ALTERNATE) or (frame.covering and drawn)):
                super().write(data)

        def run_input_thread(self) -> None:
            # Keys that were typed before come first.
            if typed := frame.keys.stop():
                self._typed = typed
                parser = XTermParser(self._debug)
                for message in (*parser.feed(typed), *parser.feed("")):
                    super().process_message(message)
            super().run_input_thread()

        def process_message(self, message: Message) -> None:
            super().process_message(message)
            if frame.covering and isinstance(message, Key):
                self._loop.call_soon_threadsafe(
                    self._echo, _RAW.get(message.key, message.character or "\x1b")
                )

        def _echo(self, typed: str) -> None:
            self._typed += typed
            if frame.covering:
                super().write(frame.echo(self._typed))

        def start_application_mode(self) -> None:
            super().start_application_mode()  # type: ignore[no-untyped-call]
            # What Textual found is the terminal without echo.
            self.attrs_before = list(frame.attributes)
            frame.started()

        def stop_application_mode(self) -> None:
            super().stop_application_mode()
            frame.stopped()

    return FirstFrameDriver
