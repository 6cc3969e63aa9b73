"""A recording in numbers. Expected values were read from the traces."""

from __future__ import annotations

import shutil
from pathlib import Path

from recordings_at_hand import corpus_folders, needs_corpus
from scripted import Body
from shared_recordings import shared_recording
from small_recordings import own_recording, with_cell

from rollout_tui.debugger.summary import summary
from rollout_tui.debugger.turn_times import Interval, time_spent, turn_times
from rollout_tui.recording import open_trace


def test_a_moment_counts_once() -> None:
    spent = time_spent(
        [
            Interval("tools", 0, 50),
            Interval("model", 10, 20),
            Interval("waits", 15, 30),
            Interval("tools", 90, None),
        ],
        0,
        100,
    )
    assert spent == {"tools": 10 + 20 + 10, "model": 10, "waits": 10, "idle": 40}


def test_what_lies_outside_the_turn_does_not_count() -> None:
    assert time_spent([Interval("tools", -50, 10), Interval("model", 95, 200)], 0, 100) == {
        "tools": 10,
        "model": 5,
        "idle": 85,
    }


def test_in_schema_1_a_turn_is_at_a_cell_until_that_answers(tmp_path: Path) -> None:
    """Cell 1 starts at 1060 ms, answers at 1070 and runs on; the turn is followed to its last event, 1080."""
    script = with_cell(tmp_path / "bundle", schema=1)
    script.cell_answers("1")
    script.event("protocol_event_observed", event_type="warning", event_payload=Body("protocol_event", {}))
    (turn,) = turn_times(script.trace())
    assert (turn.total_ms, turn.model_ms, turn.tools_ms, turn.idle_ms) == (50, 10, 10, 30)


def test_identity_and_status() -> None:
    found = summary(shared_recording("reasoning-exec-phases"))
    assert found["identity"]["trace_id"] == "6bb6845e-83c3-454a-9a78-dd1e508d7e4d"
    assert found["identity"]["root_thread_id"] == "01a20366-577d-7550-965c-78494bfe7263"
    assert found["identity"]["schema_version"] == 2
    assert (found["status"], found["recording"], found["recording_complete"]) == ("completed", "ended", True)
    assert found["events"] == {"count": 27, "first_seq": 1, "last_seq": 27, "duration_ms": 197}


def test_tokens_add_up() -> None:
    tokens = summary(shared_recording("reasoning-exec-phases"))["tokens"]
    (by_thread,) = tokens.pop("by_thread").values()
    assert tokens == {
        "calls": 2,
        "input_tokens": 2700,
        "cached_input_tokens": 1152,
        "cache_write_input_tokens": 0,
        "output_tokens": 100,
        "reasoning_output_tokens": 35,
    }
    assert by_thread == tokens


def test_requests_with_what_they_repeat_and_cost() -> None:
    """Requests at #8 and #22; the second begins with the 3 items of the first."""
    first, second = summary(shared_recording("reasoning-exec-phases"))["requests"]
    assert (first["items_before"], first["stable_items"], first["first_changed"]) == (0, 0, None)
    assert (second["items_before"], second["stable_items"]) == (first["items"], first["items"])
    tokens = ("input_tokens", "cached_input_tokens", "output_tokens")
    assert [[one[name] for name in tokens] for one in (first, second)] == [[1200, 0, 80], [1500, 1152, 20]]
    broken = [one for one in summary(shared_recording("app-multi-turn"))["requests"] if one["first_changed"]]
    assert [
        (one["seq"], one["items_before"], one["stable_items"], one["first_changed"]) for one in broken
    ] == [(54, 13, 1, "conversation_item:2")]


def test_what_agents_gave_each_other() -> None:
    """The spawn is known at #19 and in the child's request at #30, its result at #39 and in root's at #44."""
    spawn, result = summary(own_recording("ma-child-http400"))["edges"]
    assert (spawn["kind"], spawn["seq"], spawn["delivered_seq"], spawn["seen_seq"]) == (
        "spawn_agent",
        19,
        29,
        30,
    )
    assert (result["kind"], result["seq"], result["seen_seq"]) == ("agent_result", 39, 44)
    assert (spawn["source_path"], spawn["target_path"]) == (result["target_path"], result["source_path"])
    assert summary(own_recording("one-message"))["edges"] == []


def test_where_the_time_of_a_turn_went() -> None:
    (turn,) = turn_times(shared_recording("reasoning-exec-phases"))
    assert (turn.number, turn.status, turn.event, turn.total_ms) == (1, "completed", 4, 173)
    assert (turn.model_ms, turn.tools_ms, turn.waits_ms, turn.idle_ms) == (20 + 18, 70, 0, 65)
    (waiting,) = turn_times(shared_recording("two-cells-interleaved"))
    assert waiting.waits_ms == 302 + 303 + 1838 + 2
    assert waiting.tools_ms == 222 + 206
    assert waiting.model_ms == 54 + 23 + 27 + 26 + 14


def test_an_open_turn_counts_up_to_the_last_event(tmp_path: Path) -> None:
    shutil.copytree(own_recording("two-cells-interleaved").bundle.folder, tmp_path / "begun")
    spine = tmp_path / "begun" / "trace.jsonl"
    spine.write_bytes(b"".join(spine.read_bytes().splitlines(keepends=True)[:45]))
    (turn,) = turn_times(open_trace(tmp_path / "begun"))
    assert turn.status == "running"
    assert turn.total_ms == 3053 - 9
    assert turn.waits_ms == 302 + 303 + (3053 - 1252)


def test_counts_by_kind_and_status() -> None:
    found = summary(shared_recording("sigkill-during-tool"))
    assert found["recording"] == "stopped" and found["status"] == "running"
    assert found["counts"]["tool_calls"] == {"total": 2, "completed": 1, "running": 1}
    assert found["counts"]["codex_turns"] == {"total": 1, "running": 1}
    assert found["findings"] == {"error": 0, "warning": 6, "note": 0}


@needs_corpus
def test_the_parts_of_every_turn_are_the_whole() -> None:
    for folder in corpus_folders()[::4]:
        for turn in turn_times(open_trace(folder)):
            parts = (turn.model_ms, turn.tools_ms, turn.waits_ms, turn.compaction_ms, turn.idle_ms)
            assert sum(parts) == turn.total_ms and min(parts) >= 0


def test_the_calls_that_took_longest_come_first() -> None:
    found = summary(shared_recording("two-cells-interleaved"))["slowest"]
    assert len(found) == 5
    assert [one["duration_ms"] for one in found] == sorted(
        (one["duration_ms"] for one in found), reverse=True
    )
    assert (found[0]["label"], found[0]["started_seq"], found[0]["duration_ms"]) == (
        "wait cell 2 8000 ms",
        39,
        1838,
    )
    assert {one["agent_path"] for one in found} == {"/root"}


def test_a_call_that_never_ended_counts_up_to_the_last_event() -> None:
    found = summary(shared_recording("sigkill-during-tool"))
    running = [one for one in found["slowest"] if one["status"] == "running"]
    assert len(running) == found["counts"]["tool_calls"]["running"] > 0
    assert all(0 <= one["duration_ms"] <= found["events"]["duration_ms"] for one in running)
