"""A recording in hand: opening, asking, following, and what a file can do meanwhile."""

from __future__ import annotations

import gc
import os
import shutil
import threading
import time
from pathlib import Path

import pytest
from in_time import PATIENCE_S, becomes
from recordings_at_hand import RECORDINGS
from scripted import Script, assistant, state_bytes, user

import rollout_tui
from rollout_tui.recording import Trace, UnknownSeq, open_trace
from rollout_tui.trace.bundle import BundleProblem, open_bundle
from rollout_tui.trace.event_payloads import ThreadStarted
from rollout_tui.trace.events import Event
from rollout_tui.trace.payloads import PayloadProblem
from rollout_tui.trace.spine import BadLine
from rollout_tui.trace.tail import LONGEST_LINE

CELLS = RECORDINGS / "two-cells-interleaved"


@pytest.fixture
def script(tmp_path: Path) -> Script:
    script = Script(tmp_path / "bundle")
    script.begin()
    return script


# -- asking -----------------------------------------------------------------------


def test_the_package_s_own_door() -> None:
    trace = rollout_tui.open_trace(CELLS)
    assert trace.head == len(trace) == len(trace.events) == 64
    assert trace.at(trace.head).seq == 64
    assert "two-cells-interleaved" in repr(trace) and "64 events" in repr(trace)
    assert "seq 45" in repr(trace.at(45))
    assert repr(trace.events) == "<Events: 64>"
    assert repr(trace.at(45).code_cells) == "<2 CodeCell: 'code_cell:call_A', 'code_cell:call_B'>"
    assert repr(trace.at(1).code_cells) == "<0 CodeCell: none>"
    assert repr(trace.at(45).conversation_items).endswith("'conversation_item:5', ...>")


@pytest.mark.parametrize("how", ["closed", "let go"])
def test_an_archive_is_unpacked_for_as_long_as_the_trace_is_there(
    how: str, tmp_path: Path, temporary: Path
) -> None:
    archive = shutil.make_archive(str(tmp_path / "packed"), "zip", CELLS)
    trace = open_trace(archive)
    whole = open_trace(CELLS)
    assert trace.head == 64 and trace.read_payload("raw_payload:1") == whole.read_payload("raw_payload:1")
    assert len(list(temporary.iterdir())) == 1
    if how == "closed":
        trace.close()
    del trace
    gc.collect()
    assert not list(temporary.iterdir())


def test_an_archive_that_is_no_trace_says_what_to_do_and_leaves_nothing(
    tmp_path: Path, temporary: Path
) -> None:
    (tmp_path / "bundle.zip").write_bytes(b"no archive at all")
    (tmp_path / "bundle.tar.xz").write_bytes(b"packed")
    with pytest.raises(BundleProblem, match=r"bundle\.zip cannot be unpacked"):
        open_trace(tmp_path / "bundle.zip")
    with pytest.raises(BundleProblem, match=r"bundle\.tar\.xz is packed otherwise .* unpack it yourself"):
        open_trace(tmp_path / "bundle.tar.xz")
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "trace.jsonl").write_text("{}\n")
    with pytest.raises(BundleProblem, match=r"nobody\.zip is not a bundle that says who it is"):
        open_trace(shutil.make_archive(str(tmp_path / "nobody"), "zip", tmp_path / "empty"))
    assert not list(temporary.iterdir())


def test_what_is_printed_of_a_trace_is_safe_to_show(tmp_path: Path) -> None:
    folder = tmp_path / "evil\x1b[31m"
    shutil.copytree(CELLS, folder)
    assert "\x1b" not in repr(rollout_tui.open_trace(folder))


def test_events_are_read_when_they_are_asked_for(script: Script) -> None:
    script.line(b"no event")
    script.line(b"  ")
    with script.spine.open("ab") as spine:
        spine.write(b"\n\n")
    script.seq += 1
    script.turn("u2")
    trace = script.trace()
    assert len(trace.events) == 4
    first, last = trace.events[0], trace.events[-1]
    assert isinstance(first, Event) and isinstance(first.payload, ThreadStarted)
    assert isinstance(last, Event) and last.codex_turn_id == "u2"
    assert isinstance(trace.events[2], BadLine)
    assert [type(one).__name__ for one in trace.events[1:3]] == ["Event", "BadLine"]
    for index in (4, -5):
        with pytest.raises(IndexError):
            trace.events[index]


def test_a_seq_that_is_not_there(script: Script) -> None:
    trace = script.trace()
    with pytest.raises(UnknownSeq, match=r"no event has seq 9 \(there are seqs from 1 to 2\)"):
        trace.at(9)
    empty = Script(script.folder.parent / "empty").trace()
    assert (len(empty), empty.head) == (0, 0)
    with pytest.raises(UnknownSeq, match="the trace is empty"):
        empty.at(1)
    assert empty.snapshot(0).rollout.status == "running"


def test_the_body_of_a_payload(script: Script) -> None:
    script.ask("i1", user("a"))
    trace = script.trace()
    assert b'"input"' in trace.read_payload("raw_payload:1")
    with pytest.raises(PayloadProblem) as problem:
        trace.read_payload("raw_payload:9")
    assert problem.value.code == "payload_missing"


# -- reading as it grows -------------------------------------------------------------


def test_lines_count_when_they_are_whole(script: Script) -> None:
    trace = Trace(open_bundle(script.folder))
    assert trace.advance().events == 2
    with script.spine.open("ab") as spine:
        spine.write(b'{"schema_version"')
    progress = trace.advance()
    assert (progress.events, progress.held, progress.more) == (0, 17, False)
    assert trace.diagnostics == []


def test_a_line_taken_unterminated_is_not_taken_again(script: Script) -> None:
    script.turn("u2")
    whole = script.spine.read_bytes()
    script.spine.write_bytes(whole[:-1])
    trace = script.trace()
    assert (len(trace), trace.diagnostics) == (3, [])
    with script.spine.open("ab") as spine:
        spine.write(b"\n")
    assert trace.advance().events == 0
    script.turn("u3")
    assert (trace.advance().events, len(trace), trace.diagnostics) == (1, 4, [])


def test_a_line_taken_too_early_starts_the_reading_again(script: Script) -> None:
    """What looked like a whole event without its LF went on: the history with it in is void."""
    script.turn("u2")
    whole = script.spine.read_bytes()
    script.spine.write_bytes(whole[:-1])
    trace = script.trace()
    with script.spine.open("ab") as spine:
        spine.write(b" garbage\n")
    progress = trace.advance()
    assert (progress.change, trace.generation, len(trace)) == ("replaced", 1, 3)
    assert "u2" not in trace.snapshot(3).codex_turns


def test_the_end_mark_counts_once_it_is_terminated(script: Script) -> None:
    script.event("recording_completed")
    whole = script.spine.read_bytes()
    script.spine.write_bytes(whole[:-1])
    trace = script.trace()
    assert (len(trace), trace.at(trace.head).rollout.recording_complete) == (2, False)
    with script.spine.open("ab") as spine:
        spine.write(b"\n")
    trace.advance()
    assert (len(trace), trace.at(trace.head).rollout.recording_complete) == (3, True)


@pytest.mark.parametrize("how", ["truncated", "replaced"])
def test_a_file_written_anew_is_read_from_its_start(script: Script, how: str) -> None:
    trace = script.trace()
    lines = script.spine.read_bytes().splitlines(keepends=True)
    if how == "truncated":
        script.spine.write_bytes(lines[0])
    else:
        another = script.folder / "another"
        another.write_bytes(lines[0])
        another.replace(script.spine)
    progress = trace.advance()
    assert (progress.change, trace.generation, len(trace)) == (how, 1, 1)
    assert list(trace.at(trace.head).codex_turns) == []
    assert isinstance(trace.events[0], Event)


def test_following_yields_each_new_head(script: Script) -> None:
    heads: list[int] = []
    trace = Trace(open_bundle(script.folder))

    def follow() -> None:
        for head in trace.follow():
            heads.append(head)
            if head >= 4:
                return

    follower = threading.Thread(target=follow, daemon=True)
    follower.start()
    becomes(lambda: heads == [2])
    script.turn("u2")
    becomes(lambda: heads[-1:] == [3])
    script.turn("u3")
    follower.join(PATIENCE_S)
    assert heads == [2, 3, 4]


def test_a_payload_that_comes_late_is_a_diagnostic(script: Script) -> None:
    script.ask("i1", user("a"))
    (script.folder / "payloads" / "1.json").rename(script.folder / "payloads" / "late")
    trace = script.trace()
    assert [one.code for one in trace.diagnostics] == ["payload_missing"]
    (script.folder / "payloads" / "late").rename(script.folder / "payloads" / "1.json")
    assert b"input" in trace.read_payload("raw_payload:1")


def asked_late(script: Script, wait: str) -> Trace:
    """A trace of a request whose body is missing or half written when its event is reduced."""
    script.ask("i1", user("a"))
    script.answer("i1", assistant("x"))
    body = script.folder / "payloads" / "1.json"
    whole = body.read_bytes()
    body.with_name("whole").write_bytes(whole)
    if wait == "missing":
        body.unlink()
    else:
        body.write_bytes(whole[: len(whole) // 2 if wait == "half written" else 0])
    trace = Trace(open_bundle(script.folder))
    trace.advance()
    return trace


@pytest.mark.parametrize("wait", ["missing", "half written", "empty"])
def test_a_payload_that_comes_late_is_taken_in(script: Script, wait: str) -> None:
    trace = asked_late(script, wait)
    before, head = state_bytes(trace), trace.head
    assert trace.diagnostics and trace.resolve() == []
    (script.folder / "payloads" / "whole").replace(script.folder / "payloads" / "1.json")
    assert trace.resolve() == ["payloads/1.json"]
    assert (trace.head, trace.diagnostics, trace.generation, trace.lives) == (head, [], 1, 0)
    with open_trace(script.folder) as whole:
        assert state_bytes(trace) == state_bytes(whole) != before
    assert trace.resolve() == []
    script.turn("u9")
    trace.advance()
    assert "u9" in trace.at(trace.head).codex_turns
    assert [type(line) for line in trace.events] == [Event] * len(trace)


def test_a_body_of_another_shape_is_not_read_for_ever(script: Script) -> None:
    trace = asked_late(script, "missing")
    (script.folder / "payloads" / "1.json").write_bytes(b"[1, 2]")
    assert trace.resolve() == ["payloads/1.json"]
    assert [one.code for one in trace.diagnostics] == ["bad_request"]
    assert [trace.resolve() for _ in range(3)] == [[], [], []]


def test_a_body_that_always_had_another_shape_is_left_alone(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = asked_late(script, "half written")
    body = script.folder / "payloads" / "1.json"
    body.write_bytes(b"[1, 2]")
    now = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now + 10**10)
    trace = Trace(trace.bundle)
    trace.advance()
    assert [one.code for one in trace.diagnostics] == ["bad_request"]
    assert trace.resolve() == []


def test_a_late_payload_waits_for_a_file_that_is_away(script: Script) -> None:
    trace = asked_late(script, "missing")
    state = state_bytes(trace)
    (script.folder / "payloads" / "whole").replace(script.folder / "payloads" / "1.json")
    away = script.spine.rename(script.folder / "away")
    assert trace.resolve() == [] and state_bytes(trace) == state
    away.rename(script.spine)
    assert trace.resolve() == ["payloads/1.json"] and trace.diagnostics == []


# -- what the file can be ---------------------------------------------------------------


def test_a_line_that_is_too_long_is_skipped_and_named(script: Script) -> None:
    with script.spine.open("r+b") as spine:
        spine.seek(0, os.SEEK_END)
        spine.write(b'{"x":"')
        spine.seek(1 << 30, os.SEEK_CUR)
        spine.write(b'"}\n')
    script.turn("u2")
    trace = script.trace()
    (diagnostic,) = [one for one in trace.diagnostics if one.code == "unreadable_line"]
    assert "too long (1,073,741,833 bytes)" in diagnostic.message
    assert "u2" in trace.at(trace.head).codex_turns
    beginning = trace.events.raw(2, 100)
    assert (len(beginning), beginning[:6]) == (100, b'{"x":"')


def test_a_link_is_not_followed(script: Script) -> None:
    trace = script.trace()
    script.spine.rename(script.folder / "elsewhere.jsonl")
    script.spine.symlink_to("elsewhere.jsonl")
    assert trace.advance().change == "unreadable"
    fresh = Trace(trace.bundle)
    assert fresh.advance().change == "unreadable"
    line = trace.events.__class__(trace)[0]
    assert isinstance(line, BadLine) and line.reason == "the line cannot be read any more: it is a link"


def test_events_stay_readable_when_the_file_is_taken_away(script: Script) -> None:
    trace = Trace(open_bundle(script.folder))
    trace.advance()
    shutil.rmtree(script.folder)
    assert trace.advance().change == "missing"
    assert [type(line) for line in trace.events] == [Event] * len(trace)


DESCRIPTORS = Path("/proc/self/fd")


@pytest.mark.skipif(not DESCRIPTORS.is_dir(), reason="descriptors cannot be counted here")
def test_descriptors_are_given_back(script: Script) -> None:
    script.ask("i1", user("a"))
    script.answer("i1", assistant("x"))
    with script.trace() as trace:
        trace.events[0]
        state_bytes(trace)
        assert open_below(script.folder)
    assert not open_below(script.folder)


def open_below(folder: Path) -> list[str]:
    """What this process holds open at or below a folder."""
    return [name for one in DESCRIPTORS.iterdir() if (name := os.path.realpath(one)).startswith(str(folder))]


def test_lines_up_to_the_limit_are_read(script: Script) -> None:
    assert LONGEST_LINE >= 16 << 20
    script.event(
        "code_cell_started", runtime_cell_id="1", model_visible_call_id="c", source_js="x" * 3_000_000
    )
    script.turn("u2")
    trace = Trace(open_bundle(script.folder))
    while trace.advance(10_000).more:
        pass
    assert (len(trace), trace.diagnostics) == (4, [])


def test_memory_is_a_limit_for_payloads_and_lines(script: Script) -> None:
    script.ask("i1", body={"input": [user("x" * 9_000_000)]})
    script.turn("u2")
    trace = open_trace(script.folder, memory=1 << 20)
    assert [one.code for one in trace.diagnostics] == ["payload_too_large"]
    snapshot = trace.at(trace.head)
    assert list(snapshot.inference_calls["i1"].request_item_ids) == []
    assert "u2" in snapshot.codex_turns
    with pytest.raises(rollout_tui.reducer.diagnostics.ReductionRefused):
        open_trace(script.folder, memory=1 << 20, strict=True)
