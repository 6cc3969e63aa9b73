"""A folder of bundles: what is in it, how each is doing, what belongs together."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from making_bundles import MakeBundle, event_line, manifest, rollout_started

from rollout_tui.trace.bundle import newest_folder
from rollout_tui.trace.roots import BundleRow, TraceRoot


def row_of(folder: Path) -> BundleRow:
    (row,) = (row for row in TraceRoot(folder.parent).rows() if row.folder == folder)
    return row


def reference(number: int, kind: str) -> dict[str, object]:
    return {
        "raw_payload_id": f"raw_payload:{number}",
        "kind": {"type": kind},
        "path": f"payloads/{number}.json",
    }


def small_trace(*more: dict[str, object], rollout: str = "rollout-a") -> str:
    started: list[dict[str, object]] = [
        {
            "type": "thread_started",
            "thread_id": rollout,
            "agent_path": "/root",
            "metadata_payload": reference(1, "session_metadata"),
        },
        {
            "type": "protocol_event_observed",
            "event_type": "session_configured",
            "event_payload": reference(2, "protocol_event"),
        },
        {"type": "codex_turn_started", "codex_turn_id": "t1", "thread_id": rollout},
        {
            "type": "inference_started",
            "inference_call_id": "i1",
            "thread_id": rollout,
            "codex_turn_id": "t1",
            "model": "model-x",
            "provider_name": "p",
            "request_payload": reference(3, "inference_request"),
        },
        *more,
    ]
    lines = [event_line(seq, payload, rollout=rollout) for seq, payload in enumerate(started, 2)]
    return rollout_started(rollout=rollout) + "".join(lines)


def user(text: str) -> dict[str, object]:
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}


def payloads(
    *, session: dict[str, object] | None = None, source: object = "exec", texts: tuple[str, ...] = ("Do it.",)
) -> dict[str, bytes]:
    request = {"model": "model-x", "input": [user(text) for text in texts]}
    return {
        "payloads/1.json": json.dumps({"session_source": source}, indent=2).encode(),
        "payloads/2.json": json.dumps({"session_id": "s", **(session or {})}, indent=2).encode(),
        "payloads/3.json": json.dumps(request, indent=2).encode(),
    }


ENDED: dict[str, object] = {"type": "rollout_ended", "status": "completed"}
FAILED: dict[str, object] = {"type": "tool_call_ended", "tool_call_id": "c", "status": "failed"}


def test_a_row_says_what_a_glance_shows(make_bundle: MakeBundle) -> None:
    spine = small_trace(FAILED, {"type": "inference_failed", "inference_call_id": "i1", "error": "e"}, ENDED)
    texts = ("<environment_context>\n", "# AGENTS.md instructions", 'Fix "it"\nplease \u00e9')
    folder = make_bundle(spine=spine, payloads=payloads(texts=texts))
    row = row_of(folder)
    assert row.status == "ended" and row.whole
    assert (row.events, row.turns, row.failures, row.model) == (8, 1, 2, "model-x")
    assert row.task == 'Fix "it"\nplease \u00e9'
    assert row.size_bytes == len(spine.encode())
    assert row.identity is not None and row.started_at_unix_ms == 1000
    assert row.modified_at_unix_ms == (folder / "trace.jsonl").stat().st_mtime_ns // 1_000_000


def test_running_stopped_ended(make_bundle: MakeBundle) -> None:
    folder = make_bundle(spine=small_trace(), payloads=payloads())
    with (folder / "trace.jsonl").open("ab") as writer:
        assert row_of(folder).status == "running"
        writer.write(event_line(6, ENDED).encode())
    assert row_of(folder).status == "ended"
    assert row_of(make_bundle("other", spine=small_trace())).status == "stopped"


def test_where_the_writer_cannot_be_told_a_silent_trace_counts_as_stopped(
    make_bundle: MakeBundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rollout_tui.trace.roots.states_of", lambda paths: ["unknown"] * len(paths))
    folder = make_bundle(spine=small_trace())
    assert row_of(folder).status == "running"
    os.utime(folder / "trace.jsonl", (0, 0))
    assert row_of(folder).status == "stopped"


@pytest.mark.parametrize(
    ("spine", "manifest_text"),
    [(b"\x00\xff" * 100, ""), (b"", "{"), (b"not json\n" * 5, None), (b"[" * 200_000 + b"\n", None)],
)
def test_damaged_bundles_are_listed_as_such(
    make_bundle: MakeBundle, spine: bytes, manifest_text: str | None
) -> None:
    assert row_of(make_bundle(spine=spine, manifest_text=manifest_text)).status == "damaged"


def test_payloads_that_are_missing_or_strange_only_leave_gaps(make_bundle: MakeBundle) -> None:
    assert row_of(make_bundle(spine=small_trace(ENDED))).task == ""
    strange = {f"payloads/{n}.json": b'"role":"user" "text":"\\ud800\\' for n in (1, 2, 3)}
    row = row_of(make_bundle("strange", spine=small_trace(ENDED), payloads=strange))
    assert row.status == "ended" and row.role == ""


def test_a_huge_message_is_clipped(make_bundle: MakeBundle) -> None:
    folder = make_bundle(spine=small_trace(ENDED), payloads=payloads(texts=('say "\u00e9" ' * 200_000,)))
    assert row_of(folder).task.startswith('say "\u00e9" say')
    assert len(row_of(folder).task) <= 400


def test_of_a_large_trace_head_and_tail_are_looked_at(make_bundle: MakeBundle) -> None:
    filler = {"type": "history_item_accepted", "item_id": "x" * 900}
    folder = make_bundle(spine=small_trace(*([filler] * 2000), ENDED), payloads=payloads())
    row = row_of(folder)
    assert not row.whole and row.status == "ended"
    assert (row.events, row.turns, row.model, row.task) == (2006, 1, "model-x", "Do it.")


def test_newest_first(make_bundle: MakeBundle, tmp_path: Path) -> None:
    for name, at_ms in (("a", 3000), ("b", 9000), ("c", 5000)):
        make_bundle(name, manifest_text=manifest(rollout=name, at_ms=at_ms))
    assert [row.folder.name for row in TraceRoot(tmp_path).rows()] == ["b", "c", "a"]
    assert newest_folder(tmp_path) == tmp_path / "b"
    (tmp_path / "empty").mkdir()
    assert TraceRoot(tmp_path / "empty").rows() == []
    assert newest_folder(tmp_path / "empty") is None


def related(folder: Path) -> list[tuple[str, str]]:
    return [(relation.words, relation.folder.name) for relation in row_of(folder).related]


def test_resumed_forked_and_reviewing_bundles_are_related(make_bundle: MakeBundle) -> None:
    first = make_bundle("first", manifest_text=manifest(rollout="r", at_ms=1))
    later = manifest(rollout="r", at_ms=2).replace("trace-r", "another trace")
    second = make_bundle("second", manifest_text=later)
    fork = make_bundle(
        "fork",
        manifest_text=manifest(rollout="f", at_ms=3),
        spine=small_trace(rollout="f"),
        payloads=payloads(session={"forked_from_id": "r"}),
    )
    review = make_bundle(
        "review",
        manifest_text=manifest(rollout="g", at_ms=4),
        spine=small_trace(rollout="g"),
        payloads=payloads(
            session={"parent_thread_id": "f", "session_id": "f"}, source={"subagent": {"other": "guardian"}}
        ),
    )
    assert related(first) == [("resumed by", "second"), ("forked into", "fork")]
    assert related(second) == [("resumes", "first"), ("forked into", "fork")]
    assert related(fork) == [("forked from", "first"), ("forked from", "second"), ("has guardian", "review")]
    assert related(review) == [("guardian of", "fork")]
    assert row_of(review).role == "guardian"


def test_copies_are_no_resumptions(make_bundle: MakeBundle) -> None:
    make_bundle("one")
    assert related(make_bundle("two")) == [("copy of", "one")]


def test_an_unchanged_bundle_is_not_read_again(
    make_bundle: MakeBundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    import rollout_tui.trace.roots as roots

    looked: list[str] = []
    glance = roots.glance
    monkeypatch.setattr(roots, "glance", lambda folder: looked.append(folder.name) or glance(folder))
    quiet, busy = make_bundle("quiet"), make_bundle("busy")
    root = TraceRoot(quiet.parent)
    root.rows()
    with (busy / "trace.jsonl").open("a") as file:
        file.write(event_line(2, ENDED))
    make_bundle("late")
    looked.clear()
    rows = root.rows()
    assert sorted(looked) == ["busy", "late"]
    assert len(rows) == 3
