"""Who may use a recording at the same time, and what its files are like."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from recorded import Reduce, events_of, kinds_of, numbered, work

from rollout_tui.recorder import CountingIds, Recording, TraceWriter, record


def test_threads_share_a_recording(tmp_path: Path, both_reduce: Reduce) -> None:
    recording = record(tmp_path)
    start = threading.Barrier(8)

    def agent(number: int) -> None:
        start.wait()
        with recording.root.child(f"agent {number}") as thread:
            for _ in range(5):
                with thread.turn() as turn, turn.inference({"model": "m", "input": "x" * 20_000}) as call:
                    call.completed([])

    threads = [threading.Thread(target=agent, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    recording.close()
    assert recording.bundle is not None
    numbered(recording.bundle)
    assert len(both_reduce(recording.bundle)["inference_calls"]) == 40
    assert recording.counters.events == len(events_of(recording.bundle))


def test_a_signal_handler_may_record(tmp_path: Path, both_reduce: Reduce) -> None:
    recording = record(tmp_path)
    handled = 0

    def handle(*_: object) -> None:
        nonlocal handled
        handled += 1
        recording.root.accept(f"signal {handled}")

    before = signal.signal(signal.SIGALRM, handle)
    signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
    try:
        for number in range(2000):
            recording.root.accept(f"loop {number}")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    recording.close()
    assert recording.bundle is not None
    numbered(recording.bundle)
    assert handled > 5
    assert kinds_of(recording.bundle).count("history_item_accepted") == 2000 + handled
    both_reduce(recording.bundle)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_leaves_the_parents_file_alone(tmp_path: Path, both_reduce: Reduce) -> None:
    script = """
import os, sys, threading
from rollout_tui.recorder import record
from recorded import work

recording = record(sys.argv[1])
busy = threading.Thread(target=work, args=(recording, 200))
busy.start()
for number in range(20):
    child = os.fork()
    if child == 0:
        work(recording, 2)
        lost = recording.counters.events_lost
        recording.close()
        with record(sys.argv[1]) as own:
            work(own)
        os._exit(0 if lost and own.counters.events else 1)
    assert os.waitpid(child, 0)[1] == 0
busy.join()
recording.close()
print(recording.bundle)
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, str(tmp_path)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    bundles = sorted(tmp_path.iterdir())
    assert len(bundles) == 21
    for bundle in bundles:
        numbered(bundle)
        assert kinds_of(bundle)[-1] == "recording_completed"
    state = both_reduce(Path(done.stdout.strip()))
    assert len(state["codex_turns"]) == 200


def test_two_recordings_of_one_name(tmp_path: Path, warnings: list[str]) -> None:
    first = record(tmp_path, new_id=CountingIds(0))
    second = record(tmp_path, new_id=CountingIds(0))
    work(second)
    work(first)
    first.close()
    assert not second.recording
    assert [path.name for path in tmp_path.iterdir()] == [first.bundle.name if first.bundle else ""]


def test_a_clock_that_fails_or_runs_backwards(tmp_path: Path, both_reduce: Reduce) -> None:
    ticks = iter([5000, 4000, 3000, 2000])
    recording = record(tmp_path, clock=lambda: next(ticks, 1000))
    work(recording)
    recording.close()
    assert recording.bundle is not None
    numbered(recording.bundle)
    assert events_of(recording.bundle)[-1]["wall_time_unix_ms"] == 5000
    both_reduce(recording.bundle)
    broken = record(tmp_path, clock=lambda: 1 // 0)
    assert not broken.recording


def test_files_are_private(recording: Recording) -> None:
    work(recording)
    assert recording.bundle is not None
    modes = {path.stat().st_mode & 0o777 for path in recording.bundle.rglob("*")}
    assert modes == {0o600, 0o700}
    assert recording.bundle.stat().st_mode & 0o777 == 0o700


def test_the_writer_alone(tmp_path: Path) -> None:
    """`TraceWriter` is what contexts are made of, and of use without them."""
    writer = TraceWriter(tmp_path, trace_id="trace 100% mine", root_thread_id='th"1')
    reference = writer.payload("protocol_event", lambda: {"a": "ä"})
    assert reference == {
        "raw_payload_id": "raw_payload:1",
        "kind": {"type": "protocol_event"},
        "path": "payloads/1.json",
    }
    event = {"type": "protocol_event_observed", "event_type": "x", "event_payload": reference}
    assert writer.event(event, "th", "tu")
    writer.close()
    assert not writer.event(event)
    assert writer.payload("protocol_event", {}) is None
    assert (writer.bundle / "payloads" / "1.json").read_text() == '{\n  "a": "ä"\n}'
    first, last = events_of(writer.bundle)
    assert (first["thread_id"], first["codex_turn_id"], first["payload"]) == ("th", "tu", event)
    assert last["payload"] == {"type": "recording_completed"}
    manifest = json.loads((writer.bundle / "manifest.json").read_bytes())
    assert (manifest["schema_version"], manifest["rollout_id"]) == (2, 'th"1')
