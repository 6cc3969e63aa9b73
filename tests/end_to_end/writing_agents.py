"""Processes that write a recording while it is looked at."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from recordings_at_hand import RECORDINGS

HERE = Path(__file__).parent
TWO_CELLS = RECORDINGS / "two-cells-interleaved"


class _Process:
    def __init__(self, *words: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def _say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def _answer(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


class Agent(_Process):
    """Writes the lines of a recording when it is told to, and holds the file open."""

    def __init__(self, folder: Path, source: Path = TWO_CELLS) -> None:
        super().__init__(str(HERE / "appender.py"), str(source), str(folder))
        self.folder = folder
        self.source = source
        assert self._answer() == "ready"

    @property
    def spine(self) -> Path:
        return self.folder / "trace.jsonl"

    def lines(self, count: int) -> bytes:
        """The first lines of what it writes."""
        return b"".join((self.source / "trace.jsonl").read_bytes().splitlines(keepends=True)[:count])

    def write(self, count: int) -> None:
        """So many lines more."""
        self._say(str(count))

    def write_bytes(self, count: int) -> None:
        """So many bytes more."""
        self._say(f"bytes {count}")


class BusyAgent(_Process):
    """Records tool calls with the recorder, as fast as it can."""

    def __init__(self, root: Path) -> None:
        super().__init__(str(HERE / "busy_agent.py"), str(root))
        self.folder = Path(self._answer())

    def begin(self, calls: int) -> None:
        """Start so many tool calls."""
        self._say(str(calls))

    def done(self) -> int:
        """Wait for the calls that were begun; how many events could not be written."""
        return int(self._answer())

    def end(self) -> None:
        """Let it end its recording."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()

    @property
    def events(self) -> int:
        """Lines in its spine."""
        return (self.folder / "trace.jsonl").read_bytes().count(b"\n")
