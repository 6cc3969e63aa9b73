"""A pseudo-terminal whose every byte is kept, to see what a program sends a terminal."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

PATIENCE_S = 30.0
CHUNK = 1 << 16


class RawTerminal:
    """`rollout-tui` with these arguments in a terminal; `output` are the bytes so far."""

    def __init__(
        self, arguments: Sequence[str | Path], home: Path, *, columns: int = 120, rows: int = 40
    ) -> None:
        self.output = b""
        self.status: int | None = None
        words = [sys.executable, "-m", "rollout_tui", *map(str, arguments)]
        homes = {name: str(home / name) for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "TMPDIR")}
        for folder in homes.values():
            Path(folder).mkdir(parents=True, exist_ok=True)
        surroundings = {**os.environ, **homes, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.execvpe(words[0], words, surroundings)
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            self.wait()
        os.close(self._terminal)

    @property
    def text(self) -> str:
        """All that was sent, decoded; raises where it is no UTF-8."""
        return self.output.decode()

    def is_raw(self) -> bool:
        """Whether the terminal is in the mode of a full-screen program: no echo, no lines."""
        return not termios.tcgetattr(self._terminal)[3] & (termios.ECHO | termios.ICANON)

    def send(self, keys: str) -> None:
        """Type keys and wait for nothing."""
        os.write(self._terminal, keys.encode())

    def type(self, keys: str) -> None:
        """Type keys and wait until nothing is painted any more."""
        self.send(keys)
        self.settle()

    def settle(self, quiet_s: float = 0.15) -> None:
        """Take what is sent until nothing comes for a while."""
        stop = time.monotonic() + PATIENCE_S
        while time.monotonic() < stop and self._take(quiet_s):
            pass

    def until(self, words: str) -> None:
        """Wait until these words have been sent."""
        stop = time.monotonic() + PATIENCE_S
        while words.encode() not in self.output:
            assert time.monotonic() < stop, f"{words!r} did not come"
            self._take(0.1)

    def send_signal(self, number: int) -> None:
        """Send the program a signal."""
        os.kill(self.pid, number)

    def wait(self) -> int:
        """The exit status, minus the number of the signal that ended it; what it still sends is taken."""
        stop = time.monotonic() + PATIENCE_S
        while self.status is None:
            self._take(0.05)
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            if ended:
                self.status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > stop:
                raise AssertionError("it does not end")
        self.settle()
        return self.status

    def _take(self, seconds: float) -> bool:
        """Take what has been sent; False where nothing comes for so long."""
        if not select.select([self._terminal], [], [], seconds)[0]:
            return False
        with contextlib.suppress(OSError):
            data = os.read(self._terminal, CHUNK)
            self.output += data
            return bool(data)
        return False
