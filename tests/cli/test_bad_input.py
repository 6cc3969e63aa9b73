"""Wrong usage and unreadable traces: one line that says what was wrong and what is allowed, exit 2."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from recordings_at_hand import recording
from running import Done, run

COMMANDS = ("reduce", "findings", "blocked", "context", "summary", "check")


def refused(done: Done, *words: str) -> None:
    """The command said in one line what was wrong, and nothing else."""
    assert done.status == 2
    assert done.out == b""
    assert len(done.err.splitlines()) == 1
    assert "Traceback" not in done.err
    for word in words:
        assert word in done.err


@pytest.mark.parametrize("command", [(), *((command,) for command in COMMANDS)], ids=str)
def test_a_path_that_does_not_exist(command: tuple[str, ...], tmp_path: Path) -> None:
    refused(
        run(*command, tmp_path / "nothing"), f"{tmp_path}/nothing does not exist", "expected a bundle folder"
    )


def test_a_folder_without_a_trace(tmp_path: Path) -> None:
    refused(run("reduce", tmp_path), str(tmp_path), "no trace.jsonl", "expected a bundle folder")


def test_a_file_that_is_no_trace(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear reader\n")
    refused(run("reduce", file), f"{file} is not a trace", "expected a bundle folder")


def test_no_permission(tmp_path: Path) -> None:
    """As another user where this one may read everything."""
    bundle = tmp_path / "bundle"
    shutil.copytree(recording("one-message"), bundle)
    (bundle / "trace.jsonl").chmod(0)
    script = (
        "import contextlib, io, os, sys\n"
        "from rollout_tui.cli import main\n"
        "with contextlib.redirect_stderr(io.StringIO()): main(['reduce', '/nothing'])\n"
        "if os.geteuid() == 0: os.setgroups([]); os.setresgid(*[65534] * 3); os.setresuid(*[65534] * 3)\n"
        "sys.exit(main(['reduce', sys.argv[1]]))"
    )
    done = subprocess.run([sys.executable, "-c", script, str(bundle)], capture_output=True)
    refused(Done(done.returncode, done.stdout, done.stderr.decode()), str(bundle), "no permission to read it")


def test_no_trace_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CODEX_ROLLOUT_TRACE_ROOT", raising=False)
    refused(run("findings"), "no TRACE given", "$CODEX_ROLLOUT_TRACE_ROOT")


def test_without_anything_it_says_in_three_lines_how_to_begin(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("CODEX_ROLLOUT_TRACE_ROOT", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    done = run()
    assert done.status == 2
    assert len(done.err.splitlines()) == 3
    assert "export CODEX_ROLLOUT_TRACE_ROOT=" in done.err and "rollout-tui demo" in done.err


def test_a_default_folder_without_a_recording_says_how_to_wait(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for folder in (tmp_path, tmp_path / "nothing"):
        monkeypatch.setenv("CODEX_ROLLOUT_TRACE_ROOT", str(folder))
        refused(run(), str(folder), "$CODEX_ROLLOUT_TRACE_ROOT points", "--wait", "rollout-tui demo")


def test_the_terminal_interface_needs_a_terminal() -> None:
    refused(run(recording("one-message")), "needs a terminal", "reduce", "findings", "export")


def test_an_unknown_lens() -> None:
    refused(run(recording("one-message"), "--lens", "telescope"), "'telescope'", "context", "cells", "raw")


@pytest.mark.parametrize("command", ["reduce", "context", "blocked"])
@pytest.mark.parametrize("seq", ["0", "17", "-1", "99999999999999999999999"])
def test_an_unknown_seq(command: str, seq: str) -> None:
    refused(run(command, recording("one-message"), "--at", seq), f"seq {seq}", "1 to 16")


@pytest.mark.parametrize("arguments", [("1", "17"), ("17", "1")])
def test_an_unknown_seq_of_a_diff(arguments: tuple[str, str]) -> None:
    refused(run("diff", recording("one-message"), *arguments), "seq 17", "1 to 16")


@pytest.mark.parametrize("seq", ["x", "1.5", "", "\x1b[31m"])
def test_what_is_no_seq(seq: str) -> None:
    refused(run("reduce", recording("one-message"), "--at", seq), "is not a seq", "rollout-tui reduce --help")


@pytest.mark.parametrize("thread", ["nobody", "/root/nobody", ""])
def test_an_unknown_thread(thread: str) -> None:
    done = run("context", recording("ma-child-http400"), "--thread", thread)
    refused(done, "names no thread", "(/root)", "(/root/")


def test_a_prefix_of_two_threads() -> None:
    refused(run("context", recording("ma-child-http400"), "--thread", "01a2"), "names 2 threads")


def test_an_unknown_option() -> None:
    refused(run("reduce", recording("one-message"), "--loud"), "--loud", "rollout-tui reduce --help")


def test_a_misspelt_command() -> None:
    refused(run("findngs", recording("one-message")), "no command 'findngs'", "findings")
    refused(run("sumary"), "no command 'sumary' and no such path", "summary")
    refused(run("traces"), "traces does not exist")
    refused(run("sumary", "--wait"), "needs a terminal")


def test_control_characters_of_arguments_are_shown() -> None:
    done = run("reduce", "/nothing\x1b]0;title\x07\u202e")
    refused(done, "\u241b]0;title\u2407<U+202E>")


def test_at_and_each_event_exclude_each_other() -> None:
    refused(run("reduce", recording("one-message"), "--each-event", "--at", "1"), "exclude each other")


@pytest.mark.parametrize("size", ["much", "1e3", "-1", "", "1MB", "10^400", "\x1b[31m"])
def test_what_is_no_size(size: str) -> None:
    refused(
        run("findings", recording("one-message"), "--memory", size), "--memory", "rollout-tui findings --help"
    )
