"""The frame that is there before Textual is: what it shows, and that the terminal comes out of it whole."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from own_terminal import OwnTerminal
from recordings_at_hand import DEMO, RECORDINGS, ROOT

from rollout_tui.recorder import record

ALTERNATE, BACK = b"\x1b[?1049h", b"\x1b[?1049l"
ASKS = b"\x1b[?2026$p"
"""What Textual asks when it takes the terminal over."""


class Program(OwnTerminal):
    """The program, whose first frame is of interest."""

    def framed(self) -> bytes:
        """The first frame: all that comes before Textual does."""
        return self.until(lambda output: b"\x1b[?2026l" in output)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Program]]:
    homes = {name: str(tmp_path / name) for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME")}
    unset = dict.fromkeys(("NO_COLOR", "WT_SESSION"))
    usual = {**homes, **unset, "TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONPATH": str(ROOT)}
    programs: list[Program] = []

    def started(*arguments: str, size: tuple[int, int] = (120, 40), **more: str | None) -> Program:
        programs.append(Program(*arguments, environment={**usual, **more}, size=size))
        return programs[-1]

    yield started
    for one in programs:
        one.close()


Start = Callable[..., Program]


def rows(frame: bytes) -> list[str]:
    """The rows of a frame, each of which begins with its place."""
    text = frame.decode()
    pieces = re.split(r"\x1b\[\d+;1H", text[text.index("\x1b[1;1H") :])[1:]
    return [re.sub(r"\x1b\[[?0-9;]*[a-zA-Z]", "", one) for one in pieces]


def test_it_shows_the_end_of_the_recording_before_textual_is_there(start: Start) -> None:
    frame = start(str(DEMO)).framed()
    assert ASKS not in frame
    shown = rows(frame)[:40]
    assert re.search(r"rollout  01a2..a002  schema 2 .* /root  #141/141", shown[0])
    assert "timeline" in shown[1] and "context /root  34 items" in shown[1] and "inspector" in shown[1]
    assert any("#141   recording comp" in row for row in shown)
    assert any("tool call_changes  Applied: M CHANGE" in row for row in shown)
    assert {len(row) for row in shown} == {120}


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (200, 60)])
def test_it_fills_a_terminal_of_any_size(start: Start, size: tuple[int, int]) -> None:
    shown = rows(start(str(DEMO), size=size).framed())[: size[1]]
    assert [len(row) for row in shown] == [size[0]] * size[1]


def test_the_screen_is_not_cleared_between_it_and_textual(start: Start) -> None:
    output = start(str(DEMO)).until(lambda output: b"ENDED" in output)
    assert output.count(ALTERNATE) == 1
    assert b"\x1b[2J" not in output and b"\x1b[J" not in output


def test_keys_typed_before_anything_runs_are_shown_at_once_and_arrive(start: Start) -> None:
    program = start(str(DEMO))
    framed = len(program.framed())
    program.send(b":9")
    output = program.until(lambda output: b" :9" in output[framed:])
    assert ASKS not in output
    program.send(b"\x7f4")
    program.until(lambda output: b" :4" in output[framed:])
    program.send(b"5\r")
    output = program.until(lambda output: b"#45/141" in output)
    assert b"\x1b[40;1H" in output[framed : output.index(ASKS)], "in the last row"


@pytest.mark.parametrize("pause_s", [0.01, 0.03])
def test_keys_that_come_all_the_while_it_starts_arrive_in_their_order(start: Start, pause_s: float) -> None:
    program = start(str(DEMO))
    program.framed()
    text = "0123456789 abcdefghijklmnopqrstuvwxyz \u00e4\u00f6"
    for key in f":note {text}\r":
        program.send(key.encode())
        time.sleep(pause_s)
    noted = len(program.until(lambda output: b"noted at #141" in output))
    program.send(b":note\r")
    program.until(lambda output: text.encode() in output[noted:])


def test_a_key_that_quits_is_not_kept_waiting(start: Start) -> None:
    program = start(str(DEMO))
    program.framed()
    program.send(b"q")
    assert program.ended() == 0
    assert BACK in program.output
    assert program.attributes == program.before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
@pytest.mark.parametrize("after_s", [0.0, 0.15, 0.4, 1.0])
def test_a_signal_while_it_starts_leaves_the_terminal_as_it_was(
    start: Start, number: signal.Signals, after_s: float
) -> None:
    program = start(str(DEMO))
    program.framed()
    time.sleep(after_s)
    program.process.send_signal(number)
    assert program.ended() != 0
    output = program.output
    assert b"Traceback" not in output
    assert BACK in output and output.rindex(BACK) > output.rindex(ALTERNATE)
    assert b"\x1b[?25h" in output
    assert program.attributes == program.before


def test_ctrl_c_while_it_starts(start: Start) -> None:
    program = start(str(DEMO))
    program.framed()
    program.send(b"\x03\x03")
    program.ended()
    assert BACK in program.output
    assert program.attributes == program.before


def test_the_terminal_is_as_it_was_after_a_usual_end(start: Start) -> None:
    program = start(str(DEMO))
    program.until(lambda output: b"ENDED" in output)
    program.send(b"q")
    program.ended()
    assert program.attributes == program.before


def test_what_a_trace_holds_reaches_the_terminal_as_text(start: Start, tmp_path: Path) -> None:
    hostile = "\x1b]0;owned\x07 \x1b[31mred \x9b31m \u202eback"
    with record(tmp_path) as recording, recording.root.turn() as turn:
        with turn.inference({"model": "m\x1b[2J", "input": [{"role": "user", "content": hostile}]}) as call:
            call.completed([{"type": "message", "role": "assistant", "content": "ok \x1bc"}])
        bundle = recording.bundle
    assert bundle is not None
    frame = start(str(bundle)).framed()
    assert "\u241b]0;owned" in frame.decode()
    harmless = re.sub(rb"\x1b\[(\?(2026|1049|25)[hl]|[0-9;]*[mH])", b"", frame)
    assert b"\x1b" not in harmless and b"\x07" not in harmless and b"\xc2\x9b" not in harmless


def test_no_colour_where_none_is_wanted(start: Start) -> None:
    frame = start(str(DEMO), NO_COLOR="1").framed()
    assert b"38;2" not in frame and b"38;5" not in frame and b"\x1b[1m" in frame


def test_as_many_colours_as_the_terminal_has(start: Start) -> None:
    frame = start(str(DEMO), COLORTERM="").framed()
    assert b"38;5;" in frame and b"38;2;" not in frame


def test_all_colours_in_windows_terminal_which_does_not_tell_of_them(start: Start) -> None:
    session = {"COLORTERM": None, "WT_SESSION": "5b2c6f5e"}
    frame = start(str(DEMO), **session).framed()
    assert b"38;2;" in frame and b"38;5;" not in frame
    later = start(str(DEMO), "--at", "45", **session).until(lambda output: b"context /root" in output)
    assert b"38;2;" in later and b"38;5;" not in later


@pytest.mark.parametrize(
    "arguments",
    [("--at", "45"), ("--lens", "cells"), ("--thread", "/root"), ("--theme", "textual-light"), ("--wait",)],
)
def test_it_stays_away_where_another_screen_comes_first(start: Start, arguments: tuple[str, ...]) -> None:
    output = start(str(DEMO), *arguments).until(lambda output: ASKS in output)
    assert b"last events" not in output[: output.index(ASKS)]


def test_it_stays_away_where_there_is_something_to_choose(start: Start) -> None:
    output = start(str(RECORDINGS)).until(lambda output: ASKS in output)
    assert b"last events" not in output[: output.index(ASKS)]


def test_it_stays_away_from_a_terminal_that_can_do_little(start: Start) -> None:
    output = start(str(DEMO), TERM="unknown").until(lambda output: ASKS in output)
    assert b"last events" not in output[: output.index(ASKS)]
