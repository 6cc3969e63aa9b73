"""An export that runs beside the screen: the command `rollout-tui export` in a process of its own.

That keeps the screen fluent, looks at nothing that the reading thread is changing, writes what the command
writes, and leaves nothing behind when it is ended.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

LEFT_OUT = "left out: "
_PROGRAM = "import sys; sys.path[:] = {!r}; from rollout_tui.cli import program; program()"


class Export:
    """One export: `what` is written to `path` by the command with the words `words`.

    `note` is how far it is; once it is `done`, `said` is how it ended. One thread writes, others read.
    """

    def __init__(self, what: str, path: Path, words: Sequence[str]) -> None:
        self.what = what
        self.path = path
        self.done = self.failed = False
        self.note = f"exporting {what}"
        self.said = ""
        self._words = words
        self._stopped = False
        self._left_out: list[str] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._listener: threading.Thread | None = None

    def start(self, tell: Callable[[], object]) -> None:
        """Begin; `tell` is called from a thread when there is something to say. Raises OSError."""
        # Not `-m`, which would look for modules in the current folder first.
        program = [sys.executable, "-c", _PROGRAM.format(sys.path)]
        self._process = subprocess.Popen(
            [*program, "export", *self._words, "--progress"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            # Ctrl+C and a terminal that hangs up reach this program, which ends that one in order.
            start_new_session=True,
        )
        assert self._process.stderr is not None
        self._listener = threading.Thread(
            target=self._listen, args=(self._process, self._process.stderr, tell), name="export", daemon=True
        )
        self._listener.start()

    def stop(self) -> bool:
        """Ask it to end; True if it was still running."""
        running = not self.done and self._process is not None
        if running and self._process is not None:
            self._stopped = True
            self._process.terminate()
        return running

    def wait(self, seconds: float | None = None) -> None:
        """Until it has ended and removed what it had begun, at most so long."""
        if self._listener is not None:
            self._listener.join(seconds)

    def _listen(self, process: subprocess.Popen[bytes], lines: IO[bytes], tell: Callable[[], object]) -> None:
        last = ""
        with lines:
            for line in lines:
                last = line.decode(errors="replace").strip()
                if last.endswith(" %"):
                    self.note = f"exporting {self.what}: {last}"
                    tell()
                elif last.startswith(LEFT_OUT):
                    self._left_out.append(last)
        self._end(process.wait(), last)
        tell()

    def _end(self, status: int, last: str) -> None:
        self.failed = status != 0 or bool(self._left_out)
        if not status:
            self.said = "; ".join((f"wrote {self.what} to {self.path}", *self._left_out[:1]))
        elif self._stopped:
            self.said = "export stopped; nothing was written"
        else:
            said = last.removeprefix("rollout-tui: ").removeprefix("rollout-tui export: ")
            self.said = said or f"the export ended with status {status}"
        self.done = True
