"""Interrupted at any time: the terminal is given back, and nothing half-written or temporary stays behind."""

from __future__ import annotations

import json
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from raw_terminal import RawTerminal
from recordings_at_hand import RECORDINGS

RECORDING = RECORDINGS / "one-message"
EVENTS = 60_000
LEFT_SCREEN = "\x1b[?1049l"


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording that takes seconds to read, to search and to export."""
    bundle = tmp_path_factory.mktemp("large") / "bundle"
    shutil.copytree(RECORDING, bundle)
    first, second, *_ = (bundle / "trace.jsonl").read_bytes().splitlines(keepends=True)
    event = json.loads(second)
    with (bundle / "trace.jsonl").open("wb") as spine:
        spine.write(first + second)
        for seq in range(3, EVENTS):
            turn = {
                "type": "codex_turn_started",
                "codex_turn_id": f"turn-{seq}",
                "thread_id": event["thread_id"],
            }
            spine.write(json.dumps({**event, "seq": seq, "payload": turn}).encode() + b"\n")
    return bundle


def loading(terminal: RawTerminal, out: Path) -> None:
    """Right after the first frame."""


def idle(terminal: RawTerminal, out: Path) -> None:
    terminal.shows("STOPPED")
    terminal.settle()


def searching(terminal: RawTerminal, out: Path) -> None:
    idle(terminal, out)
    terminal.type("/")
    # Tried from each letter of a line on, so that it is still running when it is interrupted.
    terminal.send("/[a-z]+[^x]*nowhere/\r")
    terminal.shows("nowhere")


def exporting(form: str) -> Callable[[RawTerminal, Path], None]:
    def export(terminal: RawTerminal, out: Path) -> None:
        idle(terminal, out)
        terminal.send(f":export {form} --force --redact {out}/old\r")
        terminal.shows("exporting")

    export.__name__ = f"exporting_{form}"
    return export


def files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "when",
    [loading, searching, idle, exporting("md"), exporting("perfetto")],
    ids=lambda when: when.__name__,
)
@pytest.mark.parametrize("how", ["SIGTERM", "ctrl+c"])
def test_the_screen(large: Path, tmp_path: Path, when: Callable[[RawTerminal, Path], None], how: str) -> None:
    before = {path: path.stat().st_mtime_ns for path in files(large)}
    out = tmp_path / "out"
    out.mkdir()
    (out / "old").write_text("old")
    with RawTerminal([large], tmp_path) as terminal:
        terminal.shows("rollout-tui")
        when(terminal, out)
        assert terminal.is_raw()
        if how == "SIGTERM":
            terminal.process.send_signal(signal.SIGTERM)
        else:
            # The first one cancels what is running, two more quit.
            for _ in range(3):
                if LEFT_SCREEN not in terminal.text:
                    terminal.type("\x03")
        assert terminal.ended() == (143 if how == "SIGTERM" else 0)
        assert LEFT_SCREEN in terminal.text and not terminal.is_raw()
    assert {path: path.stat().st_mtime_ns for path in files(large)} == before
    assert not files(tmp_path / "TMPDIR") and not files(tmp_path / "XDG_CONFIG_HOME")
    assert [(path.name, path.read_text()) for path in files(out)] == [("old", "old")]


@pytest.mark.parametrize("how", ["SIGTERM", "SIGHUP", "SIGINT"])
@pytest.mark.parametrize("form", ["md", "perfetto", "bundle"])
@pytest.mark.parametrize("after_s", [0.3, 0.7])
def test_an_export(large: Path, tmp_path: Path, how: str, form: str, after_s: float) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "old").write_text("old")
    with RawTerminal(
        ["export", large, "--format", form, "-o", out / "account", "--redact"], tmp_path
    ) as terminal:
        time.sleep(after_s)
        terminal.process.send_signal(getattr(signal, how))
        status = terminal.ended()
    if status:
        # Before its first line a program cannot do better than to be ended by the signal itself.
        assert status in (128 + getattr(signal, how), -getattr(signal, how))
        assert [path.name for path in out.iterdir()] == ["old"]
    assert not files(tmp_path / "TMPDIR")
