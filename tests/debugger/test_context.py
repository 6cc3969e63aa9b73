"""What the model has in front of it at an event. Expected values were read from the traces."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from recordings_at_hand import case_folders, corpus_folders, needs_corpus
from scripted import ROOT_THREAD, Script, assistant, call, cell_call, cell_output, message, output, user
from shared_recordings import recording
from small_recordings import begun, own_recording, with_cell

from rollout_tui.debugger.changes.diff import diff
from rollout_tui.debugger.context.context import Context, ContextItem, text
from rollout_tui.debugger.tokens import tokens
from rollout_tui.export.context import context_json
from rollout_tui.graph.snapshot import Snapshot
from rollout_tui.recording import Trace, open_trace
from rollout_tui.trace.bundle import BundleProblem

CELLS_ROOT = "01a20366-dfb4-7081-b2c4-bb962e37f39c"
COMPACTED_ROOT = "01a20368-d236-7553-95a6-5bec4c2e216f"


def rows_at(trace: Trace, seq: int, thread_id: str = ROOT_THREAD) -> list[ContextItem]:
    return list(Context(trace, trace.ordinal(seq), thread_id))


def statuses(rows: list[ContextItem]) -> dict[str, list[str | None]]:
    """Short item numbers by status, None for what has no item."""
    found: dict[str, list[str | None]] = {}
    for row in rows:
        number = row.item_id.rpartition(":")[2] if row.item_id else None
        found.setdefault(row.status, []).append(number)
    return found


def marks(rows: list[ContextItem]) -> dict[str, str]:
    return {row.item_id or row.label: row.mark for row in rows if row.mark}


# -- a recording with two cells --------------------------------------------------------


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
    rows = rows_at(recording("two-cells-interleaved"), 49, CELLS_ROOT)
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
    assert text(recording("two-cells-interleaved"), rows[-1]) == "B1\nB2\nfromB\n"
    assert rows_at(recording("two-cells-interleaved"), 50, CELLS_ROOT)[-1].label == (
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


# -- compaction ---------------------------------------------------------------------------


def test_a_compaction_empties_the_context_until_the_next_request() -> None:
    """#18 installs: input is items 2 to 4 and the unseen output (5); marker (6), replacement (7 to 9)."""
    trace = own_recording("remote-compaction-auto")
    before = rows_at(trace, 17, COMPACTED_ROOT)
    assert statuses(before) == {"in_context": ["1", "2", "3", "4"], "pending": [None]}
    assert (before[-1].call_id, before[-1].first_seen_seq) == ("rc1", 14)

    installed = rows_at(trace, 18, COMPACTED_ROOT)
    assert statuses(installed) == {"accepted": ["6", "7", "8", "9"], "dropped": ["1", "2", "3", "4", "5"]}
    assert {(row.dropped_seq, row.dropped_by, row.mark) for row in installed[4:]} == {(18, "compaction", "-")}
    assert {row.mark for row in installed[:4]} == {"+"}
    assert {row.provenance for row in installed[:4]} == {"compaction"}

    carried = rows_at(trace, 19, COMPACTED_ROOT)
    assert statuses(carried) == {
        "in_context": ["10", "7", "8", "9"],
        "accepted": ["6"],
        "dropped": ["1", "2", "3", "4", "5"],
    }
    assert [row.mark for row in carried[:4]] == ["+", "~", "~", "~"]
    assert carried[4].label == "compaction marker"
    assert statuses(rows_at(trace, 21, COMPACTED_ROOT))["in_context"] == ["10", "7", "8", "9", "11"]


@needs_corpus
def test_a_compaction_that_nobody_recorded() -> None:
    """The request at #25 carries other items than the context had: those are dropped by it."""
    trace = recording("local-compaction-auto")
    root = trace.history.rollout.root_thread_id
    requests = [call for call in trace.at(trace.head).inference_calls.values() if call.thread_id == root]
    shrunk = next(
        later
        for earlier, later in pairwise(requests)
        if set(earlier.request_item_ids) - set(later.request_item_ids)
    )
    seq = shrunk.execution.started_seq
    gone = [row for row in rows_at(trace, seq, root) if row.status == "dropped"]
    assert gone and {(row.dropped_seq, row.dropped_by, row.mark) for row in gone} == {(seq, "request", "-")}


def compacting(folder: Path) -> Script:
    """Items: 1 (user), a compaction while the request is under way: 2 marker, 3 replacement."""
    script = begun(folder)
    script.ask("i1", user("long story"))
    script.compact("c1", [user("long story")], [user("short story")])
    return script


def test_a_response_after_a_compaction_is_not_in_context(tmp_path: Path) -> None:
    script = compacting(tmp_path / "bundle")
    script.answer("i1", assistant("late"))
    script.ask("i2", user("short story"), user("next"))
    trace = script.trace()
    assert statuses(rows_at(trace, 5)) == {"accepted": ["2", "3"], "dropped": ["1"]}
    assert statuses(rows_at(trace, 6)) == {"accepted": ["2", "3", "4"], "dropped": ["1"]}
    assert statuses(rows_at(trace, 7)) == {
        "in_context": ["3", "5"],
        "accepted": ["2"],
        "dropped": ["1", "4"],
    }


def test_the_next_request_fills_the_context_also_where_it_goes_on_from_a_response(tmp_path: Path) -> None:
    script = begun(tmp_path / "bundle")
    script.ask("i1", user("long story"))
    script.answer("i1", assistant("long answer"), response_id="r1")
    script.compact("c1", [user("long story"), assistant("long answer")], [user("short story")])
    asked = script.ask("i2", user("next"), previous="r1")
    trace = script.trace()
    assert statuses(rows_at(trace, asked - 1)).get("in_context") is None
    inside = statuses(rows_at(trace, asked))["in_context"]
    found = diff(trace, asked - 1, asked, ROOT_THREAD)
    assert [one.rpartition(":")[2] for one in found.compared.added] == inside == ["1", "2", "5"]
    assert tokens(trace, asked, ROOT_THREAD).size_bytes == sum(
        map(len, ("long story", "long answer", "next"))
    )


def test_a_second_compaction_replaces_the_first(tmp_path: Path) -> None:
    script = compacting(tmp_path / "bundle")
    script.compact("c2", [], [user("shorter story")])
    script.ask("i2", user("shorter story"))
    trace = script.trace()
    assert statuses(rows_at(trace, 6)) == {"accepted": ["2", "4", "5"], "dropped": ["1", "3"]}
    assert statuses(rows_at(trace, 7))["in_context"] == ["5"]


def test_an_item_can_come_back(tmp_path: Path) -> None:
    """The third request goes on from the first response: its items are in context again."""
    script = begun(tmp_path / "bundle")
    script.ask("i1", user("a"))
    script.answer("i1", assistant("b"), response_id="resp-i1")
    script.ask("i2", user("c"))
    script.ask("i3", user("d"), previous="resp-i1")
    trace = script.trace()
    assert statuses(rows_at(trace, 6)) == {"in_context": ["3"], "dropped": ["1", "2"]}
    assert statuses(rows_at(trace, 7)) == {"in_context": ["1", "2", "4"], "dropped": ["3"]}
    assert statuses(rows_at(trace, 6)) == {"in_context": ["3"], "dropped": ["1", "2"]}


def test_a_request_can_go_on_from_before_a_compaction(tmp_path: Path) -> None:
    """It neither uses the replacement nor does away with it (format section 7.4)."""
    script = begun(tmp_path / "bundle")
    script.ask("i1", user("a"))
    script.answer("i1", assistant("b"), response_id="resp-i1")
    script.compact("c1", [], [user("short")])
    script.ask("i2", user("c"), previous="resp-i1")
    trace = script.trace()
    assert "in_context" not in statuses(rows_at(trace, 6))
    assert statuses(rows_at(trace, 7))["in_context"] == ["1", "2", "5"]


# -- what is on its way ---------------------------------------------------------------------


def test_in_schema_1_a_cell_gives_its_output_itself(tmp_path: Path) -> None:
    script = with_cell(tmp_path / "bundle", schema=1)
    script.cell_answers("1", "completed", "the answer")
    script.cell_ends("1", "completed", "the answer")
    script.ask("i2", user("go"), cell_call("x"), cell_output("x", "the answer"))
    trace = script.trace()
    assert statuses(rows_at(trace, 6)) == {"in_context": ["1", "2"]}
    for seq in (7, 8):
        pending = rows_at(trace, seq)[-1]
        assert (pending.status, pending.kind, pending.call_id) == ("pending", "custom_tool_call_output", "x")
        assert (text(trace, pending), pending.size_bytes) == ("the answer", 10)
    assert statuses(rows_at(trace, 9)) == {"in_context": ["1", "2", "3"]}


def test_calls_of_a_cell_give_the_model_nothing(tmp_path: Path) -> None:
    script = with_cell(tmp_path / "bundle")
    script.calls("n", "exec_command", cell="1")
    script.returns("n")
    assert statuses(rows_at(script.trace(), 8)) == {"in_context": ["1", "2"]}


def test_a_result_whose_output_is_known_already_is_not_pending(tmp_path: Path) -> None:
    script = begun(tmp_path / "bundle")
    script.ask("i1", user("go"), call("c"), output("c", "early"))
    script.calls("c", "exec_command")
    script.returns("c", "early")
    assert statuses(rows_at(script.trace(), 6)) == {"in_context": ["1", "2", "3"]}


@needs_corpus
def test_a_childs_report_is_pending_then_accepted_then_in_context() -> None:
    """#68 alpha's result is observed, #72 root accepts it by a receipt, #73 carries it."""
    trace = recording("ma-two-parallel")
    root = trace.history.rollout.root_thread_id
    report = {
        seq: [
            (row.status, row.item_id, row.provenance)
            for row in rows_at(trace, seq, root)
            if row.provenance == "agent edge"
        ]
        for seq in (67, 68, 72, 73)
    }
    assert report == {
        67: [],
        68: [("pending", None, "agent edge")],
        72: [("accepted", "conversation_item:37", "agent edge")],
        73: [("in_context", "conversation_item:37", "agent edge")],
    }
    pending = rows_at(trace, 68, root)[-1]
    assert pending.label == "agent result from /root/alpha  alpha result"
    assert (text(trace, pending) or "").endswith("alpha result")


def test_a_message_to_a_child_is_pending_in_the_child() -> None:
    """#19 ends the work of the spawn, #29 is the child's receipt of its task, #30 its first request."""
    trace = own_recording("ma-child-http400")
    child = next(thread for thread in trace.at(trace.head).threads.values() if thread.agent_path != "/root")
    task = {
        seq: [
            (row.status, row.mark)
            for row in rows_at(trace, seq, child.thread_id)
            if row.provenance == "agent edge"
        ]
        for seq in (18, 19, 28, 29, 30)
    }
    assert task == {
        18: [],
        19: [("pending", "+")],
        28: [("pending", "")],
        29: [("accepted", "+")],
        30: [("in_context", "~")],
    }


# -- labels, provenance, text -----------------------------------------------------------------

TOOK = "Wall time: 0.1 seconds\nOutput:\n"
RAN = "Chunk ID: 1\nWall time: 0.1 seconds\nProcess {}\nOriginal token count: 2\nOutput:\n"
TOLD = {
    "type": "agent_message",
    "author": "/root/alpha",
    "recipient": "/root",
    "content": [
        {"type": "input_text", "text": "Message Type: MESSAGE\nSender: /root/alpha\nPayload:\nall pass"}
    ],
}
LONG = json.dumps({"cmd": "printf '%s' " + "x" * 400})


@pytest.mark.parametrize(
    ("item", "label", "provenance"),
    [
        (user("hello\n  there"), "hello there", "user"),
        (user("<environment_context>\n</environment_context>"), "environment_context", "harness"),
        (user("<user_shell_command>ls</user_shell_command>"), "user_shell_command", "user"),
        (user("<b>bold</b> words"), "<b>bold</b> words", "user"),
        (message("developer", "be brief"), "instructions  be brief", "harness"),
        (message("system", "<rules>x</rules>"), "rules", "harness"),
        (assistant("Done."), "Done.", "model"),
        (user(""), "empty", "user"),
        (call("c", "exec_command", '{"cmd": "ls -la"}'), "exec_command  ls -la", "model"),
        (call("c", "list_agents", "{}"), "list_agents", "model"),
        (call("c", "plan", '{"steps": [1]}'), 'plan  {"steps":[1]}', "model"),
        (call("c", "plan", "not json"), "plan  not json", "model"),
        (call("c", "wait", '{"cell_id": "2", "terminate": true}'), "wait cell 2 terminate", "model"),
        (cell_call("c", "// @exec: {}\nlet a = 1;\na++"), "exec  let a = 1; a++", "model"),
        (output("c", "some\ntext"), "c  some text", "tool"),
        (cell_output("c", "Script running with cell ID 4\nmore"), "c  cell 4 yielded  more", "tool"),
        (output("c", RAN.format("exited with code 7") + "a\nb"), "c  exit 7  a b", "tool"),
        (output("c", RAN.format("running with session ID 94")), "c  session 94 running", "tool"),
        (
            output("c", f"Exit code: 1\n{TOOK}Warning: truncated output (40)\n\nx"),
            "c  exit 1, truncated  x",
            "tool",
        ),
        (output("c", TOOK), "c", "tool"),
        (output("c", f"see\n{TOOK}"), "c  see Wall time", "tool"),
        (
            call("c", "write_stdin", '{"session_id": 94, "chars": "y\\n"}'),
            r"write_stdin  'y\n' to 94",
            "model",
        ),
        (call("c", "write_stdin", '{"session_id": 94}'), "write_stdin  poll 94", "model"),
        (TOLD, "from /root/alpha  all pass", "agent edge"),
        ({"type": "reasoning", "summary": [], "encrypted_content": "zz"}, "reasoning  encrypted", "model"),
        (
            {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]},
            "reasoning  hm",
            "model",
        ),
        ({"type": "compaction", "encrypted_content": "zz"}, "compaction summary  encrypted", "model"),
        (
            {"type": "message", "role": "user", "content": [{"type": "input_image", "image_url": "x"}]},
            "input_image",
            "user",
        ),
        ({"type": "web_search_call", "id": "w", "status": "completed"}, "web_search", "model"),
    ],
)
def test_labels_and_who_made_it(tmp_path: Path, item: dict[str, Any], label: str, provenance: str) -> None:
    script = begun(tmp_path / "bundle")
    script.ask("i1", item)
    (row,) = rows_at(script.trace(), 4)
    assert row.label.startswith(label)
    assert row.provenance == provenance


def test_whole_texts(tmp_path: Path) -> None:
    script = begun(tmp_path / "bundle")
    script.ask("i1", user("skip"), call("c", "exec_command", LONG))
    script.answer("i1", {"type": "reasoning", "summary": [], "encrypted_content": "secret"})
    trace = script.trace()
    rows = rows_at(trace, 5)
    assert [text(trace, row) for row in rows] == ["skip", LONG.replace(": ", ":"), None]
    assert rows[1].size_bytes == len(LONG) - 1
    assert text(trace, "conversation_item:1") == "skip"
    assert text(trace, "conversation_item:77") is None


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
