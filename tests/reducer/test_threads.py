"""Threads, turns and the rollout itself (format sections 6 and 11)."""

from __future__ import annotations

from typing import Any

import pytest
from scripted import Script, cell_call, time_of, user


def test_a_recording_begins_with_what_the_manifest_says(either: Script) -> None:
    state = either.state()
    assert (state["trace_id"], state["rollout_id"], state["root_thread_id"]) == ("trace", "rollout", "t1")
    assert (state["started_at_unix_ms"], state["ended_at_unix_ms"], state["status"]) == (
        1000,
        None,
        "running",
    )
    assert state.get("recording_complete", "absent") == ("absent" if either.schema == 1 else False)


def test_rollout_started_renames_the_trace_and_its_root_alone(either: Script) -> None:
    either.event("rollout_started", trace_id="other", root_thread_id="t9")
    state = either.state()
    assert (state["trace_id"], state["root_thread_id"], state["rollout_id"]) == ("other", "t9", "rollout")


def test_the_end_of_the_rollout_closes_nothing_else(either: Script) -> None:
    either.begin()
    seq = either.event("rollout_ended", status="failed")
    state = either.state()
    assert (state["status"], state["ended_at_unix_ms"]) == ("failed", time_of(seq))
    assert state["threads"]["t1"]["execution"]["status"] == "running"
    assert state["codex_turns"]["u1"]["execution"]["status"] == "running"


def test_only_a_terminated_last_line_completes_a_recording(script: Script) -> None:
    script.begin()
    script.event("recording_completed")
    assert script.state()["recording_complete"] is True
    spine = script.spine.read_bytes()
    script.spine.write_bytes(spine.removesuffix(b"\n"))
    assert script.state()["recording_complete"] is False


def test_a_thread_runs_from_its_start_to_its_last_end(either: Script) -> None:
    either.thread()
    either.event("thread_ended", thread_id="t1", status="failed")
    last = either.event("thread_ended", thread_id="t1", status="completed")
    assert either.state()["threads"]["t1"]["execution"] == {
        "started_at_unix_ms": time_of(1),
        "started_seq": 1,
        "ended_at_unix_ms": time_of(last),
        "ended_seq": last,
        "status": "completed",
    }


SPAWN: dict[str, Any] = {
    "parent_thread_id": "t1",
    "depth": 1,
    "agent_path": "/root/kid",
    "agent_role": "worker",
}


def test_metadata_says_who_spawned_a_thread(either: Script) -> None:
    either.thread()
    metadata = {
        "agent_path": "/ignored",
        "nickname": "Ada",
        "model": "m",
        "session_source": {"subagent": {"thread_spawn": SPAWN}},
    }
    either.thread("t2", "/also/ignored", metadata)
    thread = either.state()["threads"]["t2"]
    assert (thread["agent_path"], thread["nickname"], thread["default_model"]) == ("/root/kid", "Ada", "m")
    assert thread["origin"] == {
        "type": "spawned",
        "parent_thread_id": "t1",
        "spawn_edge_id": "edge:spawn:t1:t2",
        "task_name": "kid",
        "agent_role": "worker",
    }


@pytest.mark.parametrize(
    ("spawn", "metadata", "task", "role"),
    [
        ({"task_name": "a"}, {"task_name": "b"}, "a", ""),
        ({}, {"task_name": "b", "agent_role": "r"}, "b", "r"),
        ({"agent_path": "/root/one"}, {"agent_path": "/root/two"}, "one", ""),
        ({}, {"agent_path": "/root/two/"}, "two", ""),
        ({}, {}, "event", ""),
    ],
)
def test_a_task_goes_by_the_first_name_it_has(
    script: Script, spawn: dict[str, Any], metadata: dict[str, Any], task: str, role: str
) -> None:
    source = {"subagent": {"thread_spawn": {"parent_thread_id": "t1", **spawn}}}
    script.thread("t2", "/root/event", metadata | {"session_source": source})
    origin = script.state()["threads"]["t2"]["origin"]
    assert (origin["task_name"], origin["agent_role"]) == (task, role)


@pytest.mark.parametrize(
    "source", ["review", {"subagent": "review"}, {"subagent": {"thread_spawn": {}}}, None]
)
def test_a_thread_without_a_parent_is_a_root(script: Script, source: Any) -> None:
    script.thread("t2", "/root/x", {"session_source": source})
    assert script.state()["threads"]["t2"]["origin"] == {"type": "root"}


def test_a_resumed_thread_keeps_what_it_had(script: Script) -> None:
    script.begin()
    script.ask("i1", user("hi"))
    script.event("thread_ended", thread_id="t1", status="completed")
    script.event("thread_resumed", thread_id="t1")
    script.turn("u2")
    script.ask("i2", user("hi"), turn="u2")
    state = script.state()
    execution = state["threads"]["t1"]["execution"]
    assert (execution["started_seq"], execution["ended_seq"], execution["status"]) == (1, None, "running")
    assert state["inference_calls"]["i2"]["request_item_ids"] == ["conversation_item:1"]


@pytest.mark.parametrize(
    ("status", "cell", "call"),
    [
        ("running", ("starting", "running"), "running"),
        ("completed", ("starting", "running"), "cancelled"),
        ("cancelled", ("terminated", "cancelled"), "cancelled"),
        ("aborted", ("terminated", "cancelled"), "aborted"),
        ("failed", ("failed", "failed"), "failed"),
    ],
)
def test_what_the_end_of_a_turn_ends(either: Script, status: str, cell: tuple[str, str], call: str) -> None:
    """Format section 11; tool calls stay open."""
    either.begin()
    either.ask("i1", cell_call("c1"))
    either.cell("1", "c1")
    either.tool("x1")
    seq = either.end_turn(status=status)
    state = either.state()
    found = state["code_cells"]["code_cell:c1"]
    assert (found["runtime_status"], found["execution"]["status"]) == cell
    assert state["inference_calls"]["i1"]["execution"]["status"] == call
    assert state["tool_calls"]["x1"]["execution"]["status"] == "running"
    assert state["codex_turns"]["u1"]["execution"]["ended_seq"] == seq
