"""The terminal program: an app with one screen per trace, the help, and the picker."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from pathlib import Path
from typing import ClassVar

from textual.app import App
from textual.binding import BindingType
from textual.command import Provider

from rollout_tui.printable import printable
from rollout_tui.tui.opening import Opening
from rollout_tui.tui.palette import ActionProvider
from rollout_tui.tui.screens.debugger import DebuggerScreen


class RolloutApp(App[int]):
    """Shows one trace, or the choice of one."""

    TITLE = "rollout-tui"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = True
    ALLOW_SELECT = False
    COMMANDS: ClassVar[set[type[Provider]]] = {ActionProvider}  # type: ignore[assignment]
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, opening: Opening, theme: str | None = None) -> None:
        super().__init__()
        self.opening = opening
        self.complaint = ""
        if theme is not None:
            self.theme = theme

    def on_mount(self) -> None:
        """Begin with the trace; a signal to end gives the terminal back first."""
        for number in (signal.SIGTERM, signal.SIGHUP):
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                asyncio.get_running_loop().add_signal_handler(number, self._terminated, number)
        self.push_screen(DebuggerScreen(self.opening))

    def complain(self, message: str) -> None:
        """Leave with status 2; `message` goes to standard error once the terminal is itself again."""
        self.complaint = message
        self.exit(2, 2)

    def _terminated(self, number: int) -> None:
        self.exit(128 + number, 128 + number)


def run(
    trace_path: Path | str,
    *,
    at: int | None = None,
    follow: bool | None = None,
    latest: bool = False,
    wait: bool = False,
    thread: str | None = None,
    lens: str | None = None,
    theme: str | None = None,
    plain: bool = False,
) -> int:
    """Show a trace in the terminal until the user leaves; returns the exit status.

    `at` is a seq, `follow` None means while the recording grows, `latest` takes the newest bundle of a
    folder instead of asking, `wait` waits for a trace that is not there yet. 2 when `at` or `thread` is not
    in the recording: one line on standard error says what is.
    """
    app = RolloutApp(Opening(Path(trace_path), at, follow, wait, thread, lens), theme)
    status = app.run()
    if app.complaint:
        print(f"rollout-tui: {printable(app.complaint)}", file=sys.stderr)
    return status or app.return_code or 0
