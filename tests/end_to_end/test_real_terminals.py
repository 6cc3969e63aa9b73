"""Terminals that are slow, change their size in a burst, are left and come back; several over one trace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tmux_terminal import Terminal, processes, program
from writing_agents import BusyAgent

MOST_QUEUED_KIB = 8 * 1024


def resident_kib(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


@contextmanager
def another_terminal(folder: Path, width: int = 120, height: int = 40) -> Iterator[Terminal]:
    folder.mkdir()
    made = Terminal(folder)
    made.open(width, height)
    try:
        yield made
    finally:
        made.close()


def panes(terminal: Terminal) -> list[str]:
    """What is shown of the recording: all but the footer, which may hold a message."""
    return terminal.screen().splitlines()[:-1]


def same_panes(one: Terminal, other: Terminal) -> bool:
    """Whether both show the same once they are still: lanes may lag a quarter of a second behind the rest."""
    for _ in range(40):
        if panes(one) == panes(other):
            return True
        one.wait(0.05)
    return panes(one) == panes(other)


def test_a_terminal_that_takes_no_output_for_seconds(
    terminal: Terminal, busy_agent: BusyAgent, tmp_path: Path
) -> None:
    busy_agent.begin(50)
    busy_agent.done()
    with another_terminal(tmp_path / "second") as fluent:
        viewers: list[int] = []
        for viewer in (terminal, fluent):
            viewer.type(program(busy_agent.folder))
            viewer.until(f"#{busy_agent.events}/{busy_agent.events}", "following")
            viewers.append(next(iter(set(processes(busy_agent.folder)) - set(viewers))))
        stuck, other = viewers
        terminal.stop_reading()
        for _ in range(12):
            # Pauses between the bursts, so that each is news of its own.
            busy_agent.begin(300)
            assert busy_agent.done() == 0
            terminal.wait(0.25)
        head = busy_agent.events
        fluent.until(f"#{head}/{head}", "following")
        most = resident_kib(other) + MOST_QUEUED_KIB
        assert resident_kib(stuck) < most, "nothing piles up"
        terminal.read_on()
        terminal.until(f"#{head}/{head}", "following")
        busy_agent.end()
        for viewer in (terminal, fluent):
            viewer.until(f"#{busy_agent.events}/{busy_agent.events}", "ENDED", " warnings")
        assert same_panes(terminal, fluent), "what was held back left nothing wrong on the screen"


def test_keys_typed_into_a_terminal_that_is_stuck(terminal: Terminal, busy_agent: BusyAgent) -> None:
    busy_agent.begin(100)
    busy_agent.done()
    terminal.type(program(busy_agent.folder))
    terminal.until("following", f"#{busy_agent.events}/")
    terminal.stop_reading()
    busy_agent.begin(300)
    busy_agent.done()
    terminal.read_on()
    terminal.press("g")
    terminal.until(f"#1/{busy_agent.events}", "+")
    terminal.press("F")
    terminal.until(f"#{busy_agent.events}/{busy_agent.events}", "following")


def test_changes_of_size_during_a_burst(terminal: Terminal, busy_agent: BusyAgent, tmp_path: Path) -> None:
    busy_agent.begin(20)
    busy_agent.done()
    terminal.type(program(busy_agent.folder))
    terminal.until("following")
    busy_agent.begin(4000)
    for width, height in ((80, 24), (200, 60), (79, 23), (133, 31), (30, 8), (120, 40), (91, 50), (120, 40)):
        terminal.resize(width, height)
        terminal.wait(0.15)
    busy_agent.done()
    busy_agent.end()
    head = busy_agent.events
    terminal.until(f"#{head}/{head}", "ENDED", " warnings")
    with another_terminal(tmp_path / "second") as fresh:
        fresh.type(program(busy_agent.folder, "--at", str(head)))
        fresh.until(f"#{head}/{head}", "ENDED")
        assert same_panes(terminal, fresh)


def test_two_viewers_over_one_trace(terminal: Terminal, busy_agent: BusyAgent, tmp_path: Path) -> None:
    busy_agent.begin(30)
    busy_agent.done()
    with another_terminal(tmp_path / "second", 80, 24) as second:
        for viewer in (terminal, second):
            viewer.type(program(busy_agent.folder))
            viewer.until(f"#{busy_agent.events}/{busy_agent.events}", "following")
        second.press("g")
        pinned = busy_agent.events
        second.until(f"#1/{pinned}")
        busy_agent.begin(200)
        assert busy_agent.done() == 0
        added = busy_agent.events - pinned
        terminal.until(f"#{busy_agent.events}/{busy_agent.events}", "following")
        second.until(f"#1/{busy_agent.events}", f"+{added:,} events")
        second.press("q")
        second.until_prompt()
        busy_agent.begin(1)
        busy_agent.done()
        terminal.until(f"#{busy_agent.events}/{busy_agent.events}", "following")


def test_suspended_while_the_agent_works_on(terminal: Terminal, busy_agent: BusyAgent) -> None:
    busy_agent.begin(30)
    busy_agent.done()
    terminal.type("set -m")
    terminal.type(program(busy_agent.folder))
    terminal.until("following")
    terminal.press("C-z")
    terminal.until_prompt()
    busy_agent.begin(500)
    assert busy_agent.done() == 0
    terminal.type("fg")
    terminal.until(f"#{busy_agent.events}/{busy_agent.events}", "LIVE", "following")
