"""What stands where on the screen: panes at every size, by keys and by mouse, and what goes wrong."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
from on_screen import LARGE, NARROW, WIDE, on_screen, until
from recordings_at_hand import RECORDINGS

from rollout_tui.tui.lens_names import LENS_NAMES
from rollout_tui.tui.state.places import INSPECTOR, LENS, TIMELINE


@pytest.mark.parametrize("size", [NARROW, WIDE, LARGE])
async def test_every_lens_is_reached_at_every_size(demo: Path, size: tuple[int, int]) -> None:
    async with on_screen(demo, size, at=80) as shown:
        for one in LENS_NAMES:
            await shown.press(one.key)
            assert shown.session.place.lens == one.name
            assert shown.visible(LENS)
            assert "failed:" not in shown.pane("lens").splitlines()[1]


async def test_one_pane_at_a_time_in_a_narrow_terminal(demo: Path) -> None:
    async with on_screen(demo, NARROW) as shown:
        seen = []
        for _ in range(3):
            seen.append([pane for pane in (TIMELINE, LENS, INSPECTOR) if shown.visible(pane)])
            await shown.press("tab")
        assert seen == [[TIMELINE], [LENS], [INSPECTOR]]
        await shown.press("shift+tab")
        assert shown.visible(INSPECTOR)


async def test_resizing_and_zooming(demo: Path) -> None:
    def panes() -> list[str]:
        return [pane for pane in (TIMELINE, LENS, INSPECTOR) if shown.visible(pane)]

    async with on_screen(demo, WIDE) as shown:
        assert panes() == [TIMELINE, LENS, INSPECTOR]
        await shown.press("z")
        assert panes() == [TIMELINE]
        await shown.press("escape")
        assert panes() == [TIMELINE, LENS, INSPECTOR]
        for width, height, wanted in ((104, 30, [TIMELINE, LENS]), (80, 24, [TIMELINE]), (200, 60, 3)):
            await shown.pilot.resize_terminal(width, height)
            await shown.painted()
            assert panes() == wanted or len(panes()) == wanted
        for width, height in ((20, 5), (1, 1), (120, 40)):
            await shown.pilot.resize_terminal(width, height)
            await shown.painted()
        assert panes() == [TIMELINE, LENS, INSPECTOR]


async def test_the_row_stays_where_other_lines_are_made_for_another_width() -> None:
    def chosen() -> object:
        return shown.screen.widget(LENS).target

    async with on_screen(RECORDINGS / "ma-child-http400", WIDE) as shown:
        await shown.press("7", "j", "j", "j")
        finding, rows = chosen(), len(shown.screen.widget(LENS).content)
        assert finding is not None
        for zoomed in (True, False):
            await shown.press("z")
            assert chosen() == finding
            assert (len(shown.screen.widget(LENS).content) < rows) == zoomed
    async with on_screen(RECORDINGS / "ma-child-http400", NARROW) as shown:
        await shown.press("7")
        lens = shown.screen.widget(LENS)
        assert lens.line is not None and "#34 inference_failed" in lens.line.text


async def test_nothing_is_wider_than_the_terminal(demo: Path) -> None:
    for size in (NARROW, WIDE, LARGE):
        async with on_screen(demo, size, at=80) as shown:
            assert all(len(row) <= size[0] for row in shown.text().splitlines())


async def test_a_row_of_the_context_is_inspected_and_opened_and_left_again(demo: Path) -> None:
    async with on_screen(demo, at=80) as shown:
        await shown.press("1", "j", "j")
        row = shown.screen.line_view(LENS).row
        assert shown.session.place.selection is not None
        inspected = shown.pane("inspector")
        await shown.press("enter")
        assert shown.session.place.lens == "raw"
        await shown.press("backspace")
        assert shown.session.place.lens == "context"
        assert shown.screen.line_view(LENS).row == row
        assert shown.pane("inspector") == inspected
        await shown.press("\\")
        assert shown.session.place.lens == "raw"


async def test_the_outline_folds_and_the_flat_list_has_every_event(two_cells: Path) -> None:
    async with on_screen(two_cells, at=9) as shown:
        rows = len(shown.screen.line_view(TIMELINE).content)
        await shown.press("enter")
        assert len(shown.screen.line_view(TIMELINE).content) == 1
        await shown.press("enter")
        assert len(shown.screen.line_view(TIMELINE).content) == rows
        await shown.press("v")
        assert len(shown.screen.line_view(TIMELINE).content) == 64
        await shown.press("j")
        assert shown.session.seq == 10


async def test_control_c_cancels_then_quits(two_cells: Path) -> None:
    async with on_screen(two_cells, at=1) as shown:
        assert "Ctrl+C again quits" in await shown.said_after("space", "ctrl+c")
        assert not shown.screen.running.player.playing
        await shown.pilot.press("ctrl+c")
        await until(shown.pilot, lambda: shown.app.return_value == 0)


async def test_help_and_palette_open_and_close(two_cells: Path) -> None:
    async with on_screen(two_cells) as shown:
        await shown.press("?")
        assert type(shown.app.screen).__name__ == "HelpScreen"
        await shown.press("q")
        await shown.press("ctrl+p")
        assert type(shown.app.screen).__name__ == "Palette"
        await shown.pilot.press(*"next wait")
        await shown.pilot.press("escape")
        await shown.press("home", "w")
        assert shown.session.seq == 27


async def test_the_scrubber_is_clicked(two_cells: Path) -> None:
    async with on_screen(two_cells) as shown:
        lanes = shown.screen.query_one("#lanes")
        await shown.pilot.click("#lanes", offset=(lanes.first_column, lanes.size.height - 1))  # type: ignore[attr-defined]
        await shown.painted()
        assert shown.session.seq == 1


async def test_lines_are_clicked(two_cells: Path) -> None:
    async with on_screen(two_cells, at=64) as shown:
        await shown.pilot.click("#timeline", offset=(10, 2))
        await shown.painted()
        assert shown.session.seq == 10
        await shown.pilot.click("#lens", offset=(10, 2))
        await shown.painted()
        assert shown.session.place.selection is not None
        at = shown.bar("footer").index("w wait")
        await shown.pilot.click("#footer", offset=(at, 0))
        await shown.painted()
        assert shown.session.seq == 27


async def test_copy_says_that_a_terminal_never_answers(two_cells: Path, tmp_path: Path) -> None:
    async with on_screen(two_cells, at=20) as shown:
        said = await shown.said_after("y")
        assert "copied source" in said and ":write FILE" in said
        target = tmp_path / "out.txt"
        shown.app.clear_selection()
        from rollout_tui.tui.command_line import run_command

        run_command(shown.screen, f"write {target}")
        assert target.stat().st_size == 150
        assert target.stat().st_mode & 0o777 == 0o600
        run_command(shown.screen, f"write {target}")
        assert "exists" in shown.screen.message[0] or "there" in shown.screen.message[0]


async def test_a_trace_that_cannot_be_opened(tmp_path: Path) -> None:
    async with on_screen(tmp_path / "nothing", read=False) as shown:
        await shown.until(lambda: "does not exist" in shown.pane("timeline"))
        assert "not open" in await shown.said_after("s")
        await shown.press("q")
        await until(shown.pilot, lambda: shown.app.return_value == 0)


async def test_a_recording_without_any_event(demo: Path, tmp_path: Path) -> None:
    shutil.copy(demo / "manifest.json", tmp_path)
    (tmp_path / "trace.jsonl").touch()
    # Where it is not found out in time whether somebody writes, the age of the file decides.
    os.utime(tmp_path / "trace.jsonl", (1_700_000_000, 1_700_000_000))
    async with on_screen(tmp_path) as shown:
        assert "STOPPED, empty" in shown.bar("header")
        assert "No event yet" in shown.pane("timeline")
        await shown.press(*"sSnNfBcCwWtTeE][oOgGFv12345678m'D", "space", "enter", "backspace", "y", "z", "H")
        assert "this pane failed" not in shown.text()


async def test_a_seq_that_is_not_there_ends_with_one_line(two_cells: Path) -> None:
    async with on_screen(two_cells, read=False, at=999) as shown:
        await until(shown.pilot, lambda: shown.app.complaint)
        assert shown.app.complaint == "no event has seq 999 (there are seqs from 1 to 64)"
        assert shown.app.return_value == 2


async def test_a_pane_that_breaks_says_so_and_leaves_the_others(
    two_cells: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("no good")

    monkeypatch.setattr("rollout_tui.tui.screens.painting.inspector", broken)
    async with on_screen(two_cells, at=20) as shown:
        assert "this pane failed" in shown.pane("inspector").replace("\n", " ")
        assert "turn 1" in shown.pane("timeline")


async def test_backspace_gives_the_row_back_too(two_cells: Path) -> None:
    async with on_screen(two_cells, at=45, size=NARROW, lens="cells") as shown:
        line = shown.screen.line_view(LENS)
        await shown.press("3", *["j"] * 7, "k", "k")
        before = (shown.session.seq, line.row, line.top, shown.pane("lens"))
        for away in (("w",), ("8",), ("1", "j"), ("L",)):
            await shown.press(*away)
            assert (shown.session.seq, line.row, line.top, shown.pane("lens")) != before
            await shown.press("backspace")
            assert (shown.session.seq, line.row, line.top, shown.pane("lens")) == before, away


async def test_the_number_of_the_context_again_looks_another_way(two_cells: Path) -> None:
    async with on_screen(two_cells, at=49) as shown:
        titles = []
        for _ in range(4):
            await shown.press("1")
            titles.append(shown.pane("lens").splitlines()[0])
        for title, words in zip(
            titles, ("13 items", "on the wire", "new since request 4 (#36)", "13 items"), strict=True
        ):
            assert words in title
        line = shown.screen.line_view(LENS)
        await shown.press("k")
        before = (line.row, line.top)
        await shown.press("1")
        assert (line.row, line.top) == (0, 0)
        await shown.press("escape")
        assert "13 items" in shown.pane("lens").splitlines()[0]
        assert (line.row, line.top) == before


async def test_from_the_sender_to_the_receiver_and_back() -> None:
    """The child's result is observed at #39 and carried by the root's request at #44."""
    bundle = RECORDINGS / "ma-child-http400"
    async with on_screen(bundle) as shown:
        await shown.press("4")
        line = shown.screen.line_view(LENS)
        result = next(
            number
            for number in range(len(line.content))
            if line.content.line(number).text.split()[:2] == ["#39", "result"]
        )
        line.move(result - line.row)
        await shown.press("enter")
        assert (shown.session.seq, "sent here" in shown.bar("footer")) == (39, True)
        await shown.press("enter")
        assert (shown.session.seq, "received here" in shown.bar("footer")) == (44, True)
        assert shown.session.place.lens == "agents"
        await shown.press("enter")
        assert shown.session.seq == 39
        await shown.press("backspace", "backspace")
        assert shown.session.seq == 39


@pytest.fixture
def with_ids_of_models(two_cells: Path, tmp_path: Path) -> Path:
    """The two cells with ids of calls as long as models give them: 29 characters."""
    folder = Path(shutil.copytree(two_cells, tmp_path / "bundle"))
    for path in (folder / "trace.jsonl", *(folder / "payloads").iterdir()):
        text = path.read_text()
        for name in ("call_wA1", "call_wA2", "call_wB1", "call_wB2", "call_A", "call_B"):
            text = text.replace(f'"{name}', f'"call_Hq3Zt0PmXw2LkVb9YcR{name[5:]:_>5}')
        path.write_text(text)
    return folder


async def test_long_ids_of_calls_leave_room_for_what_is_said(with_ids_of_models: Path) -> None:
    async with on_screen(with_ids_of_models, WIDE, at=45) as shown:
        assert re.search(r"tool call\.\.___A  \S.{10}", shown.pane("lens"))
        await shown.press("3")
        assert "call.._wB2 waits" in shown.pane("lens")
    async with on_screen(with_ids_of_models, NARROW, at=45) as shown:
        assert "wait(call.._wB2) -> cell 2 (running" in shown.bar("blocked")


async def test_a_narrow_screen_begins_in_the_pane_that_was_asked_for(demo: Path) -> None:
    async with on_screen(demo, NARROW, at=80, lens="cells", pane=LENS) as shown:
        assert shown.visible(LENS) and not shown.visible(TIMELINE)
        assert "cells  /root at #80" in shown.pane("lens")
        assert shown.screen.place.pane == LENS
