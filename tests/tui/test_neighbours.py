"""Other recordings of the folder: those that run are a key away, new ones are offered or taken."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from in_time import PATIENCE_S
from on_screen import NARROW, WIDE, Shown, is_read, on_screen, until
from picking import choosing, rows

from rollout_tui.trace.packed import Unpacked
from rollout_tui.tui.app import RolloutApp
from rollout_tui.tui.screens.debugger import DebuggerScreen
from rollout_tui.tui.starting.opening import Opening
from rollout_tui.tui.state.places import LENS
from rollout_tui.tui.widgets.bar import Bar
from rollout_tui.tui.widgets.line_view import LineView

Begin = Callable[..., Path]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "traces").mkdir()
    return tmp_path / "traces"


@pytest.fixture
def begin(two_cells: Path, root: Path) -> Iterator[Begin]:
    """Begins a recording; a writer holds it open unless it is `ended`."""
    with ExitStack() as writers:

        def made(name: str, events: int = 20, *, ended: bool = False, at_ms: int = 0) -> Path:
            folder = root / name
            hidden = root.with_name(name)
            shutil.copytree(two_cells, hidden)
            lines = (two_cells / "trace.jsonl").read_bytes().splitlines(keepends=True)
            manifest = hidden / "manifest.json"
            text = manifest.read_text()
            start = text.partition('"started_at_unix_ms": ')[2].partition(",")[0].strip()
            manifest.write_text(text.replace(start, str(int(start) + at_ms)))
            if not ended:
                (hidden / "trace.jsonl").write_bytes(b"".join(lines[:events]))
                writers.enter_context((hidden / "trace.jsonl").open("ab"))
            return hidden.rename(folder)

        yield made


def opened(shown: Shown) -> str:
    """Name of the bundle on the screen."""
    screen = shown.app.screen
    ready = isinstance(screen, DebuggerScreen) and screen.opened is not None and is_read(shown)
    return shown.session.trace.bundle.folder.name if ready else ""


async def test_a_key_goes_round_those_that_run(begin: Begin) -> None:
    begin("ended", ended=True, at_ms=9000)
    for number, name in enumerate(("one", "two", "three")):
        begin(name, 10 + number, at_ms=1000 * number)
    async with on_screen(begin("four", 14, at_ms=4000), NARROW, follow=None) as shown:
        await shown.press("3")
        for name in ("three", "two", "one", "four"):
            await shown.press("r")
            await shown.until(lambda name=name: opened(shown) == name)
            assert (shown.session.place.lens, shown.screen.pane) == ("cells", LENS)
        await shown.press("R")
        await shown.until(lambda: opened(shown) == "one")
        assert "LIVE" in shown.bar("header")


async def test_beside_a_recording_that_came_alone_in_an_archive_are_those_beside_that(
    begin: Begin, two_cells: Path, temporary: Path
) -> None:
    running = begin("one")
    archive = Path(shutil.make_archive(str(running.parent / "packed"), "zip", two_cells))
    with closing(Unpacked()) as unpacked:
        async with on_screen(archive, unpacked=unpacked) as shown:
            assert list(temporary.iterdir())
            await shown.press("r")
            await shown.until(lambda: opened(shown) == "one")


async def test_an_archive_is_unpacked_while_the_screen_says_so(two_cells: Path, tmp_path: Path) -> None:
    archive = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", two_cells))
    goes_on = threading.Event()

    class Slow(Unpacked):
        def find(self, path: Path, given_up: Callable[[], bool] = bool) -> Path:
            goes_on.wait(PATIENCE_S)
            return super().find(path, given_up)

    with closing(Slow()) as unpacked:
        app = RolloutApp(Opening(archive, unpacked=unpacked))
        async with app.run_test(size=WIDE) as pilot:
            shown = Shown(app, pilot)
            await shown.until(lambda: "unpacking packed.zip ..." in shown.pane("timeline"))
            goes_on.set()
            await shown.until(lambda: is_read(shown))


async def test_where_no_other_runs_it_is_said(begin: Begin) -> None:
    begin("ended", ended=True)
    async with on_screen(begin("one")) as shown:
        await shown.press("r")
        await shown.until(lambda: "no other recording runs here" in shown.bar("footer"))
        assert opened(shown) == "one"


async def test_a_new_one_is_offered(begin: Begin, root: Path) -> None:
    begin("one")
    async with choosing(root) as (app, pilot, _):
        await pilot.press("enter")
        shown = Shown(app, pilot)
        await shown.until(lambda: opened(shown) == "one")
        begin("two", at_ms=5000)
        await shown.until(lambda: "a new recording has begun: two; r goes there" in shown.bar("footer"))
        assert opened(shown) == "one"
        await shown.press("r")
        await shown.until(lambda: opened(shown) == "two")


async def test_the_latest_is_taken_once_this_one_is_over(begin: Begin, root: Path) -> None:
    begin("over", ended=True)
    async with on_screen(root, latest=True) as shown:
        assert opened(shown) == "over"
        begin("two", at_ms=5000)
        await shown.until(lambda: opened(shown) == "two")
        assert "a new recording has begun" in shown.bar("footer")
        begin("three", at_ms=6000)
        await shown.until(lambda: "begun: three; r goes there" in shown.bar("footer"))
        assert opened(shown) == "two", "one that runs is not left"


async def test_somebody_in_the_past_is_not_taken_away(begin: Begin, root: Path) -> None:
    begin("over", ended=True)
    async with on_screen(root, latest=True) as shown:
        await shown.press("S")
        begin("two", at_ms=5000)
        await shown.until(lambda: "begun: two; r goes there" in shown.bar("footer"))
        assert opened(shown) == "over"


async def test_waiting_among_older_ones_opens_the_next(begin: Begin, root: Path) -> None:
    begin("old", ended=True)
    async with choosing(root, wait=True) as (app, pilot, screen):
        header = screen.query_one("#header", Bar).render_line(0).text
        assert "the next recording opens by itself" in header
        begin("new", at_ms=5000)
        shown = Shown(app, pilot)
        await shown.until(lambda: opened(shown) == "new")


async def test_the_newest_stays_selected_until_one_chooses(begin: Begin, root: Path) -> None:
    begin("one")
    begin("two", at_ms=1000)
    async with choosing(root) as (_, pilot, screen):
        for name, at_ms, selected in (("three", 2000, "three"), ("four", 3000, "three")):
            begin(name, at_ms=at_ms)
            await until(pilot, lambda: screen.shown[0].folder.name == name)  # noqa: B023
            view = screen.query_one(LineView)
            assert screen.shown[view.row].folder.name == selected
            await pilot.press("j", "k")


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_running_ones_with_all_there_is_to_know(
    begin: Begin, root: Path, size: tuple[int, int]
) -> None:
    begin("first", 30)
    again = begin("again", 45, at_ms=60_000)
    os.utime(again / "trace.jsonl", (time.time() - 41, time.time() - 41))
    begin("ended", ended=True, at_ms=-60_000)
    async with choosing(root, size) as (app, pilot, screen):
        await until(pilot, lambda: "3 bundles" in rows(app))
        text = rows(app)
        assert "2 running" in text
        first = text.splitlines()[1]
        assert "running" in first and "quiet 4" in first and " d ago" in first
        if size == WIDE:
            assert all(word in first for word in ("1 turn", "20.4 kB", "resumes first"))
        detail = screen.query_one("#detail", Bar).render_line(0).text
        assert "again" in detail and "resumes first" in detail
