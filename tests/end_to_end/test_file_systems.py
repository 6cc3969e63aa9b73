"""File systems that are in the way of the agent or of the viewer: full, or silent about changes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from in_time import becomes
from no_change_events import no_change_events
from tmux_terminal import Terminal, program
from writing_agents import HERE, BusyAgent

UNSHARE = ("unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt")


class AgentOnSmallDisk:
    """A busy agent whose recording lies on a disk of 4 MiB, half of it taken, that its terminal sees too."""

    def __init__(self, terminal: Terminal, folder: Path) -> None:
        disk, self._pipe, self._said = folder / "disk", folder / "pipe", folder / "said"
        disk.mkdir()
        os.mkfifo(self._pipe)
        terminal.type("unshare -rm sh")
        terminal.type(f"mount -t tmpfs -o size=4m none {disk}; head -c 2000k /dev/zero > {disk}/ballast")
        agent = f"{sys.executable} {HERE / 'busy_agent.py'} {disk}/root"
        terminal.type(f"{agent} < {self._pipe} > {self._said} & echo $! > {folder}/process; echo begun")
        terminal.until("begun")
        self._input = self._pipe.open("w")
        self.folder = Path(self._line(0))
        # The disk as this process and its children see it.
        self.seen = Path(f"/proc/{(folder / 'process').read_text().strip()}/root")
        self._ballast = self.seen / disk.relative_to("/") / "ballast"
        self._answers = 0

    def _line(self, number: int) -> str:
        def said() -> list[str]:
            return self._said.read_text().splitlines()[number:] if self._said.exists() else []

        return becomes(said, every_s=0.05)[0]

    def calls(self, count: int) -> int:
        """Make tool calls; how many events and payloads were lost so far."""
        self._input.write(f"{count}\n")
        self._input.flush()
        self._answers += 1
        return int(self._line(self._answers))

    def make_room(self) -> None:
        self._ballast.unlink()

    @property
    def lines(self) -> int:
        """Whole lines in its spine."""
        return (self.seen / self.folder.relative_to("/") / "trace.jsonl").read_bytes().count(b"\n")

    def close(self) -> None:
        self._input.close()


@pytest.fixture
def small_disk(terminal: Terminal, tmp_path: Path) -> Iterator[AgentOnSmallDisk]:
    if shutil.which("unshare") is None or subprocess.run(UNSHARE, check=False).returncode:
        pytest.skip("a disk of one's own cannot be made here: unshare -rm is refused")
    made = AgentOnSmallDisk(terminal, tmp_path)
    yield made
    made.close()


def test_a_full_disk_on_the_side_of_the_agent(terminal: Terminal, small_disk: AgentOnSmallDisk) -> None:
    assert small_disk.calls(50) == 0
    terminal.type(program(small_disk.folder))
    head = small_disk.lines
    terminal.until(f"#{head}/{head}", "following")
    lost = small_disk.calls(1000)
    assert lost > 0, "the disk is full"
    assert small_disk.lines > head
    head = small_disk.lines
    terminal.until(f"#{head}/{head}", "LIVE", "following")
    terminal.press("8", "g")
    terminal.until(f"#1/{head}", "rollout_started")
    terminal.press("G", "1")
    small_disk.make_room()
    assert small_disk.calls(50) == lost, "what comes now is written again"
    head = small_disk.lines
    terminal.until(f"#{head}/{head}", "LIVE", "following")


def test_without_change_events_the_timer_finds_everything(
    terminal: Terminal, busy_agent: BusyAgent, tmp_path: Path
) -> None:
    silent = no_change_events()
    if silent is None:
        pytest.skip("this system does not let us take inotify away: unshare -r is refused")
    script = tmp_path / "viewer"
    words = " ".join(f"'{word}'" for word in silent)
    script.write_text(f"#!/bin/sh\nexec {words} {program(busy_agent.folder)}\n")
    script.chmod(0o755)
    busy_agent.begin(20)
    busy_agent.done()
    terminal.type(str(script))
    terminal.until(f"#{busy_agent.events}/{busy_agent.events}", "following")
    # The benchmark measures how soon; here nothing is missed or left for the next change.
    for calls in (1, 30, 1, 500, 1):
        busy_agent.begin(calls)
        busy_agent.done()
        terminal.until(f"#{busy_agent.events}/{busy_agent.events}", "following")
    away = busy_agent.folder.rename(busy_agent.folder.with_name("away"))
    terminal.until("MISSING")
    away.rename(busy_agent.folder)
    terminal.until("LIVE", "trace.jsonl back")
