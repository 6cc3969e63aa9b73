"""Data that was made to do harm, or that a broken disk left: bounded, said, and the rest is shown."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from scripted import Script, call, output, state_bytes, state_of, time_of, user

from rollout_tui.trace.bundle import BundleProblem, open_bundle

from .hostile_data import DEEP, OTHER, codes, survives

# -- ids, numbers, clocks, seqs --------------------------------------------------------------------


def test_ids_of_ten_megabytes(script: Script) -> None:
    """They are kept whole, since they are names; messages are cut."""
    script.begin()
    long = "x" * 10_000_000
    script.thread(long, long)
    script.turn(long, long)
    script.tool(long, OTHER, thread=long, turn=long, call_id=long)
    script.end_tool(long + "y")
    script.end_turn("z" + long, thread=None)
    script.event("rollout_ended", envelope={"rollout_id": long}, status="completed")
    trace, state = survives(script)
    assert codes(trace) == ["unknown_tool_call", "unknown_turn", "foreign_rollout"]
    assert state["tool_calls"][long]["thread_id"] == long


@pytest.mark.parametrize(
    "name",
    ["", " ", "\x00", "\n", "\u202e", "a/b", "conversation_item:1", "code_cell:", "raw_payload:1", "😀"],
)
def test_ids_that_are_odd(script: Script, name: str) -> None:
    script.begin()
    script.thread(name + "t", "/root/kid")
    script.turn(name, name + "t")
    script.ask(name, call(name), output(name), thread=name + "t", turn=name)
    script.cell(name, name, thread=name + "t", turn=name)
    script.tool(name, OTHER, thread=name + "t", turn=name, call_id=name)
    script.end_tool(name)
    script.compact(name, [], [], thread=name + "t", turn=name)
    script.event("history_item_accepted", thread=name + "t", turn=name, item_id=name)
    trace, state = survives(script)
    assert codes(trace) == []
    for kind in ("codex_turns", "inference_calls", "tool_calls", "compactions"):
        assert name in state[kind]


def test_clocks_that_go_backwards(either: Script) -> None:
    either.begin()
    either.event(
        "codex_turn_started",
        envelope={"wall_time_unix_ms": -5},
        codex_turn_id="u7",
        thread_id="t1",
    )
    either.event(
        "codex_turn_ended",
        turn="u7",
        envelope={"wall_time_unix_ms": -(2**63)},
        codex_turn_id="u7",
        status="completed",
    )
    trace, state = survives(either)
    assert codes(trace) == []
    execution = state["codex_turns"]["u7"]["execution"]
    assert (execution["started_at_unix_ms"], execution["ended_at_unix_ms"]) == (-5, -(2**63))


@pytest.mark.parametrize(
    ("seq", "said"),
    [
        (0, ["seq_out_of_order"]),
        (1, ["seq_repeated"]),
        (2**62, ["seq_gap", "seq_out_of_order"]),
        (2**70, ["number_too_large", "seq_gap", "seq_out_of_order"]),
    ],
)
def test_a_seq_that_is_odd(either: Script, seq: int, said: list[str]) -> None:
    """One line that jumps is said once for its way there and once for the way back."""
    either.begin()
    either.event("codex_turn_started", envelope={"seq": seq}, codex_turn_id="u7", thread_id="t1")
    trace, state = survives(either)
    assert "u7" in state["codex_turns"]
    assert [code for code in codes(trace) if code != "seq_gap"] == [one for one in said if one != "seq_gap"]
    assert len(trace.diagnostics) <= 3
    assert trace.head == either.seq


def test_a_negative_seq_is_no_event(either: Script) -> None:
    either.begin()
    either.event("codex_turn_started", envelope={"seq": -1}, codex_turn_id="u7", thread_id="t1")
    trace, _ = survives(either)
    assert codes(trace) == ["unreadable_line"]


def test_threads_that_are_each_other_s_parents(script: Script) -> None:
    for one, other in (("a", "b"), ("b", "a"), ("c", "c")):
        spawn = {"parent_thread_id": other, "agent_path": f"/root/{one}"}
        script.thread(one, "/", {"session_source": {"subagent": {"thread_spawn": spawn}}})
    script.begin()
    trace, state = survives(script)
    assert codes(trace) == []
    assert state["threads"]["c"]["origin"]["parent_thread_id"] == "c"


def test_duplicate_keys(script: Script) -> None:
    """The last one counts, in lines and in bodies."""
    script.begin()
    script.seq += 1
    script.line(
        b'{"seq":9,"seq":%d,"schema_version":2,"wall_time_unix_ms":1,"rollout_id":"rollout",'
        b'"payload":{"type":"codex_turn_started","codex_turn_id":"no","codex_turn_id":"u7","thread_id":"t1"}}'
        % script.seq
    )
    script.ask("i1", body=b'{"input": [7], "input": []}')
    trace, state = survives(script)
    assert (codes(trace), "u7" in state["codex_turns"]) == ([], True)
    assert state["inference_calls"]["i1"]["request_item_ids"] == []


# -- files -----------------------------------------------------------------------------------------


def test_line_ends_of_another_system(script: Script) -> None:
    script.begin()
    script.ask("i1", user("a"))
    expected = state_bytes(script.trace())
    script.spine.write_bytes(script.spine.read_bytes().replace(b"\n", b"\r\n"))
    trace = script.trace()
    assert (state_bytes(trace), trace.diagnostics) == (expected, [])


@pytest.mark.parametrize(
    "line",
    [
        b"\xef\xbb\xbf{}",
        b"\x00" * 1000,
        '{"seq": 1}'.encode("utf-16"),
        b"\xff" * 100,
        b"{" * DEEP,
        b"x" * 5_000_000,
        b"{}{}",
        b"null",
        b'"' + b"a" * 1000,
    ],
    ids=["BOM", "NUL", "UTF-16", "no text", "deep", "long", "two values", "null", "no end"],
)
def test_a_line_that_is_no_event(either: Script, line: bytes) -> None:
    either.begin()
    ordinal = either.line(line)
    either.seq += 1
    trace, _ = survives(either)
    assert [(one.code, one.event) for one in trace.diagnostics if one.event == ordinal] == [
        ("unreadable_line", ordinal)
    ]
    assert f"({len(line):,} bytes)" in trace.diagnostics[0].message


def test_a_spine_that_is_empty(script: Script) -> None:
    trace = script.trace()
    assert (len(trace), trace.diagnostics, trace.head) == (0, [], 0)
    assert state_of(trace)["threads"] == {}


def test_a_spine_that_is_a_binary_file(script: Script) -> None:
    script.spine.write_bytes(bytes(range(256)) * 200)
    trace = script.trace()
    assert set(codes(trace)) == {"unreadable_line", "recording_cut"}


def test_a_spine_that_is_a_folder(script: Script) -> None:
    script.spine.unlink()
    script.spine.mkdir()
    with pytest.raises(BundleProblem, match="a folder"):
        open_bundle(script.folder)


def test_a_manifest_that_contradicts_the_trace(script: Script) -> None:
    """Its names are believed, its schema is not; what differs is told."""
    script.manifest(trace_id="other", rollout_id="rollout", root_thread_id="t9")
    script.event("rollout_started", thread=None, turn=None, trace_id="trace", root_thread_id="t1")
    script.begin()
    trace, state = survives(script)
    assert codes(trace) == []
    assert len(trace.bundle.notes) == 2
    assert (state["trace_id"], state["root_thread_id"]) == ("trace", "t1")
    assert state_of(trace, 0)["trace_id"] == "other"


def test_a_manifest_of_another_rollout(script: Script) -> None:
    script.manifest(rollout_id="other")
    script.begin()
    trace = script.trace()
    assert codes(trace) == ["foreign_rollout"] * 2
    assert time_of(2) == trace.snapshot(2).time_ms


@pytest.mark.parametrize("count", [5000])
def test_what_is_said_too_often_is_counted(script: Script, count: int) -> None:
    script.begin()
    with script.spine.open("ab") as spine:
        spine.write(b"x\n" * count)
    trace = script.trace()
    assert len(trace) == 2 + count
    assert len(trace.diagnostics) < count / 2
    assert "and more" in trace.diagnostics[-1].message


# -- memory ----------------------------------------------------------------------------------------

HEAVY = """
import resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from scripted import Body, Script, call
script = Script(Path(sys.argv[2]))
script.begin()
numbers = b"0," * 10_000_000 + b"0]"
script.ask("i1", body=b'{"input": [' + numbers + b"}")
script.ask("i2", body=b'{"input": [{"type": "message", "role": "user", "content": [' + numbers + b"}]}")
script.ask("i3", call("c", arguments="[" + numbers.decode()))
for at in range(3):
    script.thread(str(at) * 10_000_000)
with script.spine.open("ab") as spine:
    spine.write(b"x\\n" * 200_000)
with (script.folder / "payloads" / "sparse.json").open("wb") as sparse:
    sparse.truncate(1 << 40)
script.ask("i4", body={})
sparse = Body("session_metadata", None, "payloads/sparse.json")
script.event("thread_started", thread_id="s", agent_path="/", metadata_payload=sparse)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
trace = script.trace()
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024, len(trace))
"""


def test_ten_million_of_anything_take_a_bounded_memory(tmp_path: Path) -> None:
    """Arrays of ten million entries, long names, bad lines and a sparse terabyte, in one recording."""
    tests = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", HEAVY, str(tests), str(tmp_path / "bundle")],
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    megabytes, events = map(int, done.stdout.split())
    assert events == 200_010
    assert megabytes < 400
