"""What threads wait for at an event. Expected values were read from the traces."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from recordings_at_hand import corpus_folders, needs_corpus
from scripted import ROOT_THREAD, spawned
from shared_recordings import shared_recording
from small_recordings import WAIT, begun, by_own_folder, own_recording, with_cell

from rollout_tui.debugger.spans.waits import wait_of
from rollout_tui.debugger.waiting.blocked import ThreadWaits, Waiting, background_in_words, blocked, in_words
from rollout_tui.export.blocked import waits_json
from rollout_tui.recording import Trace, open_trace


def waits_at(trace: Trace, seq: int, path: str = "/root") -> ThreadWaits:
    return next(waits for waits in blocked(trace, trace.at(seq)) if waits.agent_path == path)


def tree(entries: list[Waiting]) -> list[tuple[str, str, int | None]]:
    return [(one.kind, one.id, one.parent) for one in entries]


CELL_1 = "cell 1 (yielded, 2 outputs)"
CELL_2 = "cell 2 (yielded, 2 outputs, running echo)"
TURN = "01a20366-dfc0-7440-9299-9490167056ba"
COMMAND_OF_A_CELL = ["turn", "tool_call", "code_cell", "tool_call", "terminal_operation"]
NESTED = "exec-2bfd0904-b853-4a62-b113-775ead100fee"


def test_a_wait_its_cell_and_the_cells_command() -> None:
    """At #45 call_wB2 waits since #39 for cell 2, whose command starts here; cell 1 is on its own."""
    waits = waits_at(own_recording("two-cells-interleaved"), 45)
    assert tree(waits.blocked_on) == [
        ("turn", TURN, None),
        ("wait", "call_wB2", 0),
        ("code_cell", "code_cell:call_B", 1),
        ("tool_call", NESTED, 2),
    ]
    assert [(one.since_seq, one.age_ms) for one in waits.blocked_on] == [
        (6, 3044),
        (39, 1801),
        (20, 2706),
        (45, 0),
    ]
    assert tree(waits.background) == [("code_cell", "code_cell:call_A", None)]


def test_its_command_runs_at_46() -> None:
    waits = waits_at(own_recording("two-cells-interleaved"), 46)
    assert tree(waits.blocked_on)[3:] == [
        ("tool_call", NESTED, 2),
        ("terminal_operation", "terminal_operation:2", 3),
    ]


def test_at_16_cell_1_has_just_yielded_and_cell_2_is_not_there() -> None:
    waits = waits_at(own_recording("two-cells-interleaved"), 16)
    assert waits.background == []
    assert tree(waits.blocked_on) == [
        ("turn", TURN, None),
        ("tool_call", "call_A", 0),
        ("code_cell", "code_cell:call_A", 1),
    ]
    assert waits.blocked_on[2].label == "cell 1 yielded"


def test_a_wait_keeps_naming_a_cell_that_is_over() -> None:
    waits = waits_at(own_recording("two-cells-interleaved"), 49)
    assert tree(waits.blocked_on)[1:] == [("wait", "call_wB2", 0), ("code_cell", "code_cell:call_B", 1)]
    assert waits.blocked_on[2].label == "cell 2 completed"


def test_the_document() -> None:
    trace = own_recording("two-cells-interleaved")
    (document,) = (waits_json(waits) for waits in blocked(trace, trace.at(45)))
    assert list(document) == ["thread_id", "agent_path", "blocked_on", "background"]
    assert document["blocked_on"][1] == {
        "kind": "wait",
        "id": "call_wB2",
        "label": "wait cell 2 8000 ms",
        "since_seq": 39,
        "age_ms": 1801,
        "parent": 0,
    }
    json.dumps(document)


@needs_corpus
@pytest.mark.parametrize(
    ("seq", "words", "background"),
    [
        (5, "/root has no turn running", ""),
        (11, "/root idle", ""),
        (10, "/root blocked 0 ms on inference 1 gpt-5.5", ""),
        (14, "/root blocked 8 ms on exec(call_A)", ""),
        (16, "/root blocked 222 ms on exec(call_A) -> cell 1 (yielded, 1 output)", ""),
        (30, "/root blocked 0 ms on inference 3 gpt-5.5", f"{CELL_1}, cell 2 (yielded, 1 output)"),
        (45, f"/root blocked 1.80 s on wait(call_wB2) -> {CELL_2} -> exec-2bfd", CELL_1),
        (49, "/root blocked 1.84 s on wait(call_wB2) -> cell 2 (completed just now)", CELL_1),
        (51, f"/root blocked 0 ms on wait(call_wA2) -> {CELL_1}", ""),
    ],
)
def test_in_words(seq: int, words: str, background: str) -> None:
    waits = waits_at(shared_recording("two-cells-interleaved"), seq)
    assert (in_words(waits), background_in_words(waits)) == (words, background)


def test_live_ages_count_to_now() -> None:
    trace = own_recording("two-cells-interleaved")
    now = trace.at(45).time_ms + 10_600
    (waits,) = blocked(trace, trace.at(45), now)
    assert [one.age_ms for one in waits.blocked_on] == [13_644, 12_401, 13_306, 10_600]
    assert in_words(waits).startswith("/root blocked 12.4 s on wait(call_wB2)")
    (idle,) = blocked(trace, trace.at(29), trace.at(29).time_ms + 41_300)
    assert in_words(idle) == "/root idle, last event 41 s ago"
    # A clock behind the trace makes nothing younger than it was.
    (early,) = blocked(trace, trace.at(45), 0)
    assert early.blocked_on == waits_at(trace, 45).blocked_on


def test_nothing_is_left_after_the_thread_ended() -> None:
    trace = own_recording("two-cells-interleaved")
    assert blocked(trace, trace.at(62)) == []
    assert blocked(trace, trace.at(1)) == []
    assert blocked(trace, trace.at(45), thread_id="elsewhere") == []


def test_calls_of_a_turn_that_is_over_are_nowhere() -> None:
    """#27 cancels turn 1 with call k2 and its nested call open: they never end; its cells are terminated."""
    trace = own_recording("app-cell-interrupt-then-wait")
    waits = waits_at(trace, 26)
    assert [one.kind for one in waits.blocked_on] == COMMAND_OF_A_CELL
    assert [one.kind for one in waits.background] == ["code_cell"]
    for seq in (27, 29):
        assert waits_at(trace, seq).blocked_on == []
        assert waits_at(trace, seq).background == []
    # The waits of the next turn name cells that are over: k3 cell 1, k4 cell 2.
    for seq, cell in ((36, "code_cell:k1"), (39, "code_cell:k2")):
        assert tree(waits_at(trace, seq).blocked_on)[1:] == [
            ("wait", "k3" if seq == 36 else "k4", 0),
            ("code_cell", cell, 1),
        ]


def test_a_command_that_outlives_its_call_is_in_the_background() -> None:
    """Call c1 ends at #15, its command at #30; s1 and s2 write to it."""
    trace = own_recording("terminals")
    assert [one.kind for one in waits_at(trace, 14).blocked_on] == ["turn", "tool_call", "terminal_operation"]
    for seq in (15, 20, 29):
        assert tree(waits_at(trace, seq).background) == [("terminal_operation", "terminal_operation:1", None)]
    assert waits_at(trace, 30).background == []


def test_a_cell_that_nobody_waits_for_is_in_the_background_after_its_turn_too() -> None:
    trace = own_recording("cell-finishes-unobserved")
    for seq in (16, 24, 29, 31):
        assert tree(waits_at(trace, seq).background) == [("code_cell", "code_cell:call_y1", None)]
    assert waits_at(trace, 31).blocked_on == []


def test_a_killed_recording_stays_blocked() -> None:
    """The last event, #25, is the runtime start of a command of cell 2, in exec call_1."""
    trace = own_recording("sigkill-during-cell")
    waits = waits_at(trace, 25)
    assert [one.kind for one in waits.blocked_on] == COMMAND_OF_A_CELL
    assert waits.blocked_on[2].id == "code_cell:call_1"


@needs_corpus
def test_in_schema_1_a_turn_waits_for_its_cell_until_that_answers() -> None:
    """Cell 2 starts at #22, calls at #23, yields at #25; #28 waits for it."""
    trace = shared_recording("v0.160.1-cells")
    assert [one.kind for one in waits_at(trace, 23).blocked_on] == ["turn", "code_cell", "tool_call"]
    assert [one.kind for one in waits_at(trace, 25).blocked_on] == ["turn"]
    assert [one.kind for one in waits_at(trace, 25).background] == [
        "code_cell",
        "tool_call",
        "terminal_operation",
    ]
    assert [(one.kind, one.id) for one in waits_at(trace, 28).blocked_on][1:3] == [
        ("wait", "w1"),
        ("code_cell", "code_cell:x1"),
    ]


# -- agents ---------------------------------------------------------------------------------


def test_waiting_for_an_agent_and_what_it_does() -> None:
    """#33 waits for agents: the child is in its inference since #30; that fails at #34, its turn at #36."""
    trace = own_recording("ma-child-http400")
    child = next(thread for thread in trace.at(16).threads.values() if thread.agent_path != "/root")
    inference = "567f8184-8f4d-498c-bbec-5ab3221b4357"
    waits = waits_at(trace, 33)
    assert tree(waits.blocked_on)[1:] == [
        ("wait", "c2", 0),
        ("agent", child.thread_id, 1),
        ("inference", inference, 2),
    ]
    assert [one.since_seq for one in waits.blocked_on] == [5, 33, 20, 30]
    assert waits.background == []
    assert [one.kind for one in waits_at(trace, 33, child.agent_path).blocked_on] == ["turn", "inference"]
    assert tree(waits_at(trace, 34).blocked_on)[1:] == [("wait", "c2", 0), ("agent", child.thread_id, 1)]
    assert tree(waits_at(trace, 36).blocked_on)[1:] == [("wait", "c2", 0)]
    # Before the wait the child is at work on its own.
    assert tree(waits_at(trace, 28).background) == [("agent", child.thread_id, None)]


@needs_corpus
def test_two_agents_in_words() -> None:
    waits = waits_at(shared_recording("ma-two-parallel"), 54)
    assert in_words(waits) == (
        "/root blocked 560 ms on wait_agent(c3) -> (/root/alpha -> exec_command(a1) echo alpha; sleep 0.3 + "
        "/root/beta -> exec_command(b1) cat a.txt)"
    )


def test_a_wait_that_names_its_agent(tmp_path: Path) -> None:
    script = begun(tmp_path / "bundle")
    for name in ("alpha", "beta"):
        script.thread(f"t-{name}", f"/root/{name}", spawned(ROOT_THREAD, f"/root/{name}"))
        script.turn(f"turn-{name}", f"t-{name}")
    script.calls("w", "wait_agent", '{"targets": ["beta"]}')
    waits = waits_at(script.trace(), 8)
    assert tree(waits.blocked_on)[1:] == [("wait", "w", 0), ("agent", "t-beta", 1)]
    assert tree(waits.background) == [("agent", "t-alpha", None)]
    assert in_words(waits) == "/root blocked 0 ms on wait_agent(w) -> /root/beta"


def test_agents_that_wait_for_each_other(tmp_path: Path) -> None:
    script = begun(tmp_path / "bundle")
    script.thread("t-a", "/root/a", spawned(ROOT_THREAD, "/root/a"))
    script.turn("turn-a", "t-a")
    script.thread("t-b", "/root/a/b", spawned("t-a", "/root/a/b"))
    script.turn("turn-b", "t-b")
    script.calls("w1", "wait_agent")
    script.calls("w2", "wait_agent", thread="t-a", turn="turn-a")
    trace = script.trace()
    assert in_words(waits_at(trace, 9)) == (
        "/root blocked 10 ms on wait_agent(w1) -> /root/a -> wait_agent(w2) -> /root/a/b"
    )


def test_two_waits_on_one_cell_and_one_on_none(tmp_path: Path) -> None:
    script = with_cell(tmp_path / "bundle")
    script.cell_answers("1")
    script.calls("w1", WAIT, '{"cell_id": "1"}')
    script.calls("w2", WAIT, '{"cell_id": "1"}')
    script.calls("w3", WAIT, '{"cell_id": "9"}')
    script.calls("n", "exec_command", cell="1")
    waits = waits_at(script.trace(), 11)
    assert tree(waits.blocked_on)[1:] == [
        ("wait", "w1", 0),
        ("code_cell", "code_cell:x", 1),
        ("tool_call", "n", 2),
        ("wait", "w2", 0),
        ("code_cell", "code_cell:x", 4),
        ("wait", "w3", 0),
    ]
    assert waits.background == []


# -- every event -----------------------------------------------------------------------------


def check_every_event(folder: Path) -> None:
    trace = open_trace(folder)
    for event in range(1, trace.history.head + 1):
        snapshot = trace.snapshot(event)
        found = {waits.thread_id: waits for waits in blocked(trace, snapshot)}
        running = {
            thread_id for thread_id, one in snapshot.threads.items() if one.execution.ended_seq is None
        }
        assert set(found) == running, (folder.name, event)
        for waits in found.values():
            for entries in (waits.blocked_on, waits.background):
                for at, one in enumerate(entries):
                    assert one.parent is None or one.parent < at, (folder.name, event)
                    assert one.age_ms >= 0 and one.label, (folder.name, event, one)
            assert in_words(waits)
        cells = {wait: cell for cell in snapshot.code_cells.values() for wait in cell.wait_tool_call_ids}
        for call in snapshot.tool_calls.values():
            waits_for = wait_of(trace.history, call)
            turn = snapshot.codex_turns[call.started_by_codex_turn_id or ""]
            if waits_for is None or "running" not in call.execution.status or call.thread_id not in running:
                continue
            if turn.execution.status != "running":
                continue
            entries = found[call.thread_id].blocked_on
            at = next(
                at
                for at, one in enumerate(entries)
                if (one.kind, one.id) == ("wait", call.tool_call_id)
            )  # fmt: skip
            if call.tool_call_id in cells:
                named = [one.id for one in entries if one.kind == "code_cell" and one.parent == at]
                assert named == [cells[call.tool_call_id].code_cell_id], (folder.name, event)


@by_own_folder
def test_every_open_wait_is_named_with_its_cell(folder: Path) -> None:
    check_every_event(folder)


@needs_corpus
def test_every_open_wait_of_the_corpus_is_named_with_its_cell() -> None:
    for folder in corpus_folders():
        check_every_event(folder)
