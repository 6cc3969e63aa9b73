from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tmux_terminal import Terminal
from writing_agents import Agent, BusyAgent


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    made = Terminal(tmp_path)
    made.open()
    yield made
    made.close()


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[Agent]:
    """A process that writes a recording when it is told to."""
    made = Agent(tmp_path / "root" / "bundle")
    yield made
    made.kill()


@pytest.fixture
def busy_agent(tmp_path: Path) -> Iterator[BusyAgent]:
    """A process that records as fast as it can."""
    made = BusyAgent(tmp_path / "root")
    yield made
    made.kill()
