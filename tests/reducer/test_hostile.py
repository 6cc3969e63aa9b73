"""Data that was made to do harm, or that a broken disk left: bounded, said, and the rest is shown."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scripted import (
    ROOT_THREAD,
    Body,
    Json,
    Script,
    agent_message,
    assistant,
    call,
    function,
    output,
    reasoning,
    state_bytes,
    state_of,
    time_of,
    user,
)

from rollout_tui.recording import Trace
from rollout_tui.reducer import limits
from rollout_tui.trace.bundle import BundleProblem, open_bundle

OTHER = {"type": "other", "name": "x"}
DEEP = 1_000_000
UUID = "019d0000-0000-7000-8000-00000000000a"


def survives(script: Script) -> tuple[Trace, Json]:
    """The recording reduced, after a turn that must be there all the same."""
    script.turn("after")
    script.ask("i-after", user("after"), turn="after")
    trace = script.trace()
    state = state_of(trace)
    assert len(state["inference_calls"]["i-after"]["request_item_ids"]) == 1
    assert all(len(one.message) < 600 for one in trace.diagnostics)
    return trace, state


def codes(trace: Trace) -> list[str]:
    return [one.code for one in trace.diagnostics]


# -- bodies -----------------------------------------------------------------------------


def as_request(script: Script, body: Any) -> None:
    script.ask("i1", body=Body("inference_request", body))


def as_response(script: Script, body: Any) -> None:
    script.ask("i1")
    script.event(
        "inference_completed", inference_call_id="i1", response_payload=Body("inference_response", body)
    )


def as_metadata(script: Script, body: Any) -> None:
    script.thread("t2", "/root/kid", body)


def as_checkpoint(script: Script, body: Any) -> None:
    script.event(
        "compaction_installed", compaction_id="k1", checkpoint_payload=Body("inference_request", body)
    )


def as_invocation(script: Script, body: Any) -> None:
    script.tool("x1", "write_stdin", invocation=body)


def as_runtime_start(script: Script, body: Any) -> None:
    script.tool("x1")
    script.work("x1", body, "exec_command")


def as_runtime_end(script: Script, body: Any) -> None:
    script.tool("x1")
    script.work("x1", {"command": [], "cwd": "/"}, "exec_command")
    script.worked("x1", body)


def as_agent_activity(script: Script, body: Any) -> None:
    script.tool("x1", "spawn_agent", invocation=function("spawn_agent", {"message": "go"}))
    script.worked("x1", body)


def as_message(script: Script, body: Any) -> None:
    script.tool("x1", "send_message", invocation=function("send_message", {"message": "go"}))
    script.work("x1", body, "send_message")


def as_result(script: Script, body: Any) -> None:
    script.tool("x1", "write_stdin", invocation=function("write_stdin", {"session_id": 1}))
    script.end_tool("x1", result=body)


def as_receipt(script: Script, body: Any) -> None:
    script.event("history_item_accepted", item_id="m1", agent_message_payload=Body("protocol_event", body))


READ: tuple[Callable[[Script, Any], None], ...] = (
    as_request,
    as_response,
    as_metadata,
    as_checkpoint,
    as_invocation,
    as_runtime_start,
    as_runtime_end,
    as_agent_activity,
    as_message,
    as_result,
    as_receipt,
)
BODIES: dict[str, bytes] = {
    "nothing": b"",
    "a deep list": b"[" * DEEP,
    "deep lists, closed": b"[" * DEEP + b"]" * DEEP,
    "deep objects": b'{"a":' * DEEP,
    "ten times the values that are taken in": b"[" + b"0," * 2 * limits.MOST_VALUES + b"0]",
    "no JSON": b"\x00\x01\x02",
    "NaN": b"NaN",
    "a large number": b"9" * 5000,
    "a BOM": b"\xef\xbb\xbf{}",
    "UTF-16": '{"input": []}'.encode("utf-16"),
    "half a body": b'{"input": [',
    "text": b'"text"',
    "a lone surrogate": b'"\\ud800"',
    "bytes that are no text": b'{"input": ["\xff\xfe"]}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("read", READ, ids=lambda read: read.__name__)
def test_a_body_that_cannot_be_read(script: Script, read: Callable[[Script, Any], None], body: bytes) -> None:
    script.begin()
    read(script, body)
    at = script.seq
    trace, _ = survives(script)
    assert any(one.seq <= at and one.refused for one in trace.diagnostics), codes(trace)


WRONG: tuple[Any, ...] = (None, True, 0, -1, 1.5, 10**30, "", "text", [], [[]], [None], {}, {"type": 1})

WHOLE: dict[Callable[[Script, Any], None], Json] = {
    as_request: {"input": [user("a")], "previous_response_id": "r"},
    as_response: {
        "output_items": [assistant("a")],
        "token_usage": {
            "input_tokens": 1,
            "cached_input_tokens": 1,
            "cache_write_input_tokens": 1,
            "output_tokens": 1,
            "reasoning_output_tokens": 1,
        },
    },
    as_metadata: {
        "agent_path": "/root/kid",
        "task_name": "t",
        "nickname": "n",
        "agent_role": "r",
        "model": "m",
        "session_source": {
            "subagent": {"thread_spawn": {"parent_thread_id": "t1", "agent_path": "/root/kid", "depth": 1}}
        },
    },
    as_checkpoint: {"input_history": [user("a")], "replacement_history": [user("s")]},
    as_invocation: {
        "tool_name": "write_stdin",
        "tool_namespace": None,
        "payload": {"type": "function", "arguments": '{"session_id": 1}'},
    },
    as_runtime_start: {"command": ["ls"], "cwd": "/", "process_id": "7", "interaction_input": "x"},
    as_runtime_end: {"exit_code": 0, "process_id": "7", "aggregated_output": "o"},
    as_agent_activity: {
        "event_id": "e",
        "occurred_at_ms": 1,
        "agent_thread_id": UUID,
        "agent_path": "/root/kid",
        "kind": "started",
    },
    as_message: {"call_id": "x1", "sender_thread_id": UUID, "receiver_thread_id": UUID, "prompt": "go"},
    as_result: {"type": "direct_response", "response_item": {"output": [{"text": "t"}]}},
    as_receipt: agent_message("/root", "/root", "x", id="m1"),
}


def places(value: Any) -> list[tuple[Any, ...]]:
    """The paths of all fields and entries below a value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path for key, inner in pairs for path in ((key,), *((key, *rest) for rest in places(inner)))]


def with_value(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """A copy with something else at a path."""
    copied = json.loads(json.dumps(value))
    inner = copied
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = new
    return copied


@pytest.mark.parametrize("read", WHOLE, ids=lambda read: read.__name__)
def test_wrong_types_in_every_field_of_a_body(tmp_path: Path, read: Callable[[Script, Any], None]) -> None:
    bodies = [with_value(WHOLE[read], path, wrong) for path in places(WHOLE[read]) for wrong in WRONG]
    for at, body in enumerate(bodies):
        script = Script(tmp_path / str(at), 1 + at % 2)
        script.begin()
        read(script, body)
        state_of(script.trace())


# -- items --------------------------------------------------------------------------------

ITEMS: tuple[Json, ...] = (
    user("a", id="m1", phase="final_answer"),
    reasoning("E", text="t", summary="s"),
    call("c1", arguments='{"a": 1}', id="f1"),
    output("c1", [{"type": "input_image", "image_url": "x"}]),
    agent_message("/root", "/root", "x", id="m2"),
    {"type": "custom_tool_call", "call_id": "c2", "name": "exec", "input": "js", "id": "f2"},
    {"type": "web_search_call", "call_id": "c3"},
    {"type": "compaction", "encrypted_content": "E"},
    {"type": "additional_tools"},
)


@pytest.mark.parametrize("schema", [1, 2])
def test_wrong_types_in_every_field_of_an_item(tmp_path: Path, schema: int) -> None:
    """Each wrong item is an item, beside a whole one that is as it would be alone."""
    script = Script(tmp_path / "bundle", schema)
    script.begin()
    given: list[Any] = []
    for item in ITEMS:
        for path in places(item):
            for at, wrong in enumerate((*WRONG, 10**400)):
                if schema == 1 + at % 2:
                    given.append(with_value(item, path, wrong))
    script.ask("i1", *given, user("whole"))
    trace, state = survives(script)
    ids = state["inference_calls"]["i1"]["request_item_ids"]
    skipped = sum(item == {"type": "additional_tools"} for item in given)
    assert len(ids) == len(given) + 1 - skipped
    last = state["conversation_items"][ids[-1]]
    assert last["body"]["parts"] == [{"type": "text", "text": "whole"}]
    assert {one.code for one in trace.diagnostics} <= {"bad_item", "unsupported_item_type", "call_id_reused"}


def test_an_item_that_is_deep_all_the_way(script: Script) -> None:
    """Text that is no JSON for the reference stays text; a request that is too deep is empty, and said."""
    script.begin()
    deep = "[" * DEEP + "]" * DEEP
    script.ask("i1", call("c1", arguments=deep), user(deep))
    script.ask("i2", body=b'{"input": [{"type": "message", "content": ' + deep.encode() + b"}]}")
    trace, state = survives(script)
    assert codes(trace) == ["bad_request"]
    parts = [one["body"]["parts"][0] for one in state["conversation_items"].values()]
    assert [(part["type"], len(part["text"])) for part in parts[:2]] == [("text", 2 * DEEP)] * 2


@pytest.mark.parametrize(("depth", "said"), [(127, []), (128, ["bad_payload"])])
def test_a_body_may_be_as_deep_as_the_reference_parser_goes(
    script: Script, depth: int, said: list[str]
) -> None:
    script.begin()
    more = b"[" * (depth - 1) + b"]" * (depth - 1)
    script.tool("x1", OTHER, invocation=b'{"tool_name": "x", "more": ' + more + b"}")
    trace, state = survives(script)
    assert codes(trace) == said
    assert state["tool_calls"]["x1"]["raw_invocation_payload_id"] is not None


@pytest.mark.parametrize(("depth", "said"), [(127, []), (128, ["unreadable_line"])])
def test_a_line_may_be_as_deep_as_the_reference_parser_goes(
    script: Script, depth: int, said: list[str]
) -> None:
    script.begin()
    more: Any = []
    for _ in range(depth - 2):
        more = [more]
    script.event("codex_turn_started", envelope={"more": more}, codex_turn_id="t9", thread_id=ROOT_THREAD)
    trace, state = survives(script)
    assert codes(trace)[:1] == said
    assert ("t9" in state["codex_turns"]) == (not said)


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ("[" * 127 + "]" * 127, "json"),
        ("[" * 128 + "]" * 128, "text"),
        ("[" * 5000 + "]" * 5000, "text"),
        ('{"a":' * 64 + "[" * 64 + "]" * 64 + "}" * 64, "text"),
        ('["\\ud83d\\ude00"]', "json"),
        ('["\\ud800"]', "text"),
        ("[NaN]", "text"),
    ],
    ids=lambda one: ascii(one[:20]),
)
def test_arguments_are_json_where_the_reference_parser_reads_them(
    script: Script, arguments: str, kind: str
) -> None:
    script.begin()
    script.ask("i1", call("c1", arguments=arguments))
    _, state = survives(script)
    (part,) = state["conversation_items"]["conversation_item:1"]["body"]["parts"]
    assert part["type"] == kind


def test_arguments_of_too_many_values_are_shown_as_they_begin(script: Script) -> None:
    script.begin()
    script.ask("i1", call("c1", arguments="[" + "0, " * limits.MOST_VALUES + "0]"))
    _, state = survives(script)
    (part,) = state["conversation_items"]["conversation_item:1"]["body"]["parts"]
    assert (part["type"], part["summary"]) == ("json", "[" + ("0, " * 80)[:239] + "...")


@pytest.mark.parametrize(
    ("read", "field"),
    [(as_request, "input"), (as_response, "output_items"), (as_checkpoint, "replacement_history")],
)
def test_a_list_of_too_many_items(script: Script, read: Callable[[Script, Any], None], field: str) -> None:
    script.begin()
    others = b'"input_history": [], "input": [], ' if field == "replacement_history" else b""
    items = b"7," * limits.MOST_ITEMS + b"7"
    read(script, b'{%b"%b": [%b]}' % (others, field.encode(), items))
    trace, state = survives(script)
    assert codes(trace) == ["payload_too_large"]
    assert "100,001 items" in trace.diagnostics[0].message
    assert len(state["conversation_items"]) < 5


# -- ids, numbers, clocks, seqs --------------------------------------------------------------


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


# -- files -------------------------------------------------------------------------------------


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
from scripted import Body, Script, call, state_bytes, user
from test_hostile import as_request
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
    here = Path(__file__).parent
    code = HEAVY.replace(
        "sys.path.insert(0, sys.argv[1])", f"sys.path[:0] = [{str(here)!r}, {str(here.parent)!r}]"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "", str(tmp_path / "bundle")],
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    megabytes, events = map(int, done.stdout.split())
    assert events == 200_010
    assert megabytes < 400
