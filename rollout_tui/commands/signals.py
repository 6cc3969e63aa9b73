"""A signal ends a command by unwinding what runs, so that half-written output is removed."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from types import FrameType

from rollout_tui.commands.outcome import BY_SIGNAL

AGAIN_S = 0.01
"""After so long a signal is sent again whose exception was lost."""
_ENDING = (signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let SIGTERM and SIGHUP raise SystemExit(128 + number) in the block, as SIGINT raises KeyboardInterrupt.

    A signal that the caller chose to ignore (`nohup`) stays ignored.
    """

    def end(number: int, frame: FrameType | None) -> None:
        raise SystemExit(BY_SIGNAL + number)

    taken = [one for one in _ENDING if signal.getsignal(one) is signal.SIG_DFL]
    for one in taken:
        signal.signal(one, end)
    try:
        with _sent_again():
            yield
    finally:
        for one in taken:
            signal.signal(one, signal.SIG_DFL)


@contextlib.contextmanager
def _sent_again() -> Iterator[None]:
    """Send a signal again whose exception met code that cannot raise.

    The interpreter only prints what is raised in a finalizer or a weak reference's callback, and the end of
    every import is such a callback.
    """
    lost: list[int] = []

    def unraisable(found: sys.UnraisableHookArgs) -> None:
        number = _number(found.exc_value)
        if number is None:
            before(found)
        else:
            lost.append(number)
            signal.setitimer(signal.ITIMER_REAL, AGAIN_S)

    def send(number: int, frame: FrameType | None) -> None:
        while lost:
            os.kill(os.getpid(), lost.pop())

    before, sys.unraisablehook = sys.unraisablehook, unraisable
    alarm = signal.signal(signal.SIGALRM, send)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, alarm)
        sys.unraisablehook = before


def _number(error: BaseException | None) -> int | None:
    """The signal that raised this, if one did."""
    if isinstance(error, KeyboardInterrupt):
        return signal.SIGINT
    code = error.code if isinstance(error, SystemExit) else None
    return next((one for one in _ENDING if code == BY_SIGNAL + one), None)
