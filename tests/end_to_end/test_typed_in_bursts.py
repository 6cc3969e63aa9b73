"""Keys that come faster than they are answered: each is taken after the one before it, none is lost."""

from __future__ import annotations

import pytest
from tmux_terminal import Terminal, program
from writing_agents import TWO_CELLS, Agent


@pytest.mark.parametrize("attempt", range(3))
def test_many_lines_and_moves_between_them(terminal: Terminal, attempt: int) -> None:
    terminal.type(program(TWO_CELLS))
    terminal.until("ENDED", "#64/64")
    keys = []
    for number in range(1, 21):
        keys += [f":{number * 2}", "Enter", "s", "s", "S", f":note n{number}", "Enter"]
    terminal.press(*keys, "g", ":notes", "Enter")
    noted = "   ".join(f"#{number * 2 + 1} n{number}" for number in range(1, 21))
    assert noted[:100] in terminal.until("#3 n1", "#5 n2", "#1/64")
    terminal.press(":41", "Enter", ":note", "Enter")
    terminal.until("#41/64", " n20")


def test_a_line_that_is_mended_while_it_is_typed(terminal: Terminal) -> None:
    terminal.type(program(TWO_CELLS))
    terminal.until("ENDED", "#64/64")
    terminal.press(":", "9", "1", "BSpace", "BSpace", "4", "6", "Left", "BSpace", "2", "Enter", "s", "m")
    terminal.press(":27", "Enter", ":", "Up", "Up", "Enter", "S", "S", "'")
    terminal.until("#27/64")
    terminal.press(":note half", "Escape")
    terminal.wait(0.2)
    terminal.press(":note", "Enter")
    terminal.until("no note at #27")


def test_everything_at_once_from_the_list_of_recordings(terminal: Terminal, agent: Agent) -> None:
    agent.write(45)
    terminal.type(program(agent.folder.parent))
    terminal.until("1 running", "narrow down")
    terminal.press("/", "bundle", "Enter", "Enter", ":20", "Enter", "s", "?", "Escape")
    terminal.wait(0.5)
    terminal.press(":note here", "Enter")
    terminal.until("noted at #21")


def test_what_is_pasted_is_one_line_that_waits_for_enter(terminal: Terminal) -> None:
    terminal.type(program(TWO_CELLS))
    terminal.until("ENDED", "#64/64")
    terminal.press(":")
    terminal.paste("note one\ntwo\n\tthree\n")
    terminal.until(": note one two three")
    terminal.press("Enter")
    terminal.until("noted at #64")
    terminal.paste("q\n:quit\n")
    terminal.stays("#64/64")
