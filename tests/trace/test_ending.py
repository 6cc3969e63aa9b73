"""The end of a recording without the rest of it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from recordings_at_hand import DEMO

from rollout_tui.trace.ending import read_ending


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEMO, tmp_path / "bundle"))


def keep(bundle: Path, lines: int, more: bytes = b"") -> None:
    spine = bundle / "trace.jsonl"
    kept = b"".join(spine.read_bytes().splitlines(keepends=True)[:lines])
    spine.write_bytes(kept + more)


def test_the_last_event_and_what_the_model_saw(copy: Path) -> None:
    ending = read_ending(copy)
    assert ending is not None
    assert (ending.last.seq, ending.agent_path) == (141, "/root")
    assert ending.items is not None and len(ending.items) == 34


def test_an_unterminated_line_is_not_there_yet(copy: Path) -> None:
    keep(copy, 100, b'{"schema_version":2,"seq":101')
    ending = read_ending(copy)
    assert ending is not None and ending.last.seq == 100


def test_before_the_first_request_nothing_is_known_of_the_context(copy: Path) -> None:
    keep(copy, 3)
    ending = read_ending(copy)
    assert ending is not None and ending.items is None


def test_a_request_that_is_not_there_yet(copy: Path) -> None:
    for payload in (copy / "payloads").iterdir():
        payload.unlink()
    ending = read_ending(copy)
    assert ending is not None and ending.items is None and ending.last.seq == 141


def test_a_request_that_takes_long_to_read_is_left_to_the_reading(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rollout_tui.trace.ending.LARGEST_REQUEST", 100)
    ending = read_ending(copy)
    assert ending is not None and ending.items is None and ending.last.seq == 141


def test_the_thread_of_the_last_event_is_the_one_shown(copy: Path) -> None:
    lines = (copy / "trace.jsonl").read_bytes().splitlines()
    child = next(json.loads(line)["payload"] for line in lines if b'"/root/regression_test"' in line)
    of_child = [
        number
        for number, line in enumerate(lines, 1)
        if json.loads(line).get("thread_id") == child["thread_id"] and b'"inference_started"' in line
    ]
    keep(copy, of_child[0])
    ending = read_ending(copy)
    assert ending is not None and ending.agent_path == "/root/regression_test"
    assert ending.thread_id == child["thread_id"] and ending.items


@pytest.mark.parametrize("content", [b"", b"\n", b"no json\n", b"\x00" * 100])
def test_what_has_no_event_has_no_end(copy: Path, content: bytes) -> None:
    (copy / "trace.jsonl").write_bytes(content)
    assert read_ending(copy) is None


def test_nothing_there(tmp_path: Path) -> None:
    assert read_ending(tmp_path) is None
