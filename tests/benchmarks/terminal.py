"""Programs in a pseudo-terminal: when they paint, what they show, and what they cost meanwhile."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.benchmarks.processes import waited_s
from tests.benchmarks.screen import Screen

FRAME_END = b"\x1b[?2026l"
ASKS_FOR_FRAMES = b"\x1b[?2026$p"
HAS_FRAMES = b"\x1b[?2026;2$y"
CHUNK = 1 << 16
TICKS = os.sysconf("SC_CLK_TCK")
MIB = 1 << 20


@dataclass(frozen=True)
class Painted:
    """Ms from a key to the end of the last frame; `waited_ms` of them the program waited for a processor."""

    ms: float
    waited_ms: float

    @property
    def calm_ms(self) -> float:
        """About what it takes on a machine with nothing else to do."""
        return max(0.0, self.ms - self.waited_ms)


class Terminal:
    """A program in a terminal of its own. All times are those of `time.perf_counter`, in seconds.

    The terminal answers the question for synchronised output, so `frames` are ends of whole frames where the
    program brackets them (Textual does), else of pieces of output.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 120,
        rows: int = 40,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.screen = Screen(columns, rows)
        self.frames: list[float] = []
        self.output_bytes = 0
        self.ended = False
        self._brackets = False
        self._pending = b""
        colours = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
        surroundings = {**os.environ, **colours, **(environment or {})}
        size = struct.pack("HHHH", rows, columns, 0, 0)
        self.started = time.perf_counter()
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, size)
            os.execvpe(command[0], list(command), surroundings)
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, size)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    # -- reading ---------------------------------------------------------------

    def pump(self, wait_s: float) -> bool:
        """Take in output that comes within `wait_s`; False when none came."""
        if self.ended or not select.select([self._terminal], [], [], max(0.0, wait_s))[0]:
            return False
        try:
            data = os.read(self._terminal, CHUNK)
        except OSError:
            data = b""
        now = time.perf_counter()
        if not data:
            self.ended = True
            return False
        self.output_bytes += len(data)
        # What the program asks and how it brackets can lie across two reads.
        seen = self._pending + data
        if ASKS_FOR_FRAMES in seen:
            os.write(self._terminal, HAS_FRAMES)
            self._brackets = True
        if not self._brackets or FRAME_END in seen:
            self.frames.append(now)
        self._pending = data[-(len(FRAME_END) - 1) :] if FRAME_END not in data else b""
        self.screen.feed(data)
        return True

    def run_for(self, seconds: float) -> None:
        """Take in output for a while."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0 and not self.ended:
            self.pump(left)

    def wait_until(self, holds: Callable[[Screen], bool], limit_s: float) -> float | None:
        """The time of the first frame for which `holds`; None when there is none within `limit_s`."""
        end = time.perf_counter() + limit_s
        count = -1
        while True:
            if len(self.frames) != count:
                count = len(self.frames)
                if holds(self.screen):
                    return self.frames[-1] if self.frames else time.perf_counter()
            left = end - time.perf_counter()
            if left <= 0 or self.ended:
                return None
            self.pump(left)

    def settle(self, quiet_s: float, limit_s: float) -> float:
        """Wait until nothing was painted for `quiet_s`; the time of the last frame."""
        end = time.perf_counter() + limit_s
        while time.perf_counter() < end and self.pump(quiet_s):
            pass
        return self.frames[-1] if self.frames else self.started

    def still(self, limit_s: float, share: float = 0.05, over_s: float = 0.5) -> None:
        """Wait until the program uses less than `share` of a core over `over_s`."""
        end = time.perf_counter() + limit_s
        while time.perf_counter() < end:
            before = self.cpu_s
            self.run_for(over_s)
            if self.cpu_s - before < share * over_s:
                return

    # -- writing ---------------------------------------------------------------

    def type(self, keys: bytes) -> float:
        """Send keys; the time just before."""
        now = time.perf_counter()
        os.write(self._terminal, keys)
        return now

    def press(
        self,
        keys: bytes,
        shows: Callable[[Screen], bool] | None = None,
        *,
        quiet_s: float = 0.06,
        limit_s: float = 10.0,
    ) -> Painted | None:
        """Send keys and wait until everything is painted.

        Everything is painted when `shows` holds and no frame came for `quiet_s` (which is not counted). None
        when nothing was painted, or never what was to be shown.
        """
        count = len(self.frames)
        waited = waited_s(self.pid)
        sent = self.type(keys)
        if self.wait_until(lambda screen: len(self.frames) > count and (not shows or shows(screen)), limit_s):
            taken = self.settle(quiet_s, limit_s) - sent
            return Painted(taken * 1000, (waited_s(self.pid) - waited) * 1000)
        return None

    # -- costs -----------------------------------------------------------------

    @property
    def resident_mib(self) -> float:
        """Resident memory in MiB."""
        return self._status("VmRSS")

    @property
    def peak_mib(self) -> float:
        """The most memory it ever had, in MiB."""
        return self._status("VmHWM")

    def _status(self, name: str) -> float:
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1]) * 1024 / MIB
        return 0.0

    @property
    def cpu_s(self) -> float:
        """Processor time it has used, in seconds."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def close(self) -> None:
        """End it at once: nobody needs this terminal afterwards."""
        with contextlib.suppress(OSError):
            os.kill(self.pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            os.waitpid(self.pid, 0)
        os.close(self._terminal)
