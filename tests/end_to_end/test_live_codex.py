"""The program follows the real Codex CLI, run against a scripted model on loopback.

Needs the shared tools and a Codex release that `codex-oracle` has installed, and a kernel that lets users
make network namespaces; says so where it skips.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from in_time import PATIENCE_S
from recordings_at_hand import SHARED
from tmux_terminal import Terminal, program

LIVE_CODEX = SHARED / "tools" / "live-codex"
RELEASES = Path(os.environ.get("CODEX_ORACLE_HOME", Path.home() / ".cache" / "codex-oracle"))
RELEASE = "0.169.0"

pytestmark = [
    pytest.mark.live_codex,
    pytest.mark.skipif(not LIVE_CODEX.exists(), reason="the shared tool live-codex is not there"),
    pytest.mark.skipif(
        not (RELEASES / RELEASE / "node_modules").exists(),
        reason=f"Codex {RELEASE} is not installed: run codex-oracle {RELEASE} BUNDLE once",
    ),
    pytest.mark.skipif(
        subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode != 0
        if shutil.which("unshare")
        else True,
        reason="a network of its own cannot be made for Codex here: unshare -rn is refused",
    ),
]


class Codex:
    """The real CLI that plays a script, each answer of its model after `pace` seconds."""

    def __init__(self, root: Path, script: str, pace: float, turns: int) -> None:
        words = [str(LIVE_CODEX), str(root), "--script", script, "--pace", str(pace), "--turns", str(turns)]
        self.root = root
        # Codex runs in a session of its own, so that it can be killed with all it has started.
        self._process = subprocess.Popen(
            [*words, "--version", RELEASE],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def kill(self) -> None:
        """SIGKILL for Codex and what runs it: nobody writes an end."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()

    def ends(self) -> int:
        """Wait for its end; its exit status."""
        return self._process.wait(PATIENCE_S)

    @property
    def bundle(self) -> Path:
        """Its bundle, once there is one."""
        stop = time.monotonic() + PATIENCE_S
        while not (found := list(self.root.glob("*/trace.jsonl"))):
            assert self._process.poll() is None, f"Codex has ended: {self._process.communicate()[1][-500:]}"
            assert time.monotonic() < stop, "Codex writes no trace"
            time.sleep(0.05)
        return found[0].parent


@pytest.fixture
def codex(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Codex]:
    """Codex at work on the script that the test asks for."""
    script, pace, turns = request.param
    made = Codex(tmp_path / "traces", script, pace, turns)
    yield made
    made.kill()


def follow(codex: Codex, terminal: Terminal, *words: str) -> None:
    """Open its bundle and wait until its last event and these words are shown."""
    terminal.type(program(codex.bundle))
    terminal.until("LIVE", "following", *words)


@pytest.mark.parametrize("codex", [("cells", 0.7, 1)], indirect=True)
def test_the_yield_and_both_waits_show_as_they_happen(codex: Codex, terminal: Terminal) -> None:
    terminal.type(program(codex.root, "--wait", "--latest", "--lens", "cells"))
    terminal.until("LIVE", "following")
    terminal.until("cell 1", "yielded", "call_wait_1")
    assert "cell 1" in terminal.until("call_wait_2")
    terminal.until("ENDED", "completed", "the rollout has ended", "no failures")
    terminal.press("g")
    assert "not one cell" not in terminal.until("#1/")
    terminal.press("End")
    terminal.until("call_wait_1", "call_wait_2", "cell 1")
    assert codex.ends() == 0


@pytest.mark.parametrize("codex", [("failures", 0.7, 1)], indirect=True)
def test_failures_show_and_the_first_one_stops_the_cursor(codex: Codex, terminal: Terminal) -> None:
    follow(codex, terminal, "inference 1")
    terminal.type(":break failure")
    # That it is set is said until it stops somewhere, which may be at once.
    stopped = terminal.until("stop 1  break failure", "+")
    assert "following" not in stopped
    terminal.until("ENDED", "3 failures")
    terminal.press("7")
    found = terminal.until("findings  3 errors")
    for code in ("command_failed", "inference_failed", "code_cell_failed", "patch_failed"):
        assert code in found, code
    assert codex.ends() == 0


@pytest.mark.parametrize("codex", [("agents", 1.0, 1)], indirect=True)
def test_a_child_agent_shows_while_its_parent_waits_for_it(codex: Codex, terminal: Terminal) -> None:
    terminal.type(program(codex.bundle, "--lens", "agents", "--thread", "/root"))
    terminal.until("LIVE", "/root/scout")
    terminal.until("/root", "blocked", "on wait_agent(call_wait) -> /root/scout")
    terminal.until("ENDED", "spawn", "result", "no failures")
    assert codex.ends() == 0


@pytest.mark.parametrize("codex", [("long", 0.0, 60)], indirect=True)
def test_a_long_run_is_followed_and_pinned(codex: Codex, terminal: Terminal) -> None:
    follow(codex, terminal, "inference 5")
    terminal.press("S")
    terminal.until("+1", "events", without="following")
    terminal.press("F")
    terminal.until("following", "inference 2")
    terminal.until("ENDED", "inference 61", "no failures")
    assert codex.ends() == 0


@pytest.mark.parametrize("codex", [("cells", 3.0, 1)], indirect=True)
def test_codex_killed_at_work_shows_as_stopped_with_what_was_open(codex: Codex, terminal: Terminal) -> None:
    follow(codex, terminal, "inference 2")
    codex.kill()
    stopped = terminal.until("STOPPED", "ago", "things open")
    assert "LIVE" not in stopped
    terminal.press("7")
    terminal.until("stopped_open")
    terminal.press("q")
    terminal.until_prompt()
    terminal.type(program(codex.root))
    terminal.until("stopped", "play the script cells")
