"""What contexts record: every test's bundle must mean the same to both reducers."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from recorded import Reduce, events_of, kinds_of, payload_of

from rollout_tui.recorder import (
    Conversation,
    CountingIds,
    Recording,
    current_thread,
    current_tool_call,
    current_turn,
    record,
)


def model_call(name: str, call_id: str, arguments: object, *, custom: bool = False) -> dict[str, Any]:
    if custom:
        return {
            "type": "custom_tool_call",
            "id": f"ctc_{call_id}",
            "call_id": call_id,
            "name": name,
            "input": arguments,
        }
    text = json.dumps(arguments)
    return {
        "type": "function_call",
        "id": f"fc_{call_id}",
        "call_id": call_id,
        "name": name,
        "arguments": text,
    }


def one(table: dict[str, Any]) -> Any:
    (value,) = table.values()
    return value


def test_an_empty_recording_is_a_whole_rollout(recording: Recording, both_reduce: Reduce) -> None:
    bundle = recording.bundle
    assert bundle is not None
    recording.close()
    assert kinds_of(bundle) == [
        "rollout_started",
        "thread_started",
        "thread_ended",
        "rollout_ended",
        "recording_completed",
    ]
    state = both_reduce(bundle)
    assert (state["status"], state["recording_complete"]) == ("completed", True)
    assert one(state["threads"])["agent_path"] == "/root"


def test_a_plain_loop(recording: Recording, both_reduce: Reduce) -> None:
    items: list[Any] = [{"role": "user", "content": "list the files"}]
    with recording.root.turn() as turn:
        with turn.inference({"model": "m", "input": items}) as call:
            wants = model_call("exec_command", "c1", {"cmd": "ls"})
            call.completed([wants], response_id="r1", usage={"input_tokens": 9, "output_tokens": 4})
        items.append(wants)
        with turn.tool_call_for(wants) as tool:
            with tool.command(["ls"], cwd="/w", process_id=7) as process:
                process.exited(0, "a\n")
            tool.completed("a\n")
        items.append({"type": "function_call_output", "call_id": "c1", "output": "a\n"})
        with turn.inference({"model": "m", "input": items}) as call:
            call.completed([{"role": "assistant", "content": "one file: a"}])
    recording.close()
    assert recording.bundle is not None
    state = both_reduce(recording.bundle)
    first, second = sorted(
        state["inference_calls"].values(), key=lambda call: call["execution"]["started_seq"]
    )
    assert first["usage"]["input_tokens"] == 9
    assert first["tool_call_ids_started_by_response"] == ["c1"]
    assert len(second["request_item_ids"]) == 3
    tool_call, operation = state["tool_calls"]["c1"], one(state["terminal_operations"])
    assert tool_call["model_visible_call_item_ids"] and tool_call["model_visible_output_item_ids"]
    assert (operation["result"]["exit_code"], operation["result"]["stdout"]) == (0, "a\n")
    assert (
        len(one(state["threads"])["conversation_item_ids"]) == 3
    )  # the answer has no id, so it is not accepted


@pytest.mark.parametrize(
    ("error", "turn_status", "call_type"),
    [
        (RuntimeError("no network"), "failed", "inference_failed"),
        (asyncio.CancelledError(), "cancelled", "inference_cancelled"),
        (KeyboardInterrupt(), "cancelled", "inference_cancelled"),
    ],
)
def test_an_exception_ends_what_it_leaves(
    tmp_path: Path, both_reduce: Reduce, error: BaseException, turn_status: str, call_type: str
) -> None:
    recording = record(tmp_path)
    with (
        pytest.raises(type(error)),
        recording,
        recording.root.turn() as turn,
        turn.inference("hello") as call,
    ):
        call.received({"type": "message", "role": "assistant", "content": "I was say"})
        raise error
    bundle = recording.bundle
    assert bundle is not None
    ended = [event["payload"] for event in events_of(bundle)][4:]
    assert [payload["type"] for payload in ended] == [
        call_type,
        "codex_turn_ended",
        "thread_ended",
        "rollout_ended",
        "recording_completed",
    ]
    assert ended[1]["status"] == turn_status
    assert payload_of(bundle, ended[0]["partial_response_payload"])["output_items"]
    assert one(both_reduce(bundle)["codex_turns"])["execution"]["status"] == turn_status


def test_a_tool_that_raises_is_failed_and_the_exception_goes_on(
    recording: Recording, both_reduce: Reduce
) -> None:
    with recording.root.turn() as turn:
        with pytest.raises(ZeroDivisionError), turn.tool_call("divide", {"by": 0}, call_id="c1"):
            raise ZeroDivisionError("by 0")
        with turn.tool_call("exec_command", {"cmd": "x"}, call_id="c2") as tool:
            with pytest.raises(OSError), tool.command(["x"], cwd="/"):
                raise OSError("no such program")
            tool.failed("no such program")
        tool = turn.tool_call("slow", call_id="c3")
        tool.cancelled()
        tool.completed("too late")
    recording.close()
    assert recording.bundle is not None
    calls = both_reduce(recording.bundle)["tool_calls"]
    statuses = {name: call["execution"]["status"] for name, call in calls.items()}
    assert statuses == {"c1": "failed", "c2": "failed", "c3": "cancelled"}
    assert recording.counters.calls_ignored == 1


def test_a_cell_that_yields_is_waited_for_in_a_later_turn(recording: Recording, both_reduce: Reduce) -> None:
    conversation = Conversation(recording.root, CountingIds(5))
    with recording.root.turn() as first:
        conversation.message("user", "go")
        wants = model_call("exec", "e1", "run()", custom=True)
        with first.inference(conversation.request("m")) as call:
            call.completed([wants])
        conversation.add(wants)
        with first.tool_call_for(wants) as dispatch:
            cell = first.code_cell(lambda: "run()", call_id="e1")
            nested = cell.tool_call("exec_command", {"cmd": "make"})
            process = nested.command(["make"], cwd="/w")
            cell.yielded("started")
            dispatch.completed([{"type": "input_text", "text": "running, cell 1"}])
        conversation.output("e1", "running, cell 1", custom=True)
    with recording.root.turn() as second:
        wants = model_call("wait", "w1", {"cell_id": cell.runtime_cell_id})
        with second.inference(conversation.request("m")) as call:
            call.completed([wants])
        conversation.add(wants)
        with second.wait(cell, call_id="w1") as wait:
            process.exited(2, "no rule")
            nested.completed({"exit_code": 2, "output": "no rule"})
            cell.failed("make failed", "no rule")
            wait.completed("failed")
        cell.completed("not twice")
    recording.close()
    assert recording.bundle is not None
    state = both_reduce(recording.bundle)
    found = one(state["code_cells"])
    assert (found["runtime_status"], found["initial_response_status"]) == ("failed", "yielded")
    assert found["wait_tool_call_ids"] == ["w1"]
    assert found["nested_tool_call_ids"] == [nested.tool_call_id]
    assert state["tool_calls"][nested.tool_call_id]["requester"] == {
        "type": "code_cell",
        "code_cell_id": "code_cell:e1",
    }
    assert state["tool_calls"]["e1"]["started_code_cell_id"] == "code_cell:e1"
    assert one(state["terminal_operations"])["result"]["exit_code"] == 2
    end = next(
        event for event in events_of(recording.bundle) if event["payload"]["type"] == "code_cell_ended"
    )
    assert end["codex_turn_id"] == second.codex_turn_id


def test_a_terminated_cell_and_one_that_never_answered(recording: Recording, both_reduce: Reduce) -> None:
    with recording.root.turn() as turn:
        calls = [model_call("exec", f"e{n}", "loop()", custom=True) for n in (1, 2, 3)]
        with turn.inference({"input": []}) as call:
            call.completed(calls)
        with pytest.raises(asyncio.CancelledError), turn.code_cell("loop()", call_id="e1"):
            raise asyncio.CancelledError
        turn.code_cell("loop()", call_id="e2")
        with turn.code_cell("loop()", call_id="e3") as cell:
            cell.yielded()
        turn.end("cancelled")
    recording.close()
    assert recording.bundle is not None
    cells = both_reduce(recording.bundle)["code_cells"]
    assert {name: cell["runtime_status"] for name, cell in cells.items()} == {
        "code_cell:e1": "terminated",
        "code_cell:e2": "terminated",
        "code_cell:e3": "terminated",
    }


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


async def test_tasks_see_the_contexts_they_run_in(recording: Recording, both_reduce: Reduce) -> None:
    async def tool(name: str) -> str:
        with current_turn().tool_call(name, call_id=name):
            await asyncio.sleep(0.001)
            return current_tool_call().tool_call_id

    async def agent(name: str) -> list[str]:
        with recording.root.child(name) as thread, thread.turn():
            assert current_thread() is thread
            return await asyncio.gather(
                tool(f"{name}1"), tool(f"{name}2"), asyncio.to_thread(in_thread, name)
            )

    def in_thread(name: str) -> str:
        with current_turn().tool_call(f"{name}3", call_id=f"{name}3") as call:
            return call.tool_call_id

    assert not current_turn().recording
    found = await asyncio.gather(agent("a"), agent("b"))
    assert found == [["a1", "a2", "a3"], ["b1", "b2", "b3"]]
    assert not current_turn().recording
    recording.close()
    assert recording.bundle is not None
    state = both_reduce(recording.bundle)
    paths = {
        call: state["threads"][found["thread_id"]]["agent_path"]
        for call, found in state["tool_calls"].items()
    }
    assert paths == {f"{name}{n}": f"/root/{name}" for name in "ab" for n in (1, 2, 3)}


def test_a_protocol_event_is_kept_as_evidence(recording: Recording, both_reduce: Reduce) -> None:
    recording.protocol_event("warning", {"type": "warning", "message": "low on tea"})
    recording.close("failed")
    assert recording.bundle is not None
    state = both_reduce(recording.bundle)
    assert state["status"] == "failed"
    assert len(state["raw_payloads"]) == 2
