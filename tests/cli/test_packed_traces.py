"""A bundle inside an archive opens as it is, and nothing of it is left behind."""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from own_terminal import OwnTerminal
from recordings_at_hand import recording
from running import run

pytestmark = pytest.mark.usefixtures("temporary")
KINDS = {".zip": "zip", ".tar": "tar", ".tar.gz": "gztar", ".tgz": "gztar"}


def packed(folder: Path, suffix: str, name: str = "one-message") -> Path:
    """An archive of a recording, made in `folder`."""
    made = shutil.make_archive(str(folder / "made"), KINDS[suffix], recording(name).parent, name)
    return Path(made).rename(folder / f"{name}{suffix}")


@pytest.mark.parametrize("suffix", KINDS)
def test_every_command_answers_as_for_the_folder(tmp_path: Path, suffix: str) -> None:
    archive = packed(tmp_path, suffix)
    for command in (("reduce",), ("context", "--json"), ("findings",), ("blocked",), ("summary",)):
        told = run(command[0], archive, *command[1:])
        assert told == run(command[0], recording("one-message"), *command[1:])


def test_of_several_bundles_the_newest_is_taken_and_the_archive_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    for name in ("apply-patch", "one-message"):
        shutil.copytree(recording(name), tmp_path / "both" / name)
    archive = shutil.make_archive(str(tmp_path / "both"), "zip", tmp_path / "both")
    for words in (("summary", archive), ("--plain", archive)):
        done = run(*words)
        assert done.status == 0
        assert done.err.startswith(f"rollout-tui: {archive} is a folder of bundles; the newest is")


def test_an_archive_is_waited_for_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    made, archive = packed(tmp_path, ".zip"), tmp_path / "late.zip"

    def sleep(seconds: float) -> None:
        """It comes in two pieces."""
        data = made.read_bytes()
        archive.write_bytes(data if archive.exists() else data[:-100])

    monkeypatch.setattr("rollout_tui.plain.program.time.sleep", sleep)
    done = run("--plain", archive, "--wait")
    assert done.status == 0 and "one-message" not in done.err
    assert done.err.startswith(f"rollout-tui: waiting: {archive} does not exist")


def test_check_diff_and_export_answer_too(tmp_path: Path) -> None:
    archive = packed(tmp_path, ".zip")
    assert run("check", archive).status == 0
    assert run("diff", archive, "1", "5").status == 0
    assert run("export", archive, "--format", "bundle", "-o", tmp_path / "out").status == 0
    assert (tmp_path / "out" / "trace.jsonl").is_file()


def test_a_permalink_leads_into_an_archive(tmp_path: Path) -> None:
    archive = packed(tmp_path, ".tar.gz")
    link = run("context", f"{archive}#9?thread=/root", "--json")
    assert link.json == run("context", recording("one-message"), "--at", "9", "--json").json


def test_the_archive_stays_as_it_is(tmp_path: Path) -> None:
    archive = packed(tmp_path, ".tgz")
    before = archive.read_bytes(), archive.stat().st_mtime_ns, sorted(tmp_path.iterdir())
    assert run("summary", archive).status == 0
    assert (archive.read_bytes(), archive.stat().st_mtime_ns, sorted(tmp_path.iterdir())) == before


def test_what_cannot_be_unpacked_is_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"no archive at all")
    done = run("summary", broken)
    assert done.status == 2 and len(done.err.splitlines()) == 1 and "broken.zip" in done.err
    other = tmp_path / "trace.tar.xz"
    other.write_bytes(b"packed")
    done = run("summary", other)
    assert done.status == 2 and ".zip, .tar, .tar.gz, .tgz; unpack it yourself" in done.err


@pytest.mark.parametrize(("name", "status"), [("SIGTERM", 143), ("SIGHUP", 129), ("SIGINT", 130)])
def test_a_signal_leaves_nothing_behind(tmp_path: Path, temporary: Path, name: str, status: int) -> None:
    script = (
        "import os, signal, sys, pathlib, tempfile; import rollout_tui.commands.loading as loading\n"
        "from rollout_tui.cli import main\n"
        "def load(path):\n"
        "    assert list(pathlib.Path(tempfile.gettempdir()).iterdir())\n"
        "    os.kill(os.getpid(), getattr(signal, sys.argv[2]))\n"
        "loading.load = load\n"
        "sys.exit(main(['context', sys.argv[1]]))"
    )
    command = [sys.executable, "-c", script, str(packed(tmp_path, ".zip")), name]
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "TMPDIR": str(temporary)}, timeout=60
    )
    assert (done.returncode, done.stderr) == (status, "")


def test_a_signal_to_the_screen_leaves_nothing_behind(tmp_path: Path, temporary: Path) -> None:
    """The terminal program over an archive, ended from elsewhere."""
    archive = packed(tmp_path, ".zip")
    surroundings = {"TMPDIR": str(temporary), "TERM": "xterm-256color"}
    with OwnTerminal(archive, environment=surroundings, size=(80, 24)) as terminal:
        terminal.until(lambda output: b"one-message" in output or b"ENDED" in output)
        assert list(temporary.iterdir())
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.ended() == 143
