"""The program in a real terminal (tmux), beside a real process that writes the recording."""

from __future__ import annotations

import os
import re
import shutil
import signal
from pathlib import Path

import pytest
from in_time import becomes
from recordings_at_hand import DEMO
from tmux_terminal import Terminal, processes, program
from writing_agents import TWO_CELLS, Agent


def test_a_running_agent_is_followed_pinned_and_seen_to_stop(terminal: Terminal, agent: Agent) -> None:
    agent.write(27)
    terminal.type(program(agent.folder))
    terminal.until("LIVE", "#27/27", "following", "on wait(call_wA1) -> cell 1")
    agent.write(3)
    terminal.until("#30/30", "9 items")
    terminal.press("S", "S")
    terminal.until("#28/30")
    agent.write(10)
    terminal.until("#28/40", "+10 events, 3 finished")
    terminal.press("F")
    terminal.until("#40/40", "following")
    terminal.press("3")
    agent.write(5)
    terminal.until("#45/45", "cell 2", "exec-2bfd")
    agent.kill()
    terminal.until("STOPPED", "open")
    terminal.press("q")
    terminal.until_prompt()


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
def test_what_failed_and_what_is_waited_for_are_a_key_away(terminal: Terminal, size: tuple[int, int]) -> None:
    """The last failure and why it failed: one key. What the main loop waits for and what it gave: three."""
    terminal.resize(*size)
    terminal.type(program(DEMO))
    terminal.until("ENDED", "#141/141")
    terminal.press("C")
    terminal.until("#26/141", "inference_failed: inference 2: stream disconnected before completion")
    terminal.press("E")
    terminal.until("#22/141", 'command_failed: exit 3  "scripts/check_days')
    terminal.press("G", "W", "W", "3")
    terminal.until("1 alive, 1 waited on", "call_wait_2", "> the main loop is here", "gave the model")


@pytest.mark.parametrize("key", [":", "?"])
def test_nothing_of_a_long_message_stays(terminal: Terminal, key: str) -> None:
    terminal.resize(80, 24)
    terminal.type(f"{program(TWO_CELLS)} --at 45 --lens cells")
    terminal.until("#45/64", "2 alive, 1 waited on")
    terminal.press("y")
    terminal.until("copied the line", "writes it")
    terminal.press(key)
    terminal.until(without="copied")
    terminal.press("Escape")
    terminal.until("? help", "3.12 s ", without="copied")


def test_walking_through_a_recording(terminal: Terminal) -> None:
    terminal.type(program(TWO_CELLS))
    terminal.until("ENDED", "#64/64")
    terminal.press("Home")
    terminal.until("#1/64")
    for seq in (27, 33, 39, 51):
        terminal.press("w")
        terminal.until(f"#{seq}/64")
    terminal.press("w")
    terminal.until("no later wait")
    terminal.type(":45")
    terminal.until("#45/64", "blocked 1.80 s on wait(call_wB2) -> cell 2")
    for width, height in ((80, 24), (200, 60), (80, 24)):
        terminal.resize(width, height)
        terminal.until("#45/64", "timeline", "? help")
    terminal.press("Tab")
    terminal.until("context /root")
    terminal.press("?")
    terminal.until("help", "next / previous event")
    terminal.press("Escape")
    terminal.until("context /root")
    terminal.press("q")
    terminal.until_prompt()


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A recording of this test alone: its process is found by it."""
    shutil.copytree(TWO_CELLS, tmp_path / "copied")
    return tmp_path / "copied"


def test_the_terminal_is_given_back_on_a_signal(terminal: Terminal, copied: Path) -> None:
    terminal.type(f"{program(copied)}; echo status $?")
    terminal.until("#64/64")
    (process,) = processes(copied)
    os.kill(process, signal.SIGTERM)
    terminal.until("status 143")
    assert terminal.screen().splitlines()[0].startswith("ready$")


def test_nothing_stays_behind_when_the_terminal_goes(terminal: Terminal, copied: Path) -> None:
    terminal.type(program(copied, "--at", "21"))
    terminal.until("#21/64")
    (process,) = processes(copied)
    terminal.close()
    becomes(lambda: not Path(f"/proc/{process}").exists(), every_s=0.05)


def test_a_lens_that_is_asked_for_is_what_a_narrow_terminal_shows(terminal: Terminal) -> None:
    terminal.resize(80, 24)
    terminal.type(f"{program(TWO_CELLS)} --at 45 --lens cells")
    assert "timeline" not in terminal.until("#45/64", "2 alive, 1 waited on")
    terminal.press("Tab", "Tab")
    terminal.until("timeline")
    terminal.press("q")
    terminal.until_prompt()


def test_suspending_and_coming_back(terminal: Terminal) -> None:
    terminal.type("set -m")
    terminal.type(program(TWO_CELLS, "--at", "9"))
    terminal.until("#9/64")
    terminal.press("C-z")
    terminal.until_prompt()
    terminal.type("fg")
    terminal.until("#9/64", "timeline")
    terminal.press("C-c")
    terminal.until("Ctrl+C again quits")
    terminal.press("C-c")
    terminal.until_prompt()


def test_a_value_in_the_users_pager_and_editor_and_back(terminal: Terminal, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text(
        '#!/bin/sh\nfor file; do :; done\necho "$file" >> "$0.seen"\n'
        'echo "opened with $# words"; ls -l "$file" | cut -c1-10\nread gone < /dev/tty\n'
    )
    other.chmod(0o755)
    terminal.type(f"PAGER={other} EDITOR='{other} --wait' VISUAL= {program(TWO_CELLS, '--at', '20')}")
    terminal.until("#20/64")
    for key, words in (("p", 1), ("P", 2)):
        terminal.press(key)
        terminal.until(f"opened with {words} words", "-rw", without="#20/64")
        terminal.press("Enter")
        terminal.until("#20/64", "back from source")
    terminal.press("q")
    terminal.until_prompt()
    files = (tmp_path / "other.seen").read_text().splitlines()
    assert len(files) == 2 and not any(Path(one).exists() for one in files)


def test_a_pager_that_cannot_be_started_is_said_and_the_screen_is_back(terminal: Terminal) -> None:
    terminal.type(f"PAGER=no-such-pager EDITOR=false VISUAL= {program(TWO_CELLS, '--at', '20')}")
    terminal.until("#20/64")
    terminal.press("p")
    terminal.until("#20/64", "timeline", "no such file", ":write FILE")
    terminal.press("P")
    terminal.until("#20/64", "timeline", "EDITOR='false': ended with status 1")
    terminal.press("s")
    terminal.until("#21/64")
    terminal.press("q")
    terminal.until_prompt()


def test_a_terminal_that_cannot_place_text_gets_what_needs_none(terminal: Terminal, tmp_path: Path) -> None:
    terminal.type(f"TERM=dumb {program(TWO_CELLS)}")
    terminal.until("TERM=dumb cannot place text", "--plain")
    terminal.type(f"TERM=dumb {program(TWO_CELLS, '--plain')}")
    terminal.until("#64/64", "? all keys")
    terminal.type("q")
    terminal.until_prompt()
    terminal.type(f"TERM=dumb {program(Path('demo'), str(tmp_path))} && echo 'wri'tten")
    terminal.until("written")
    assert list(tmp_path.glob("trace-*/trace.jsonl"))


@pytest.mark.parametrize("name", ["screen", "tmux-256color", "xterm", "linux"])
def test_the_terminals_people_have(terminal: Terminal, name: str) -> None:
    """The same words in each of them, whatever the size is changed to."""
    terminal.type(f"TERM={name} COLORTERM= {program(TWO_CELLS, '--at', '45')}")
    terminal.until("#45/64", "context /root", "? help")
    terminal.resize(80, 24)
    terminal.until("#45/64", "? help", without="context /root")
    terminal.press("1")
    terminal.until("context /root")
    terminal.resize(200, 60)
    terminal.until("timeline", "context /root", "inspector")
    terminal.press("q")
    terminal.until_prompt()


def test_lines_are_drawn_whatever_encoding_the_locale_names(terminal: Terminal) -> None:
    terminal.type(f"PYTHONIOENCODING=latin-1 {program(TWO_CELLS, '--at', '45')}")
    terminal.until("#45/64", "\u2501\u2501 timeline \u2501\u2501", "? help")
    terminal.press("q")
    terminal.until_prompt()


def test_what_a_trace_holds_never_reaches_the_terminal(terminal: Terminal, tmp_path: Path) -> None:
    bundle = tmp_path / "hostile"
    shutil.copytree(TWO_CELLS, bundle)
    spine = (bundle / "trace.jsonl").read_bytes()
    model = rb'"model":"\u001b]0;owned\u0007\u001b[2J\u202e"'
    (bundle / "trace.jsonl").write_bytes(re.sub(rb'"model":"[^"]*"', lambda _: model, spine))
    terminal.type(program(bundle, "--at", "10"))
    terminal.until("#10/64")
    terminal.press("v", "z")
    terminal.until("\u241b]0;owned\u2407\u241b[2J<U+202E>")
    assert "owned" not in terminal.run("display-message", "-p", "#{pane_title}")
