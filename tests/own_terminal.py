"""A pseudo-terminal of a program's own, every byte of it kept."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping
from typing import Self

from in_time import PATIENCE_S

CHUNK = 1 << 16


class OwnTerminal:
    """`rollout-tui` with these arguments in a terminal; `output` is all it wrote so far.

    Of `environment` those that are None are taken away. `before` is how the terminal was.
    """

    def __init__(
        self,
        *arguments: object,
        environment: Mapping[str, str | None],
        size: tuple[int, int] = (120, 40),
    ) -> None:
        self.output = b""
        self._ours, self._theirs = pty.openpty()
        self._size = size
        self.resize(*size)
        self.before = self.attributes
        surroundings = {**os.environ, **environment}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "rollout_tui", *map(str, arguments)],
            stdin=self._theirs,
            stdout=self._theirs,
            stderr=self._theirs,
            env={name: value for name, value in surroundings.items() if value is not None},
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )

    @property
    def attributes(self) -> list[object]:
        """How the terminal is set, as `termios` has it."""
        return termios.tcgetattr(self._theirs)

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size."""
        fcntl.ioctl(self._theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def send(self, keys: str | bytes) -> None:
        """Type keys and wait for nothing."""
        os.write(self._ours, keys.encode() if isinstance(keys, str) else keys)

    def take(self, seconds: float) -> bool:
        """Take what has been written; False where nothing comes for so long."""
        if not select.select([self._ours], [], [], seconds)[0]:
            return False
        self.output += os.read(self._ours, CHUNK)
        return True

    def until(self, holds: Callable[[bytes], object]) -> bytes:
        """All output, once `holds` is true of it, or the program has ended."""
        stop = time.monotonic() + PATIENCE_S
        while not holds(self.output):
            assert time.monotonic() < stop, self.output[-2000:]
            if not self.take(0.02) and self.process.poll() is not None:
                break
        return self.output

    def ended(self) -> int:
        """The exit status, minus the number of the signal that ended it; what it still wrote is taken."""
        self.until(lambda output: self.process.poll() is not None)
        status = self.process.wait(PATIENCE_S)
        while self.take(0.05):
            pass
        return status

    def close(self) -> None:
        """End the program and give the terminal back."""
        with contextlib.suppress(OSError):
            self.process.kill()
        self.process.wait()
        os.close(self._ours)
        os.close(self._theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
