"""Running `rollout-tui`: in this process, with what it prints, or as a program of its own."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

from rollout_tui.cli import main


class Done(NamedTuple):
    """How a command ended."""

    status: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        """Standard output as text."""
        return self.out.decode()

    @property
    def json(self) -> Any:
        """Standard output as one JSON document."""
        return json.loads(self.out)


def run(*arguments: str | Path) -> Done:
    """Run a command in this process. Standard output is no terminal."""
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = main([str(one) for one in arguments])
    return Done(status, out.buffer.getvalue(), err.getvalue())  # type: ignore[attr-defined]


def program(*arguments: str | Path, **more: Any) -> Done:
    """Run a command as a program of its own, as people do."""
    command = [sys.executable, "-m", "rollout_tui", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=60, **more)
    return Done(done.returncode, done.stdout, done.stderr.decode())
