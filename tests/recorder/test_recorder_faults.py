"""A recorder is never an agent's problem: each thing that can go wrong is made to happen."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from recorded import Reduce, kinds_of, numbered, work

from rollout_tui.recorder import Recording, record
from rollout_tui.recorder import writer as writer_module


def test_no_folder_can_be_made(tmp_path: Path, warnings: list[str]) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    recording = record(file / "traces")
    work(recording)
    recording.close()
    assert not recording.recording
    assert recording.bundle is None
    assert recording.counters.errors == 1
    assert recording.counters.last_error is not None and "NotADirectory" in recording.counters.last_error
    assert len(warnings) == 1


def test_the_folder_vanishes(tmp_path: Path, warnings: list[str]) -> None:
    with record(tmp_path) as recording:
        work(recording)
        assert recording.bundle is not None
        shutil.rmtree(recording.bundle)
        work(recording, 3)
        recording.protocol_event("warning", {})
        recording.root.accept("x")
    assert recording.counters.events_lost > 0
    assert recording.counters.payloads_lost > 0
    assert len(warnings) == 1
    assert list(tmp_path.iterdir()) == []


def test_the_folder_may_be_moved(tmp_path: Path, both_reduce: Reduce) -> None:
    with record(tmp_path / "a") as recording:
        work(recording)
        assert recording.bundle is not None
        moved = recording.bundle.rename(tmp_path / "b")
        work(recording)
    assert recording.counters.events_lost == recording.counters.payloads_lost == 0
    numbered(moved)
    assert both_reduce(moved)["recording_complete"]


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are POSIX")
def test_the_disk_is_full_in_the_middle_of_a_line(tmp_path: Path, both_reduce: Reduce) -> None:
    """A limit on file sizes cuts a write half way, as a full disk does; it is lifted again later."""
    script = """
import resource, sys
from pathlib import Path
from rollout_tui.recorder import record
from recorded import work

recording = record(sys.argv[1])
work(recording, 2)
size = (recording.bundle / "trace.jsonl").stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, resource.RLIM_INFINITY))
work(recording, 3)
lost = recording.counters.events_lost
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
work(recording, 2)
recording.close()
print(lost, recording.counters.events_lost, recording.bundle)
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("the rollout trace is incomplete") == 1
    lost, lost_at_the_end, bundle = done.stdout.split(maxsplit=2)
    assert int(lost) == int(lost_at_the_end) > 0
    numbered(Path(bundle.strip()))
    state = both_reduce(Path(bundle.strip()))
    assert state["recording_complete"]
    assert len(state["codex_turns"]) == 4


def test_no_payload_can_be_written(
    tmp_path: Path, both_reduce: Reduce, monkeypatch: pytest.MonkeyPatch, warnings: list[str]
) -> None:
    """What needs its payload is left out with all that depends on it; the rest is written."""
    write = os.write

    def full(handle: int, data: bytes) -> int:
        if data.startswith(b'{"schema_version"'):
            return write(handle, data)
        raise OSError(errno.ENOSPC, "No space left on device")

    with record(tmp_path) as recording:
        with monkeypatch.context() as patch:
            patch.setattr(writer_module.os, "write", full)
            work(recording)
            with recording.root.turn() as turn:
                cell = turn.code_cell("x", call_id="e1")
                cell.tool_call("f", {"a": 1}).completed("x")
                cell.completed("x")
        work(recording)
    assert recording.bundle is not None
    numbered(recording.bundle)
    assert recording.counters.payloads_lost == 8
    assert len(warnings) == 1
    state = both_reduce(recording.bundle)
    assert len(state["inference_calls"]) == 1
    assert len(state["tool_calls"]) == 3
    assert not list((recording.bundle / "payloads").glob("2.json"))


@pytest.mark.parametrize("written", [0, 20, None], ids=["nothing", "half", "all"])
def test_an_interrupt_between_write_and_count(
    tmp_path: Path, both_reduce: Reduce, monkeypatch: pytest.MonkeyPatch, written: int | None
) -> None:
    """KeyboardInterrupt may strike before, in or after the write of a line; numbers go on without a gap."""
    write = os.write

    def interrupted(handle: int, data: bytes) -> int:
        monkeypatch.undo()
        write(handle, data[:written])
        raise KeyboardInterrupt

    recording = record(tmp_path)
    with recording:
        turn = recording.root.turn("t1")
        monkeypatch.setattr(writer_module.os, "write", interrupted)
        with pytest.raises(KeyboardInterrupt):
            recording.root.accept("item")
        turn.end()
        work(recording)
    assert recording.bundle is not None
    numbered(recording.bundle)
    assert ("history_item_accepted" in kinds_of(recording.bundle)) == (written is None)
    both_reduce(recording.bundle)


def test_bodies_that_json_cannot_hold(recording: Recording, both_reduce: Reduce, warnings: list[str]) -> None:
    class Shy:
        def __repr__(self) -> str:
            raise RuntimeError("do not look")

    class Model:
        def model_dump(self, **options: object) -> dict[str, object]:
            return {"type": "message", "role": "user", "content": "from a model"}

    circle: dict[str, Any] = {}
    circle["self"] = circle
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    nested: list[Any] = []
    for _ in range(200):
        nested = [nested]
    bodies: list[Any] = [
        object(),
        Shy(),
        {"shy": Shy(), "fine": 1},
        circle,
        deep,
        nested,
        "\ud800 alone",
        {"\udfff": {("a", 1): float("nan")}},
        {1: 2**200, "inf": float("-inf"), "set": {1}, "bytes": b"\xff", "path": Path("/x")},
        ValueError("an exception"),
        lambda: 1 / 0,
        {"a": (n for n in range(3))},
    ]
    with recording.root.turn() as turn:
        for body in bodies:
            recording.protocol_event("odd", body)
            with turn.inference({"model": "m", "input": [Model(), body], "extra": body}) as call:
                call.completed(body if callable(body) else [body])
            with turn.tool_call("f", body) as tool:
                tool.completed(body)
        turn.tool_call(Shy(), Shy(), call_id=Shy())  # type: ignore[arg-type]
        turn.code_cell(Shy(), call_id="e9")  # type: ignore[arg-type]
    recording.close()
    assert recording.bundle is not None
    numbered(recording.bundle)
    state = both_reduce(recording.bundle)
    assert len(state["inference_calls"]) >= len(bodies) - 1
    assert recording.counters.payloads_substituted > 10
    assert len(warnings) == 1


def test_after_the_end_nothing_is_written_and_nothing_raised(
    recording: Recording, both_reduce: Reduce
) -> None:
    turn = recording.root.turn()
    tool = turn.tool_call("f")
    recording.close()
    assert recording.bundle is not None
    before = (recording.bundle / "trace.jsonl").read_bytes()
    tool.completed("late")
    turn.end()
    work(recording)
    recording.close()
    assert (recording.bundle / "trace.jsonl").read_bytes() == before
    assert recording.counters.events_lost == 3
    assert both_reduce(recording.bundle)["recording_complete"]


def test_an_abandoned_recording_looks_killed(recording: Recording, both_reduce: Reduce) -> None:
    recording.root.turn()
    recording.abandon()
    recording.close()
    assert recording.bundle is not None
    state = both_reduce(recording.bundle)
    assert (state["status"], state["recording_complete"]) == ("running", False)
