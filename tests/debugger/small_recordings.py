"""The project's own recordings, and small ones written by hand that have begun."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from recordings_at_hand import RECORDINGS, recordings
from scripted import Script, cell_call, user

from rollout_tui.recording import Trace, open_trace

EXEC = {"type": "other", "name": "exec"}
WAIT = {"type": "other", "name": "wait"}


by_own_folder = pytest.mark.parametrize("folder", recordings(), ids=lambda folder: folder.name)
"""For a test of every recording of the project's own."""


@cache
def own_recording(name: str) -> Trace:
    """One of the project's own recordings, all of it reduced."""
    return open_trace(RECORDINGS / name)


def begun(folder: Path, schema: int = 2) -> Script:
    """Events 1 to 3: the rollout, its root thread, a turn of it."""
    script = Script(folder, schema)
    script.rollout()
    script.begin()
    return script


def with_request(folder: Path, schema: int = 2) -> Script:
    """And 4: a request of the user's `go`."""
    script = begun(folder, schema)
    script.ask("i1", user("go"))
    return script


def with_exec(folder: Path, schema: int = 2) -> Script:
    """And 5: it is answered by a call `x` of code."""
    script = with_request(folder, schema)
    script.answer("i1", cell_call("x"))
    return script


def with_cell(folder: Path, schema: int = 2) -> Script:
    """And 6: the call's code cell 1 starts."""
    script = with_exec(folder, schema)
    script.cell("1", "x")
    return script
