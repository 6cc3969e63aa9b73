"""The plain mode: lines in, lines out, the same answers as on the screen."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from luring_texts import luring
from recordings_at_hand import RECORDINGS
from scripted import Script

from rollout_tui.cli import main
from rollout_tui.tui.command_line import COMMANDS
from rollout_tui.tui.keys import ACTIONS

TWO_CELLS = RECORDINGS / "two-cells-interleaved"


class Told(NamedTuple):
    status: int
    lines: list[str]
    complaint: str

    def has(self, start: str) -> bool:
        """Whether a line begins so."""
        return any(line.startswith(start) for line in self.lines)


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]):  # type: ignore[no-untyped-def]
    """Types lines and returns what is told."""

    def type_lines(*typed: str, options: tuple[str, ...] = (), trace: Path = TWO_CELLS) -> Told:
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in typed)))
        status = main([str(trace), "--plain", *options])
        out, err = capsysbinary.readouterr()
        return Told(status, out.decode().splitlines(), err.decode())

    return type_lines


def test_it_begins_with_where_one_is_and_what_to_type(plain) -> None:  # type: ignore[no-untyped-def]
    told = plain(options=("--at", "45"))
    assert told.status == 0
    assert "turn 1/1" in told.lines[0] and "#45/64" in told.lines[0]
    assert told.lines[1].startswith("event #45: exec_command")
    assert told.lines[2].startswith("/root blocked 1.80 s on wait(call_wB2) -> cell 2")
    assert "? all keys" in told.lines[3] and len(told.lines) == 4


def test_keys_ids_and_places_move_the_cursor(plain) -> None:  # type: ignore[no-untyped-def]
    typed = ("s", "event previous", "wait_next", ":45", "G", "g", "backspace", "Home")
    told = plain(*typed, options=("--at", "10"))
    events = [line.split(":")[0] for line in told.lines if line.startswith("event #")]
    assert events == [f"event #{seq}" for seq in (10, 11, 10, 27, 45, 64, 1, 64, 1)]


def test_every_lens_and_pane_is_told(plain) -> None:  # type: ignore[no-untyped-def]
    told = plain(*"12345678L", "timeline", "v", "inspector", options=("--at", "45"))
    for title in ("context /root", "cells", "agents", "tokens", "terminals", "findings", "timeline"):
        assert told.has(title), title
    assert told.has("timeline  all events")
    assert any(line.endswith("(later)") for line in told.lines)


def test_rows_are_numbered_and_opened_by_their_number(plain) -> None:  # type: ignore[no-untyped-def]
    told = plain("1", "row 3", "open 99", "open 4", options=("--at", "27"))
    assert sum(line.startswith("3     user") for line in told.lines) == 2
    assert told.has("the pane lens has rows 1 to 8")
    assert any("conversation_item" in line or "cell 1" in line for line in told.lines[-12:])


def test_a_long_pane_comes_in_pages(plain) -> None:  # type: ignore[no-untyped-def]
    told = plain("v", "timeline", "pageup", "pagedown", "pagedown", options=("--at", "64"))
    assert told.has("rows 25 to 64 of 64; pagedown")
    assert told.has("rows 1 to 24 of 64") or told.has("rows 1 to 40 of 64")
    assert told.lines[-1] == "no more rows"


def test_without_a_mark_its_keys_say_how_to_set_one(plain) -> None:  # type: ignore[no-untyped-def]
    told = plain("'", "D", ":marks", options=("--at", "10"))
    assert told.lines.count("no mark yet; m sets it") == 3
    assert not told.has("diff")


def test_in_a_recording_without_events_keys_say_so(plain, script: Script) -> None:  # type: ignore[no-untyped-def]
    told = plain("s", "t", "G", ":5", "b", "m", "'", trace=script.folder)
    assert told.lines[3:] == [*["the trace is empty"] * 4, *["no event here"] * 2, "no mark yet; m sets it"]


def test_rows_of_a_pane_are_walked_and_the_cursor_stays(plain) -> None:  # type: ignore[no-untyped-def]
    told = plain("1", "j", "j", "k", options=("--at", "27"))
    assert [line[:1] for line in told.lines[-3:]] == ["2", "3", "2"]
    assert not any(line.startswith("event #") for line in told.lines[4:])
    told = plain("1", "row 13", "j", "row 14", "k", options=("--at", "49"))
    assert [line.split()[:1] for line in told.lines[-4:]] == [["13"], ["15"], [], ["13"]]


def test_searching_goes_to_hits_and_n_walks_them(plain) -> None:  # type: ignore[no-untyped-def]
    told = plain("/call_wA1", "n", "esc", "/nowhere at all", options=("--at", "1"))
    assert [line for line in told.lines if line.startswith("event #")][1:3]
    assert told.has("search ended") and told.has("not found: nowhere at all")


def test_breakpoints_stop(plain) -> None:  # type: ignore[no-untyped-def]
    told = plain("break tool=wait", "c", "unbreak", options=("--at", "1"))
    assert told.has("event #27") and told.has("stop ")


def test_an_expression_that_takes_too_long_says_where_and_the_rest_goes_on(plain, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    lured = luring(tmp_path / "bundle").folder
    for typed, seq in (
        (("break call ~ /(a+)+[yY]$/", "c"), 3),
        (("watch text ~ /(a+)+[yY]$/", "c"), 4),
        (("filter call ~ /(a+)+[yY]$/",), 3),
        (("//(?:a|aa)+[yY]$/",), 4),
    ):
        told = plain("g", *typed, "esc", ":5", ":2", trace=lured)
        assert f"the expression took too long on #{seq}, which is left out; narrow it" in told.lines, typed
        events = [line.partition(":")[0] for line in told.lines if line.startswith("event #")]
        assert events[-2:] == ["event #5", "event #2"]


def test_a_value_is_written_and_replaces_a_file_where_one_says_so(plain, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "a value"
    file.write_text("old")
    told = plain("1", "row 2", f":write {file}", f":write {file} --froce")
    assert "give --force to replace it" in told.lines[-2] and ":write FILE, --force" in told.lines[-1]
    assert file.read_text() == "old"
    assert plain("1", "row 2", f":write {file} --force").lines[-1].startswith("wrote")
    assert file.read_text() != "old"
    assert not any("--" in one.name for one in tmp_path.iterdir())


def test_what_is_not_understood_names_what_is_near(plain) -> None:  # type: ignore[no-untyped-def]
    told = plain("vent_next", "wibble wobble", ":999999", "lens_")
    assert any("near it: event_next" in line for line in told.lines)
    assert any("'wibble wobble' is no key and no word" in line for line in told.lines)
    assert told.has("no event has seq 999999") and told.status == 0


def test_nothing_that_can_be_typed_ends_it(plain) -> None:  # type: ignore[no-untyped-def]
    typed = [action.id for action in ACTIONS if action.id != "quit"]
    typed += [key for action in ACTIONS for key in action.keys if key != "q"]
    typed += [f":{command.word}" for command in COMMANDS if command.word not in ("quit", "q")]
    typed += [
        ":",
        "/",
        "::",
        "//",
        ":break",
        ":write",
        ":theme",
        ":lens x",
        ":link",
        "\x00",
        "open",
        "é" * 99,
    ]
    told = plain(*typed, "quit", "s")
    assert told.status == 0 and not told.complaint
    assert not any("failed: " in line and "Error" in line for line in told.lines)


def test_text_alone_no_colour_no_cursor_control(plain) -> None:  # type: ignore[no-untyped-def]
    told = plain("?", *"12345678", "timeline", "q")
    assert all(line.isprintable() for line in told.lines)


def test_a_place_that_is_not_there_is_one_line(plain) -> None:  # type: ignore[no-untyped-def]
    told = plain(options=("--at", "9999"))
    assert told.status == 2 and len(told.complaint.splitlines()) == 1 and not told.lines


def test_no_terminal_interface_is_loaded() -> None:
    script = (
        "import sys; from rollout_tui.cli import main\n"
        "status = main([sys.argv[1], '--plain'])\n"
        "sys.exit('loaded' if 'textual' in sys.modules or 'rich' in sys.modules else status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(TWO_CELLS)],
        input="?\n1\n/echo\nquit\n",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_what_is_recorded_meanwhile_is_told(tmp_path: Path) -> None:
    """A recording that grows between two commands."""
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    (bundle / "manifest.json").write_bytes((TWO_CELLS / "manifest.json").read_bytes())
    lines = (TWO_CELLS / "trace.jsonl").read_bytes().splitlines(keepends=True)
    with open(bundle / "trace.jsonl", "wb", buffering=0) as spine:
        spine.write(b"".join(lines[:10]))
        command = [sys.executable, "-m", "rollout_tui", str(bundle), "--plain"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
            assert running.stdin is not None and running.stdout is not None
            assert b"#10/10" in running.stdout.readline()
            spine.write(b"".join(lines[10:20]))
            running.stdin.write(b"G\nq\n")
            running.stdin.close()
            assert b"#20/20" in running.stdout.read()
