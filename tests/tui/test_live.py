"""A recording that is being written while it is on the screen."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
from luring_texts import LURE
from on_screen import Shown, on_screen
from scripted import Script, user

TIME = re.compile(rb'"wall_time_unix_ms":\s*(\d+)')


class Writer:
    """Writes the lines of a recording one by one, as an agent would."""

    def __init__(self, source: Path, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns("trace.jsonl"))
        self.lines = (source / "trace.jsonl").read_bytes().splitlines(keepends=True)
        self.written = 0
        self.spine: BinaryIO = (folder / "trace.jsonl").open("ab")

    def write(self, count: int) -> None:
        self.spine.write(b"".join(self.lines[self.written : self.written + count]))
        self.spine.flush()
        self.written += count

    def as_if_now(self, count: int, ago_ms: int = 0) -> None:
        """Give the lines times of which that of line `count` lies `ago_ms` before now."""
        shift = time.time_ns() // 1_000_000 - ago_ms - int(TIME.search(self.lines[count - 1])[1])  # type: ignore[index]
        self.lines = [
            TIME.sub(lambda found: b'"wall_time_unix_ms":%d' % (int(found[1]) + shift), one, count=1)
            for one in self.lines
        ]

    def kill(self) -> None:
        self.spine.close()


@pytest.fixture
def writer(two_cells: Path, tmp_path: Path) -> Iterator[Writer]:
    made = Writer(two_cells, tmp_path / "bundle")
    yield made
    made.kill()


async def head(shown: Shown, seq: int) -> None:
    await shown.until(lambda: shown.screen.opened is not None and shown.session.head == seq)


async def test_it_follows_what_is_written(writer: Writer) -> None:
    writer.write(27)
    async with on_screen(writer.folder) as shown:
        assert "LIVE" in shown.bar("header") and "following" in shown.bar("header")
        assert "on wait(call_wA1) -> cell 1" in shown.bar("blocked")
        writer.write(3)
        await head(shown, 30)
        assert shown.session.seq == 30
        writer.write(100)
        await head(shown, 64)
        await shown.until(lambda: "ENDED" in shown.bar("header"))
        assert shown.session.seq == 64


async def test_the_past_stays_where_it_is_and_counts_what_comes(writer: Writer) -> None:
    writer.write(30)
    async with on_screen(writer.folder) as shown:
        await shown.press("S", "S")
        writer.write(10)
        await head(shown, 40)
        assert shown.session.seq == 28
        assert "+10 events, 3 finished" in shown.bar("header")
        await shown.press("F")
        assert shown.session.seq == 40 and "following" in shown.bar("header")
        await shown.press("home")
        writer.write(1)
        await head(shown, 41)
        assert shown.session.seq == 1
        await shown.press("G")
        assert shown.session.seq == 41


async def test_ages_count_up_while_something_is_open(writer: Writer) -> None:
    writer.as_if_now(27)
    writer.write(27)
    async with on_screen(writer.folder) as shown:
        await shown.press("3")
        before = shown.bar("blocked"), shown.lanes()
        rows = [shown.pane(pane).splitlines() for pane in ("timeline", "lens", "inspector")]
        await shown.until(lambda: shown.bar("blocked") != before[0])
        assert "blocked" in shown.bar("blocked")
        for pane, was in zip(("timeline", "lens", "inspector"), rows, strict=True):
            now = shown.pane(pane).splitlines()
            changed = [line for line, earlier in zip(now, was, strict=True) if line != earlier]
            assert changed and all(re.search(r"\d m?s\b", line) for line in changed), pane
            assert len(changed) <= 4, "only what is open gets older"
        assert shown.lanes() == before[1]


async def test_ages_of_the_past_stand_still(writer: Writer) -> None:
    writer.as_if_now(27)
    writer.write(27)
    async with on_screen(writer.folder) as shown:
        await shown.press("S")
        before = shown.text()
        await shown.pilot.pause(2.2)
        assert shown.text() == before


async def test_a_silent_writer_shows_as_idle_and_what_it_is_blocked_on(writer: Writer) -> None:
    writer.as_if_now(27, ago_ms=41_000)
    writer.write(27)
    async with on_screen(writer.folder) as shown:
        said = re.match(r" /root idle (\d+) s, blocked (\S+) s on wait\(call_wA1\)", shown.bar("blocked"))
        assert said and int(said[1]) >= 41 and float(said[2]) >= 41
        assert "LIVE" in shown.bar("header")
        await shown.press("S")
        assert not re.search(r"idle \d", shown.bar("blocked"))


async def test_a_killed_writer_shows_as_stopped(writer: Writer) -> None:
    writer.as_if_now(45, ago_ms=38_000)
    writer.write(45)
    async with on_screen(writer.folder) as shown:
        assert "LIVE" in shown.bar("header")
        writer.kill()
        await shown.until(lambda: "STOPPED" in shown.bar("header"))
        before = shown.bar("blocked"), shown.bar("header")
        assert re.search(r"STOPPED (3[89]|4\d) s ago, 5 things open", before[1])
        assert not re.search(r"idle \d", before[0])
        found = shown.session.reading.known.findings.complete("stopped")
        assert any(one.code == "stopped_open" for one in found)
        await shown.until(lambda: shown.bar("header") != before[1])
        assert shown.bar("blocked") == before[0], "ages do not count on when nobody writes"


async def test_a_file_that_is_away_is_neither_live_nor_stopped(writer: Writer) -> None:
    writer.write(45)
    async with on_screen(writer.folder) as shown:
        away = writer.folder.rename(writer.folder.with_name("away"))
        await shown.until(lambda: "MISSING" in shown.bar("header"))
        assert "trace.jsonl missing: it is not there" in shown.bar("footer")
        await shown.pilot.pause(1.2)
        assert "MISSING" in shown.bar("header") and "exec-2bfd" in shown.bar("blocked")
        await shown.press("8")
        assert "tool_call_started" in shown.pane("lens")
        writer.write(1)
        away.rename(writer.folder)
        await head(shown, 46)
        await shown.until(lambda: "LIVE" in shown.bar("header"))


async def test_a_last_line_without_its_newline_waits_for_the_writer(writer: Writer) -> None:
    writer.write(26)
    async with on_screen(writer.folder) as shown:
        writer.spine.write(writer.lines[26].rstrip(b"\n"))
        writer.spine.flush()
        await shown.pilot.pause(0.5)
        assert shown.session.head == 26
        writer.kill()
        await head(shown, 27)


async def test_a_file_that_begins_anew(writer: Writer) -> None:
    writer.write(40)
    async with on_screen(writer.folder) as shown:
        await shown.press("m")
        writer.spine.truncate(0)
        writer.written = 0
        writer.write(12)
        await head(shown, 12)
        await shown.until(lambda: shown.session.seq == 12)
        assert shown.session.mark is None
        assert "this pane failed" not in shown.text()


async def test_a_payload_that_comes_late(writer: Writer) -> None:
    request = writer.folder / "payloads" / "6.json"
    late = request.rename(writer.folder / "late")
    writer.write(40)
    async with on_screen(writer.folder) as shown:
        missing = "raw_payload:6"
        assert any(missing in one.message for one in shown.session.reading.known.findings.all), shown.text()
        await shown.press("m", "S", "S")
        place = shown.session.place
        late.rename(request)
        await shown.until(lambda: "payloads/6.json came late" in shown.bar("footer"))
        assert not any(one.code == "payload_missing" for one in shown.session.reading.known.findings.all)
        assert shown.session.place == place and shown.session.mark == 40
        writer.write(1)
        await head(shown, 41)
        assert "+1 event" in shown.bar("header")


async def test_a_trace_that_is_waited_for(two_cells: Path, tmp_path: Path) -> None:
    async with on_screen(tmp_path / "later", read=False, wait=True) as shown:
        await shown.until(lambda: "does not exist" in shown.pane("timeline"))
        writer = Writer(two_cells, tmp_path / "later")
        writer.write(9)
        await head(shown, 9)
        writer.kill()


async def test_a_live_breakpoint_stops_the_cursor(writer: Writer) -> None:
    writer.write(14)
    async with on_screen(writer.folder) as shown:
        await shown.type_line("break code_cell_initial_response")
        writer.write(30)
        await head(shown, 44)
        await shown.until(lambda: shown.session.seq == 16)
        assert not shown.session.following


async def test_a_slow_live_breakpoint_says_so_and_following_goes_on(script: Script) -> None:
    script.begin()
    async with on_screen(script.folder, follow=True) as shown:
        for sort, write in (
            ("break call", lambda: script.tool(f"x{LURE}z")),
            ("watch text", lambda: script.ask("i1", user(f"{LURE} y"))),
        ):
            await shown.type_line(f"{sort} ~ /(a+)+[yY]$/")
            seq = write()
            await shown.until(lambda seq=seq: f"took too long on #{seq}" in shown.bar("footer"))
            assert shown.session.following and shown.session.seq == seq
        script.tool("say aay")
        await shown.until(lambda: shown.session.seq == 5 and not shown.session.following)


async def test_reading_writes_nothing(writer: Writer) -> None:
    writer.write(30)
    before = {path: path.stat().st_mtime_ns for path in writer.folder.rglob("*")}
    async with on_screen(writer.folder) as shown:
        await shown.press("8", "7", "3", "w", "y")
    assert {path: path.stat().st_mtime_ns for path in writer.folder.rglob("*")} == before


async def test_playing_runs_into_the_live_end_and_follows(writer: Writer) -> None:
    writer.write(45)
    async with on_screen(writer.folder) as shown:
        await shown.press("home", "plus", "space")
        assert "playing 2x" in shown.bar("footer") and "following" not in shown.bar("header")
        await shown.until(lambda: shown.session.event == 45)
        await shown.until(lambda: "caught up: following the end" in shown.bar("footer"))
        writer.write(3)
        await head(shown, 48)
        assert shown.session.event == 48 and "following" in shown.bar("header")


async def test_pausing_and_playing_again_keeps_the_pace(writer: Writer) -> None:
    writer.write(45)
    async with on_screen(writer.folder) as shown:
        await shown.press("colon", "4", "0", "enter", "minus", "minus")
        assert "playing 0.25x, a silence of 991 ms shortened" in await shown.said_after("space")
        await shown.press("space")
        assert shown.bar("footer").strip() == "paused"
        await shown.press("space", "space", "space")
        assert "playing 0.25x" in shown.bar("footer") and shown.session.event == 40
        await shown.press(*["plus"] * 8)
        await shown.until(lambda: shown.session.event == 45)
        assert not shown.screen.running.player.playing
