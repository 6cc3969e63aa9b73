"""Every screen at three sizes in a dark and a light theme, compared with what was looked at before.

A file of `__snapshots__/test_looks` is one screen; `look.py` tells how to read it. Each is made in one run of
the program: the terminal is resized between. After a change that is meant:
`pytest tests/tui/test_looks.py --snapshot-update`, and look at the difference.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import look
import pytest
from on_screen import LARGE, NARROW, WIDE
from recordings_at_hand import DEMO
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.widgets import Input

from rollout_tui.recording import Trace
from rollout_tui.trace.bundle import open_bundle
from rollout_tui.trace.ending import read_ending
from rollout_tui.tui.app import RolloutApp
from rollout_tui.tui.following.messages import Advanced, Opened
from rollout_tui.tui.following.reading import Reading
from rollout_tui.tui.panes.loading import LoadProgress
from rollout_tui.tui.screens import debugger
from rollout_tui.tui.screens.debugger import DebuggerScreen
from rollout_tui.tui.starting.opening import Opening
from screenshots import as_elsewhere, press, until_read

SIZES = (NARROW, WIDE, LARGE)
DARK, LIGHT = "textual-dark", "textual-light"


@dataclass(frozen=True)
class Look:
    """What is opened at which seq, and the keys that are pressed (one with a colon is a whole line).

    `ready` names what is waited for: a recording that is `read`, the `picker`, or words of a pane.
    """

    trace: str = "demo"
    at: int | None = None
    keys: tuple[str, ...] = ()
    ready: str = "read"
    without_colour: bool = False


LOOKS: dict[str, Look] = {
    "main": Look(at=81),
    "without_colour": Look(at=81, without_colour=True),
    "flat": Look("recordings/two-cells-interleaved", 45, ("v",)),
    "context": Look(at=98, keys=("1",)),
    "context_sent": Look(at=98, keys=("1", "1")),
    "context_new": Look(at=98, keys=("1", "1", "1")),
    "filter": Look(at=81, keys=("&", *"tool=wait", "Enter")),
    "diff": Look(at=100, keys=("2",)),
    "cells": Look(at=80, keys=("3",)),
    "agents": Look(at=97, keys=("4",)),
    "tokens": Look(at=85, keys=("5",)),
    "terminals": Look(at=81, keys=("6",)),
    "findings": Look(at=85, keys=("7",)),
    "raw": Look(at=26, keys=("8",)),
    "life_line": Look(at=100, keys=("1", *("PageUp",) * 3, *("Down",) * 5, "L")),
    "inspector": Look(at=80, keys=("i", "Tab", "Tab")),
    "killed": Look("recordings/ma-sigkill", 55, ("7",)),
    "help": Look(at=81, keys=("?",)),
    "palette": Look(at=81, keys=("ctrl+p",), ready="palette"),
    "prompt": Look(at=81, keys=(":", *"turn")),
    "search": Look(at=1, keys=("/", *"pytest", "Enter", "n")),
    "tour": Look(at=81, keys=(":tour", "s", "w")),
    "picker": Look("recordings", ready="picker"),
    "picker_narrowed": Look("recordings", keys=("/", *"stopped", "Enter"), ready="picker"),
    "empty": Look("empty"),
    "waiting": Look("not/there/yet", ready="waiting"),
    "error": Look("nothing", ready="error"),
    "loading": Look(ready="loading"),
}


class Text(SingleFileSnapshotExtension):
    """A text file for each screen."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[None]:
    """The same folder, clock and terminal on every machine; nobody is there to write."""
    with as_elsewhere(tmp_path):
        (tmp_path / "empty").mkdir()
        shutil.copy(DEMO / "manifest.json", tmp_path / "empty")
        (tmp_path / "empty" / "trace.jsonl").touch()
        yield


class HalfRead:
    """In place of the thread that reads: it has read a part and stops there."""

    def __init__(self, path: Path, tell: object, unpacked: object, *, wait: bool = False) -> None:
        assert callable(tell)
        self._path, self._tell = path, tell

    def start(self) -> None:
        trace = Trace(open_bundle(self._path))
        reading = Reading(trace)
        reading.advance(20_000)
        self._tell(Opened(reading, read_ending(trace.bundle.folder)))
        total = self._path.joinpath("trace.jsonl").stat().st_size
        self._tell(Advanced(reading, LoadProgress(20_000, total, reading.known.history.head, 0.5)))

    def stop(self) -> None:
        """Nothing runs."""


async def ready(app: RolloutApp, pilot: Pilot[int], wanted: str) -> None:
    if wanted in ("read", "picker", "palette"):
        await until_read(app, pilot)
    for _ in range(250):
        await pilot.pause(0.02)
        screen = app.screen
        if not isinstance(screen, DebuggerScreen):
            return
        painter = screen.painter
        signs = {"waiting": painter.waiting, "error": painter.problem, "loading": painter.progress}
        if signs.get(wanted, True):
            return
    raise TimeoutError(wanted)


@pytest.mark.parametrize("name", LOOKS)
async def test_every_screen_looks_the_same(
    name: str, elsewhere: None, snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = LOOKS[name]
    if wanted.ready == "loading":
        monkeypatch.setattr(debugger, "Loader", HalfRead)
    if wanted.without_colour:
        monkeypatch.setenv("NO_COLOR", "1")
    opening = Opening(Path(wanted.trace), wanted.at, False, wanted.ready == "waiting")
    app = RolloutApp(opening, DARK, pick=wanted.ready == "picker")
    parts: list[str] = []
    async with app.run_test(size=SIZES[0]) as pilot:
        await ready(app, pilot, wanted.ready)
        # How far panes are scrolled depends on what was on the screen while it was read: come from the start.
        place = ("g", f":{wanted.at}") if wanted.at else ()
        for key in (*place, *wanted.keys):
            await press(pilot, key)
        for width, height in SIZES:
            await pilot.resize_terminal(width, height)
            parts.append(f"=== {width}x{height}\n{await in_two_themes(app, pilot)}")
    assert "".join(parts) == snapshot(extension_class=Text)


async def in_two_themes(app: RolloutApp, pilot: Pilot[int]) -> str:
    """The rows, which are the same in both, and the styles of each."""
    texts, styles = set(), []
    for theme in (DARK, LIGHT):
        app.theme = theme
        if isinstance(app.screen, CommandPalette):
            # Textual's own keeps the colours it was opened with.
            await press(pilot, "Escape")
            await press(pilot, "ctrl+p")
        for field in app.screen.query(Input):
            field.cursor_blink = False
        await pilot.pause(0.2)
        shown = look.rows(app)
        texts.add(look.text(shown))
        styles.append(f"--- {theme}\n{look.styles(shown)}")
    assert len(texts) == 1, "colours change what is said"
    return "".join((*texts, *styles))
