"""Code cells (format sections 9.1 to 9.4)."""

from __future__ import annotations

import pytest
from scripted import Json, Script, cell_call, cell_output, function, time_of, user

EXEC = {"type": "other", "name": "exec"}
OTHER = {"type": "other", "name": "x"}


def the_cell(script: Script) -> Json:
    (cell,) = script.state()["code_cells"].values()
    return dict(cell)


def started(script: Script) -> int:
    """A cell whose source item is known; the seq of its start."""
    script.begin()
    script.ask("i1", cell_call("c1"))
    return script.cell("1", "c1", source="js()")


def test_a_cell_as_its_start_tells_it(either: Script) -> None:
    seq = started(either)
    cell = the_cell(either)
    assert (cell["code_cell_id"], cell["source_item_id"], cell["runtime_cell_id"], cell["source_js"]) == (
        "code_cell:c1",
        "conversation_item:1",
        "1",
        "js()",
    )
    assert (cell["runtime_status"], cell["execution"]["status"], cell["execution"]["started_seq"]) == (
        "starting",
        "running",
        seq,
    )
    assert cell["initial_response_seq"] is cell["yielded_seq"] is None


def test_a_start_waits_for_its_source_item(either: Script) -> None:
    """Its window is that of the start event, and what came meanwhile is applied (9.2)."""
    either.begin()
    seq = either.cell("1", "c1")
    either.tool("x2", OTHER, cell="1")
    either.tool("x10", OTHER, cell="1")
    either.cell_event("initial_response", "1", "yielded")
    assert either.state()["code_cells"] == {}
    either.ask("i1", cell_call("c1"), cell_output("c1"))
    cell = the_cell(either)
    assert (cell["execution"]["started_seq"], cell["execution"]["started_at_unix_ms"]) == (seq, time_of(seq))
    assert (cell["runtime_status"], cell["yielded_seq"]) == ("yielded", seq + 3)
    assert cell["nested_tool_call_ids"] == ["x10", "x2"]
    assert cell["output_item_ids"] == ["conversation_item:2"]


def test_a_start_finds_its_source_in_what_was_compacted_before_what_replaces_it(either: Script) -> None:
    """Of item 9 and item 11, which is the first in byte order; starts are tried after each list (9.2)."""
    either.begin()
    either.ask("i1", *(user(f"{number}") for number in range(8)))
    either.cell("1", "c1")
    either.compact("z1", [cell_call("c1")], [cell_call("c1")])
    assert the_cell(either)["source_item_id"] == "conversation_item:9"


def test_a_start_without_its_source_item_is_never_seen(either: Script) -> None:
    either.begin()
    either.cell("1", "c1")
    either.tool("x1", OTHER, cell="1")
    either.ask("i1", user("a"))
    state = either.state()
    assert state["code_cells"] == {}
    assert state["tool_calls"]["x1"]["requester"] == {"type": "code_cell", "code_cell_id": "code_cell:c1"}
    assert either.codes() == []


@pytest.mark.parametrize(
    ("status", "execution"),
    [
        ("starting", "running"),
        ("running", "running"),
        ("yielded", "running"),
        ("completed", "completed"),
        ("failed", "failed"),
        ("terminated", "cancelled"),
    ],
)
def test_what_an_end_says_of_the_execution(either: Script, status: str, execution: str) -> None:
    started(either)
    seq = either.cell_event("ended", "1", status, {"response": {}})
    cell = the_cell(either)
    assert (cell["runtime_status"], cell["execution"]["status"]) == (status, execution)
    assert (cell["execution"]["ended_seq"], cell["initial_response_seq"]) == (seq, seq)
    assert (cell["initial_response_status"], cell["raw_result_payload_id"]) == (None, "raw_payload:2")


def test_each_yield_counts_and_the_first_response(either: Script) -> None:
    started(either)
    first = either.cell_event("initial_response", "1", "yielded", {"response": {}})
    second = either.cell_event("initial_response", "1", "yielded")
    either.cell_event("ended", "1", "completed")
    cell = the_cell(either)
    assert (cell["initial_response_seq"], cell["yielded_seq"]) == (first, second)
    assert (cell["initial_response_status"], cell["raw_initial_response_payload_id"]) == (
        "yielded",
        "raw_payload:2",
    )


def test_a_response_after_the_end_is_still_the_first(either: Script) -> None:
    started(either)
    either.cell_event("ended", "1", "completed")
    seq = either.cell_event("initial_response", "1", "completed")
    cell = the_cell(either)
    assert (cell["initial_response_seq"], cell["initial_response_status"]) == (seq, "completed")


def test_the_last_end_counts(either: Script) -> None:
    started(either)
    either.end_turn(status="cancelled")
    seq = either.cell_event("ended", "1", "completed")
    cell = the_cell(either)
    assert (cell["runtime_status"], cell["execution"]["ended_seq"]) == ("completed", seq)


def test_outputs_belong_to_the_cell(either: Script) -> None:
    started(either)
    either.ask("i2", cell_call("c1"), cell_output("c1"))
    assert the_cell(either)["output_item_ids"] == ["conversation_item:2"]
    item = either.state()["conversation_items"]["conversation_item:2"]
    assert item["produced_by"] == [{"type": "code_cell", "code_cell_id": "code_cell:c1"}]


@pytest.mark.parametrize("first", ["tool", "cell"])
def test_the_exec_call_of_schema_2_names_its_cell(script: Script, first: str) -> None:
    script.begin()
    script.ask("i1", cell_call("c1"))
    if first == "tool":
        script.tool("x1", EXEC, call_id="c1")
    script.cell("1", "c1")
    if first == "cell":
        script.tool("x1", EXEC, call_id="c1")
    script.tool("x2", OTHER, call_id="c2")
    tools = script.state()["tool_calls"]
    assert tools["x1"]["started_code_cell_id"] == "code_cell:c1"
    assert "started_code_cell_id" not in tools["x2"]


def test_a_wait_is_linked_to_the_cell_it_names(either: Script) -> None:
    started(either)
    either.tool("x1", OTHER, invocation=function("wait", {"cell_id": "1"}))
    either.tool("x2", OTHER, invocation=function("other", {"cell_id": "1"}))
    assert the_cell(either)["wait_tool_call_ids"] == ["x1"]


def test_a_wait_on_a_cell_that_is_not_there_yet_is_never_linked(either: Script) -> None:
    either.begin()
    either.cell("1", "c1")
    either.tool("x1", OTHER, invocation=function("wait", {"cell_id": "1"}))
    either.tool("x2", OTHER, invocation=function("wait", {"cell_id": "9"}))
    either.ask("i1", cell_call("c1"))
    assert the_cell(either)["wait_tool_call_ids"] == []
    assert either.codes() == []


def test_runtime_ids_are_a_thread_s_own(either: Script) -> None:
    either.begin()
    either.thread("t2", "/root/kid")
    either.turn("u2", "t2")
    either.ask("i1", cell_call("c1"))
    either.ask("i2", cell_call("c2"), thread="t2", turn="u2")
    either.cell("1", "c1")
    either.cell("1", "c2", thread="t2", turn="u2")
    either.event("code_cell_ended", thread="t2", turn="u2", runtime_cell_id="1", status="failed")
    cells = either.state()["code_cells"]
    assert [cell["runtime_status"] for cell in cells.values()] == ["starting", "failed"]
