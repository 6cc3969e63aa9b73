"""What the findings say of real recordings. Expected values were read from the traces."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import get_args

import pytest
from recordings_at_hand import case_folders, corpus_folders, needs_corpus
from shared_recordings import shared_recording

from rollout_tui.debugger.findings.finding import Finding
from rollout_tui.debugger.findings.finding_codes import CODES, at_least
from rollout_tui.debugger.findings.findings import Findings, find_all
from rollout_tui.debugger.findings.unfinished import RecordingStatus, recording_status
from rollout_tui.export.findings import finding_json
from rollout_tui.recording import open_trace
from rollout_tui.trace.bundle import BundleProblem

READ_BY_THE_REFERENCE = [folder for folder in corpus_folders() if (folder / "state.json").exists()]


def found(name: str, *codes: str) -> list[tuple[int, str, str | None]]:
    """(seq, code, object id) of a recording's findings with these codes; warnings of the client left out."""
    return [
        (one.seq, one.code, one.object_id)
        for one in find_all(shared_recording(name))
        if (one.code in codes if codes else one.code != "protocol_warning")
    ]


def only(name: str, code: str) -> Finding:
    (finding,) = (one for one in find_all(shared_recording(name)) if one.code == code)
    return finding


def test_a_recording_where_nothing_failed_has_no_findings() -> None:
    assert found("one-message") == []
    assert found("two-cells-interleaved") == []


def test_a_failed_request_takes_turn_and_agent_with_it() -> None:
    child = "01a20351-bae4-7f93-8a32-3b6b3f23a71a"
    turn = "01a20351-baec-7661-9d52-7dd15f1177b1"
    assert found("ma-child-http400") == [
        (34, "inference_failed", "567f8184-8f4d-498c-bbec-5ab3221b4357"),
        (35, "protocol_error", None),
        (36, "turn_failed", turn),
        (36, "agent_failed", child),
    ]
    failed, told, turn_failed, agent = find_all(shared_recording("ma-child-http400"))[-4:]
    assert failed.message == "inference 1: invalid_request_error: mock bad request"
    assert failed.thread_id == child
    assert [link.label for link in failed.chain] == ["alpha", "turn 1"]
    assert [one.under for one in (failed, told, turn_failed, agent)] == [None, failed, failed, turn_failed]
    assert agent.root() is failed
    assert told.thread_id == child


def test_an_error_in_a_cell_is_followed_from_patch_to_cell_to_call() -> None:
    patch, cell, call = (
        one
        for one in find_all(shared_recording("cell-nested-uncaught"))
        if one.code in ("patch_failed", "code_cell_failed", "tool_call_failed")
    )
    assert [(one.seq, one.code) for one in (patch, cell, call)] == [
        (16, "patch_failed"),
        (18, "code_cell_failed"),
        (19, "tool_call_failed"),
    ]
    assert (patch.under, cell.under, call.under) == (None, patch, cell)
    assert [link.label for link in patch.chain] == ["turn 1", "inference 1", "exec", "cell 1"]
    assert "Failed to find expected lines" in cell.message


def test_failures_that_the_script_caught_do_not_fail_the_cell() -> None:
    assert [(seq, code) for seq, code, _ in found("cell-nested-tools")] == [
        (32, "patch_failed"),
        (35, "command_failed"),
        (38, "tool_call_failed"),
    ]
    assert only("cell-nested-tools", "command_failed").message == 'exit 7  "echo err >&2; exit 7"'


def test_a_command_that_fails_although_its_call_does_not() -> None:
    finding = only("parallel-tools", "command_failed")
    assert (finding.seq, finding.object_id, finding.severity) == (22, "terminal_operation:1", "warning")
    assert finding.message == 'exit 3  "exit 3"'
    assert [link.label for link in finding.chain] == ["turn 1", "inference 1"]


def test_calls_that_never_ran() -> None:
    calls = [one for one in find_all(shared_recording("bad-tool-calls")) if one.code == "tool_call_failed"]
    assert [(one.seq, one.object_id) for one in calls] == [
        (12, "b1"),
        (15, "b2"),
        (18, "b3"),
        (26, "b4"),
        (29, "b5"),
        (32, "b6"),
        (40, "b7"),
        (43, "b8"),
        (47, "b9"),
    ]
    assert calls[3].message == "does_not_exist: unsupported call: does_not_exist"
    stdin = only("bad-tool-calls", "command_failed")
    assert stdin.under and (stdin.under.code, stdin.under.object_id) == ("tool_call_failed", "b7")


def test_mcp_errors_of_both_sorts() -> None:
    assert found("mcp-tools") == [
        (21, "mcp_error", "m2"),
        (35, "mcp_error", "m3"),
        (45, "tool_call_failed", "m5"),
    ]


def test_waits_on_cells_that_are_gone() -> None:
    assert found("cell-terminate") == [
        (28, "code_cell_terminated", "code_cell:call_y1"),
        (34, "wait_on_ended_cell", "call_w3"),
        (35, "tool_call_failed", "call_w3"),
    ]
    wait, call = find_all(shared_recording("cell-terminate"))[-2:]
    assert wait.message == "wait on cell 1, terminated since #28"
    assert call.under is wait


def test_an_interrupted_turn_explains_what_it_left() -> None:
    name = "interrupt"
    turn = "01a20356-0c84-7840-a8f7-d27c04fa0f6e"
    third = [one for one in find_all(shared_recording(name)) if one.root().object_id == turn]
    assert [(one.seq, one.code) for one in third] == [
        (37, "open_at_end"),
        (39, "open_at_end"),
        (43, "turn_cancelled"),
        (43, "code_cell_terminated"),
        (44, "turn_aborted"),
        (55, "command_failed"),
    ]
    assert third[4].message == "turn 3 aborted: interrupted"
    assert third[5].message == 'killed (exit -1)  "sleep 15"'


def test_a_killed_writer_leaves_everything_open() -> None:
    trace = shared_recording("sigkill-during-tool")
    assert recording_status(trace.history) == "stopped"
    assert found("sigkill-during-tool") == [
        (2, "stopped_open", "01a20368-3e4a-7653-8865-168df10eea5b"),
        (4, "stopped_open", "01a20368-3e5c-7102-8d34-fff83f297a70"),
        (11, "stopped_open", "c1"),
        (16, "never_seen_by_model", "c0"),
        (17, "recording_cut", "01a20368-3e4a-7653-8865-168df10eea5b"),
        (17, "stopped_open", "terminal_operation:2"),
    ]
    last = find_all(trace)[-1]
    assert last.message == 'command "sleep 15" started at #17 and never ended'
    assert last.under and last.under.object_id == "c1"


def test_while_it_is_live_nothing_is_said_of_what_is_open() -> None:
    trace = shared_recording("sigkill-during-tool")
    findings = Findings(trace)
    findings.update()
    assert findings.complete("live") == []
    assert [one.code for one in findings.complete("ended")].count("open_at_end") == 4


def test_a_cell_that_nobody_waits_for() -> None:
    finding = only("cell-finishes-unobserved", "open_at_end")
    assert (finding.seq, finding.object_id) == (14, "code_cell:call_y1")
    assert finding.message == "cell 1 (yielded) started at #14 and never ended"


def test_a_local_compaction_leaves_its_traces() -> None:
    assert found("local-compaction-auto") == [
        (14, "never_seen_by_model", "lc1"),
        (17, "context_shrank_unrecorded", "6da546ce-5d5d-40de-86b1-9bbeeb563ca0"),
    ]
    shrank = only("local-compaction-auto", "context_shrank_unrecorded")
    assert shrank.message.startswith("inference 2 left out 1 of the 4 items")


def test_a_recorded_compaction_is_no_loss() -> None:
    assert found("remote-compaction-auto") == []
    assert found("compact-remote-mid-turn") == []


def test_output_that_was_cut_on_its_way() -> None:
    assert found("big-tool-output") == [
        (16, "output_truncated", "call_big"),
        (24, "output_truncated", "call_seq"),
    ]
    first = only_first("big-tool-output")
    assert first.message == (
        "the model saw 40,213 of 200,001 B of the output of exec_command (40001 tokens truncated)"
    )


def only_first(name: str) -> Finding:
    return next(one for one in find_all(shared_recording(name)) if one.code == "output_truncated")


def test_a_request_that_was_sent_again() -> None:
    failed, retried = (
        one
        for one in find_all(shared_recording("idle-timeout"))
        if one.code in ("inference_failed", "inference_retried")
    )
    assert (failed.seq, retried.seq, retried.under) == (10, 11, failed)
    assert retried.message == "inference 2 tries again after inference 1 failed at #10"


def test_what_a_reference_reducer_refuses() -> None:
    finding = only("review-p1", "contradiction")
    assert finding.seq == 25
    assert [(one[0], one[1]) for one in found("wait-bad-json-arguments")] == [
        (22, "contradiction"),
        (23, "tool_call_failed"),
        (28, "contradiction"),
        (29, "tool_call_failed"),
    ]


def test_the_json_shape() -> None:
    assert finding_json(only("parallel-tools", "command_failed")) == {
        "code": "command_failed",
        "severity": "warning",
        "seq": 22,
        "thread_id": "01a20366-5c08-7a83-b879-ac71693ad146",
        "object_id": "terminal_operation:1",
        "message": 'exit 3  "exit 3"',
    }


def test_severities_from_the_gravest_on() -> None:
    assert at_least("error") == {"error"}
    assert at_least("warning") == {"error", "warning"}
    assert at_least("note") == {"error", "warning", "note"}


@needs_corpus
@pytest.mark.parametrize("folder", READ_BY_THE_REFERENCE, ids=lambda folder: folder.name)
def test_everything_that_did_not_complete_is_found(folder: Path) -> None:
    """Failed, cancelled or unfinished: inference, call, command, cell, turn, compaction, agent."""
    state = json.loads((folder / "state.json").read_text())
    wanted = {
        object_id
        for collection in (
            "threads",
            "codex_turns",
            "inference_calls",
            "code_cells",
            "tool_calls",
            "terminal_operations",
            "compaction_requests",
        )
        for object_id, one in state[collection].items()
        if one["execution"]["status"] != "completed"
    }
    wanted |= {
        object_id
        for object_id, one in state["terminal_operations"].items()
        if one["result"] and one["result"]["exit_code"]
    }
    findings = find_all(open_trace(folder))
    assert wanted <= {one.object_id for one in findings}
    assert [one.event for one in findings] == sorted(one.event for one in findings)
    assert {one.code for one in findings} <= set(CODES)


@needs_corpus
@pytest.mark.parametrize("name", ["v0.166.0-mixed", "ma-errors", "interrupt", "app-multi-turn"])
def test_event_by_event_gives_the_same_as_all_at_once(name: str) -> None:
    trace = shared_recording(name)
    stepwise = Findings(trace)
    head = trace.history.head
    try:
        for event in range(1, head + 1):
            trace.history.head = event
            stepwise.update()
    finally:
        trace.history.head = head
    at_once = Findings(trace)
    at_once.update()
    assert [(one.code, one.event, one.object_id) for one in stepwise.all] == [
        (one.code, one.event, one.object_id) for one in at_once.all
    ]


def damaged(tmp_path: Path, name: str) -> Path:
    trace = shared_recording(name)
    shutil.copytree(trace.bundle.folder, tmp_path / "bundle")
    return tmp_path / "bundle"


def of_recording(folder: Path) -> list[tuple[str, int, str | None]]:
    found = find_all(open_trace(folder))
    return [(one.code, one.seq, one.object_id) for one in found if CODES[one.code].of_recording]


def test_payloads_that_cannot_be_had(tmp_path: Path) -> None:
    folder = damaged(tmp_path, "two-cells-interleaved")
    (folder / "payloads" / "6.json").write_bytes(b'{"input": [')
    (folder / "payloads" / "13.json").unlink()
    (folder / "payloads" / "41.json").unlink()
    assert of_recording(folder) == [
        ("payload_unreadable", 10, "raw_payload:6"),
        ("payload_missing", 22, "raw_payload:13"),
        ("payload_missing", 61, "raw_payload:41"),
    ]


def test_lines_that_are_missing_or_unreadable(tmp_path: Path) -> None:
    folder = damaged(tmp_path, "two-cells-interleaved")
    lines = (folder / "trace.jsonl").read_bytes().splitlines(keepends=True)
    (folder / "trace.jsonl").write_bytes(b"".join([*lines[:11], b"{garbage\n", *lines[12:39], *lines[40:]]))
    assert [(code, seq) for code, seq, _ in of_recording(folder)][1:] == [("seq_gap", 41)]
    assert of_recording(folder)[0][0] == "unreadable_line"


def test_a_waits_cell_that_is_not_there(tmp_path: Path) -> None:
    folder = damaged(tmp_path, "cell-yield-wait")
    spine = folder / "trace.jsonl"
    start = next(line for line in spine.read_bytes().splitlines() if b'"code_cell_started"' in line)
    spine.write_bytes(
        spine.read_bytes().replace(start, start.replace(b'"code_cell_started"', b'"cell_began"'))
    )
    codes = [one.code for one in find_all(open_trace(folder))]
    assert "unknown_event_type" in codes and "wait_on_unknown_cell" in codes


@needs_corpus
def test_no_hand_made_bundle_raises() -> None:
    for folder in case_folders():
        try:
            trace = open_trace(folder)
        except BundleProblem:
            continue
        for status in get_args(RecordingStatus):
            findings = Findings(trace)
            findings.update()
            assert all(one.code in CODES for one in findings.complete(status))
