"""Evidence that does not fit: what is said, what is shown, and that the rest is there (format section 12)."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from scripted import Body, Json, Script, agent_message, assistant, call, cell_call, function, state_of, user

from rollout_tui.recording import Trace
from rollout_tui.reducer import limits
from rollout_tui.reducer.diagnostics import CODES, ReductionRefused
from rollout_tui.reducer.reduction import UNKNOWN
from rollout_tui.trace.bundle import open_bundle
from rollout_tui.trace.memory import MemoryBudget

SOURCES = [
    *(Path(limits.__file__).parent.glob("*.py")),
    Path(limits.__file__).parents[1] / "reduced_spine.py",
]
OTHER = {"type": "other", "name": "x"}
UUIDS = [f"019d0000-0000-7000-8000-00000000000{digit}" for digit in "abc"]

Case = Callable[[Script], Any]
Way = tuple[Case, Callable[[Json], object]]
CASES: dict[str, list[Way]] = {}


def case(code: str, shown: Callable[[Json], object] = bool) -> Callable[[Case], Case]:
    """A way to come by a code; `shown` looks for what must be in the state all the same.

    The function writes the events and returns the seq of the one that the code is said of (None: the last).
    """

    def noted(write: Case) -> Case:
        CASES.setdefault(code, []).append((write, shown))
        return write

    return noted


# -- lines and envelopes -----------------------------------------------------------


@case("unreadable_line", lambda state: "raw_payload:7" in state["raw_payloads"])
def _(script: Script) -> None:
    script.seq += 1
    reference = {
        "raw_payload_id": "raw_payload:7",
        "kind": {"type": "tool_result"},
        "path": "payloads/7.json",
    }
    event = {"seq": script.seq, "payload": {"type": "tool_call_ended", "result_payload": reference}}
    script.line(json.dumps(event).encode())


@case("unknown_event_type", lambda state: {"raw_payload:7", "raw_payload:8"} <= set(state["raw_payloads"]))
def _(script: Script) -> None:
    references = [
        {"raw_payload_id": f"raw_payload:{n}", "kind": {"type": "tool_result"}, "path": "payloads/1.json"}
        for n in (7, 8)
    ]
    script.event("invented", one=references[0], many=references[1:])


@case("other_event", lambda state: "raw_payload:1" in state["raw_payloads"])
def _(script: Script) -> None:
    reference = script.payload(Body("tool_result", {}))
    script.event("other", kind="k", summary="s", payloads=[reference], metadata=None)


@case("number_too_large", lambda state: "u7" in state["codex_turns"])
def _(script: Script) -> None:
    script.event(
        "codex_turn_started",
        envelope={"wall_time_unix_ms": 10**30},
        codex_turn_id="u7",
        thread_id="t1",
    )


@case("seq_gap", lambda state: "u7" in state["codex_turns"])
def _(script: Script) -> None:
    script.seq += 5
    script.turn("u7")


@case("seq_repeated", lambda state: len(state["threads"]) == 1)
def _(script: Script) -> int:
    lines = script.spine.read_bytes().splitlines()
    script.line(lines[1])
    return 2


@case("seq_out_of_order", lambda state: "u7" in state["codex_turns"])
def _(script: Script) -> int:
    script.seq += 5
    script.turn("u6")
    script.event("codex_turn_started", envelope={"seq": 4}, codex_turn_id="u7", thread_id="t1")
    script.seq = 4
    return 4


@case("event_schema", lambda state: "u7" in state["codex_turns"])
def _(script: Script) -> None:
    script.event("codex_turn_started", envelope={"schema_version": 1}, codex_turn_id="u7", thread_id="t1")


@case("foreign_rollout")
def _(script: Script) -> None:
    script.event("codex_turn_started", envelope={"rollout_id": "r9"}, codex_turn_id="u7", thread_id="t1")


@case("event_after_end", lambda state: "u7" in state["codex_turns"])
def _(script: Script) -> None:
    script.event("recording_completed")
    script.turn("u7")


# -- payloads ------------------------------------------------------------------------


def no_request(state: Json) -> bool:
    call = state["inference_calls"]["i1"]
    return call["request_item_ids"] == [] and call["raw_request_payload_id"] in state["raw_payloads"]


@case("payload_missing", no_request)
def _(script: Script) -> None:
    script.ask("i1", body=Body("inference_request", None))


@case("payload_unreadable", no_request)
def _(script: Script) -> None:
    (script.folder / "payloads" / "folder").mkdir()
    script.ask("i1", body=Body("inference_request", None, "payloads/folder"))


@case("payload_outside_bundle", no_request)
def _(script: Script) -> None:
    (script.folder.parent / "outside.json").write_text('{"input": []}')
    script.ask("i1", body=Body("inference_request", {}, "../outside.json"))


@case("payload_outside_bundle", no_request)
def _(script: Script) -> None:
    script.ask("i1", body=Body("inference_request", {}, "/etc/passwd"))


@case("payload_too_large", no_request)
def _(script: Script) -> None:
    script.ask("i1", body=Body("inference_request", None, "payloads/large.json"))
    with (script.folder / "payloads" / "large.json").open("wb") as large:
        large.truncate(limits.LARGEST_BODY + 1)


@case("payload_too_large", no_request)
def _(script: Script) -> None:
    script.ask("i1", body=Body("inference_request", b'{"input": [' + b"0," * limits.MOST_VALUES + b"0]}"))


@case("bad_payload", lambda state: state["inference_calls"]["i1"]["execution"]["status"] == "completed")
def _(script: Script) -> None:
    script.ask("i1")
    script.answer("i1", body={"output_items": {}})


@case("bad_payload", lambda state: state["threads"]["t2"]["agent_path"] == "/root/kid")
def _(script: Script) -> None:
    script.thread("t2", "/root/kid", {"nickname": 7})


@case("bad_payload", lambda state: state["compactions"]["k1"]["replacement_item_ids"] == [])
def _(script: Script) -> None:
    script.compact("k1", [], [], body={"input_history": []})


@case("bad_payload", lambda state: len(state["terminal_operations"]) == 1)
def _(script: Script) -> None:
    script.tool("x1")
    script.work("x1", {"cwd": "/"}, "exec_command" if script.schema == 2 else None)


@case("bad_request", no_request)
def _(script: Script) -> None:
    script.ask("i1", body={"input": "text"})


@case("bad_request", no_request)
def _(script: Script) -> None:
    script.ask("i1", body=Body("inference_request", b'{"input": [], "x": "\xff"}'))


# -- threads and turns ------------------------------------------------------------------


@case("duplicate_thread", lambda state: state["threads"]["t1"]["agent_path"] == "/root")
def _(script: Script) -> None:
    script.thread("t1", "/other")


@case("duplicate_turn", lambda state: state["codex_turns"]["u1"]["thread_id"] == "t1")
def _(script: Script) -> int:
    script.thread("t2", "/root/kid")
    return script.turn("u1", "t2")


@case(
    "unknown_thread", lambda state: state["codex_turns"]["u7"]["thread_id"] == "t7" and state["threads"]["t7"]
)
def _(script: Script) -> None:
    script.turn("u7", "t7")


@case("unknown_thread", lambda state: state["threads"]["t7"]["execution"]["status"] == "failed")
def _(script: Script) -> None:
    script.event("thread_ended", thread_id="t7", status="failed")


@case("unknown_thread", lambda state: state["interaction_edges"] == {})
def _(script: Script) -> None:
    script.event(
        "agent_result_observed",
        edge_id="e",
        child_thread_id="t7",
        child_codex_turn_id="u7",
        parent_thread_id="t1",
        message="x",
    )


@case("unknown_turn", lambda state: state["inference_calls"]["i1"]["codex_turn_id"] == "u7")
def _(script: Script) -> None:
    script.ask("i1", turn="u7")


@case("unknown_turn", lambda state: state["codex_turns"]["u7"]["execution"]["status"] == "completed")
def _(script: Script) -> None:
    script.end_turn("u7")


@case("no_thread", lambda state: state["tool_calls"]["x1"]["thread_id"] == "t1")
def _(script: Script) -> None:
    script.tool("x1", OTHER, thread=None, turn=None)


@case("no_thread", lambda state: state["compactions"]["k1"]["thread_id"] == "t1")
def _(script: Script) -> None:
    script.compact("k1", [], [], thread=None, turn=None)


@case("no_turn", lambda state: state["code_cells"]["code_cell:c1"]["codex_turn_id"] == "u1")
def _(script: Script) -> None:
    script.ask("i1", cell_call("c1"))
    script.cell("1", "c1", turn=None)


def other_thread(script: Script) -> None:
    script.thread("t2", "/root/kid")
    script.turn("u2", "t2")


@case("thread_mismatch", lambda state: state["tool_calls"]["x1"]["thread_id"] == "t2")
def _(script: Script) -> None:
    other_thread(script)
    script.tool("x1", OTHER, thread="t1", turn="u2")


@case("thread_mismatch", lambda state: state["inference_calls"]["i1"]["thread_id"] == "t2")
def _(script: Script) -> None:
    other_thread(script)
    script.ask("i1", thread="t1", turn="u2")


@case("thread_mismatch", lambda state: state["codex_turns"]["u2"]["execution"]["status"] == "completed")
def _(script: Script) -> None:
    other_thread(script)
    script.end_turn("u2", thread="t1")


@case("resumed_unknown_thread", lambda state: state["threads"]["t7"]["execution"]["status"] == "running")
def _(script: Script) -> None:
    script.event("thread_resumed", thread_id="t7")


@case("resumed_running_thread", lambda state: state["threads"]["t1"]["execution"]["status"] == "running")
def _(script: Script) -> None:
    script.event("thread_resumed", thread_id="t1")


# -- conversation ------------------------------------------------------------------------


@case("acceptance_without_thread")
def _(script: Script) -> None:
    script.event("history_item_accepted", thread=None, item_id="m1")


def accepted(state: Json) -> bool:
    (item,) = state["conversation_items"].values()
    return "accepted_seq" in item


@case("bad_receipt", lambda state: state["conversation_items"]["conversation_item:1"]["accepted_seq"])
def _(script: Script) -> int:
    body = Body("protocol_event", agent_message("/root", "/root", "x", id="m2"))
    script.event("history_item_accepted", item_id="m1", agent_message_payload=body)
    seq = script.seq
    script.ask("i1", agent_message("/root", "/root", "x", id="m1"))
    return seq


def opaque(label: str) -> Callable[[Json], object]:
    """The first request shows an item that only names its type."""

    def found(state: Json) -> object:
        (one,) = state["inference_calls"]["i1"]["request_item_ids"]
        (part,) = state["conversation_items"][one]["body"]["parts"]
        return (part["type"], part["label"]) == ("payload_ref", label)

    return found


@case("bad_item", opaque("message"))
def _(script: Script) -> None:
    script.ask("i1", {"type": "message", "role": "nobody", "content": []})


@case("bad_item", opaque("reasoning"))
def _(script: Script) -> None:
    script.ask("i1", {"type": "reasoning", "summary": None})


@case("bad_item", opaque("item"))
def _(script: Script) -> None:
    script.ask("i1", "text")


@case("unsupported_item_type", opaque("other"))
def _(script: Script) -> None:
    script.ask("i1", {"type": "other", "call_id": "c1"})


@case("item_too_large", opaque("message"))
def _(script: Script) -> None:
    script.ask("i1", {"type": "message", "role": "user", "content": [0] * (limits.MOST_PARTS + 1)})


@case("item_too_large", opaque("agent_message"))
def _(script: Script) -> None:
    parts = [{"type": "input_text", "text": "x"}] * (limits.MOST_PARTS + 1)
    script.ask("i1", agent_message("/root/a", "/root", "x") | {"content": parts})


@case("call_id_reused", lambda state: len(state["inference_calls"]["i1"]["request_item_ids"]) == 2)
def _(script: Script) -> None:
    script.ask("i1", call("c1", arguments="one"), call("c1", arguments="two"))


@case("unknown_previous_response", lambda state: len(state["inference_calls"]["i2"]["request_item_ids"]) == 2)
def _(script: Script) -> None:
    script.ask("i1", user("a"))
    script.ask("i2", user("b"), previous="r9")


@case("conversation_mismatch", lambda state: len(state["inference_calls"]["i3"]["request_item_ids"]) == 3)
def _(script: Script) -> None:
    script.ask("i1", user("a"))
    script.answer("i1", assistant("x"), response_id="r1")
    script.ask("i2", user("b"), previous="r1")
    script.ask("i3", user("other"), previous="r1")


def request_compaction(script: Script, what: str, name: str, **more: Any) -> None:
    script.event(f"compaction_request_{what}", compaction_id="k1", compaction_request_id=name, **more)


def start_compaction(script: Script) -> None:
    request_compaction(
        script,
        "started",
        "r1",
        thread_id="t1",
        codex_turn_id="u1",
        model="m",
        provider_name="p",
        request_payload=Body("compaction_request", {}),
    )


@case("duplicate_compaction", lambda state: len(state["compactions"]["k1"]["replacement_item_ids"]) == 1)
def _(script: Script) -> None:
    script.compact("k1", [], [user("s")])
    script.compact("k1", [], [])


@case("duplicate_compaction_request", lambda state: len(state["compaction_requests"]) == 1)
def _(script: Script) -> None:
    start_compaction(script)
    start_compaction(script)


@case("unknown_compaction_request")
def _(script: Script) -> None:
    request_compaction(script, "failed", "r7", error="no")


@case("compaction_mismatch", lambda state: state["compaction_requests"]["r1"]["compaction_id"] == "k1")
def _(script: Script) -> None:
    start_compaction(script)
    script.event("compaction_request_failed", compaction_id="k2", compaction_request_id="r1", error="no")


# -- calls ---------------------------------------------------------------------------------


@case("duplicate_inference", lambda state: len(state["inference_calls"]["i1"]["request_item_ids"]) == 1)
def _(script: Script) -> None:
    script.ask("i1", user("a"))
    script.ask("i1", user("a"), user("b"))


@case("unknown_inference", lambda state: "raw_payload:1" in state["raw_payloads"])
def _(script: Script) -> None:
    script.answer("i7", assistant("x"))


@case("duplicate_tool_call", lambda state: state["tool_calls"]["x1"]["kind"] == OTHER)
def _(script: Script) -> None:
    script.tool("x1", OTHER)
    script.tool("x1", "web")


@case("duplicate_model_call", lambda state: {"x1", "x2"} <= set(state["tool_calls"]))
def _(script: Script) -> None:
    script.tool("x1", OTHER, call_id="c1")
    script.tool("x2", OTHER, call_id="c1")


@case("unknown_tool_call", lambda state: "raw_payload:1" in state["raw_payloads"])
def _(script: Script) -> None:
    script.end_tool("x7", result={})


@case("duplicate_mcp_correlation", lambda state: state["tool_calls"]["x1"]["mcp_call_id"] == "a")
def _(script: Script) -> None:
    script.tool("x1", OTHER)
    for name in "ab":
        script.event("mcp_tool_call_correlation_assigned", tool_call_id="x1", mcp_call_id=name)


@case("missing_kind", lambda state: state["tool_calls"]["x1"]["kind"]["type"] == "mcp")
def _(script: Script) -> None:
    script.tool("x1", OTHER)
    script.work("x1", {"invocation": {"server": "s", "tool": "t"}}, None)


# -- code cells -------------------------------------------------------------------------------


@case("duplicate_code_cell", lambda state: state["code_cells"]["code_cell:c1"]["source_js"] == "one")
def _(script: Script) -> None:
    script.ask("i1", cell_call("c1"))
    script.cell("1", "c1", source="one")
    script.cell("1", "c1", source="two")


@case(
    "runtime_cell_remapped", lambda state: state["code_cells"]["code_cell:c2"]["runtime_status"] == "failed"
)
def _(script: Script) -> int:
    script.ask("i1", cell_call("c1"), cell_call("c2"))
    script.cell("1", "c1")
    seq = script.cell("1", "c2")
    script.cell_event("ended", "1", "failed")
    return seq


@case("unknown_code_cell", lambda state: state["tool_calls"]["x1"]["requester"]["type"] == "code_cell")
def _(script: Script) -> None:
    script.tool("x1", OTHER, cell="7")


@case("unknown_code_cell")
def _(script: Script) -> None:
    script.cell_event("ended", "7", "failed")


@case("wait_arguments", lambda state: "x1" in state["tool_calls"])
def _(script: Script) -> None:
    script.tool("x1", OTHER, invocation=function("wait", {"cell_id": 7}))


@case("wait_arguments", lambda state: "x1" in state["tool_calls"])
def _(script: Script) -> None:
    script.tool("x1", OTHER, invocation=function("wait", "no json"))


@case("wait_arguments", lambda state: "x1" in state["tool_calls"])
def _(script: Script) -> None:
    script.tool("x1", OTHER, invocation={"tool_name": "wait", "payload": {"type": "custom", "input": ""}})


# -- terminals ----------------------------------------------------------------------------------


BEGIN = {"command": ["ls"], "cwd": "/", "process_id": "7"}


def run(script: Script, tool: str = "x1") -> int:
    script.tool(tool)
    return script.work(tool, BEGIN, "exec_command" if script.schema == 2 else None)


@case("bad_terminal_invocation", lambda state: state["tool_calls"]["x1"]["terminal_operation_id"] is None)
def _(script: Script) -> None:
    script.tool("x1", "write_stdin", invocation=function("else", {"session_id": 1}))


@case("stdin_arguments", lambda state: state["tool_calls"]["x1"]["terminal_operation_id"] is None)
def _(script: Script) -> None:
    script.tool("x1", "write_stdin", invocation=function("write_stdin", {}))


@case("second_terminal_operation", lambda state: len(state["terminal_operations"]) == 1)
def _(script: Script) -> None:
    run(script)
    script.work("x1", BEGIN, "exec_command" if script.schema == 2 else None)


@case(
    "bad_terminal_result",
    lambda state: state["terminal_operations"]["terminal_operation:1"]["result"]["stdout"] == "out",
)
def _(script: Script) -> None:
    run(script)
    script.worked("x1", {"exit_code": None, "aggregated_output": "out"})


@case(
    "process_id_changed",
    lambda state: state["terminal_operations"]["terminal_operation:1"]["result"]["exit_code"] == 3,
)
def _(script: Script) -> None:
    run(script)
    script.worked("x1", {"exit_code": 3, "process_id": "8"})


@case("unknown_stdin_target")
def _(script: Script) -> None:
    run(script)
    script.event("stdin_target_resolved", tool_call_id="x1", exec_tool_call_id="x7")


# -- agents -----------------------------------------------------------------------------------------


def no_edge(state: Json) -> bool:
    return state["interaction_edges"] == {} and "x1" in state["tool_calls"]


def active(script: Script, kind: str, did: str, message: Any = None) -> None:
    script.tool("x1", kind, invocation=function(kind, message or {"message": "go"}))
    script.worked(
        "x1", {"event_id": "e", "agent_thread_id": UUIDS[0], "agent_path": "/root/kid", "kind": did}
    )


@case("bad_agent_activity", no_edge)
def _(script: Script) -> None:
    active(script, "spawn_agent", "interrupted")


@case("agent_call_without_message", no_edge)
def _(script: Script) -> None:
    active(script, "spawn_agent", "started", {"text": "go"})


@case("bad_payload", no_edge)
def _(script: Script) -> None:
    script.tool("x1", "send_message", invocation=function("send_message", {}))
    body = {"call_id": "x1", "sender_thread_id": "no uuid", "receiver_thread_id": UUIDS[0], "prompt": "go"}
    script.work("x1", body, "send_message" if script.schema == 2 else None)


@case(
    "conflicting_edge",
    lambda state: state["interaction_edges"]["edge:agent_result:x"]["kind"] == "agent_result",
)
def _(script: Script) -> None:
    script.ask("i1", agent_message("/root", "/root", "one"), agent_message("/root", "/root", "two"))
    for text in ("one", "two"):
        script.event(
            "agent_result_observed",
            edge_id="edge:agent_result:x",
            child_thread_id="t1",
            child_codex_turn_id="u1",
            parent_thread_id="t1",
            message=text,
        )


# -- and that it holds ---------------------------------------------------------------------------------

NEVER_REFUSED = ("seq_gap", "foreign_rollout")


def _each(schemas_of: Callable[[str], Iterable[int]]) -> pytest.MarkDecorator:
    """Each case, in a bundle of each schema that `schemas_of` its code."""
    return pytest.mark.parametrize(
        ("either", "code", "way"),
        [
            pytest.param(schema, code, way, id=f"{code}-{at}-schema{schema}")
            for code, ways in CASES.items()
            for at, way in enumerate(ways)
            for schema in schemas_of(code)
        ],
        indirect=["either"],
    )


@_each(lambda code: (1, 2) if code in NEVER_REFUSED else CODES[code].refused_in)
def test_it_is_said_and_the_rest_is_there(either: Script, code: str, way: Way) -> None:
    write, shown = way
    either.begin()
    seq = write(either) or either.seq
    either.turn("after")
    either.ask("i-after", user("after"), turn="after")
    either.answer("i-after", assistant("answer"), turn="after")
    either.tool("x-after", OTHER, turn="after")
    trace = either.trace()
    said = [one for one in trace.diagnostics if one.code == code]
    assert said, [one.code for one in trace.diagnostics]
    assert seq in [one.seq for one in said]
    assert all(trace.history.events.seqs[one.event] == one.seq for one in said)
    state = state_of(trace)
    assert shown(state)
    assert state["codex_turns"]["after"]["thread_id"] == state["tool_calls"]["x-after"]["thread_id"] == "t1"
    call = state["inference_calls"]["i-after"]
    assert len(call["request_item_ids"]) == len(call["response_item_ids"]) == 1
    assert call["execution"]["status"] == "completed"
    refused = either.schema in CODES[code].refused_in
    assert all(one.refused == refused for one in said)
    if refused:
        with pytest.raises(ReductionRefused):
            either.trace(strict=True)


@_each(lambda code: CODES[code].refused_in)
def test_strict_reduction_gives_that_reason(either: Script, code: str, way: Way) -> None:
    write, _ = way
    either.begin()
    write(either)
    first, *later = (one for one in either.trace().diagnostics if one.refused)
    assert code in [first.code, *(one.code for one in later)]
    with pytest.raises(ReductionRefused) as refused:
        either.trace(strict=True)
    assert refused.value.diagnostic == first
    assert f"line {first.event}, seq {first.seq}: " in str(refused.value)


def test_a_torn_last_line(either: Script) -> None:
    either.begin()
    with either.spine.open("ab") as spine:
        spine.write(b'{"schema_version":')
    trace = either.trace()
    assert [one.code for one in trace.diagnostics] == ["recording_cut"]
    assert len(trace) == 2
    with pytest.raises(ReductionRefused):
        either.trace(strict=True)


def test_a_manifest_that_contradicts_its_events(script1: Script) -> None:
    script1.schema = 2
    script1.begin()
    script1.event("thread_resumed", thread_id="t9")
    trace = script1.trace()
    assert [one.code for one in trace.diagnostics] == ["manifest_schema", "resumed_unknown_thread"]
    assert state_of(trace)["schema_version"] == 2


def test_a_manifest_of_a_schema_nobody_knows(script1: Script) -> None:
    script1.manifest(schema_version=7)
    script1.begin()
    trace = script1.trace()
    assert [(one.code, one.refused) for one in trace.diagnostics] == [("manifest_schema", False)]
    assert trace.history.schema_version == 1


def test_too_little_memory(script: Script) -> None:
    script.begin()
    trace = Trace(open_bundle(script.folder), memory=-(1 << 40)).load()
    while trace.advance(16 << 20).more:
        pass
    assert [one.code for one in trace.diagnostics] == ["memory_used_up"]


def test_memory_that_comes_free_later_is_not_for_reading_on(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    script.begin()
    trace = Trace(open_bundle(script.folder))
    room = iter((False, True, True))
    monkeypatch.setattr(MemoryBudget, "room_for", lambda budget, size: next(room))
    for _ in range(3):
        assert not trace.advance().more
    assert trace.head == 0 and [one.code for one in trace.diagnostics] == ["memory_used_up"]


# -- the table ---------------------------------------------------------------------------------------------


def codes_in_use() -> set[str]:
    """Every code that the sources give to a diagnostic."""
    used = {"unreadable_line", "unknown_event_type", "payload_missing", "payload_outside_bundle"}
    used |= {code for code, _ in UNKNOWN.values()}
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in ("refuse", "note", "once", "say", "ItemProblem", "PayloadProblem"):
                first = node.args[0]
                used |= {first.value} if isinstance(first, ast.Constant) else set()
            elif name == "_check_order":
                used |= {"seq_gap", "seq_repeated", "seq_out_of_order"}
    return used


def test_the_table_names_every_code_and_no_other() -> None:
    assert set(CODES) == codes_in_use()


def test_every_code_is_tried() -> None:
    elsewhere = {"recording_cut", "manifest_schema", "memory_used_up"}
    assert set(CASES) | elsewhere == set(CODES)
