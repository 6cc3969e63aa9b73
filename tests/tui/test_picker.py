"""The choice among the recordings of a folder."""

from __future__ import annotations

import re
import shutil
from contextlib import closing
from pathlib import Path

import pytest
from on_screen import NARROW, WIDE, Shown, is_read, until
from picking import choosing, looked, names, rows

from rollout_tui.remembered.store import Figures, Remembered, Store
from rollout_tui.trace.bundle import is_folder_of_bundles
from rollout_tui.trace.packed import Unpacked
from rollout_tui.tui.app import RolloutApp
from rollout_tui.tui.screens.help import HelpScreen
from rollout_tui.tui.screens.picker import PickerScreen
from rollout_tui.tui.starting.opening import Opening
from rollout_tui.tui.widgets.bar import Bar
from rollout_tui.tui.widgets.line_view import LineView
from rollout_tui.words import ago


@pytest.fixture
def root(demo: Path, two_cells: Path, tmp_path: Path) -> Path:
    for source in (demo, two_cells):
        shutil.copytree(source, tmp_path / "traces" / source.name)
    return tmp_path / "traces"


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_bundles_with_what_they_are_about(root: Path, size: tuple[int, int]) -> None:
    async with choosing(root, size) as (app, pilot, _):
        await until(pilot, lambda: "2 bundles" in rows(app))
        text = rows(app)
        assert "ended" in text and "1 failed" in text
        assert max(map(len, text.splitlines())) <= size[0]


async def test_the_selected_one_is_opened(root: Path) -> None:
    async with choosing(root) as (app, pilot, screen):
        wanted = screen.shown[1].folder
        await pilot.press("j", "enter")
        shown = Shown(app, pilot)
        await shown.until(lambda: is_read(shown))
        assert shown.session.trace.bundle.folder == wanted


async def test_from_a_recording_to_its_neighbours(root: Path) -> None:
    app = RolloutApp(Opening(root / "two-cells-interleaved", at=9))
    async with app.run_test(size=WIDE) as pilot:
        shown = Shown(app, pilot)
        await shown.until(lambda: is_read(shown))
        await shown.type_line("recordings")
        screen = await looked(app, pilot)
        await pilot.press("backspace")
        await shown.until(lambda: is_read(shown) and shown.session.seq == 9)
        assert shown.session.trace.bundle.folder.name == "two-cells-interleaved"
        await shown.type_line("recordings")
        screen = await looked(app, pilot)
        wanted = next(row for row, one in enumerate(screen.shown) if one.folder.name == "demo")
        await pilot.press(*["j"] * wanted, "enter")
        await shown.until(lambda: is_read(shown))
        assert shown.session.trace.bundle.folder.name == "demo"
        assert shown.session.seq == 141


async def test_backspace_leads_back_to_the_list_and_a_way_of_looking_stays(root: Path) -> None:
    async with choosing(root) as (app, pilot, screen):
        await pilot.press("enter")
        shown = Shown(app, pilot)
        await shown.until(lambda: is_read(shown))
        await shown.press("v", "7", "&", "backspace", "backspace")
        assert app.screen is screen
        await pilot.press("j", "enter")
        await shown.until(lambda: is_read(shown))
        assert (shown.session.outline, shown.session.severity) == (False, "error")
        await shown.press("home", "backspace")
        assert isinstance(app.screen, type(shown.screen))
        await shown.press("backspace")
        assert app.screen is screen


async def test_from_a_recording_of_a_list_one_comes_to_another_list(root: Path) -> None:
    async with choosing(root) as (app, pilot, screen):
        await pilot.press("enter")
        shown = Shown(app, pilot)
        await shown.until(lambda: is_read(shown))
        await shown.type_line("recordings")
        other = await looked(app, pilot)
        assert other is not screen and len(app.screen_stack) == 2
        await until(pilot, lambda: "2 bundles" in rows(app))


async def test_from_a_recording_that_cannot_be_opened_one_comes_back_to_the_list(root: Path) -> None:
    (root / "broken").mkdir()
    (root / "broken" / "trace.jsonl").write_text("no event\n")
    async with choosing(root) as (app, pilot, screen):
        await until(pilot, lambda: "broken" in names(screen))
        await pilot.press(*["j"] * names(screen).index("broken"), "enter")
        shown = Shown(app, pilot)
        await shown.until(lambda: "Backspace goes back to the list, q quits" in shown.pane("timeline"))
        await pilot.press("backspace")
        await until(pilot, lambda: app.screen is screen)


async def test_what_was_looked_at_last(root: Path, tmp_path: Path) -> None:
    store = Store(tmp_path / "remembered")
    app = RolloutApp(Opening(root / "demo", memory=store))
    async with app.run_test(size=WIDE) as pilot:
        shown = Shown(app, pilot)
        await shown.until(lambda: is_read(shown))
        await shown.type_line("recent")
        screen = app.screen
        assert isinstance(screen, PickerScreen)
        header = screen.query_one("#header", Bar)
        await until(pilot, lambda: "looked at last" in header.line.text)
    nothing = RolloutApp(Opening(Path()), recent=Store(tmp_path / "nothing"))
    async with nothing.run_test(size=NARROW) as pilot:
        await until(pilot, lambda: "No recording was looked at yet" in rows(nothing))
    again = RolloutApp(Opening(Path(), memory=store), recent=store)
    async with again.run_test(size=WIDE) as pilot:
        screen = await looked(again, pilot)
        assert names(screen) == ["demo"]
        await pilot.press("enter")
        shown = Shown(again, pilot)
        await shown.until(lambda: is_read(shown))
        assert shown.session.seq == 141


async def test_of_what_is_gone_nothing_is_counted_that_is_not_known(tmp_path: Path) -> None:
    store = Store(tmp_path / "remembered")
    figures = Figures(started_at_unix_ms=1, size_bytes=2000, ended=True, whole=True, turns=3, failures=1)
    for name, known in (("with", figures), ("without", None)):
        path = str(tmp_path / name)
        store.save(Remembered(rollout_id=name, trace_id="t", path=path, figures=known))
    app = RolloutApp(Opening(Path(), memory=store), recent=store)
    async with app.run_test(size=WIDE) as pilot:
        await looked(app, pilot)
        await until(pilot, lambda: "without is no longer there" in rows(app))
        listed = [row.lstrip(" \u25b8") for row in rows(app).splitlines()]
        told = {row.split(" is no ")[0].split()[-1]: row for row in listed if " is no " in row}
        assert all(known in told["with"] for known in ("3 turns", "1 failed", "2.0 kB"))
        assert told["without"].split() == ["gone", "without", "is", "no", "longer", "there"]


async def test_what_was_looked_at_in_an_archive_opens_from_the_list_at_its_place(
    root: Path, tmp_path: Path, temporary: Path
) -> None:
    archive = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", root))
    store = Store(tmp_path / "remembered")
    with closing(Unpacked()) as unpacked:
        app = RolloutApp(Opening(unpacked.find(archive), memory=store, unpacked=unpacked), pick=True)
        async with app.run_test(size=WIDE) as pilot:
            screen = await looked(app, pilot)
            assert str(archive) in screen.query_one("#header", Bar).line.text
            await pilot.press(*["j"] * names(screen).index("two-cells-interleaved"), "enter")
            shown = Shown(app, pilot)
            await shown.until(lambda: is_read(shown))
            await shown.type_line("45")
    with closing(Unpacked()) as unpacked:
        again = RolloutApp(Opening(Path(), memory=store, unpacked=unpacked), recent=store)
        async with again.run_test(size=WIDE) as pilot:
            screen = await looked(again, pilot)
            assert [one.folder for one in screen.shown] == [archive / "two-cells-interleaved"]
            await until(pilot, lambda: f"{archive.name}/two-cells-interleaved" in rows(again))
            assert str(archive) in screen.query_one("#detail", Bar).line.text
            await pilot.press("enter")
            shown = Shown(again, pilot)
            await shown.until(lambda: is_read(shown) and shown.session.seq == 45)
            await shown.type_line("recordings")
            screen = await looked(again, pilot)
            assert set(names(screen)) == {"demo", "two-cells-interleaved"}
            assert list(temporary.iterdir())


async def test_a_place_is_remembered_though_notes_of_another_recording_were_lost(
    root: Path, tmp_path: Path
) -> None:
    store = Store(tmp_path / "remembered")
    store.folder.write_text("a file in the place of the folder")
    app = RolloutApp(Opening(root, memory=store), pick=True)
    async with app.run_test(size=WIDE) as pilot:
        await looked(app, pilot)
        shown = Shown(app, pilot)
        await pilot.press("enter")
        await shown.until(lambda: is_read(shown))
        await shown.type_line("note mine")
        app.leave()
        await until(pilot, lambda: app.complaint)
        store.folder.unlink()
        await pilot.press("j", "enter")
        await shown.until(lambda: is_read(shown))
        await shown.type_line("9")
    assert app.complaint.startswith("the notes could not be kept")
    assert [one.seq for one in store.recent(2)] == [9]


async def test_words_narrow_it_down(root: Path) -> None:
    async with choosing(root) as (app, pilot, screen):
        await pilot.press("/", *"demo", "enter")
        await until(pilot, lambda: names(screen) == ["demo"])
        await pilot.press("/", *"zzz", "enter")
        await until(pilot, lambda: "No recording matches" in rows(app))
        await pilot.press("escape")
        await until(pilot, lambda: len(screen.shown) == 2)


async def test_the_list_is_narrowed_while_one_types(root: Path) -> None:
    async with choosing(root) as (_, pilot, screen):
        await pilot.press("/", *"demoq")
        await until(pilot, lambda: not screen.shown)
        await pilot.press("backspace")
        await until(pilot, lambda: names(screen) == ["demo"])
        await pilot.press("escape")
        await until(pilot, lambda: len(screen.shown) == 2)


async def test_its_help_tells_its_keys_and_its_footer_is_of_buttons(root: Path) -> None:
    async with choosing(root, NARROW) as (app, pilot, screen):
        footer = screen.query_one("#footer", Bar)
        await until(pilot, lambda: "help" in footer.line.text)
        await pilot.click("#footer", offset=(footer.line.text.index("help"), 0))
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        assert app.screen.query_one(LineView).content.line(0).text.strip() == "here: recordings"
        told = [app.screen.query_one(LineView).content.line(n).text for n in range(11)]
        assert any("Backspace" in line and "you came from" in line for line in told)
        row = next(n for n, text in enumerate(told) if "open the" in text)
        await pilot.press(*["j"] * row, "enter")
        shown = Shown(app, pilot)
        await shown.until(lambda: is_read(shown))


async def test_columns_are_straight(root: Path, two_cells: Path) -> None:
    for number in range(12):
        shutil.copytree(two_cells, root / f"copy-{number}-{'x' * number * 3}")
    async with choosing(root, NARROW) as (app, pilot, screen):
        await until(pilot, lambda: "14 bundles" in rows(app))
        lines = rows(app).splitlines()[1 : len(screen.shown) + 1]
        assert {line.index(" gpt") for line in lines} == {lines[0].index(" gpt")}
        assert len({line.index("B ") for line in lines}) == 1


@pytest.mark.parametrize(
    ("past_ms", "words"),
    [(200, "now"), (41_000, "41 s ago"), (700_000, "11 m ago"), (11_000_000, "3 h ago"), (4e8, "4 d ago")],
)
def test_ages_are_short(past_ms: float, words: str) -> None:
    now = 1_800_000_000_000
    assert ago(now - int(past_ms), now) == words
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", ago(now - 90 * 86_400_000, now))


async def test_new_bundles_appear(root: Path, demo: Path) -> None:
    async with choosing(root) as (_, pilot, screen):
        shutil.copytree(demo, root / "another")
        await until(pilot, lambda: len(screen.shown) == 3)


def test_what_is_a_folder_of_bundles(root: Path, demo: Path) -> None:
    assert is_folder_of_bundles(root)
    assert not is_folder_of_bundles(demo)
    assert not is_folder_of_bundles(demo / "trace.jsonl")
    assert not is_folder_of_bundles(root / "nothing")
