"""A mistake in the program ends it, and tells where it happened without a word of the trace."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from recordings_at_hand import RECORDINGS

from rollout_tui.crash import problem, report

SECRET = "secret text of the trace"
TRACE = RECORDINGS / "one-message"
CRASHING = f"""
import sys
from pathlib import Path
from rollout_tui.tui import app

def broken(self):
    secret = {SECRET!r}
    raise KeyError(secret)

app.RolloutApp.on_ready = broken
sys.exit(app.run(app.Opening(Path({str(TRACE)!r}))))
"""


def crashed() -> Exception:
    from rollout_tui.debugger.moving.go_to import go_to

    try:
        go_to(None, SECRET)  # type: ignore[arg-type]
    except AttributeError as error:
        error.add_note(SECRET)
        return error
    raise AssertionError


def test_a_report_names_places_and_types_alone() -> None:
    told = report(crashed())
    first, *rest = told.splitlines()
    assert "AttributeError at rollout_tui/debugger/moving/go_to.py:" in first
    assert any("in go_to" in line for line in rest) and any("Python 3" in line for line in rest)
    assert SECRET not in told and SECRET not in problem(crashed())


def test_a_report_passes_over_code_of_others_and_stays_short() -> None:
    """The folders of others name hosts and users; a recursion would name the same place a thousand times."""
    code = compile(
        "def down(depth, at_the_end):\n    return down(depth - 1, at_the_end) if depth else at_the_end()",
        "/home/ann/site/rollout_tui/deep.py",
        "exec",
    )
    inner: dict[str, Any] = {}
    exec(code, inner)
    try:
        inner["down"](200, lambda: int(SECRET))
    except ValueError as error:
        told = report(error)
    places = [line for line in told.splitlines() if line.startswith("  rollout_tui/")]
    assert set(places) == {"  rollout_tui/deep.py:2 in down"} and len(places) <= 40
    assert not any(word in told for word in ("ann", "site", Path(__file__).name, SECRET))


def test_the_screen_goes_and_the_report_has_no_word_of_the_trace() -> None:
    environment = {"PATH": "/bin:/usr/bin", "TERM": "xterm-256color", "HOME": "/nonexistent"}
    done = subprocess.run(
        [sys.executable, "-c", CRASHING], capture_output=True, text=True, timeout=60, env=environment
    )
    assert done.returncode == 1
    assert "a mistake in this program, KeyError" in done.stderr
    assert SECRET not in done.stderr + done.stdout
