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
