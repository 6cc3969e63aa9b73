"""A recording, or a slice of it, as a bundle of its own."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from in_time import in_time
from recordings_at_hand import recording
from scripted import Body, Script, function

from rollout_tui.export.bundle import SliceProblem, write_bundle
from rollout_tui.export.redaction import Redactor
from rollout_tui.recording import open_trace
from rollout_tui.trace.bundle import open_bundle


def exported(bundle: Path, folder: Path, first: int | None = None, last: int | None = None) -> Path:
    """A copy of a bundle, or of a slice of it."""
    folder.mkdir()
    write_bundle(open_bundle(bundle), folder, first_seq=first, last_seq=last)
    return folder


def seqs(bundle: Path) -> list[int]:
    """The seqs of a bundle's lines."""
    return [json.loads(line)["seq"] for line in (bundle / "trace.jsonl").read_text().splitlines()]


def test_the_whole_is_the_same_bytes(tmp_path: Path) -> None:
    bundle = recording("two-cells-interleaved")
    copy = exported(bundle, tmp_path / "copy")
    for name in (
        "trace.jsonl",
        "manifest.json",
        *(f"payloads/{one.name}" for one in (bundle / "payloads").iterdir()),
    ):
        assert (copy / name).read_bytes() == (bundle / name).read_bytes()
    assert sorted(path.name for path in copy.iterdir()) == ["manifest.json", "payloads", "trace.jsonl"]


def test_a_payload_that_several_events_name_is_copied_once(script: Script, tmp_path: Path) -> None:
    script.begin()
    shared = script.payload(Body("tool_invocation", function("wait", {"cell_id": "7"})))
    for number in range(3):
        script.tool(f"x{number}", call_id=f"c{number}", invocation_payload=shared)
    (tmp_path / "copy").mkdir()
    done = write_bundle(open_bundle(script.folder), tmp_path / "copy")
    assert (done.events, done.payloads, done.left_out) == (script.seq, 1, [])


def test_a_slice_from_the_start_is_what_the_recording_was_then(tmp_path: Path) -> None:
    copy = exported(recording("two-cells-interleaved"), tmp_path / "copy", last=45)
    assert seqs(copy) == list(range(1, 46))
    trace = open_trace(copy)
    assert not trace.diagnostics
    assert trace.at(45).code_cells["code_cell:call_B"].runtime_status == "yielded"
    assert len(list((copy / "payloads").iterdir())) < len(
        list(recording("two-cells-interleaved").glob("payloads/*"))
    )


def test_lines_that_are_no_events_ask_for_nothing_in_a_slice(script: Script, tmp_path: Path) -> None:
    script.begin()
    script.line(b"not an event")
    first = script.tool("x1", call_id="c1")
    script.line(b"nor this")
    last = script.end_tool("x1")
    script.tool("x2", call_id="c2")
    copy = exported(script.folder, tmp_path / "copy", first, last)
    trace = open_trace(copy)
    assert list(trace.at(trace.head).tool_calls) == ["x1"]


def test_a_slice_brings_what_it_refers_to(tmp_path: Path) -> None:
    copy = exported(recording("two-cells-interleaved"), tmp_path / "copy", 45, 50)
    # Rollout, thread, turn, both cells with the calls around them, the last request and its answer, the wait.
    assert seqs(copy)[-6:] == list(range(45, 51))
    before = open_trace(copy)
    types = {before.history.events.type(event) for event in range(1, len(before) - 5)}
    assert {"rollout_started", "thread_started", "codex_turn_started", "inference_completed"} <= types
    assert before.at(50).code_cells["code_cell:call_B"].runtime_status == "completed"
    assert {one.code for one in before.diagnostics} == {"seq_gap"}


def test_a_slice_has_the_whole_context(tmp_path: Path) -> None:
    bundle = recording("two-cells-interleaved")
    copy = exported(bundle, tmp_path / "copy", 45, 50)
    (thread_id,) = open_trace(copy).at(50).threads
    counts = {len(open_trace(one).at(50).conversations[thread_id].snapshot) for one in (bundle, copy)}
    assert len(counts) == 1


@pytest.mark.parametrize(("first", "last"), [(50, 45), (0, 9), (None, 65), (999, None)])
def test_an_impossible_slice_says_what_there_is(tmp_path: Path, first: int | None, last: int | None) -> None:
    with pytest.raises(SliceProblem, match="this recording has 1 to 64"):
        exported(recording("two-cells-interleaved"), tmp_path / "copy", first, last)


def test_a_bundle_without_manifest_gets_one(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(recording("one-message"), bundle)
    (bundle / "manifest.json").unlink()
    copy = exported(bundle, tmp_path / "copy")
    made = json.loads((copy / "manifest.json").read_bytes())
    told = json.loads((recording("one-message") / "manifest.json").read_bytes())
    assert {name: made[name] for name in told if name != "started_at_unix_ms"} == {
        name: value for name, value in told.items() if name != "started_at_unix_ms"
    }


def test_a_missing_payload_is_said_and_the_rest_is_there(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(recording("one-message"), bundle)
    (bundle / "payloads" / "3.json").unlink()
    (tmp_path / "copy").mkdir()
    done = write_bundle(open_bundle(bundle), tmp_path / "copy")
    assert (done.events, done.payloads) == (16, len(list((bundle / "payloads").iterdir())))
    assert done.left_out == ["payload 'payloads/3.json': the file is not there"]


def test_folders_of_payloads_are_private(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(recording("one-message"), bundle)
    (bundle / "more" / "inner").mkdir(parents=True)
    (bundle / "payloads" / "1.json").rename(bundle / "more" / "inner" / "1.json")
    spine = bundle / "trace.jsonl"
    spine.write_text(spine.read_text().replace("payloads/1.json", "more/inner/1.json"))
    copy = exported(bundle, tmp_path / "copy")
    assert (copy / "more" / "inner" / "1.json").is_file()
    inside = list(copy.rglob("*"))
    assert len(inside) > 10 and not [path for path in inside if path.stat().st_mode & 0o077]


@pytest.mark.parametrize("redactor", [None, Redactor()], ids=["whole", "redacted"])
def test_what_is_too_large_is_left_out_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, redactor: Redactor | None
) -> None:
    monkeypatch.setattr("rollout_tui.export.bundle.LONGEST_LINE", 2000)
    monkeypatch.setattr("rollout_tui.export.bundle.LARGEST_REDACTED", 2000)
    bundle = tmp_path / "bundle"
    shutil.copytree(recording("one-message"), bundle)
    before = seqs(bundle)
    with (bundle / "trace.jsonl").open("ab") as spine:
        spine.write(b'{"seq": 999, "text": "' + b"x" * 5000 + b'"}\n')
    large = {path.name for path in (bundle / "payloads").iterdir() if path.stat().st_size > 2000}
    (tmp_path / "copy").mkdir()
    done = write_bundle(open_bundle(bundle), tmp_path / "copy", redactor=redactor)
    assert seqs(tmp_path / "copy") == before
    assert f"line {len(before) + 1}: it is longer than 2,000 bytes" in done.left_out
    left_out = [one for one in done.left_out if one.endswith("more than 2,000 bytes to redact")]
    written = {path.name for path in (tmp_path / "copy" / "payloads").iterdir()}
    assert len(left_out) == (len(large) if redactor else 0)
    assert large and bool(written & large) is (redactor is None)


@pytest.mark.parametrize(
    "swap", [Path.symlink_to, lambda spine, secret: os.mkfifo(spine)], ids=["link", "fifo"]
)
def test_a_spine_that_was_swapped_since_is_not_followed(
    tmp_path: Path, swap: Callable[[Path, Path], None]
) -> None:
    shutil.copytree(recording("one-message"), tmp_path / "bundle")
    bundle = open_bundle(tmp_path / "bundle")
    (tmp_path / "secret").write_bytes(bundle.spine.read_bytes())
    bundle.spine.unlink()
    swap(bundle.spine, tmp_path / "secret")
    (tmp_path / "copy").mkdir()
    with in_time(), suppress(OSError):
        write_bundle(bundle, tmp_path / "copy")
    assert not (tmp_path / "copy" / "trace.jsonl").exists() or not seqs(tmp_path / "copy")


def test_files_that_no_event_names_are_not_taken(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(recording("one-message"), bundle)
    (bundle / "payloads" / "999.json").write_text('"not of this trace"')
    (bundle / "notes.txt").write_text("mine")
    copy = exported(bundle, tmp_path / "copy")
    assert not (copy / "payloads" / "999.json").exists() and not (copy / "notes.txt").exists()
