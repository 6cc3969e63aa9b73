"""Make the pictures of the README from the fixtures: `python tests/screenshots.py [NAME ...]`.

Each picture is a recording, a size and the keys that are pressed; nothing of this machine is in it. Fonts
are those of the reader: the export's links to fonts elsewhere are taken out. `tests/docs` holds the README
and `screenshots/` to this table.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from in_time import PATIENCE_S
from recordings_at_hand import FIXTURES, ROOT
from textual.pilot import Pilot

from rollout_tui.tui.app import RolloutApp
from rollout_tui.tui.screens.debugger import DebuggerScreen
from rollout_tui.tui.starting.opening import Opening
from rollout_tui.tui.widgets.line_view import LineView

SCREENSHOTS = ROOT / "screenshots"

NARROW, WIDE, LARGE, LOW = (80, 24), (120, 40), (200, 60), (120, 32)

# The clock of the pictures: a minute after the last of the recordings began.
MADE_MS = 1_795_353_600_000


@dataclass(frozen=True)
class Picture:
    """What is opened, where, and what is pressed.

    `trace` is a folder below fixtures/ (empty: the picker over its recordings), `at` a seq (None: the last
    event), `size` columns and rows. `keys` are keys as the README writes them; one that begins with a colon
    is a whole line for the command line.
    """

    trace: str
    at: int | None = None
    size: tuple[int, int] = LOW
    keys: tuple[str, ...] = ()


PICTURES: dict[str, Picture] = {
    "main-80x24": Picture("demo", 81, NARROW),
    "main-120x40": Picture("demo", 81, WIDE),
    "main-200x60": Picture("demo", 81, LARGE),
    "picker": Picture(""),
    "help": Picture("demo", None, WIDE, ("?",)),
    "lens-context": Picture("demo", 80, LOW, ("1",)),
    "lens-diff": Picture("demo", 85, LOW, ("2",)),
    "lens-cells": Picture("demo", 80, LOW, ("3",)),
    "lens-agents": Picture("demo", 98, LOW, ("4",)),
    "lens-tokens": Picture("demo", 110, LOW, ("5",)),
    "lens-terminals": Picture("demo", 81, LOW, ("6",)),
    "lens-findings": Picture("demo", 85, LOW, ("7",)),
    "lens-raw": Picture("demo", 26, LOW, ("8",)),
    "walk-stuck-cell": Picture("recordings/two-cells-interleaved", 45, LOW, ("3",)),
    "walk-lost-compaction": Picture("recordings/local-compaction-auto", 1, LOW, ("e", "e", "2")),
    "walk-failing-child": Picture("recordings/ma-child-http400", 1, LOW, ("e", "4")),
    "walk-truncated-output": Picture("recordings/big-tool-output", None, LOW, ("7", "Enter", "L")),
    "recorder": Picture("loop", 12, LOW, ("1",)),
    "walk-killed-agent": Picture("recordings/ma-sigkill", None, LOW, ("7",)),
}


def main(names: list[str]) -> None:
    """Make these pictures, all without names."""
    for name in names or PICTURES:
        (SCREENSHOTS / f"{name}.svg").write_text(made(PICTURES[name]))
        print(f"screenshots/{name}.svg")


def made(picture: Picture) -> str:
    """The picture as SVG."""
    with tempfile.TemporaryDirectory() as folder, as_elsewhere(Path(folder)):
        return asyncio.run(_shot(picture))


@contextlib.contextmanager
def as_elsewhere(folder: Path) -> Iterator[None]:
    """A machine with the same folder, zone, colours and time whoever makes the picture; nobody writes."""
    for name in ("demo", "loop", "recordings"):
        (folder / name).symlink_to(FIXTURES / name)
    before = Path.cwd()
    environment = {"TZ": "UTC", "COLORTERM": "truecolor", "TERM": "xterm-256color"}
    environment |= {"ROLLOUT_TUI_NO_MEMORY": "1", "XDG_CONFIG_HOME": str(folder)}
    with (
        mock.patch.dict(os.environ, environment),
        mock.patch("time.time_ns", lambda: MADE_MS * 1_000_000),
        # Looking through all processes can take longer than is waited for.
        mock.patch("rollout_tui.trace.writer_watch.WriterWatch.state", lambda watch: "none"),
    ):
        os.environ.pop("NO_COLOR", None)
        time.tzset()
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)
    time.tzset()


async def _shot(picture: Picture) -> str:
    app = RolloutApp(Opening(Path(picture.trace or "recordings"), picture.at, False), pick=not picture.trace)
    async with app.run_test(size=picture.size) as pilot:
        await until_read(app, pilot)
        for key in picture.keys:
            await press(pilot, key)
        await pilot.pause(0.3)
        return without_links(app.export_screenshot(title="rollout-tui"))


async def until_read(app: RolloutApp, pilot: Pilot[int]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not is_read(app):
            await pilot.pause(0.02)
    await pilot.pause(0.3)


def is_read(app: RolloutApp) -> bool:
    """Whether all that is recorded is on the screen, or all recordings are in the list."""
    screen = app.screen
    if isinstance(screen, DebuggerScreen):
        return bool(screen.opened and screen.opened.reading.settled and not screen.painter.loading)
    return app.pick and len(screen.query_one(LineView).content) > 2


async def press(pilot: Pilot[int], key: str) -> None:
    if key.startswith(":") and len(key) > 1:
        await pilot.press(*key, "enter")
    else:
        await pilot.press(key if len(key) == 1 else key.lower())
    await pilot.pause(0.1)


def without_links(svg: str) -> str:
    """The picture without fonts from elsewhere and without the maker's address."""
    svg = re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    svg = re.sub(r"\s*<!--.*?-->", "", svg, flags=re.DOTALL)
    return "\n".join(line.rstrip() for line in svg.splitlines()).strip() + "\n"


if __name__ == "__main__":
    main(sys.argv[1:])
