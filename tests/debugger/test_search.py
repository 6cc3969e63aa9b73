"""Search in everything recorded. Expected values were read from the traces."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import pytest
from shared_recordings import shared_recording

from rollout_tui.debugger.searching.search import Hit, Scanned, search
from rollout_tui.debugger.searching.search_query import SearchProblem, query
from rollout_tui.recording import Trace, open_trace


def hits(trace: Trace, text: str, near: int = 1, **options: bool) -> list[Hit]:
    return [one for one in search(trace, query(text, **options), near) if isinstance(one, Hit)]


def places(found: list[Hit]) -> set[tuple[int, str, str | None]]:
    return {(hit.event, hit.where, hit.id) for hit in found}


def test_event_lines_come_first_then_the_payloads_around_the_cursor() -> None:
    found = hits(shared_recording("two-cells-interleaved"), "echo fromB", near=45)
    assert [(hit.event, hit.where) for hit in found[:3]] == [(20, "event"), (45, "event"), (45, "payload")]
    distances = [abs(hit.event - 45) for hit in found if hit.where == "payload"]
    assert distances == sorted(distances)
    assert (46, "payload", "raw_payload:30") in places(found)


def test_text_is_found_as_it_reads_not_as_it_is_escaped() -> None:
    trace = shared_recording("two-cells-interleaved")
    assert (15, "event", None) in places(hits(trace, 'text("A"+i)'))
    assert (45, "payload", "raw_payload:29") in places(hits(trace, '{"cmd":"echo fromB"}'))
    assert (24, "payload", "raw_payload:14") in places(hits(trace, "ID 1\nWall time"))


def test_a_request_does_not_repeat_the_hits_of_the_one_before() -> None:
    trace = shared_recording("two-cells-interleaved")
    assert places(hits(trace, "Please do the task")) == {(10, "payload", "raw_payload:6")}
    requests = [hit for hit in hits(trace, "Script running with cell ID 1") if hit.id == "raw_payload:38"]
    assert requests == []


def test_case_counts_when_it_is_typed() -> None:
    trace = shared_recording("two-cells-interleaved")
    assert hits(trace, "please DO the task") == []
    assert hits(trace, "please do the task") != []


def test_ids_that_stand_in_no_file() -> None:
    trace = shared_recording("two-cells-interleaved")
    assert hits(trace, "conversation_item:7")[0] == Hit(
        24, "object", "conversation_item:7", 1, "conversation_item:7"
    )
    assert (41, "event", None) in places(hits(trace, "exec-fcb30ccc"))


def test_regular_expressions() -> None:
    trace = shared_recording("two-cells-interleaved")
    events = {hit.event for hit in hits(trace, "/echo from[AB]/") if hit.where == "event"}
    assert events == {15, 20, 41, 45}
    assert hits(trace, "echo from[AB]") == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x" * 2000, "too long"),
        ("", "nothing to search for"),
        ("/(/", "not a regular expression"),
        ("/a*/", "matches everything"),
    ],
)
def test_what_cannot_be_searched(text: str, reason: str) -> None:
    with pytest.raises(SearchProblem, match=reason) as problem:
        query(text)
    assert "\n" not in str(problem.value)


def test_letters_beyond_ascii(tmp_path: Path) -> None:
    trace = small_bundle(tmp_path, ["Größe 漢字 \U0001f600"])
    for text in ("größe", "漢字", "\U0001f600", "Größe 漢字"):
        assert [hit.id for hit in hits(trace, text)] == ["raw_payload:1"]
    trace = small_bundle(tmp_path / "escaped", ["Größe"], ascii_only=True)
    assert [hit.id for hit in hits(trace, "Größe")] == ["raw_payload:1"]


def test_excerpts_show_what_is_around() -> None:
    (hit,) = hits(shared_recording("two-cells-interleaved"), "please do the task")
    assert '"text": "Please do the task."' in hit.excerpt
    assert hit.excerpt.startswith("...") and hit.excerpt.endswith("...")
    assert hit.occurrences == 1


def test_it_can_be_stopped_and_tells_how_far_it_is(tmp_path: Path) -> None:
    trace = small_bundle(tmp_path, ["text"] * 500)
    steps = list(search(trace, query("nowhere to be found"), 1))
    assert all(isinstance(step, Scanned) for step in steps) and len(steps) >= 5
    last = steps[-1]
    assert isinstance(last, Scanned)
    assert (last.files, last.all_files, last.bytes) == (500, 500, last.total)


def test_a_payload_that_is_gone_is_passed_over(tmp_path: Path) -> None:
    trace = small_bundle(tmp_path, ["needle", "needle"])
    (tmp_path / "payloads" / "1.json").unlink()
    assert [hit.id for hit in hits(trace, "needle")] == ["raw_payload:2"]


def test_it_keeps_up_with_the_disk(tmp_path: Path) -> None:
    """At least 150 MB a second of processor time; measured on a copy of one large body under many names."""
    trace = small_bundle(tmp_path, ["x" * 1_000_000] * 60)
    best = 0.0
    for text in ("not there", "Not There", "/not [t]here/"):
        start = time.process_time()
        steps = list(search(trace, query(text), 1))
        assert isinstance(steps[-1], Scanned)
        best = max(best, steps[-1].bytes / (time.process_time() - start))
    assert best > 150e6


def small_bundle(folder: Path, texts: list[str], *, ascii_only: bool = False) -> Trace:
    """A bundle of protocol events, one for each text."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "payloads").mkdir(parents=True)
    manifest = {
        "schema_version": 2,
        "trace_id": "trace",
        "rollout_id": "rollout",
        "root_thread_id": "t",
        "started_at_unix_ms": 1000,
        "raw_event_log": "trace.jsonl",
        "payloads_dir": "payloads",
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with (folder / "trace.jsonl").open("w") as spine:
        for number, text in enumerate(texts, 1):
            path = f"payloads/{number}.json"
            (folder / path).write_text(json.dumps({"message": text}, ensure_ascii=ascii_only))
            reference = {
                "raw_payload_id": f"raw_payload:{number}",
                "kind": {"type": "protocol_event"},
                "path": path,
            }
            payload = {"type": "protocol_event_observed", "event_type": "x", "event_payload": reference}
            event = {
                "schema_version": 2,
                "seq": number,
                "wall_time_unix_ms": 1000 + number,
                "rollout_id": "rollout",
                "payload": payload,
            }
            spine.write(json.dumps(event) + "\n")
    return open_trace(folder)
