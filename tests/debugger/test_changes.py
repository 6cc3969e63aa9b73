"""What an event changed, as rows and in words. Expected values were read from the traces."""

from __future__ import annotations

import pytest
from recordings_at_hand import corpus_folders
from scripted import Script
from shared_recordings import shared_recording

from rollout_tui.debugger.changes.change_words import in_words
from rollout_tui.debugger.changes.changes import ChangeRow, changes
from rollout_tui.graph.history import History
from rollout_tui.graph.objects import Rollout, Thread
from rollout_tui.graph.values import RootOrigin, Window
from rollout_tui.recording import open_trace


def small_history() -> History:
    """A thread that starts at event 1 and ends at event 2."""
    history = History(2, Rollout("trace", "rollout", 1000, "t1"))
    history.event = 1
    handle = history.create("t1", Thread("t1", "/root", None, RootOrigin(), Window(1001, 1), None))
    history.set(handle, "nickname", "Ada")
    history.head = 1
    history.event = 2
    history.set(handle, "execution", Window(1001, 1, 1002, 2, "failed"))
    history.set(handle, "execution", Window(1001, 1, 1002, 2, "completed"))
    history.set(handle, "nickname", "Bea")
    history.set(handle, "nickname", "Ada")
    history.head = 2
    return history


def test_a_creation_is_one_row() -> None:
    assert changes(small_history(), 1) == [ChangeRow("thread", "t1", "")]
    assert in_words(small_history(), 1) == ["thread /root started"]


def test_only_what_differs_in_the_end_is_a_change() -> None:
    assert changes(small_history(), 2) == [
        ChangeRow("thread", "t1", "execution.ended_at_unix_ms", None, "1002"),
        ChangeRow("thread", "t1", "execution.ended_seq", None, "2"),
        ChangeRow("thread", "t1", "execution.status", "running", "completed"),
    ]
    assert in_words(small_history(), 2) == ["thread /root ended: completed"]


def test_a_value_that_becomes_one_of_another_kind(script: Script) -> None:
    script.begin()
    script.tool("x1")
    seq = script.work("x1", {"command": ["ls"], "cwd": "/"})
    rows = {row.path: (row.before, row.after) for row in changes(script.trace().history, seq)}
    assert rows["summary.type"] == ("generic", "terminal")
    assert rows["summary.operation_id"] == (None, "terminal_operation:1")
    assert "summary" not in rows


def test_the_end_of_a_cell() -> None:
    history = shared_recording("two-cells-interleaved").history
    rows = {row.path: (row.before, row.after) for row in changes(history, 49)}
    assert rows["execution.status"] == ("running", "completed")
    assert rows["runtime_status"] == ("yielded", "completed")
    assert rows["execution.ended_seq"] == (None, "49")
    assert rows["raw_result_payload_id"] == (None, "raw_payload:33")
    assert in_words(history, 49) == ["cell 2: yielded -> completed"]


def test_a_wait_is_tied_to_its_cell() -> None:
    history = shared_recording("two-cells-interleaved").history
    (row,) = (row for row in changes(history, 39) if row.path == "wait_tool_call_ids")
    assert (row.kind, row.id, row.added) == ("code_cell", "code_cell:call_B", ("call_wB2",))
    assert (row.before, row.after) == ("1", "2")
    assert in_words(history, 39) == ["wait call_wB2 started", "cell 2 is waited for by call_wB2"]


def test_a_request_brings_results_into_the_context() -> None:
    history = shared_recording("two-cells-interleaved").history
    assert in_words(history, 30) == [
        "item 9 (tool function_call_output of call_wA1) is there",
        "wait call_wA1 gave the model conversation_item:9",
        "context of /root: 1 came",
        "inference 3 started with 9 items",
    ]


def test_a_failing_command() -> None:
    history = shared_recording("parallel-tools").history
    said = in_words(history, 22)
    assert 'command "exit 3" ended: failed' in said
    assert 'command "exit 3": exit 3, 0 B' in said


def test_a_compaction() -> None:
    history = shared_recording("remote-compaction-auto").history
    said = in_words(history, 18)
    assert "compaction installed in /root: 4 items became 3" in said
    assert "context of /root: 3 items replace it from the next request on" in said


@pytest.mark.parametrize("folder", corpus_folders()[::6], ids=lambda folder: folder.name)
def test_every_event_has_rows_and_words(folder) -> None:  # type: ignore[no-untyped-def]
    history = open_trace(folder).history
    for event in range(1, history.head + 1):
        rows = changes(history, event)
        assert all(row.path == "" or (row.before, row.added) != (row.after, ()) for row in rows)
        assert all("\n" not in words for words in in_words(history, event))
