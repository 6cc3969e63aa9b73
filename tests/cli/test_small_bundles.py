"""Commands on bundles that hold next to nothing: each answers, and its JSON has its shape."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from recordings_at_hand import recording
from running import run
from schema_check import violations

from rollout_tui.export.schemas import schema

ROLLOUT = {"type": "rollout_started", "trace_id": "trace-1", "root_thread_id": "thread-root"}


def thread(thread_id: str, agent_path: str) -> dict[str, Any]:
    """The start of a thread without metadata."""
    return {"type": "thread_started", "thread_id": thread_id, "agent_path": agent_path}


ROOT = thread("thread-root", "/root")
FAMILY = [ROLLOUT, ROOT, thread("thread-a", "/root/a"), thread("thread-ab", "/root/ab")]
BUNDLES = {
    "no-event": [],
    "rollout-alone": [ROLLOUT],
    "thread-alone": [ROOT],
    "no-turn": [ROLLOUT, ROOT],
    "three-threads": FAMILY,
}


def written(
    folder: Path, payloads: list[dict[str, Any]], schema_version: int = 2, *, manifest: bool = True
) -> Path:
    """A bundle of these events."""
    (folder / "payloads").mkdir(parents=True)
    identity = {
        "schema_version": schema_version,
        "trace_id": "trace-1",
        "rollout_id": "rollout-1",
        "root_thread_id": "thread-root",
        "started_at_unix_ms": 1000,
        "raw_event_log": "trace.jsonl",
        "payloads_dir": "payloads",
    }
    if manifest:
        (folder / "manifest.json").write_text(json.dumps(identity))
    lines = [
        {
            "schema_version": schema_version,
            "seq": seq,
            "wall_time_unix_ms": 1000 + 10 * seq,
            "rollout_id": "rollout-1",
            "thread_id": None,
            "codex_turn_id": None,
            "payload": payload,
        }
        for seq, payload in enumerate(payloads, 1)
    ]
    (folder / "trace.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in lines))
    return folder


@pytest.mark.parametrize("schema_version", [1, 2])
@pytest.mark.parametrize("name", BUNDLES)
def test_every_command_answers(name: str, schema_version: int, tmp_path: Path) -> None:
    bundle = written(tmp_path / "bundle", BUNDLES[name], schema_version)
    last = len(BUNDLES[name])
    for command in ("context", "blocked", "findings", "summary", "check"):
        told, shown = run(command, bundle, "--json"), run(command, bundle)
        assert (told.status, told.err, shown.status, shown.err) == (0, "", 0, "")
        assert not list(violations(schema(command), told.json))
        assert shown.text.strip()
    assert run("context", bundle, "--json").json == {"seq": last, "thread_id": "thread-root", "items": []}
    started = [one for one in BUNDLES[name] if one["type"] == "thread_started"]
    assert run("blocked", bundle, "--json").json == [
        {
            "thread_id": one["thread_id"],
            "agent_path": one["agent_path"],
            "blocked_on": [],
            "background": [],
        }
        for one in started
    ]
    assert run("reduce", bundle).json["status"] == "running"
    assert len(run("reduce", bundle, "--each-event").text.splitlines()) == last
    for form in ("md", "perfetto"):
        assert run("export", bundle, "--format", form, "-o", "-").status == 0
    assert run("export", bundle, "--format", "bundle", "-o", tmp_path / "copy").status == 0
    if last:
        compared = run("diff", bundle, 1, last, "--json").json
        assert (compared["a"], compared["b"], compared["unchanged"]) == (1, last, 0)


@pytest.mark.parametrize("command", ["context", "blocked", "reduce"])
def test_an_empty_trace_has_no_seq(command: str, tmp_path: Path) -> None:
    done = run(command, written(tmp_path / "bundle", []), "--at", 1)
    assert (done.status, done.out) == (2, b"")
    assert done.err == "rollout-tui: no event has seq 1 (the trace is empty)\n"


def test_without_a_manifest_rollout_started_says_who_it_is(tmp_path: Path) -> None:
    bundle = written(tmp_path / "bundle", [ROLLOUT, ROOT], manifest=False)
    done = run("summary", bundle, "--json")
    assert (done.status, len(done.err.splitlines())) == (0, 1)
    assert "manifest.json is missing" in done.err
    assert done.json["identity"]["root_thread_id"] == "thread-root"


@pytest.mark.parametrize("payloads", [[], [ROOT]], ids=["no-event", "thread-alone"])
def test_without_both_nobody_knows_who_it_is(payloads: list[dict[str, Any]], tmp_path: Path) -> None:
    done = run("summary", written(tmp_path / "bundle", payloads, manifest=False))
    assert (done.status, done.out, len(done.err.splitlines())) == (2, b"", 1)
    assert "manifest.json is missing and trace.jsonl has no rollout_started" in done.err


@pytest.mark.parametrize(
    ("wanted", "thread_id"),
    [
        ("thread-a", "thread-a"),  # an id, though it begins another one
        ("thread-ab", "thread-ab"),
        ("thread-r", "thread-root"),
        ("/root", "thread-root"),
        ("/root/a", "thread-a"),
    ],
)
def test_a_thread_is_meant_by_id_then_path_then_prefix(wanted: str, thread_id: str, tmp_path: Path) -> None:
    bundle = written(tmp_path / "bundle", FAMILY)
    assert run("context", bundle, "--thread", wanted, "--json").json["thread_id"] == thread_id
    assert run("diff", bundle, 1, 4, "--thread", wanted, "--json").json["thread_id"] == thread_id


@pytest.mark.parametrize("wanted", ["thread", "a", "root", "/root/", "/root/a/", ""])
def test_what_names_no_thread_or_several_is_refused_with_those_there_are(wanted: str, tmp_path: Path) -> None:
    bundle = written(tmp_path / "bundle", FAMILY)
    for command in (("context", bundle), ("diff", bundle, 1, 4)):
        done = run(*map(str, command), "--thread", wanted)
        assert (done.status, done.out, len(done.err.splitlines())) == (2, b"", 1)
        assert "thread-root (/root), thread-a (/root/a), thread-ab (/root/ab)" in done.err


def test_a_thread_that_starts_later_has_nothing_yet(tmp_path: Path) -> None:
    bundle = written(tmp_path / "bundle", FAMILY)
    done = run("context", bundle, "--at", 2, "--thread", "/root/ab", "--json")
    assert done.json == {"seq": 2, "thread_id": "thread-ab", "items": []}
    # What is there at the event comes first: "thread" begins one id at 2, three at 4.
    assert (
        run("context", bundle, "--at", 2, "--thread", "thread", "--json").json["thread_id"] == "thread-root"
    )


def test_one_unknown_seq_among_several_prints_no_state() -> None:
    done = run("reduce", recording("one-message"), "--at", 1, "--at", 99)
    assert (done.status, done.out) == (2, b"")
    assert "no event has seq 99 (there are seqs from 1 to 16)" in done.err


def test_states_come_in_the_order_asked_for() -> None:
    lines = run("reduce", recording("one-message"), "--at", 9, "--at", 3, "--at", 9).text.splitlines()
    assert [json.loads(line)["seq"] for line in lines] == [9, 3, 9]
    assert all(list(json.loads(line)) == ["seq", "state"] for line in lines)


@pytest.mark.parametrize("command", ["context", "blocked", "findings", "summary", "check", "reduce"])
def test_the_spine_and_a_folder_of_bundles_are_traces_too(command: str, tmp_path: Path) -> None:
    shutil.copytree(recording("one-message"), tmp_path / "traces" / "bundle")
    whole = run(command, tmp_path / "traces" / "bundle")
    spine = run(command, tmp_path / "traces" / "bundle" / "trace.jsonl")
    newest = run(command, tmp_path / "traces")
    assert spine.out == newest.out == whole.out
    assert (spine.err, len(newest.err.splitlines())) == ("", 1)
    assert "the newest is bundle" in newest.err


def test_a_repeated_seq_means_its_last_line(tmp_path: Path) -> None:
    bundle = written(tmp_path / "bundle", FAMILY, 1)
    spine = bundle / "trace.jsonl"
    spine.write_text(spine.read_text().replace('"seq": 4', '"seq": 2'))
    assert len(run("blocked", bundle, "--at", 2, "--json").json) == 3
    assert run("context", bundle, "--at", 4).status == 2
