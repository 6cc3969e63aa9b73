"""The program follows the real Codex CLI, run against a scripted model on loopback.

Needs the shared tools and a Codex release that `codex-oracle` has installed; says so where it skips.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tmux_terminal import Terminal

SHARED = Path(os.environ.get("ROLLOUT_TUI_SHARED", Path(__file__).parents[3] / "shared"))
LIVE_CODEX = SHARED / "tools" / "live-codex"
RELEASES = Path(os.environ.get("CODEX_ORACLE_HOME", Path.home() / ".cache" / "codex-oracle"))
RELEASE = "0.169.0"
LONGEST_S = 60.0

pytestmark = [
    pytest.mark.live_codex,
    pytest.mark.skipif(not LIVE_CODEX.exists(), reason="the shared tool live-codex is not there"),
    pytest.mark.skipif(
        not (RELEASES / RELEASE / "node_modules").exists(),
        reason=f"Codex {RELEASE} is not installed: run codex-oracle {RELEASE} BUNDLE once",
    ),
]


@pytest.fixture
def codex(tmp_path: Path) -> Iterator[Path]:
    """The folder of the trace that a running Codex writes into."""
    root = tmp_path / "traces"
    root.mkdir()
    words = [str(LIVE_CODEX), str(root), "--script", "cells", "--pace", "0.7", "--version", RELEASE]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    stop = time.monotonic() + LONGEST_S
    while not any(root.glob("*/trace.jsonl")):
        if process.poll() is not None or time.monotonic() > stop:
            process.kill()
            pytest.skip(f"Codex cannot run here: {process.communicate()[1][-300:]}")
        time.sleep(0.05)
    yield root
    process.kill()
    process.communicate()


def test_the_yield_and_both_waits_show_as_they_happen(codex: Path, terminal: Terminal) -> None:
    terminal.type(f"{sys.executable} -m rollout_tui {codex} --latest --lens cells")
    terminal.until("LIVE", "following")
    terminal.until("cell 1", "yielded", "call_wait_1")
    waiting = terminal.until("call_wait_2")
    assert "cell 1" in waiting
    terminal.until("ENDED", "completed")
    terminal.press("g")
    assert "not one cell" not in terminal.until("#1/")
    terminal.press("End")
    terminal.until("call_wait_1", "call_wait_2", "cell 1")
