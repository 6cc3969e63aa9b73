"""Contexts, waits and findings at every event, held against what the lines and the reference answer say.

Over the project's own recordings always, over the shared corpus where it is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from as_recorded import Recorded, carried_call_ids, contexts, waiting_results
from open_as_recorded import UNFINISHED, failed_commands, open_things, outcomes
from recordings_at_hand import recordings
from shared_recordings import corpus_params

from rollout_tui.debugger.findings.findings import find_all
from rollout_tui.debugger.waiting.blocked import blocked
from rollout_tui.export.blocked import waits_json
from rollout_tui.export.context import context_json
from rollout_tui.recording import Trace, open_trace

EVERY = [*(pytest.param(folder, id=folder.name) for folder in recordings()), *corpus_params()]
REDUCED = [one for one in EVERY if one.values[0] is None or (one.values[0] / "state.json").exists()]
"""Those that the reference reducer does not refuse."""

by_folder = pytest.mark.parametrize("folder", EVERY)

FAILURES = {
    "thread": {"failed": {"thread_failed"}, "aborted": {"thread_failed"}},
    "turn": {"failed": {"turn_failed"}, "cancelled": {"turn_cancelled"}, "aborted": {"turn_cancelled"}},
    "inference": {
        "failed": {"inference_failed"},
        "cancelled": {"inference_cancelled"},
        "aborted": {"inference_cancelled"},
    },
    "tool": {
        "failed": {"tool_call_failed", "patch_failed", "mcp_error"},
        "cancelled": {"tool_call_cancelled"},
        "aborted": {"tool_call_cancelled"},
    },
    "cell": {"failed": {"code_cell_failed"}, "terminated": {"code_cell_terminated"}},
    "compaction_request": {"failed": {"compaction_failed"}},
    "agent": {"failed": {"agent_failed"}},
}
"""The codes that tell of an outcome, by kind of object."""
OF_ENDS = {"stopped_open", "open_at_end"}


def contexts_at(trace: Trace, seq: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Each thread and the items of its context."""
    snapshot = trace.at(seq)
    for thread_id in snapshot.threads:
        yield thread_id, context_json(trace, snapshot, thread_id)["items"]


@pytest.mark.parametrize("folder", REDUCED)
def test_the_context_is_the_last_request_and_what_came_since(folder: Path) -> None:
    trace = open_trace(folder)
    for seq, expected in contexts(Recorded(folder)):
        for thread_id, items in contexts_at(trace, seq):
            inside = [one["item_id"] for one in items if one["status"] == "in_context"]
            assert inside == expected.get(thread_id, []), (seq, thread_id)


@by_folder
def test_the_context_has_the_calls_that_the_bodies_have(folder: Path) -> None:
    trace = open_trace(folder)
    for seq, thread_id, expected in carried_call_ids(Recorded(folder)):
        items = context_json(trace, trace.at(seq), thread_id)["items"]
        assert [one["call_id"] for one in items if one["status"] == "in_context"] == expected, seq


@by_folder
def test_a_result_is_pending_until_a_body_has_it(folder: Path) -> None:
    trace = open_trace(folder)
    for seq, expected in waiting_results(Recorded(folder)):
        for thread_id, items in contexts_at(trace, seq):
            pending = [one["call_id"] for one in items if one["status"] == "pending" and one["call_id"]]
            assert sorted(pending) == sorted(expected.get(thread_id, ())), (seq, thread_id)


@by_folder
def test_everything_open_in_a_running_turn_is_named(folder: Path) -> None:
    recorded = Recorded(folder)
    times = {event["seq"]: event["wall_time_unix_ms"] for event in recorded.events}
    trace = open_trace(folder)
    for expected in open_things(recorded):
        threads = [waits_json(waits) for waits in blocked(trace, trace.at(expected.seq))]
        assert {one["thread_id"] for one in threads} == expected.threads, expected.seq
        assert of_turns(threads, "turn") == expected.turns, expected.seq
        assert of_turns(threads, "inference") == expected.requests, expected.seq
        assert of_turns(threads, "tool_call", "wait") == expected.calls, expected.seq
        assert of_turns(threads, "compaction_request") == expected.compactions, expected.seq
        waits = {(one.thread_id, one.tool_call_id) for one in expected.waits}
        assert of_turns(threads, "wait") == waits, expected.seq
        named = {
            (thread["thread_id"], one["id"])
            for thread in threads
            for one in (*thread["blocked_on"], *thread["background"])
        }
        assert expected.nested <= named, expected.seq
        for thread in threads:
            for one in (*thread["blocked_on"], *thread["background"]):
                assert one["age_ms"] == times[expected.seq] - times[one["since_seq"]], (expected.seq, one)


def of_turns(threads: list[Any], *kinds: str) -> set[tuple[str, str]]:
    """(thread, id) of what running turns wait for directly, or of the turns themselves."""
    return {
        (thread["thread_id"], one["id"])
        for thread in threads
        for one in thread["blocked_on"]
        if one["kind"] in kinds
        and (one["parent"] is None or thread["blocked_on"][one["parent"]]["kind"] == "turn")
    }


@by_folder
def test_every_open_wait_is_named_with_its_cell(folder: Path) -> None:
    trace = open_trace(folder)
    for expected in open_things(Recorded(folder)):
        found = {
            one["thread_id"]: one["blocked_on"]
            for one in (waits_json(waits) for waits in blocked(trace, trace.at(expected.seq)))
        }
        for wait in expected.waits:
            entries = found[wait.thread_id]
            at = [one["id"] for one in entries].index(wait.tool_call_id)
            cells = [one["id"] for one in entries if one["kind"] == "code_cell" and one["parent"] == at]
            assert cells == ([wait.code_cell_id] if wait.code_cell_id else []), (expected.seq, wait)


@by_folder
def test_findings_have_what_failed_and_nothing_that_did_not(folder: Path) -> None:
    recorded = Recorded(folder)
    told = {(one.code, one.object_id) for one in find_all(open_trace(folder))}
    expected = outcomes(recorded)
    for kind, name, outcome in expected:
        codes = OF_ENDS if outcome == UNFINISHED else FAILURES[kind][outcome]
        assert any((code, name) in told for code in codes), (kind, name, outcome)
    for kind, codes_by_outcome in FAILURES.items():
        for code, object_id in told:
            possible = {outcome for outcome, codes in codes_by_outcome.items() if code in codes}
            if possible and code != "patch_failed":
                assert any((kind, object_id, one) in expected for one in possible), (code, object_id)


@by_folder
def test_findings_have_every_command_that_failed(folder: Path) -> None:
    recorded = Recorded(folder)
    told = {
        (one.object_id, one.seq)
        for one in find_all(open_trace(folder))
        if one.code in ("command_failed", "patch_failed", "mcp_error")
    }
    seqs = {seq for _, seq in told}
    operations = (recorded.state or {}).get("terminal_operations", {})
    for tool_call_id, seq in failed_commands(recorded):
        assert seq in seqs, (tool_call_id, seq)
        mine = {name for name, one in operations.items() if one["tool_call_id"] == tool_call_id}
        assert not mine or any((name, seq) in told for name in (*mine, tool_call_id)), (tool_call_id, seq)
