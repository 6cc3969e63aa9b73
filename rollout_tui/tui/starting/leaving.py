"""Leaving because a signal says so: the terminal is given back, and where it is gone nothing stays behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import termios
import threading
from typing import Any

from textual.app import App

from rollout_tui.tui.starting.first_frame import BACK, REPORTS

GRACE_S = 2.0
"""So long the program may take to leave by itself."""
GIVING_S = 0.5
"""So long a terminal that may be gone may take what makes it as it was."""


def leave_on_signals(app: App[Any]) -> None:
    """End `app` on these signals with status 128 + the signal's number. Call it from the running app.

    Ctrl+C is a key there: SIGINT comes from elsewhere.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            asyncio.get_running_loop().add_signal_handler(number, _leave, app, number)


def _leave(app: App[Any], number: int) -> None:
    status = 128 + number
    if number == signal.SIGHUP and not app.is_headless:
        _give_back(app)
        _forget_terminal()
    last = threading.Timer(GRACE_S, os._exit, (status,))
    last.daemon = True
    last.start()
    app.exit(status, status)


def _give_back(app: App[Any]) -> None:
    """Make the terminal what it was, should it still be there. One that takes nothing is not waited for."""
    attributes = getattr(app._driver, "attrs_before", None)

    def give_back() -> None:
        with contextlib.suppress(OSError, termios.error):
            os.write(2, (REPORTS + BACK).encode())
            if attributes is not None:
                termios.tcsetattr(0, termios.TCSANOW, attributes)

    giving = threading.Thread(target=give_back, daemon=True)
    giving.start()
    giving.join(GIVING_S)


def _forget_terminal() -> None:
    """Writing to a terminal that has hung up would block Textual's writer for ever."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
