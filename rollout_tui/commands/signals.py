"""A signal ends a command by unwinding what runs, so that half-written output is removed."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from types import FrameType

from rollout_tui.commands.outcome import BY_SIGNAL

AGAIN_S = 0.01
"""After so long a signal is sent again whose exception was lost."""
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let SIGTERM and SIGHUP raise SystemExit(128 + number) in the block, SIGINT KeyboardInterrupt.

    A signal that the caller chose to ignore (`nohup`) stays ignored. One whose exception nobody passed on is
    sent again: the interpreter drops exceptions in finalizers, in callbacks of weak references (the end of
    every import is one), and while it compiles.
    """
    lost: list[int] = []
    ending = over = False

    def end(number: int, frame: FrameType | None) -> None:
        nonlocal ending
        ending = True
        warnings.simplefilter("ignore")
        raise (_Interrupted if number == signal.SIGINT else _Ended)(number, vanished)

    def vanished(number: int) -> None:
        if not over:
            lost.append(number)
            signal.setitimer(signal.ITIMER_REAL, AGAIN_S)

    def send(number: int, frame: FrameType | None) -> None:
        while lost:
            os.kill(os.getpid(), lost.pop())

    def unraisable(found: sys.UnraisableHookArgs) -> None:
        # What is taken apart half made complains, and nobody can mend it.
        if not ending:
            complain(found)

    usual = (signal.SIG_DFL, signal.default_int_handler)
    taken = {one: before for one in _ENDING if (before := signal.getsignal(one)) in usual}
    alarm = signal.signal(signal.SIGALRM, send)
    complain, sys.unraisablehook = sys.unraisablehook, unraisable
    for one in taken:
        signal.signal(one, end)
    try:
        with warnings.catch_warnings():
            yield
    finally:
        over = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        sys.unraisablehook = complain
        signal.signal(signal.SIGALRM, alarm)
        for one, before in taken.items():
            signal.signal(one, before)


class _Unwinding(BaseException):
    """What a signal raises: an exception that tells of its end, which comes early where it is dropped."""

    def __init__(self, number: int, vanished: Callable[[int], None]) -> None:
        super().__init__(BY_SIGNAL + number)
        self._number = number
        self._vanished = vanished

    def __del__(self) -> None:
        self._vanished(self._number)


class _Ended(_Unwinding, SystemExit):
    pass


class _Interrupted(_Unwinding, KeyboardInterrupt):
    pass
