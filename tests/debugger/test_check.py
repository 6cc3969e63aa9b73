"""Whether a recording is sound: every damage is named, with its line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from recordings_at_hand import CORPUS, corpus_folders, needs_corpus

from rollout_tui.debugger.findings.check import Problem, check
from rollout_tui.export.check import check_json
from rollout_tui.recording import open_trace


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    source = CORPUS / "schema2" / "two-cells-interleaved"
    if not source.is_dir():
        pytest.skip(f"the shared corpus is not at {CORPUS}")
    shutil.copytree(source, tmp_path / "bundle")
    return tmp_path / "bundle"


def problems(bundle: Path) -> list[Problem]:
    return list(check(open_trace(bundle)).problems)


def change_lines(bundle: Path, change) -> None:  # type: ignore[no-untyped-def]
    spine = bundle / "trace.jsonl"
    lines = spine.read_bytes().splitlines(keepends=True)
    spine.write_bytes(b"".join(change(lines)))


@needs_corpus
@pytest.mark.parametrize("folder", corpus_folders(), ids=lambda folder: folder.name)
def test_recordings_are_sound(folder: Path) -> None:
    """Killed writers leave no end mark, which is a note; nothing else was ever wrong with one."""
    found = check(open_trace(folder))
    assert found.sound
    ended = b'"rollout_ended"' in (folder / "trace.jsonl").read_bytes()
    assert [(one.code, one.severity) for one in found.problems] == (
        [] if ended else [("recording_cut", "note")]
    )


def test_a_line_is_gone(bundle: Path) -> None:
    change_lines(bundle, lambda lines: lines[:19] + lines[20:])
    assert [(one.code, one.severity, one.line, one.seq) for one in problems(bundle)] == [
        ("seq_gap", "error", 20, 21)
    ]
    assert not check(open_trace(bundle)).sound


def test_a_line_comes_twice(bundle: Path) -> None:
    change_lines(bundle, lambda lines: [*lines[:20], lines[19], *lines[20:]])
    assert [(one.code, one.line) for one in problems(bundle)] == [("seq_repeated", 21)]


def test_a_line_is_garbage(bundle: Path) -> None:
    change_lines(bundle, lambda lines: [*lines[:19], b"{nonsense\n", *lines[20:]])
    assert [(one.code, one.line) for one in problems(bundle)] == [("unreadable_line", 20)]


def test_blank_lines_count_as_lines_only(bundle: Path) -> None:
    change_lines(
        bundle, lambda lines: [*lines[:10], b"\n", b"  \n", *lines[10:19], b"{nonsense\n", *lines[20:]]
    )
    assert [(one.code, one.line) for one in problems(bundle)] == [("unreadable_line", 22)]


def test_an_event_type_nobody_knows(bundle: Path) -> None:
    change_lines(bundle, lambda lines: [line.replace(b'"warning"', b'"warning"') for line in lines])
    spine = bundle / "trace.jsonl"
    spine.write_bytes(spine.read_bytes().replace(b'"type":"code_cell_ended"', b'"type":"cell_done"', 1))
    assert next((one.code, one.severity, one.line) for one in problems(bundle)) == (
        "unknown_event_type",
        "warning",
        49,
    )


def test_the_last_line_is_torn(bundle: Path) -> None:
    spine = bundle / "trace.jsonl"
    spine.write_bytes(spine.read_bytes()[:-30])
    found = [(one.code, one.severity, one.line) for one in problems(bundle)]
    assert ("recording_cut", "warning", 64) in found
    assert not check(open_trace(bundle)).sound


def test_a_payload_is_gone(bundle: Path) -> None:
    (bundle / "payloads" / "41.json").unlink()
    (problem,) = problems(bundle)
    assert (problem.code, problem.severity, problem.line, problem.seq) == ("payload_missing", "error", 61, 61)
    assert "raw_payload:41" in problem.message


def test_a_payload_is_no_json(bundle: Path) -> None:
    (bundle / "payloads" / "41.json").write_bytes(b'{"type": ')
    assert [(one.code, one.line) for one in problems(bundle)] == [("payload_unreadable", 61)]
    (bundle / "payloads" / "41.json").write_bytes(b'{"type": "\xff"}')
    assert [(one.code, one.line) for one in problems(bundle)] == [("payload_unreadable", 61)]


def test_a_payload_leads_out_of_the_bundle(bundle: Path) -> None:
    spine = bundle / "trace.jsonl"
    spine.write_bytes(spine.read_bytes().replace(b"payloads/41.json", b"payloads/../../x"))
    assert [one.code for one in problems(bundle)] == ["payload_outside_bundle"]


def test_an_event_of_another_rollout(bundle: Path) -> None:
    def change(lines: list[bytes]) -> list[bytes]:
        event = json.loads(lines[29])
        event["rollout_id"] = "someone else's"
        return [*lines[:29], json.dumps(event).encode() + b"\n", *lines[30:]]

    change_lines(bundle, change)
    assert ("foreign_rollout", 30) in [(one.code, one.line) for one in problems(bundle)]


def test_something_follows_the_end(bundle: Path) -> None:
    def change(lines: list[bytes]) -> list[bytes]:
        event = json.loads(lines[59])
        event["seq"] = 65
        return [*lines, json.dumps(event).encode() + b"\n"]

    change_lines(bundle, change)
    (problem,) = problems(bundle)
    assert (problem.severity, problem.line, problem.seq) == ("error", 65, 65)


def test_the_json_shape(bundle: Path) -> None:
    (bundle / "payloads" / "41.json").unlink()
    found = check_json(check(open_trace(bundle)))
    assert found["sound"] is False
    assert [sorted(one) for one in found["problems"]] == [["code", "line", "message", "seq", "severity"]]
