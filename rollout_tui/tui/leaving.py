"""Leaving because a signal says so: the terminal is given back, and where it is gone nothing stays behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import threading
from typing import Any

from textual.app import App

GRACE_S = 2.0
"""So long the program may take to leave by itself."""


def leave_on_signals(app: App[Any]) -> None:
    """End `app` on SIGTERM and SIGHUP with status 128 + the signal's number. Call it from the running app."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            asyncio.get_running_loop().add_signal_handler(number, _leave, app, number)


def _leave(app: App[Any], number: int) -> None:
    status = 128 + number
    if number == signal.SIGHUP and not app.is_headless:
        _forget_terminal()
    last = threading.Timer(GRACE_S, os._exit, (status,))
    last.daemon = True
    last.start()
    app.exit(status, status)


def _forget_terminal() -> None:
    """Writing to a terminal that has hung up would block Textual's writer for ever."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
