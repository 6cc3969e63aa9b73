"""Searching, filtering and playing on a real recording."""

from __future__ import annotations

from pathlib import Path

from on_screen import on_screen
from recordings_at_hand import RECORDINGS

from rollout_tui.tui.drawing.targets import ToObject
from rollout_tui.tui.state.places import LENS, TIMELINE


async def test_searching_walks_hits_and_gives_the_place_back(demo: Path) -> None:
    async with on_screen(demo, at=1) as shown:
        await shown.type_line("pytest", "/")
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
        await shown.type_line("zzyzzx", "/")
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


async def test_enter_in_a_filtered_list_opens_the_row_that_is_marked(two_cells: Path) -> None:
    """The cursor is at #45, which is no wait: the row marked is that of the wait before."""
    async with on_screen(two_cells, at=45) as shown:
        await shown.type_line("tool=wait", "&")
        await shown.until(lambda: "8 of 64" in shown.pane("timeline"))
        await shown.press("v")
        assert "the filter lists single events; Esc ends it" in shown.bar("footer")
        await shown.press("enter")
        assert (shown.session.seq, shown.session.place.lens) == (39, "context")
        await shown.press("enter")
        assert (shown.session.seq, shown.session.place.lens) == (39, "raw")
        await shown.press("backspace", "backspace")
        assert (shown.session.seq, shown.session.place.lens) == (45, "context")
        await shown.press("escape")
        assert shown.session.outline and shown.session.filtering is None


async def test_a_filter_that_cannot_be_understood_loses_nothing(two_cells: Path) -> None:
    async with on_screen(two_cells, at=45) as shown:
        before = shown.session.place
        await shown.type_line("colour=red", "&")
        assert "no field 'colour'; fields are event, thread" in shown.bar("footer")
        assert (shown.session.filtering, shown.session.place) == (None, before)


async def test_searching_only_what_a_compaction_lost() -> None:
    """#18 compacts; what the request at #19 does not carry of what the model had is its call, item 4."""
    bundle = RECORDINGS / "remote-compaction-auto"
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
        assert "no later hit" in await shown.said_after("n")
        assert shown.session.seq == 19
        await shown.press("escape")
        assert shown.pane("lens") == text
        assert shown.session.view().lost_found is None
