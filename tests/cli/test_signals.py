"""A signal ends a command, whatever ran when it came."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
import weakref
from collections.abc import Callable

import pytest
from in_time import PATIENCE_S

from rollout_tui.commands.signals import ended_by_signals

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _dropped(number: int) -> None:
    with contextlib.suppress(BaseException):
        os.kill(os.getpid(), number)
        time.sleep(PATIENCE_S)


def _in_a_callback_of_a_weak_reference(number: int) -> None:
    class Watched:
        pass

    watched = Watched()
    reference = weakref.ref(watched, lambda _: _passed_on(number))
    del watched
    assert reference() is None


def _in_a_finalizer(number: int) -> None:
    class Finalized:
        def __del__(self) -> None:
            _passed_on(number)

    Finalized()


def _passed_on(number: int) -> None:
    os.kill(os.getpid(), number)
    time.sleep(PATIENCE_S)


def _twice(number: int) -> None:
    _in_a_finalizer(number)
    with contextlib.suppress(BaseException):
        time.sleep(PATIENCE_S)


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
@pytest.mark.parametrize(
    "where", [_passed_on, _dropped, _in_a_callback_of_a_weak_reference, _in_a_finalizer, _twice]
)
def test_it_ends_what_runs(
    where: Callable[[int], None], number: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    before = [signal.getsignal(one) for one in (*SIGNALS, signal.SIGALRM)]
    began = time.monotonic()
    with pytest.raises((SystemExit, KeyboardInterrupt)) as ended, ended_by_signals():
        where(number)
        time.sleep(PATIENCE_S)
    assert issubclass(ended.type, KeyboardInterrupt if number == signal.SIGINT else SystemExit)
    assert isinstance(ended.value, KeyboardInterrupt) or ended.value.code == 128 + number
    assert time.monotonic() - began < PATIENCE_S
    assert capsys.readouterr() == ("", "")
    assert [signal.getsignal(one) for one in (*SIGNALS, signal.SIGALRM)] == before


def test_it_is_not_sent_again_once_the_command_has_ended() -> None:
    with contextlib.suppress(SystemExit), ended_by_signals():
        os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_one_that_the_caller_ignores_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ended_by_signals():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_what_breaks_because_of_it_does_not_complain(monkeypatch: pytest.MonkeyPatch) -> None:
    """An event loop half made complains when it is taken apart."""
    complaints: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", complaints.append)

    class Half:
        def __del__(self) -> None:
            raise AttributeError("never made")

    with contextlib.suppress(SystemExit), ended_by_signals():
        half = Half()
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        finally:
            del half
    assert not complaints
