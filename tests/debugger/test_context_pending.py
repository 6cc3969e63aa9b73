"""What is on its way into a context."""

from __future__ import annotations

from pathlib import Path

from context_rows import rows_at, statuses
from recordings_at_hand import needs_corpus
from scripted import call, cell_call, cell_output, output, user
from shared_recordings import shared_recording
from small_recordings import begun, own_recording, with_cell

from rollout_tui.debugger.context.context import text


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
    trace = shared_recording("ma-two-parallel")
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
