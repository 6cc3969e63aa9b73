"""What the model has in front of it at an event. Expected values were read from the traces."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from context_rows import marks, rows_at, statuses
from recordings_at_hand import case_folders, corpus_folders, needs_corpus
from shared_recordings import shared_recording
from small_recordings import own_recording

from rollout_tui.debugger.context.context import Context, text
from rollout_tui.export.context import context_json
from rollout_tui.graph.snapshot import Snapshot
from rollout_tui.recording import open_trace
from rollout_tui.trace.bundle import BundleProblem

CELLS_ROOT = "01a20366-dfb4-7081-b2c4-bb962e37f39c"


def test_the_request_at_30_carries_nine_items() -> None:
    rows = rows_at(own_recording("two-cells-interleaved"), 30, CELLS_ROOT)
    assert statuses(rows) == {"in_context": [str(number) for number in range(1, 10)]}
    last = rows[-1]
    assert (last.call_id, last.kind, last.role, last.first_seen_seq) == (
        "call_wA1",
        "function_call_output",
        "tool",
        30,
    )
    assert [row.first_seen_seq for row in rows] == [10, 10, 10, 11, 11, 24, 24, 25, 30]


def test_a_result_is_pending_from_the_end_of_its_call_to_the_next_request() -> None:
    trace = own_recording("two-cells-interleaved")
    for seq in (28, 29):
        *inside, pending = rows_at(trace, seq, CELLS_ROOT)
        assert len(inside) == 8
        assert (pending.status, pending.item_id, pending.call_id) == ("pending", None, "call_wA1")
        assert (pending.first_seen_seq, pending.mark) == (28, "+" if seq == 28 else "")
    assert statuses(rows_at(trace, 27, CELLS_ROOT)).keys() == {"in_context"}


def test_a_cell_result_is_pending_until_a_wait_takes_it() -> None:
    """#49 ends cell 2, #50 the wait on it, #53 and #54 those of cell 1, #56 carries both outputs."""
    trace = own_recording("two-cells-interleaved")
    pending = {
        seq: [
            (row.provenance, row.call_id, row.first_seen_seq)
            for row in rows_at(trace, seq, CELLS_ROOT)
            if row.status == "pending"
        ]
        for seq in (48, 49, 50, 53, 54, 56)
    }
    assert pending == {
        48: [],
        49: [("code cell", None, 49)],
        50: [("tool", "call_wB2", 50)],
        53: [("tool", "call_wB2", 50), ("code cell", None, 53)],
        54: [("tool", "call_wB2", 50), ("tool", "call_wA2", 54)],
        56: [],
    }


def test_what_an_event_changed_is_marked() -> None:
    trace = own_recording("two-cells-interleaved")
    assert marks(rows_at(trace, 25, CELLS_ROOT)) == {"conversation_item:8": "+"}
    # #26 accepts that item.
    assert marks(rows_at(trace, 26, CELLS_ROOT)) == {"conversation_item:8": "~"}
    assert marks(rows_at(trace, 27, CELLS_ROOT)) == {}


@needs_corpus
def test_labels_and_sizes() -> None:
    rows = rows_at(shared_recording("two-cells-interleaved"), 49, CELLS_ROOT)
    made = [row.provenance for row in rows[:9]]
    assert made == ["harness", "harness", "user", *["model"] * 2, *["code cell"] * 2, "model", "tool"]
    assert [(row.label[:40], row.size_bytes) for row in rows] == [
        ("instructions  You are a test agent. Answ", 37),
        ("environment_context", 355),
        ("Please do the task.", 19),
        ('exec  for (let i=0;i<3;i++){ text("A"+i)', 183),
        ('exec  for (let i=0;i<3;i++){ text("B"+i)', 183),
        ("call_A  cell 1 yielded  A0", 62),
        ("call_B  cell 2 yielded  B0", 62),
        ("wait cell 1 300 ms", 35),
        ("call_wA1  cell 1 yielded  A1", 62),
        ("wait cell 2 300 ms", 35),
        ("call_wB1  cell 2 yielded", 60),
        ("wait cell 2 8000 ms", 36),
        ("wait cell 1 8000 ms", 36),
        ("cell 2 result  B1 B2 fromB", 10),
    ]
    assert text(shared_recording("two-cells-interleaved"), rows[-1]) == "B1\nB2\nfromB\n"
    assert rows_at(shared_recording("two-cells-interleaved"), 50, CELLS_ROOT)[-1].label == (
        "call_wB2  cell 2 completed  B1 B2 fromB"
    )


def test_the_document() -> None:
    trace = own_recording("two-cells-interleaved")
    document = context_json(trace, trace.at(50), CELLS_ROOT)
    assert (document["seq"], document["thread_id"], len(document["items"])) == (50, CELLS_ROOT, 14)
    fields = [
        "item_id",
        "role",
        "kind",
        "channel",
        "status",
        "first_seen_seq",
        "text",
        "call_id",
        "produced_by",
    ]
    assert [list(item) for item in document["items"]] == [fields] * 14
    output_item = document["items"][8]
    assert output_item["produced_by"] == [{"type": "tool", "tool_call_id": "call_wA1"}]
    assert output_item["channel"] == "commentary"
    assert document["items"][-1]["item_id"] is None
    assert document["items"][-1]["produced_by"] == [{"type": "tool", "tool_call_id": "call_wB2"}]
    json.dumps(document)
    assert context_json(trace, trace.at(50), "no such thread")["items"] == []


def test_rows_are_made_when_asked_for() -> None:
    trace = own_recording("two-cells-interleaved")
    rows = Context(trace, 50, CELLS_ROOT)
    assert rows.counts == {"in_context": 13, "accepted": 0, "pending": 1, "dropped": 0}
    assert [rows.start_of(status) for status in rows.counts] == [0, 13, 13, 14]
    assert rows[8] == list(rows)[8]
    assert rows[-1].status == "pending"
    assert rows[11:13] == list(rows)[11:13]
    assert rows.row_of("conversation_item:9") == 8
    assert rows.row_of("conversation_item:99") is None
    with pytest.raises(IndexError):
        rows[14]
    with pytest.raises(IndexError):
        rows[-15]


# -- the whole corpus, at every event -----------------------------------------------------------


def reduced(snapshot: Snapshot, thread_id: str) -> list[str]:
    """Ids of the last request's items and of its response, from the reduced state alone."""
    calls = [call for call in snapshot.inference_calls.values() if call.thread_id == thread_id]
    if not calls:
        return []
    last = max(calls, key=lambda call: snapshot.inference_calls.born(call.inference_call_id))
    asked = snapshot.inference_calls.born(last.inference_call_id)
    for compaction_id, compaction in snapshot.compactions.items():
        if compaction.thread_id == thread_id and snapshot.compactions.born(compaction_id) > asked:
            return []
    return [*last.request_item_ids, *last.response_item_ids]


def check_every_event(folder: Path) -> None:
    try:
        trace = open_trace(folder)
    except BundleProblem:
        return
    for event in range(1, trace.history.head + 1):
        snapshot = trace.snapshot(event)
        existing: dict[str, set[str]] = {thread_id: set() for thread_id in snapshot.threads}
        for item_id, item in snapshot.conversation_items.items():
            existing.setdefault(item.thread_id, set()).add(item_id)
        for thread_id in snapshot.threads:
            rows = Context(trace, event, thread_id)
            inside = [row.item_id for row in rows if row.status == "in_context"]
            assert inside == reduced(snapshot, thread_id), (folder.name, event, thread_id)
            outside = [row.item_id for row in rows if row.item_id and row.status != "in_context"]
            assert len(outside) == len(set(outside)), (folder.name, event, thread_id)
            assert {*inside, *outside} == existing[thread_id], (folder.name, event, thread_id)
            order = [row.status for row in rows]
            assert order == sorted(order, key=["in_context", "accepted", "pending", "dropped"].index)


@needs_corpus
def test_in_context_is_what_the_reduced_state_says_at_every_event_of_the_corpus() -> None:
    for folder in corpus_folders():
        check_every_event(folder)


@needs_corpus
def test_in_context_is_what_the_reduced_state_says_at_every_event_of_the_cases() -> None:
    for folder in case_folders():
        check_every_event(folder)
