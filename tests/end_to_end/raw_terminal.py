"""A terminal to walk through a screen in, and see what it is sent."""

from __future__ import annotations

import termios
import time
from collections.abc import Sequence
from pathlib import Path

from in_time import PATIENCE_S
from own_terminal import OwnTerminal

QUIET_S = 2.0
"""So long after the last of what was painted something can still come."""


class RawTerminal(OwnTerminal):
    """`rollout-tui` with these arguments, settings and temporary files in `home`."""

    def __init__(
        self, arguments: Sequence[str | Path], home: Path, *, columns: int = 120, rows: int = 40
    ) -> None:
        homes = {name: str(home / name) for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "TMPDIR")}
        for folder in homes.values():
            Path(folder).mkdir(parents=True, exist_ok=True)
        surroundings = {**homes, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        super().__init__(*arguments, environment=surroundings, size=(columns, rows))

    @property
    def text(self) -> str:
        """All that was sent, decoded; raises where it is no UTF-8."""
        return self.output.decode()

    def is_raw(self) -> bool:
        """Whether the terminal is in the mode of a full-screen program: no echo, no lines."""
        return not termios.tcgetattr(self._theirs)[3] & (termios.ECHO | termios.ICANON)

    def type(self, keys: str) -> None:
        """Type keys and wait until nothing is painted any more."""
        self.send(keys)
        self.settle()

    def settle(self, quiet_s: float = 0.15) -> None:
        """Take what is sent until nothing comes for a while."""
        stop = time.monotonic() + PATIENCE_S
        while time.monotonic() < stop and self.take(quiet_s):
            pass

    def shows(self, words: str) -> None:
        """Wait until these words have been sent.

        Only what changes is painted, so words that were there in part may never be sent whole: when nothing
        more comes all is painted anew.
        """
        stop = time.monotonic() + PATIENCE_S
        while words.encode() not in self.output:
            if not self.take(QUIET_S):
                assert self.process.poll() is None, f"ended without {words!r}"
                self._paint_anew()
            assert time.monotonic() < stop, f"no {words!r}"

    def _paint_anew(self) -> None:
        columns, rows = self._size
        self.resize(columns, rows - 1)
        self.settle()
        self.resize(columns, rows)
