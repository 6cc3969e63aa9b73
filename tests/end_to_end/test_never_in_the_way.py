"""The program only reads: no write, no lock, no wait for whoever records, whatever is done in it."""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tmux_terminal import Terminal, processes, program
from writing_agents import Agent

# Everything but opening, reading and closing what was not open for writing.
CHANGES = {
    0x2: "written",
    0x4: "attributes changed",
    0x8: "closed after writing",
    0x40: "moved away",
    0x80: "moved here",
    0x100: "made",
    0x200: "removed",
    0x400: "removed itself",
    0x800: "moved itself",
}

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="inotify and /proc are Linux's")


class Watched:
    """What happens to a folder and all that lies in it, by whomever: the kernel's own account of it."""

    def __init__(self, folder: Path) -> None:
        library = ctypes.CDLL(None, use_errno=True)
        self._events = library.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        self._folders: dict[int, Path] = {}
        for one in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
            watch = library.inotify_add_watch(self._events, os.fsencode(one), sum(CHANGES))
            assert watch >= 0, os.strerror(ctypes.get_errno())
            self._folders[watch] = one

    def changes(self) -> list[str]:
        """What happened since the last time, in words."""
        found = []
        while data := self._read():
            at = 0
            while at < len(data):
                watch, mask, _, size = struct.unpack_from("iIII", data, at)
                name = data[at + 16 : at + 16 + size].rstrip(b"\0").decode()
                happened = [word for bit, word in CHANGES.items() if mask & bit]
                found.append(f"{self._folders[watch] / name}: {', '.join(happened)}")
                at += 16 + size
        return found

    def _read(self) -> bytes:
        try:
            return os.read(self._events, 1 << 16)
        except BlockingIOError:
            return b""

    def close(self) -> None:
        os.close(self._events)


@pytest.fixture
def watched(agent: Agent) -> Iterator[Watched]:
    agent.write(45)
    while agent.spine.read_bytes() != agent.lines(45):
        pass
    made = Watched(agent.folder.parent)
    yield made
    made.close()


def open_files(process: int, folder: Path) -> list[tuple[str, int]]:
    """Files of a process below a folder, with the flags they were opened with."""
    found = []
    for descriptor in Path(f"/proc/{process}/fd").iterdir():
        try:
            name = os.readlink(descriptor)  # noqa: PTH115
            flags = Path(f"/proc/{process}/fdinfo/{descriptor.name}").read_text()
        except OSError:
            continue
        if name.startswith(str(folder)):
            found.append((name, int(flags.partition("flags:")[2].split()[0], 8)))
    return found


def locks(process: int) -> list[str]:
    """Locks that a process holds or waits for."""
    return [line for line in Path("/proc/locks").read_text().splitlines() if f" {process} " in line]


def test_a_whole_session_writes_nothing_and_locks_nothing(
    terminal: Terminal, agent: Agent, watched: Watched, tmp_path: Path
) -> None:
    terminal.type(program(agent.folder))
    terminal.until("LIVE", "#45/45", "following")
    (process,) = processes(agent.folder)
    for lens in "12345678":
        terminal.press(lens)
    for step in (
        "g",
        "s",
        "s",
        "n",
        "f",
        "}",
        ")",
        "t",
        "i",
        "w",
        "o",
        "a",
        ">",
        "e",
        "E",
        "<",
        "W",
        "I",
        "T",
    ):
        terminal.press(step)
    terminal.press("L", "v", "z", "z", "v", "H", "H", "Enter", "BSpace")
    terminal.press("m", "g", "D", "y", "1")
    terminal.type(":45")
    terminal.until("#45/45")
    for line in (":break status=failed", ":watch input_tokens", ":note stuck here", ":recordings"):
        terminal.type(line)
    terminal.until("recordings", "bundle")
    terminal.press("Enter")
    terminal.until("LIVE", "/45")
    terminal.type("/exec")
    terminal.until("hit")
    terminal.press("n", "n", "Escape", "Escape")
    exported = tmp_path / "account.md"
    terminal.type(f":export md {exported}")
    terminal.until("wrote an account")
    assert exported.stat().st_size
    assert watched.changes() == []
    assert locks(process) == []
    opened = open_files(process, agent.folder)
    assert opened and all(flags & os.O_ACCMODE == os.O_RDONLY for _, flags in opened)
    terminal.press("G")
    agent.write(3)
    terminal.until("#48/48")
    spine = f"{agent.spine}: written"
    assert set(watched.changes()) == {spine}, "only the agent's own writes"
    terminal.press("q")
    terminal.until_prompt()
    for command in ("findings", "blocked", "summary", "check", "context", "reduce -o /dev/null"):
        word, _, options = command.partition(" ")
        terminal.type(f"clear; {sys.executable} -m rollout_tui {word} {agent.folder} {options}; echo done $?")
        terminal.until("done ")
    assert watched.changes() == []


def test_a_bundle_that_nobody_may_write_to(terminal: Terminal, agent: Agent) -> None:
    agent.write(45)
    for path in (*agent.folder.rglob("*"), agent.folder):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        terminal.type(program(agent.folder))
        terminal.until("LIVE", "#45/45")
        terminal.press("8", "g")
        terminal.until("#1/45", "rollout_started")
        agent.write(1)
        terminal.until("/46", "+1 event")
    finally:
        for path in (agent.folder, *agent.folder.rglob("*")):
            path.chmod(0o755)
