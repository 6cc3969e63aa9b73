"""Tool calls (format sections 8.2 to 8.4)."""

from __future__ import annotations

from scripted import Body, Script, assistant, call, cell_call, cell_output, output, time_of, user

OTHER = {"type": "other", "name": "x"}


def test_a_tool_call_as_its_start_tells_it(either: Script) -> None:
    either.begin()
    seq = either.tool("x1", OTHER, call_id="c1", invocation={"tool_name": "x"})
    expected = {
        "tool_call_id": "x1",
        "mcp_call_id": None,
        "model_visible_call_id": "c1",
        "code_mode_runtime_tool_id": None,
        "thread_id": "t1",
        "started_by_codex_turn_id": "u1",
        "execution": {
            "started_at_unix_ms": time_of(seq),
            "started_seq": seq,
            "ended_at_unix_ms": None,
            "ended_seq": None,
            "status": "running",
        },
        "requester": {"type": "model"},
        "kind": OTHER,
        "model_visible_call_item_ids": [],
        "model_visible_output_item_ids": [],
        "terminal_operation_id": None,
        "summary": {"type": "generic", "label": "l", "input_preview": None, "output_preview": None},
        "raw_invocation_payload_id": "raw_payload:1",
        "raw_result_payload_id": None,
        "raw_runtime_payload_ids": [],
    }
    found = either.state()["tool_calls"]["x1"]
    assert found == expected
    assert list(found) == list(expected)


def test_the_turn_alone_tells_the_thread(either: Script) -> None:
    either.begin()
    either.tool("x1", OTHER, thread=None)
    either.tool("x2", OTHER, turn=None)
    tools = either.state()["tool_calls"]
    assert (tools["x1"]["thread_id"], tools["x2"]["started_by_codex_turn_id"]) == ("t1", None)


def test_items_are_linked_whichever_comes_first(either: Script) -> None:
    either.begin()
    either.ask("i1", call("c1"), output("c1"))
    either.tool("x1", OTHER, call_id="c1")
    either.tool("x2", OTHER, call_id="c2")
    either.ask("i2", call("c1"), output("c1"), call("c2"), output("c2"))
    state = either.state()
    linked = {
        name: (tool["model_visible_call_item_ids"], tool["model_visible_output_item_ids"])
        for name, tool in state["tool_calls"].items()
    }
    assert linked == {
        "x1": (["conversation_item:1"], ["conversation_item:2"]),
        "x2": (["conversation_item:3"], ["conversation_item:4"]),
    }
    for number, tool in ((2, "x1"), (4, "x2")):
        item = state["conversation_items"][f"conversation_item:{number}"]
        assert item["produced_by"] == [{"type": "tool", "tool_call_id": tool}]


def test_a_call_id_links_items_of_another_thread_that_come_later(either: Script) -> None:
    """At its start a tool takes items of its own thread; a placed item looks in all threads (8.4)."""
    either.begin()
    either.thread("t2", "/root/kid")
    either.turn("u2", "t2")
    either.ask("i1", call("c1"), thread="t2", turn="u2")
    either.tool("x1", OTHER, call_id="c1")
    assert either.state()["tool_calls"]["x1"]["model_visible_call_item_ids"] == []
    either.ask("i2", call("c1"), output("c1"), thread="t2", turn="u2")
    tool = either.state()["tool_calls"]["x1"]
    assert (tool["model_visible_call_item_ids"], tool["model_visible_output_item_ids"]) == (
        ["conversation_item:1"],
        ["conversation_item:2"],
    )


def test_items_that_a_request_only_repeats_are_linked_too(either: Script) -> None:
    """However much of a request is as it was in the one before."""
    either.begin()
    either.thread("t2", "/root/kid")
    either.turn("u2", "t2")
    sent = [call("c1"), output("c1"), cell_call("c2"), cell_output("c2"), user("a"), user("b")]
    either.ask("i1", *sent, thread="t2", turn="u2")
    either.ask("i2", cell_call("c2"))
    either.tool("x1", OTHER, call_id="c1")
    either.cell("1", "c2")
    either.ask("i3", *sent, user("c"), thread="t2", turn="u2")
    state = either.state()
    assert state["tool_calls"]["x1"]["model_visible_output_item_ids"] == ["conversation_item:2"]
    assert state["code_cells"]["code_cell:c2"]["output_item_ids"] == ["conversation_item:4"]


def test_repeated_items_are_linked_in_the_order_of_their_request(script: Script) -> None:
    script.begin()
    script.thread("t2", "/root/kid")
    script.turn("u2", "t2")
    script.ask("i1", output("c1"), thread="t2", turn="u2")
    sent = [cell_output("c1"), user("a"), output("c1"), user("b")]
    script.ask("i2", *sent, thread="t2", turn="u2")
    script.tool("x1", OTHER, call_id="c1")
    script.ask("i3", *sent, thread="t2", turn="u2")
    outputs = script.state()["tool_calls"]["x1"]["model_visible_output_item_ids"]
    assert outputs == ["conversation_item:2", "conversation_item:1"]


def test_a_second_end_overwrites_the_first(either: Script) -> None:
    either.begin()
    either.tool("x1", OTHER)
    either.end_tool("x1", "failed", {"type": "error"})
    seq = either.end_tool("x1")
    tool = either.state()["tool_calls"]["x1"]
    assert (tool["execution"]["status"], tool["execution"]["ended_seq"], tool["raw_result_payload_id"]) == (
        "completed",
        seq,
        None,
    )


def test_runtime_payloads_are_listed_once(either: Script) -> None:
    either.begin()
    either.tool("x1", OTHER)
    kind = {"kind": OTHER} if either.schema == 2 else {}
    same = either.payload(Body("tool_runtime_event", {}))
    either.event("tool_call_runtime_started", tool_call_id="x1", runtime_payload=same, **kind)
    either.event("tool_call_runtime_ended", tool_call_id="x1", status="failed", runtime_payload=same)
    tool = either.state()["tool_calls"]["x1"]
    assert tool["raw_runtime_payload_ids"] == ["raw_payload:1"]
    assert tool["execution"]["status"] == "running"


def test_the_runtime_start_tells_the_kind_in_schema_2(script: Script) -> None:
    script.begin()
    script.tool("x1", OTHER)
    script.work("x1", {}, {"type": "mcp", "server": "s", "tool": "t"})
    assert script.state()["tool_calls"]["x1"]["kind"] == {"type": "mcp", "server": "s", "tool": "t"}


def test_schema_1_reads_it_off_the_invocation(script1: Script) -> None:
    script1.begin()
    for tool, body in (
        ("x1", {"invocation": {"server": "s", "tool": "t"}}),
        ("x2", {"invocation": {"server": "s"}}),
    ):
        script1.tool(tool, OTHER)
        script1.work(tool, body, None)
    tools = script1.state()["tool_calls"]
    assert tools["x1"]["kind"] == {"type": "mcp", "server": "s", "tool": "t"}
    assert tools["x2"]["kind"] == OTHER


def test_an_mcp_server_s_id(either: Script) -> None:
    either.begin()
    either.tool("x1", OTHER)
    either.event("mcp_tool_call_correlation_assigned", tool_call_id="x1", mcp_call_id="m")
    assert either.state()["tool_calls"]["x1"]["mcp_call_id"] == "m"


def test_a_cell_s_calls_name_it(either: Script) -> None:
    either.begin()
    either.ask("i1", cell_call("c1"))
    either.cell("1", "c1")
    either.tool("x1", OTHER, cell="1", code_mode_runtime_tool_id="tool-1")
    state = either.state()
    assert state["tool_calls"]["x1"]["requester"] == {"type": "code_cell", "code_cell_id": "code_cell:c1"}
    assert state["code_cells"]["code_cell:c1"]["nested_tool_call_ids"] == ["x1"]


def test_a_response_s_call_items_tell_what_it_started(either: Script) -> None:
    either.begin()
    either.ask("i1", user("a"))
    either.answer("i1", assistant("x"), call("c1"))
    either.tool("x1", OTHER, call_id="c1")
    assert either.state()["inference_calls"]["i1"]["tool_call_ids_started_by_response"] == ["x1"]
