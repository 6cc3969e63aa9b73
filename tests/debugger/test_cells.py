"""The stories of code cells. Expected values were read from the traces."""

from __future__ import annotations

from pathlib import Path

import pytest
from recordings_at_hand import corpus_folders, needs_corpus
from scripted import ROOT_THREAD
from shared_recordings import shared_recording
from small_recordings import EXEC, WAIT, own_recording, with_cell, with_exec

from rollout_tui.debugger.stories.cell_list import cell_ids
from rollout_tui.debugger.stories.cell_story import CellStory, now_words
from rollout_tui.debugger.stories.cells import cell_stories, cell_story, lost_waits
from rollout_tui.graph.snapshot import Snapshot
from rollout_tui.recording import Trace, open_trace

CELLS_ROOT = "01a20366-dfb4-7081-b2c4-bb962e37f39c"


def root_of(trace: Trace) -> str:
    root: str = trace.history.rollout.root_thread_id
    return root


def cells(trace: Trace, snapshot: Snapshot, thread_id: str, now_ms: int | None = None) -> list[CellStory]:
    """The cells of a thread, in the order they started."""
    return cell_stories(trace, snapshot, cell_ids(trace, snapshot, thread_id), now_ms)


def told(trace: Trace, seq: int) -> dict[str, CellStory]:
    return {story.name: story for story in cells(trace, trace.at(seq), root_of(trace))}


def changes(story: CellStory) -> list[tuple[int, str, int]]:
    return [(change.seq, change.words, change.after_ms) for change in story.changes]


def test_at_45_both_cells_are_alive_and_one_is_waited_on() -> None:
    stories = told(own_recording("two-cells-interleaved"), 45)
    one, two = stories["cell 1"], stories["cell 2"]
    assert changes(one) == [(15, "started", 0), (16, "yielded", 203), (28, "yielded again", 743)]
    assert changes(two) == [(20, "started", 0), (21, "yielded", 202), (34, "yielded again", 873)]
    assert (one.is_alive, two.is_alive) == (True, True)
    assert (one.waited_on_by, two.waited_on_by) == (None, "call_wB2")

    (nested,) = one.nested
    assert (nested.name, nested.started_seq, nested.ended_seq, nested.duration_ms, nested.words) == (
        "exec-fcb3",
        41,
        44,
        74,
        "ok",
    )
    # Its work is over since #44, nobody waits on it.
    assert (one.quiet_ms, one.unobserved) == (734, True)
    assert now_words(one) == "no nested work since #44 (734 ms), nobody waits on it"

    (running,) = two.nested
    assert (running.name, running.ended_seq, running.duration_ms, running.words) == (
        "exec-2bfd",
        None,
        0,
        "running",
    )
    assert not two.unobserved


def test_waits_and_what_they_gave() -> None:
    two = told(own_recording("two-cells-interleaved"), 45)["cell 2"]
    first, last = two.waits
    assert (first.tool_call_id, first.started_seq, first.ended_seq, first.duration_ms) == (
        "call_wB1",
        33,
        34,
        303,
    )
    assert (first.outcome, first.carried_seq, first.timeout_ms) == ("yielded again", 36, 300)
    assert (last.tool_call_id, last.started_seq, last.ended_seq, last.duration_ms) == (
        "call_wB2",
        39,
        None,
        1801,
    )
    assert (last.is_open, last.outcome, last.gave, last.carried_seq) == (True, "", None, None)


@needs_corpus
def test_what_the_model_got_word_by_word() -> None:
    trace = shared_recording("two-cells-interleaved")
    wait = told(trace, 29)["cell 1"].waits[0]
    # Not carried yet: read from the result of the call.
    assert wait.gave == "Script running with cell ID 1\nWall time 0.3 seconds\nOutput:\n\nA1"
    assert (wait.output, wait.carried_seq) == ("A1", None)
    assert told(trace, 30)["cell 1"].waits[0].carried_seq == 30
    nothing = told(trace, 45)["cell 2"].waits[0]
    assert nothing.output == ""
    done = told(trace, 64)["cell 2"]
    assert [(wait.outcome, wait.output) for wait in done.waits] == [
        ("yielded again", ""),
        ("completed", "B1\nB2\nfromB\n"),
    ]
    assert changes(done)[-1] == (49, "completed", 2743)
    assert (done.outputs, done.is_alive, now_words(done)) == (3, False, "completed")
    assert done.nested[0].label == "echo fromB"
    assert done.source_js.startswith('for (let i=0;i<3;i++){ text("B"+i)')


def test_at_16_cell_1_has_just_yielded_and_cell_2_is_not_there() -> None:
    trace = own_recording("two-cells-interleaved")
    stories = told(trace, 16)
    assert list(stories) == ["cell 1"]
    one = stories["cell 1"]
    assert (one.status, changes(one)) == ("yielded", [(15, "started", 0), (16, "yielded", 203)])
    # Its exec call has not returned: the main loop is still there.
    assert one.waited_on_by == "call_A"
    assert now_words(one) == "no nested work yet, call_A waits on it"
    assert cell_story(trace, trace.at(16), "code_cell:call_B") is None
    assert cell_ids(trace, trace.at(45), CELLS_ROOT) == ["code_cell:call_A", "code_cell:call_B"]
    assert cell_ids(trace, trace.at(45), "elsewhere") == []


def test_lengths_of_what_is_open_count_to_now() -> None:
    trace = own_recording("two-cells-interleaved")
    now = trace.at(45).time_ms + 1000
    one, two = cells(trace, trace.at(45), CELLS_ROOT, now)
    assert (one.quiet_ms, two.waits[1].duration_ms, two.nested[0].duration_ms) == (1734, 2801, 1000)


def test_a_cell_that_a_wait_ends() -> None:
    """#21-#22 waits, the cell goes on; #27 terminates it (#28); #34 waits on it once more, which fails."""
    story = told(own_recording("cell-terminate"), 45)["cell 1"]
    assert changes(story) == [
        (14, "started", 0),
        (15, "yielded", 203),
        (22, "yielded again", 830),
        (28, "terminated", 850),
    ]
    assert [(wait.tool_call_id, wait.outcome, wait.is_late, wait.terminate) for wait in story.waits] == [
        ("call_w1", "yielded again", False, False),
        ("call_w2", "terminated", False, True),
        ("call_w3", "failed", True, False),
    ]


def test_cells_end_with_a_cancelled_turn() -> None:
    stories = told(own_recording("app-cell-interrupt-then-wait"), 58)
    assert changes(stories["cell 1"])[-1] == (27, "terminated", 689)
    assert [(wait.tool_call_id, wait.is_late) for wait in stories["cell 1"].waits] == [
        ("k3", True),
        ("k5", True),
    ]
    assert [(wait.tool_call_id, wait.is_late) for wait in stories["cell 2"].waits] == [("k4", True)]
    # The nested call of cell 2 was never ended by anybody.
    assert [call.words for call in stories["cell 2"].nested] == ["running"]


def test_a_cell_that_nobody_waits_for() -> None:
    """It makes no calls: whether its work is over nobody can tell."""
    story = told(own_recording("cell-finishes-unobserved"), 34)["cell 1"]
    assert (story.is_alive, story.waited_on_by, story.unobserved) == (True, None, False)
    assert now_words(story) == "no nested work yet, nobody waits on it"


@needs_corpus
def test_cells_of_schema_1() -> None:
    stories = told(shared_recording("v0.160.1-cells"), 73)
    assert changes(stories["cell 1"]) == [
        (9, "started", 0),
        (18, "initial response completed", 650),
        (19, "completed", 650),
    ]
    assert [(call.label, call.words) for call in stories["cell 1"].nested] == [
        ("cat b.txt", "ok"),
        ("cat a.txt", "ok"),
    ]
    assert [call.words for call in stories["cell 5"].nested] == ["exit 3"]
    assert [(wait.tool_call_id, wait.outcome) for wait in stories["cell 2"].waits] == [("w1", "completed")]
    # #69 ends the last call of cell 6, 6 ms before the end.
    assert (stories["cell 6"].unobserved, stories["cell 6"].quiet_ms) == (True, 6)
    early = told(shared_recording("v0.160.1-cells"), 24)["cell 2"]
    assert (early.status, early.waited_on_by) == ("starting", "x1")


def test_waits_on_cells_that_nobody_knows(tmp_path: Path) -> None:
    script = with_exec(tmp_path / "bundle")
    script.calls("x", EXEC)
    script.cell("1", "x")
    script.calls("w", WAIT, '{"cell_id": "9"}')
    script.returns("w", "exec cell 9 not found")
    trace = script.trace()
    assert lost_waits(trace, trace.at(7), ROOT_THREAD) == []
    (lost,) = lost_waits(trace, trace.at(9), ROOT_THREAD)
    assert (lost.cell_id, lost.started_seq, lost.ended_seq, lost.gave) == ("9", 8, 9, "exec cell 9 not found")
    assert lost_waits(trace, trace.at(9), "elsewhere") == []
    assert [story.waits for story in cells(trace, trace.at(9), ROOT_THREAD)] == [[]]


def test_a_call_that_a_cell_left_running(tmp_path: Path) -> None:
    script = with_cell(tmp_path / "bundle")
    script.calls("n", "exec_command", '{"cmd": "sleep 60"}', cell="1")
    body = {"command": ["bash", "-lc", "sleep 60"], "cwd": "/", "process_id": "7"}
    script.work("n", body)
    script.returns("n")
    trace = script.trace()
    (story,) = cells(trace, trace.at(9), ROOT_THREAD)
    assert [(call.label, call.words) for call in story.nested] == [("sleep 60", "left running")]


@needs_corpus
def test_every_cell_of_the_corpus_has_a_story() -> None:
    for folder in corpus_folders():
        trace = open_trace(folder)
        for event in range(1, trace.history.head + 1, 7):
            snapshot = trace.snapshot(event)
            for thread_id in snapshot.threads:
                known = [one for one in snapshot.code_cells.values() if one.thread_id == thread_id]
                stories = cells(trace, snapshot, thread_id)
                assert {one.code_cell_id for one in known} == {one.code_cell_id for one in stories}
                for cell in known:
                    story = next(one for one in stories if one.code_cell_id == cell.code_cell_id)
                    assert [wait.tool_call_id for wait in story.waits] == list(cell.wait_tool_call_ids)
                    assert [call.tool_call_id for call in story.nested] == list(cell.nested_tool_call_ids)
                    assert now_words(story)


@pytest.mark.parametrize("seq", [15, 30, 64])
def test_stories_one_by_one_are_those_of_all(seq: int) -> None:
    trace = own_recording("two-cells-interleaved")
    snapshot = trace.at(seq)
    one_by_one = [cell_story(trace, snapshot, one) for one in cell_ids(trace, snapshot, CELLS_ROOT)]
    assert one_by_one == cells(trace, snapshot, CELLS_ROOT)
