"""Damaged recordings: nothing raises, nothing unaffected is lost, and what was wrong is said."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rollout_tui.recording import Trace
from rollout_tui.trace.bundle import open_bundle

from .recordings import COLLECTIONS, STARTS, Recording, examples, recordings, state_of, whole

# The first line says who a recording is, and without it there may be nothing to open.
any_recording = st.sampled_from(recordings())
GARBAGE = (
    b"",
    b"{}",
    b"null",
    b"\x00\xff",
    b'{"seq":1}',
    b"[" * 5000,
    b'{"payload":{"type":"thread_started"}}',
)


@contextmanager
def damaged(recording: Recording, lines: list[bytes]) -> Iterator[Trace]:
    """The recording with other lines, read."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "bundle"
        shutil.copytree(recording.folder, folder)
        (folder / "trace.jsonl").write_bytes(b"".join(lines))
        yield Trace(open_bundle(folder)).load()


def lines_of(recording: Recording) -> list[bytes]:
    return list(recording.lines)


def holds_what_is_named(state: dict[str, Any], lines: list[bytes]) -> None:
    """Every object that an intact start event creates is there, and every payload that a line names."""
    for line in lines:
        payload = json.loads(line)["payload"]
        if payload["type"] in STARTS:
            assert payload[STARTS[payload["type"]]] in state[COLLECTIONS[payload["type"]]]
        for value in payload.values():
            if isinstance(value, dict) and "raw_payload_id" in value:
                assert value["raw_payload_id"] in state["raw_payloads"]


def counts_of_requests(state: dict[str, Any]) -> dict[str, int]:
    return {name: len(call["request_item_ids"]) for name, call in state["inference_calls"].items()}


def codes(trace: Trace, *, first: int = 0) -> set[str]:
    return {one.code for one in trace.diagnostics if one.event >= first}


def index(data: st.DataObject, recording: Recording) -> int:
    return data.draw(st.integers(0, len(recording.lines) - 1), "line")


@examples(40)
@given(any_recording, st.data())
def test_a_line_is_gone(recording: Recording, data: st.DataObject) -> None:
    lines, at = lines_of(recording), index(data, recording)
    del lines[at]
    with damaged(recording, lines) as trace:
        state = state_of(trace.history)
        holds_what_is_named(state, lines)
        assert len(trace) == len(lines)
        assert state_of(trace.history, at) == state_of(whole(recording).history, at)
        if at < len(lines):
            (gap,) = [one for one in trace.diagnostics if one.code == "seq_gap"]
            assert gap.event == at + 1


@examples(60)
@given(any_recording, st.data(), st.sampled_from(GARBAGE))
def test_a_line_is_corrupted(recording: Recording, data: st.DataObject, garbage: bytes) -> None:
    lines, at = lines_of(recording), index(data, recording)
    lines[at] = garbage + b"\n"
    rest = lines[:at] + lines[at + 1 :]
    with damaged(recording, lines) as trace:
        state = state_of(trace.history)
        holds_what_is_named(state, rest)
        if garbage:
            assert len(trace) == len(lines)
            bad = [one.event for one in trace.diagnostics if one.code == "unreadable_line"]
            assert bad == [at + 1]
            assert "seq_gap" not in codes(trace)
        elif at < len(rest):
            assert "seq_gap" in codes(trace)


@examples(40)
@given(any_recording, st.data())
def test_a_line_comes_again(recording: Recording, data: st.DataObject) -> None:
    """Schema 2 skips an exact repeat, so that nothing changes; schema 1 applies it."""
    lines, at = lines_of(recording), index(data, recording)
    to = data.draw(st.integers(at + 1, len(lines)), "where")
    lines.insert(to, lines[at])
    with damaged(recording, lines) as trace:
        state = state_of(trace.history)
        holds_what_is_named(state, lines)
        assert "seq_repeated" in codes(trace, first=to + 1)
        if trace.history.schema_version == 2:
            assert state == state_of(whole(recording).history)


@examples(40)
@given(any_recording, st.data())
def test_lines_are_swapped(recording: Recording, data: st.DataObject) -> None:
    lines, at = lines_of(recording), index(data, recording)
    other = data.draw(st.integers(0, len(lines) - 1), "other line")
    lines[at], lines[other] = lines[other], lines[at]
    with damaged(recording, lines) as trace:
        holds_what_is_named(state_of(trace.history), lines)
        assert at == other or codes(trace) & {"seq_gap", "seq_out_of_order"}


@examples(40)
@given(any_recording, st.data())
def test_a_payload_is_damaged(recording: Recording, data: st.DataObject) -> None:
    """A request that cannot be read is empty; all other requests carry as many items as before."""
    before = state_of(whole(recording).history)
    calls = {call["raw_request_payload_id"]: name for name, call in before["inference_calls"].items()}
    names = sorted(before["raw_payloads"])
    payload_id = data.draw(st.sampled_from(sorted(calls) or names), "payload") if names else None
    if payload_id is None:
        return
    path = before["raw_payloads"][payload_id]["path"]
    damage = data.draw(st.sampled_from((None, b"", b"\xff", b"[]", b'{"input":', b"{}", b"[" * 9999)), "body")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "bundle"
        shutil.copytree(recording.folder, folder)
        (folder / path).unlink()
        if damage is not None:
            (folder / path).write_bytes(damage)
        trace = Trace(open_bundle(folder)).load()
        state = state_of(trace.history)
        holds_what_is_named(state, lines_of(recording))
        if payload_id in calls:
            wrong = {"payload_missing", "bad_request"}
            assert any(one.code in wrong and payload_id in one.ids for one in trace.diagnostics)
            now, then = counts_of_requests(state), counts_of_requests(before)
            assert now.pop(calls[payload_id]) == 0
            then.pop(calls[payload_id])
            if not _incremental(recording):
                assert now == then


def _incremental(recording: Recording) -> bool:
    """Whether a request of the recording goes on from a response, and so hangs on earlier ones."""
    return any(
        b'"previous_response_id": "' in path.read_bytes()
        for path in (recording.folder / "payloads").iterdir()
    )


@examples(60)
@given(any_recording, st.data())
def test_bytes_are_damaged(recording: Recording, data: st.DataObject) -> None:
    """Any bytes of the spine; every line that is as it was keeps what it names."""
    spine = bytearray(b"".join(recording.lines))
    for _ in range(data.draw(st.integers(1, 5), "how many")):
        at = data.draw(st.integers(len(recording.lines[0]), len(spine) - 1), "byte")
        spine[at] = data.draw(st.integers(0, 255), "becomes")
    intact = set(recording.lines)
    lines = [line for line in bytes(spine).split(b"\n") if line + b"\n" in intact]
    with damaged(recording, [bytes(spine)]) as trace:
        holds_what_is_named(state_of(trace.history), lines)
        for event in range(0, len(trace) + 1, 9):
            state_of(trace.history, event)
        assert len(list(trace.events)) == len(trace)
