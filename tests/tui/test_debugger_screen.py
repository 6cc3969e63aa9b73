"""Keys on a real recording: where the cursor goes and what every part of the screen then says."""

from __future__ import annotations

from pathlib import Path

import pytest
from on_screen import on_screen
from recordings_at_hand import RECORDINGS
from textual import events

from rollout_tui.tui.state.places import LENS


async def test_waits_one_after_the_other(two_cells: Path) -> None:
    async with on_screen(two_cells, at=1) as shown:
        assert await shown.walked(*"wwww") == [27, 33, 39, 51]
        assert "end of trace: no later wait; W goes to #39" in await shown.said_after("w")
        assert shown.session.seq == 51


async def test_the_same_call_is_walked_through_events_that_are_about_something_else(two_cells: Path) -> None:
    async with on_screen(two_cells, at=51) as shown:
        seqs = await shown.walked(*"oooO")
        # The wait ends, its output is accepted, a request carries it.
        assert seqs == [54, 55, 56, 55]
        await shown.press("s", "S", "s", "S", "n")
        assert shown.session.followed is None


async def test_what_only_the_end_can_tell_is_walked_with_the_other_findings() -> None:
    async with on_screen(RECORDINGS / "local-compaction-auto", at=1) as shown:
        seqs = []
        for key in ("e", "e", "E"):
            await shown.press(key)
            seqs.append((shown.session.seq, shown.bar("footer").split(":")[0].strip()))
        assert seqs == [
            (14, "never_seen_by_model"),
            (17, "context_shrank_unrecorded"),
            (14, "never_seen_by_model"),
        ]


async def test_a_failed_run_is_opened_at_its_end_and_says_where_the_failures_are() -> None:
    async with on_screen(RECORDINGS / "ma-child-http400") as shown:
        assert "no later error or warning; E goes to #36" in await shown.said_after("e")
        assert "no later failure; C goes to #36" in await shown.said_after("c")
        assert "end of trace: no later code-cell event, and none before" in await shown.said_after("i")
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
        assert "no event has seq 99; there are 1 to 64" in await shown.said_after("colon", "9", "9", "enter")
        assert "'xy' is no place" in await shown.said_after("colon", "x", "y", "enter")
        assert shown.session.seq == 9


async def test_the_message_stays_until_the_next_key(two_cells: Path) -> None:
    async with on_screen(two_cells, at=1) as shown:
        assert "first event" in await shown.said_after("S")
        assert "? help" in await shown.said_after("s")


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
        assert "no mark yet" in await shown.said_after("'")
        await shown.press("m", "w")
        assert "mark +" in shown.bar("header")
        await shown.press("'")
        assert shown.session.seq == 20
        await shown.press("D")
        assert shown.session.place.lens == "diff"


async def test_breakpoints_both_ways(two_cells: Path) -> None:
    async with on_screen(two_cells, at=15) as shown:
        assert "code_cell_started" in await shown.said_after("b")
        await shown.press("c")
        await shown.until(lambda: shown.session.seq == 20)
        await shown.press("C")
        await shown.until(lambda: shown.session.seq == 15)
        assert "no later failure" in await shown.said_after("b", "c")


async def test_conditions_that_cannot_be_understood(two_cells: Path) -> None:
    async with on_screen(two_cells) as shown:
        await shown.type_line("break tol=x")
        assert "tol" in shown.bar("footer")
        assert shown.session.breakpoints.all == []


async def test_marks_and_the_times_between_them(two_cells: Path) -> None:
    """Events 27, 39 and 50 are 580, 1252 and 3090 ms after the first."""
    async with on_screen(two_cells, at=27) as shown:
        assert "no mark yet" in await shown.said_after("'")
        await shown.press("m", ":", *"39", "enter", "m", ":", *"50", "enter", "m")
        await shown.type_line("marks")
        assert "#27 +580 ms   #39 +1.25 s (+672 ms)   #50 +3.09 s (+1.84 s)" in shown.bar("footer")
        assert await shown.walked(*"''''") == [27, 39, 50, 27]
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
            ("brek tool=exec", "the command near it is :break"),
            ("turn", "which turn? turn 1 is the first"),
            ("quit now", ":quit takes nothing after it"),
            ("unbreak first", "which one is 'first'? :unbreak takes a number"),
            ("unnote", "no note at #45; :note TEXT writes one"),
        ):
            await shown.type_line(typed)
            assert words in shown.message(), typed
            assert (shown.session.place, shown.session.breakpoints.all) == (place, []), typed


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_message_that_has_no_room_in_the_footer_is_read_whole(
    two_cells: Path, size: tuple[int, int]
) -> None:
    async with on_screen(two_cells, size) as shown:
        before = shown.frame()
        await shown.type_line("theme")
        assert "tokyo-night" in shown.message() and "tokyo-night" not in shown.bar("footer")
        whole = shown.frame()
        assert "tokyo-night" in "".join(whole[-6:]) and whole[:10] == before[:10]
        await shown.press("colon")
        await shown.until(lambda: "tokyo-night" not in "".join(shown.frame()))
        await shown.press("escape")
        await shown.until(lambda: shown.frame() == before)


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_a_message_goes_when_it_is_clicked(two_cells: Path, size: tuple[int, int]) -> None:
    async with on_screen(two_cells, size) as shown:
        before = shown.frame()
        await shown.type_line("theme")
        assert shown.frame() != before
        await shown.pilot.click(offset=(4, size[1] - 2))
        await shown.until(lambda: shown.frame() == before)
        await shown.type_line("unnote")
        await shown.pilot.click("#footer", offset=(4, 0))
        await shown.until(lambda: shown.frame() == before)


async def test_a_low_screen_keeps_its_rows(two_cells: Path) -> None:
    async with on_screen(two_cells, (40, 5)) as shown:
        before = shown.frame()
        await shown.type_line("theme")
        assert shown.frame()[:4] == before[:4] and "themes: ansi-dark" in shown.frame()[4]


async def test_opening_the_line_of_the_event_at_the_cursor_says_so() -> None:
    async with on_screen(RECORDINGS / "ma-child-http400", at=1) as shown:
        await shown.press("7", "enter")
        assert shown.session.seq == 4
        await shown.press("enter")
        assert "this line is of #4, where the cursor is" in shown.bar("footer")
        await shown.press("backspace")
        assert shown.session.seq == 1


async def test_no_stop_is_told_by_its_side(two_cells: Path) -> None:
    async with on_screen(two_cells, at=30) as shown:
        await shown.type_line("break tool=nothing")
        await shown.press("C")
        assert "end of trace: no earlier stop" in shown.bar("footer")
        await shown.press("c")
        assert "end of trace: no later stop" in shown.bar("footer")
