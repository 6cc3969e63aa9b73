"""Histories, agents and odd input: what is recorded of them means the same to both reducers."""

from __future__ import annotations

from typing import Any

from recorded import Reduce, events_of, payload_of

from rollout_tui.recorder import (
    Conversation,
    CountingIds,
    Recording,
)


def one(table: dict[str, Any]) -> Any:
    (value,) = table.values()
    return value


def test_agents_and_their_edges(recording: Recording, both_reduce: Reduce) -> None:
    root = recording.root
    with root.turn() as turn:
        with turn.tool_call(
            "spawn_agent", {"task_name": "Look Up!", "message": "look it up"}, call_id="s1"
        ) as call:
            child = root.child("Look Up!", asked_by=call, agent_role="reader")
            call.completed("{}")
        heard = Conversation(child, CountingIds(6))
        task = child.turn()
        heard.from_agent(root, "look it up")
        with task.inference(heard.request("m")) as inference:
            inference.completed([{"type": "message", "id": "a1", "role": "assistant", "content": "it is 4"}])
        with turn.tool_call("send_message", {"target": "look_up", "message": "hurry"}, call_id="s2") as call:
            call.interacted(child)
        heard.from_agent(root, "hurry")
        task.end()
        task.report("it is 4")
        task.report("it is 4, again")
        Conversation(root, CountingIds(7)).from_agent(child, "it is 4")
        with turn.tool_call("close_agent", {"target": "look_up", "message": ""}, call_id="s3") as call:
            call.interrupted(child)
        with turn.tool_call("send_message", {"no": "message"}, call_id="s4") as call:
            call.interacted(child)
        orphan = root.child("look up")
    recording.close()
    assert recording.bundle is not None
    assert (child.agent_path, orphan.agent_path) == ("/root/look_up", "/root/look_up_2")
    state = both_reduce(recording.bundle)
    edges = {edge["kind"]: edge for edge in state["interaction_edges"].values()}
    assert set(edges) == {"spawn_agent", "send_message", "agent_result", "close_agent"}
    assert all(edges[kind]["carried_item_ids"] for kind in ("spawn_agent", "send_message", "agent_result"))
    origin = state["threads"][child.thread_id]["origin"]
    assert (origin["parent_thread_id"], origin["agent_role"]) == (root.thread_id, "reader")
    assert all(thread["execution"]["status"] == "completed" for thread in state["threads"].values())


def test_a_thread_goes_on_after_its_end(recording: Recording, both_reduce: Reduce) -> None:
    child = recording.root.child("helper")
    child.resume()
    child.end()
    child.resume()
    child.turn().end("failed")
    child.end("failed")
    recording.close()
    assert recording.bundle is not None
    thread = both_reduce(recording.bundle)["threads"][child.thread_id]
    assert thread["execution"]["status"] == "failed"


def test_a_compaction(recording: Recording, both_reduce: Reduce) -> None:
    conversation = Conversation(recording.root, CountingIds(8))
    with recording.root.turn() as turn:
        conversation.message("user", "a long story")
        with turn.inference(conversation.request("m")) as call:
            call.completed(
                [{"type": "message", "id": "a1", "role": "assistant", "content": "yes"}], response_id="r1"
            )
        with turn.compaction() as compaction:
            with compaction.request({"model": "m", "input": conversation.items}) as request:
                request.failed("busy")
            with compaction.request({"model": "m", "input": conversation.items}) as request:
                request.completed([{"type": "compaction", "encrypted_content": "short"}])
            short = [{"type": "compaction", "id": "cmp_1", "encrypted_content": "short"}]
            compaction.install(conversation.items, short)
        conversation.replace(*short)
        with turn.inference(conversation.request("m", previous_response_id="r1")) as call:
            call.completed([])
    recording.close()
    assert recording.bundle is not None
    state = both_reduce(recording.bundle)
    assert len(one(state["compactions"])["request_ids"]) == 2
    assert [one["status"] for one in (r["execution"] for r in state["compaction_requests"].values())] == [
        "failed",
        "completed",
    ]


def test_requests_that_send_only_what_is_new(recording: Recording, both_reduce: Reduce) -> None:
    def ask(text: str, previous: str | None, response: str, fails: bool = False) -> None:
        body = {"model": "m", "input": [{"role": "user", "content": text}], "previous_response_id": previous}
        with turn.inference(body) as call:
            if fails:
                call.failed("lost")
            else:
                answer = {"type": "message", "id": f"msg_{response}", "role": "assistant", "content": "yes"}
                call.completed([answer], response_id=response)

    with recording.root.turn() as turn:
        ask("one", None, "r1")
        ask("two", "r1", "r2", fails=True)
        ask("two", "r1", "r2")
        ask("elsewhere", "r1", "r3")  # a branch: the trace has moved on from r1
        ask("four", "r3", "r4")
        ask("from another session", "r0", "r5")
    recording.close()
    bundle = recording.bundle
    assert bundle is not None
    asked = [
        payload_of(bundle, event["payload"]["request_payload"])
        for event in events_of(bundle)
        if event["payload"]["type"] == "inference_started"
    ]
    assert [body.get("previous_response_id") for body in asked] == [None, "r1", "r1", None, "r3", None]
    assert [body.get("unrecorded_previous_response_id") for body in asked][3:] == ["r1", None, "r0"]
    calls = sorted(
        both_reduce(bundle)["inference_calls"].values(), key=lambda c: c["execution"]["started_seq"]
    )
    assert [len(call["request_item_ids"]) for call in calls] == [1, 3, 3, 1, 3, 1]


def test_every_kind_of_item_a_harness_may_send(recording: Recording, both_reduce: Reduce) -> None:
    items: list[Any] = [
        "plain text",
        {"role": "system", "content": [{"type": "input_text", "text": "be brief"}]},
        {"role": "critic", "content": None},
        {"type": "message", "role": "user", "content": [{"type": "input_image", "image_url": "data:"}, 3]},
        {"type": "reasoning", "id": "rs_1", "summary": []},
        {"type": "reasoning", "id": "rs_2"},
        {"type": "compaction"},
        {"type": "agent_message", "author": 1, "content": []},
        {"type": "item_reference", "id": "x"},
        {
            "type": "computer_call",
            "call_id": "k1",
            "id": "cu_1",
            "action": {"type": "click"},
            "status": "done",
        },
        {"type": "computer_call_output", "call_id": "k1", "output": {"type": "image"}},
        {"type": "file_search_call", "id": "fs_1", "queries": ["q"], "status": "completed"},
        {"type": "web_search_call", "id": "ws_1"},
        {"type": "function_call", "call_id": "k2", "name": "f", "arguments": "not json"},
        17,
        None,
        object(),
    ]
    with recording.root.turn() as turn:
        for _ in range(2):
            with turn.inference({"model": "m", "input": items}) as call:
                call.completed([{"type": "mystery", "value": 1}])
    recording.close()
    assert recording.bundle is not None
    calls = sorted(
        both_reduce(recording.bundle)["inference_calls"].values(), key=lambda c: c["execution"]["started_seq"]
    )
    assert len(calls[0]["request_item_ids"]) == len(items)
    same = set(calls[0]["request_item_ids"]) & set(calls[1]["request_item_ids"])
    assert len(same) == len(items)


def test_tools_with_names_that_the_format_gives_a_meaning(recording: Recording, both_reduce: Reduce) -> None:
    with recording.root.turn() as turn:
        with turn.tool_call("wait", {"seconds": 3}, call_id="w1") as call:
            call.completed("slept")
        with turn.tool_call("write_stdin", "free text", call_id="w2", custom=True) as call:
            call.completed("x")
        with turn.tool_call("write_stdin", {"session_id": 7, "chars": "y\n"}, call_id="w3") as call:
            call.command(["no"], cwd="/").exited(0)
            call.completed("typed")
        with turn.tool_call("spawn_agent", {"message": "hi"}, call_id="w4") as call:
            call.runtime({"anything": 1}).completed()
        with turn.tool_call("exec_command", {"cmd": "x"}, call_id="w5") as call:
            call.command(["x"], cwd="/").exited(0)
            call.command(["y"], cwd="/").exited(1)
        with turn.tool_call("add", {"a": 1}, call_id="w6", namespace="mcp__sums") as call:
            call.mcp_call_id("m1")
            call.mcp_call_id("m2")
            call.mcp("sums", "add", {"a": 1}).completed(result=2)
        with turn.tool_call("lookup", {}, call_id="w7") as call:
            call.runtime({"agent_thread_id": "mine"}).failed("no", agent_thread_id="mine")
        call.stdin_target(turn.tool_call("late", call_id="w8"))
    recording.close()
    assert recording.bundle is not None
    calls = both_reduce(recording.bundle)["tool_calls"]
    assert calls["w6"]["kind"] == {"type": "mcp", "server": "sums", "tool": "add"}
    assert calls["w6"]["mcp_call_id"] == "m1"
    assert calls["w3"]["summary"]["type"] == calls["w5"]["summary"]["type"] == "terminal"


def test_repeated_ids_are_recorded_once(recording: Recording, both_reduce: Reduce) -> None:
    with recording.root.turn("t1") as turn:
        assert not recording.root.turn("t1").recording
        assert turn.inference("x", inference_call_id="i1").recording
        assert not turn.inference("x", inference_call_id="i1").recording
        assert turn.tool_call("f", call_id="c1").recording
        assert not turn.tool_call("f", call_id="c1").recording
        assert turn.code_cell("x", call_id="e1").recording
        assert not turn.code_cell("x", call_id="e1").recording
        assert not turn.code_cell("x", call_id="e2", runtime_cell_id="1").recording
    recording.close()
    assert recording.bundle is not None
    assert recording.counters.calls_ignored == 5
    assert len(both_reduce(recording.bundle)["tool_calls"]) == 1


def test_a_protocol_event_is_kept_as_evidence(recording: Recording, both_reduce: Reduce) -> None:
    recording.protocol_event("warning", {"type": "warning", "message": "low on tea"})
    recording.close("failed")
    assert recording.bundle is not None
    state = both_reduce(recording.bundle)
    assert state["status"] == "failed"
    assert len(state["raw_payloads"]) == 2
