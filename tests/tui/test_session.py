"""The state of the program without a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from on_screen import at_a_row_of_cells, session_over
from recordings_at_hand import RECORDINGS

from rollout_tui.graph.objects import CodeCell, ToolCall
from rollout_tui.recording import Trace
from rollout_tui.trace.bundle import open_bundle
from rollout_tui.tui.drawing.targets import ToObject
from rollout_tui.tui.following.reading import Reading
from rollout_tui.tui.panes.lanes import lane_line, lanes, scrubber_line
from rollout_tui.tui.panes.position import badge, failures_note, header_facts
from rollout_tui.tui.panes.ruler import ruler
from rollout_tui.tui.panes.status import Standing, standing
from rollout_tui.tui.starting.opening import NotThere, Opening, begin, find_thread, settle
from rollout_tui.tui.state.player import Player
from rollout_tui.tui.state.session import Session

ENDED = Standing("ended")
LIVE = Standing("live")


def test_a_place_is_given_back_exactly(two_cells: Path) -> None:
    session = session_over(two_cells)
    place = at_a_row_of_cells(session, 20)
    session.leave()
    session.go(45)
    session.show_lens("raw")
    assert session.back() and session.place == place
    assert not session.back()
    assert session.forward() and session.event == 45 and session.place.lens == "raw"
    assert not session.forward()


def test_a_run_of_one_motion_is_one_jump(two_cells: Path) -> None:
    session = session_over(two_cells)
    session.go(10)
    for event in (11, 12, 13):
        session.leave_run("event_next")
        session.go(event)
    session.leave_run("wait_next")
    session.go(27)
    assert session.back() and session.event == 13
    assert session.back() and session.event == 10


def test_the_context_is_looked_at_in_three_ways_and_esc_ends_them(two_cells: Path) -> None:
    session = session_over(two_cells)
    session.go(49)
    assert session.view().way == "logical"
    assert [session.next_way() for _ in range(4)] == ["wire", "new", "logical", "wire"]
    session.show_lens("cells")
    session.cancel()
    assert session.way == "wire"
    session.show_lens("context")
    assert session.cancel() == "the whole context" and session.view().way == "logical"


def test_moving_lets_a_selection_go_unless_it_is_held(two_cells: Path) -> None:
    session = session_over(two_cells)
    cell = ToObject(CodeCell, "code_cell:call_A")
    session.go(20)
    session.select(cell)
    session.go(21)
    assert session.place.selection is None
    session.select(cell, held=True)
    session.go(30)
    assert session.view().selection == cell and session.view().held
    assert session.cancel() and session.place.selection is None


def test_what_an_event_is_about_is_selected_by_default(two_cells: Path) -> None:
    session = session_over(two_cells)
    session.go(27)
    assert session.selected() == ToObject(ToolCall, "call_wA1")


def test_moving_back_pins_and_what_comes_is_counted(demo: Path) -> None:
    session = session_over(demo)
    session.follow()
    assert badge(session, LIVE) == "following"
    session.go(session.head - 1)
    assert not session.following
    session.pinned_at = 20
    assert badge(session, LIVE) == "+121 events, 32 finished, 1 failure"
    assert badge(session, ENDED) == ""
    session.follow()
    assert session.event == session.head


def test_the_end_cannot_be_passed(two_cells: Path) -> None:
    session = session_over(two_cells)
    session.go(1000)
    assert session.event == 64
    session.go(-5)
    assert session.event == 1


def test_facts_of_the_header(demo: Path) -> None:
    session = session_over(demo)
    session.go(81)
    facts = header_facts(session, ENDED)
    assert (facts.agent_path, facts.turn, facts.position) == ("/root", "turn 1/2", "#81/141")
    assert failures_note(session) == ("1 failure", "error")


def test_nothing_is_said_to_be_without_failures_before_they_are_looked_for(two_cells: Path) -> None:
    session = Session(Reading(Trace(open_bundle(two_cells))))
    assert failures_note(session) == ("no failures", "ok")
    while session.reading.advance().more:
        pass
    assert failures_note(session) == ("looking for failures", "dim")
    session.reading.find()
    assert failures_note(session) == ("no failures", "ok")


def test_a_recording_that_stopped_is_not_said_to_have_gone_well() -> None:
    reading = session_over(RECORDINGS / "ma-sigkill").reading
    reading.live = False
    reading.find()
    assert reading.known.findings.failures == 0
    assert failures_note(Session(reading)) == ("4 warnings", "warning")


class Overtaken(Session):
    """Whenever it is asked where the recording ends, some of it has just been read on another thread."""

    @property
    def head(self) -> int:
        self.reading.advance(300)
        return super().head


def test_facts_of_the_header_while_the_recording_is_read(demo: Path) -> None:
    session = Overtaken(Reading(Trace(open_bundle(demo))))
    session.follow()
    positions = [header_facts(session, LIVE).position for _ in range(100)]
    assert positions[-1] == "#1/141" and len(set(positions)) > 10


@pytest.mark.parametrize(
    ("asked", "seq", "follows"),
    [
        (Opening(Path(), at=9), 9, False),
        (Opening(Path()), 141, False),
        (Opening(Path(), follow=True), 141, True),
        (Opening(Path(), at=9, follow=True), 9, False),
    ],
)
def test_where_a_recording_opens(demo: Path, asked: Opening, seq: int, follows: bool) -> None:
    session = session_over(demo)
    begin(session, asked)
    settle(session, asked, growing=False)
    assert (session.seq, session.following) == (seq, follows)


def test_a_recording_that_grows_is_followed_unless_not_wanted(demo: Path) -> None:
    for follow, follows in ((None, True), (False, False)):
        session = session_over(demo)
        asked = Opening(Path(), follow=follow)
        begin(session, asked)
        settle(session, asked, growing=True)
        assert session.following is follows


def test_a_user_who_moved_while_it_was_read_stays_where_he_is(demo: Path) -> None:
    session = session_over(demo)
    begin(session, Opening(Path()))
    session.go(5)
    settle(session, Opening(Path()), growing=False)
    assert session.event == 5


def test_threads_by_path_id_and_beginning(demo: Path) -> None:
    trace = session_over(demo).trace
    thread = find_thread(trace, "/root/regression_test")
    assert find_thread(trace, thread) == thread
    with pytest.raises(NotThere, match=r"'nobody' names no thread .*/root/regression_test"):
        find_thread(trace, "nobody")


def test_lanes_show_what_each_thread_did(two_cells: Path) -> None:
    session = session_over(two_cells)
    reading = session.reading
    made = lanes(
        session.spans, reading.known.silences, reading.known.findings.all, 60, reading.lane_threads(None, 3)
    )
    (lane,) = made.lanes
    text = lane_line(lane, 30, "2 cells").text
    letters = text[16:76]
    assert text.startswith(" /root ") and text.endswith(" 2 cells")
    assert set(letters) <= set(" .cITwCx") and letters.count("w") > 30
    assert letters.index("I") < letters.index("T") < letters.index("w")
    assert len(scrubber_line(made.ruler, 30, "no failures", "ok").text[16:76]) == 60


def test_failures_show_in_the_lane_of_their_thread(demo: Path) -> None:
    session = session_over(demo)
    reading = session.reading
    made = lanes(
        session.spans, reading.known.silences, reading.known.findings.all, 80, reading.lane_threads(None, 2)
    )
    assert "x" in lane_line(made.lanes[0], 0).text
    assert "x" not in lane_line(made.lanes[1], 0).text.replace(made.lanes[1].name, "")


def test_the_shown_thread_has_a_lane_even_where_there_is_one(demo: Path) -> None:
    reading = session_over(demo).reading
    child = find_thread(reading.trace, "/root/regression_test")
    (number,) = reading.lane_threads(child, 1)
    assert reading.known.spans.span(number).thread_id == child


def test_a_ruler_goes_there_and_back() -> None:
    scale = ruler(1000, 61_000, 60)
    assert [scale.column(time) for time in (0, 1000, 2000, 31_000, 61_000, 99_000)] == [0, 0, 1, 30, 59, 59]
    assert all(scale.column(scale.time(column)) == column for column in range(60))


def test_long_silences_are_shortened_but_keep_their_place() -> None:
    day = 86_400_000
    scale = ruler(0, day + 120_000, 100, [(60_000, day + 60_000)])
    assert 30 <= scale.column(60_000) <= 45
    assert scale.column(day + 60_000) > scale.column(60_000)
    assert scale.column(day + 60_000) < 75


def test_a_ruler_over_nothing() -> None:
    assert ruler(5, 5, 10).column(5) == 0
    assert ruler(5, 5, 10).time(3) == 5


def test_playing_keeps_the_pace_and_shortens_silences(two_cells: Path) -> None:
    session = session_over(two_cells)
    player = Player()
    session.go(40)
    move = player.next_move(session)
    assert move is not None and (move.event, round(move.wait_s, 2)) == (41, 0.99)
    player.speed = 0.25
    move = player.next_move(session)
    assert move is not None and move.wait_s == 2.0 and "shortened" in move.said
    player.speed = 100.0
    session.go(1)
    move = player.next_move(session)
    assert move is not None and move.event > 10
    session.go(64)
    assert player.next_move(session) is None


def test_speeds_have_ends() -> None:
    player = Player()
    for _ in range(20):
        player.change_speed(1)
    assert player.change_speed(1).startswith("speed 100x")


def test_how_a_recording_stands(two_cells: Path, demo: Path) -> None:
    rollout = session_over(two_cells).view().snapshot.rollout
    done = session_over(two_cells)
    done.go(64)
    ended = done.view().snapshot.rollout
    facts = {"quiet_ms": 41_000, "open_things": 3}
    assert standing(rollout, loading=True, written=True, **facts).words == "LOADING"
    assert standing(rollout, loading=False, written=True, **facts).words == "LIVE"
    stopped = standing(rollout, loading=False, written=False, **facts)
    assert stopped.words == "STOPPED 41 s ago, 3 things open" and not stopped.growing
    assert standing(ended, loading=False, written=False, **facts).words == "ENDED"
    for away, words in (("missing", "MISSING"), ("unreadable", "UNREADABLE")):
        gone = standing(rollout, loading=False, written=False, away=away, **facts)
        assert gone.words == words and gone.growing
        assert standing(ended, loading=False, written=False, away=away, **facts).words == "ENDED"


def test_where_nobody_can_tell_ten_minutes_of_silence_end_it(demo: Path) -> None:
    reading = session_over(demo).reading
    now = reading.trace.bundle.spine.stat().st_mtime_ns // 1_000_000
    assert reading.is_written("unknown", now + 599_000)
    assert not reading.is_written("unknown", now + 601_000)
    assert reading.is_written("writing", now + 10**9)
    assert not reading.is_written("none", now)
