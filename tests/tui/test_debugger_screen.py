"""Keys on a real recording: where the cursor goes and what every part of the screen then says."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from on_screen import FIXTURES, LARGE, NARROW, WIDE, on_screen, until
from textual import events

from rollout_tui.tui.drawing.lines import ToObject
from rollout_tui.tui.state.places import INSPECTOR, LENS, TIMELINE


async def test_waits_one_after_the_other(two_cells: Path) -> None:
    async with on_screen(two_cells, at=1) as shown:
        seqs = []
        for _ in range(4):
            await shown.press("w")
            seqs.append(shown.session.seq)
        assert seqs == [27, 33, 39, 51]
        await shown.press("w")
        assert "end of trace: no later wait; W goes to #39" in shown.bar("footer")
        assert shown.session.seq == 51


async def test_the_same_call_is_walked_through_events_that_are_about_something_else(two_cells: Path) -> None:
    async with on_screen(two_cells, at=51) as shown:
        seqs = []
        for key in ("o", "o", "o", "O"):
            await shown.press(key)
            seqs.append(shown.session.seq)
        # The wait ends, its output is accepted, a request carries it.
        assert seqs == [54, 55, 56, 55]
        await shown.press("s", "S", "s", "S", "n")
        assert shown.session.followed is None


async def test_a_failed_run_is_opened_at_its_end_and_says_where_the_failures_are() -> None:
    async with on_screen(FIXTURES / "recordings" / "ma-child-http400") as shown:
        await shown.press("e")
        assert "no later error or warning; E goes to #36" in shown.bar("footer")
        await shown.press("c")
        assert "no later failure; C goes to #36" in shown.bar("footer")
        await shown.press("E")
        assert shown.session.seq == 36


async def test_the_context_as_of_a_request(two_cells: Path) -> None:
    async with on_screen(two_cells, at=30) as shown:
        context = shown.pane("lens").splitlines()
        assert "9 items" in context[0]
        rows = [row for row in context[1:] if row.strip(" \u2502")]
        assert "wA1" in rows[8]


async def test_what_is_waited_for_is_said_in_words(two_cells: Path) -> None:
    async with on_screen(two_cells, at=45) as shown:
        blocked = shown.bar("blocked")
        for word in ("/root blocked 1.80 s on", "call_wB2", "cell 2", "running", "exec-2bfd"):
            assert word in blocked


async def test_stepping_back_undoes_what_came_later(two_cells: Path) -> None:
    async with on_screen(two_cells, at=45, lens="cells") as shown:
        for _ in range(45 - 16):
            shown.screen.act("event_previous")
        await shown.painted()
        assert shown.session.seq == 16
        cells = shown.pane("lens")
        assert "cell 1" in cells and "yielded" in cells
        assert "cell 2" not in cells


async def test_home_then_end_restores_the_last_state(two_cells: Path) -> None:
    async with on_screen(two_cells) as shown:
        before = shown.text()
        await shown.press("home")
        assert shown.session.seq == 1 and shown.text() != before
        await shown.press("end")
        assert shown.text() == before


@pytest.mark.parametrize(
    ("typed", "seq"),
    [("33", 33), ("50%", 32), ("turn 1", 6), ("request 3", 30), ("wait 2", 33), ("+2.4s", 44)],
)
async def test_places_by_name(two_cells: Path, typed: str, seq: int) -> None:
    async with on_screen(two_cells) as shown:
        await shown.press("colon", *("space" if c == " " else c for c in typed), "enter")
        assert shown.session.seq == seq
        await shown.press("backspace")
        assert shown.session.seq == 64


async def test_keys_that_come_in_a_burst_go_where_they_were_meant_to(two_cells: Path) -> None:
    async with on_screen(two_cells) as shown:
        for key in ("home", "w", "colon", "4", "6", "backspace", "5", "enter", "w", "tab", "j"):
            shown.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await shown.until(lambda: shown.session.seq == 51)
        assert shown.session.place.lens == "context"
        assert shown.screen.pane == LENS


async def test_a_place_that_is_not_there_loses_nothing(two_cells: Path) -> None:
    async with on_screen(two_cells, at=9) as shown:
        await shown.press("colon", "9", "9", "enter")
        assert "no event has seq 99; there are 1 to 64" in shown.bar("footer")
        await shown.press("colon", "x", "y", "enter")
        assert "'xy' is no place" in shown.bar("footer")
        assert shown.session.seq == 9


async def test_the_message_stays_until_the_next_key(two_cells: Path) -> None:
    async with on_screen(two_cells, at=1) as shown:
        await shown.press("S")
        assert "first event" in shown.bar("footer")
        await shown.press("s")
        assert "? help" in shown.bar("footer")


@pytest.mark.parametrize("size", [NARROW, WIDE, LARGE])
async def test_every_lens_is_reached_at_every_size(demo: Path, size: tuple[int, int]) -> None:
    async with on_screen(demo, size, at=80) as shown:
        for key, name in zip("12345678", _LENSES, strict=True):
            await shown.press(key)
            assert shown.session.place.lens == name
            assert shown.visible(LENS)
            assert "failed:" not in shown.pane("lens").splitlines()[1]


_LENSES = ("context", "diff", "cells", "agents", "tokens", "terminals", "findings", "raw")


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


async def test_rows_of_the_timeline_move_the_cursor(two_cells: Path) -> None:
    async with on_screen(two_cells, at=6) as shown:
        await shown.press("j", "j")
        assert shown.session.seq == 13
        await shown.press("k")
        assert shown.session.seq == 10


async def test_the_selection_is_held_along_its_changes(two_cells: Path) -> None:
    async with on_screen(two_cells, at=20) as shown:
        await shown.press("]")
        assert shown.session.seq == 21
        first = shown.session.place.selection
        await shown.press("]", "]")
        assert shown.session.place.selection == first
        await shown.press("escape")
        assert shown.session.place.selection is None


async def test_threads_are_held_and_let_go(demo: Path) -> None:
    async with on_screen(demo, at=80) as shown:
        assert "/root " in shown.bar("header")
        await shown.press(".")
        assert "thread held" in shown.bar("header")
        held = shown.session.thread_id
        await shown.press("s")
        assert shown.session.thread_id == held
        await shown.press("escape")
        assert "thread held" not in shown.bar("header")


async def test_mark_and_back(two_cells: Path) -> None:
    async with on_screen(two_cells, at=20) as shown:
        await shown.press("'")
        assert "no mark yet" in shown.bar("footer")
        await shown.press("m", "w")
        assert "mark +" in shown.bar("header")
        await shown.press("'")
        assert shown.session.seq == 20
        await shown.press("D")
        assert shown.session.place.lens == "diff"


async def test_breakpoints_both_ways(two_cells: Path) -> None:
    async with on_screen(two_cells, at=15) as shown:
        await shown.press("b")
        assert "code_cell_started" in shown.bar("footer")
        await shown.press("c")
        await shown.until(lambda: shown.session.seq == 20)
        await shown.press("C")
        await shown.until(lambda: shown.session.seq == 15)
        await shown.press("b", "c")
        assert "no later failure" in shown.bar("footer")


async def test_conditions_that_cannot_be_understood(two_cells: Path) -> None:
    async with on_screen(two_cells) as shown:
        await shown.press("colon", *"break", "space", *"tol=x", "enter")
        assert "tol" in shown.bar("footer")
        assert shown.session.breakpoints.all == []


async def test_searching_walks_hits_and_gives_the_place_back(demo: Path) -> None:
    async with on_screen(demo, at=1) as shown:
        await shown.press("/", *"pytest", "enter")
        await shown.until(lambda: shown.session.searching is not None and shown.session.searching.done)
        first = shown.session.seq
        assert first > 1 and "of" in shown.bar("footer")
        await shown.press("n")
        second = shown.session.seq
        assert second > first
        await shown.press("N")
        assert shown.session.seq == first
        await shown.press("escape")
        assert shown.session.seq == 1
        await shown.press("n")
        assert shown.session.seq > 1 and shown.session.searching is None


async def test_a_text_that_is_nowhere(demo: Path) -> None:
    async with on_screen(demo, at=1) as shown:
        await shown.press("/", *"zzyzzx", "enter")
        await shown.until(lambda: "not found: zzyzzx" in shown.bar("footer"))


async def test_playing_goes_on_by_itself_until_a_key(two_cells: Path) -> None:
    async with on_screen(two_cells, at=1) as shown:
        await shown.press("space")
        await shown.until(lambda: shown.session.seq > 8)
        await shown.press("space")
        seq = shown.session.seq
        await shown.pilot.pause(0.2)
        assert shown.session.seq == seq
        assert "paused" in shown.bar("footer")


async def test_control_c_cancels_then_quits(two_cells: Path) -> None:
    async with on_screen(two_cells, at=1) as shown:
        await shown.press("space", "ctrl+c")
        assert "Ctrl+C again quits" in shown.bar("footer")
        assert not shown.screen.running.player.playing
        await shown.pilot.press("ctrl+c")
        await until(shown.pilot, lambda: shown.app.return_value == 0)


async def test_help_and_palette_open_and_close(two_cells: Path) -> None:
    async with on_screen(two_cells) as shown:
        await shown.press("?")
        assert type(shown.app.screen).__name__ == "HelpScreen"
        await shown.press("q")
        await shown.press("ctrl+p")
        assert type(shown.app.screen).__name__ == "CommandPalette"
        await shown.pilot.press(*"next wait")
        await shown.pilot.pause(0.3)
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
        await shown.press("y")
        assert "copied source" in shown.bar("footer") and ":write FILE" in shown.bar("footer")
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
        await shown.press("s")
        assert "not open" in shown.bar("footer")
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


async def test_a_filter_lists_some_events_and_esc_gives_pane_and_place_back(two_cells: Path) -> None:
    async with on_screen(two_cells, at=45, lens="cells") as shown:
        await shown.press("3", "&", *"tool=wait", "enter")
        assert "timeline  8 of 64  & tool=wait" in shown.pane("timeline")
        assert (shown.screen.pane, shown.session.seq) == (TIMELINE, 45)
        await shown.press("j")
        assert shown.session.seq == 50
        await shown.press("k", "k")
        assert shown.session.seq == 34
        await shown.press("escape")
        assert (shown.screen.pane, shown.session.seq, shown.session.place.lens) == (LENS, 45, "cells")
        assert "& tool=wait" not in shown.pane("timeline")


async def test_a_filter_that_cannot_be_understood_loses_nothing(two_cells: Path) -> None:
    async with on_screen(two_cells, at=45) as shown:
        before = shown.session.place
        await shown.press("&", *"colour=red", "enter")
        assert "no field 'colour'; fields are event, thread" in shown.bar("footer")
        assert (shown.session.filtering, shown.session.place) == (None, before)


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
        await shown.press("k", "k")
        before = (line.row, line.top)
        await shown.press("1")
        assert (line.row, line.top) == (0, 0)
        await shown.press("escape")
        assert "13 items" in shown.pane("lens").splitlines()[0]
        assert (line.row, line.top) == before


async def test_searching_only_what_a_compaction_lost() -> None:
    """#18 compacts; what the request at #19 does not carry of what the model had is its call, item 4."""
    bundle = Path(__file__).parents[2] / "fixtures" / "recordings" / "remote-compaction-auto"
    async with on_screen(bundle, at=19) as shown:
        await shown.press("2")
        text = shown.pane("lens")
        words = " ".join(row.strip("\u2502 ") for row in text.splitlines())
        assert "across compaction 1: kept 3 . rewritten 0 . lost 1" in words
        await shown.press("/", *"AKJP", "enter")
        assert 'lost with "AKJP": 0 of 1 item' in shown.pane("lens")
        await shown.press("escape", "/", *"akjp", "enter")
        found = shown.pane("lens")
        assert 'lost with "akjp": 1 of 1 item' in found
        assert "exec_command" in found and "unchanged" not in found
        assert '"akjp"  1 of 1 lost item' in shown.bar("footer")
        await shown.press("n")
        line = shown.screen.line_view(LENS)
        target = line.content.line(line.row).target
        assert isinstance(target, ToObject) and target.id == "conversation_item:4"
        await shown.press("n")
        assert "no later hit" in shown.bar("footer")
        assert shown.session.seq == 19
        await shown.press("escape")
        assert shown.pane("lens") == text
        assert shown.session.view().lost_found is None


async def test_from_the_sender_to_the_receiver_and_back() -> None:
    """The child's result is observed at #39 and carried by the root's request at #44."""
    bundle = Path(__file__).parents[2] / "fixtures" / "recordings" / "ma-child-http400"
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


async def test_marks_and_the_times_between_them(two_cells: Path) -> None:
    """Events 27, 39 and 50 are 580, 1252 and 3090 ms after the first."""
    async with on_screen(two_cells, at=27) as shown:
        await shown.press("'")
        assert "no mark yet" in shown.bar("footer")
        await shown.press("m", ":", *"39", "enter", "m", ":", *"50", "enter", "m")
        await shown.press(":", *"marks", "enter")
        assert "#27 +580 ms   #39 +1.25 s (+672 ms)   #50 +3.09 s (+1.84 s)" in shown.bar("footer")
        seqs = []
        for _ in range(4):
            await shown.press("'")
            seqs.append(shown.session.seq)
        assert seqs == [27, 39, 50, 27]
        await shown.press("w")
        assert "mark +337 ms" in shown.bar("header")
        await shown.press("v")
        marked = [row.split()[0] for row in shown.pane("timeline").splitlines() if " M " in row]
        assert "#27" in marked and shown.session.view().marks == (39, 50, 27)


async def test_wrong_places_and_commands_are_said_and_lose_nothing(two_cells: Path) -> None:
    async with on_screen(two_cells, at=45, lens="cells") as shown:
        place = shown.session.place
        for typed, words in (
            ("99999", "no event has seq 99999; there are 1 to 64"),
            ("thread nobody", "'nobody' names no thread"),
            ("lens telescope", "there are context, diff, cells, agents, tokens, terminals, findings, raw"),
            ("break colour=red", "no field 'colour'; fields are event"),
            ("watch input_tokens > many", "input_tokens is a number"),
            ("unbreak 7", "no breakpoint 7; there are: none"),
            ("12:99:05", "12:99:05 is no time of day"),
            ("turn 9", "9"),
            ("telescope", "'telescope' is no place; go to: 1234 (seq), 50%"),
        ):
            await shown.press(":", *typed, "enter")
            assert words in shown.bar("footer"), typed
            assert (shown.session.place, shown.session.breakpoints.all) == (place, []), typed
