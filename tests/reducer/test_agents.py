"""Interaction edges between agents (format section 10)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from scripted import Body, Json, Script, agent_message, assistant, function, time_of

PARENT = "019d0000-0000-7000-8000-00000000000a"
CHILD = "019d0000-0000-7000-8000-00000000000b"


def two_agents(script: Script, *, child: bool = True) -> None:
    """A parent with a turn, and a child with one."""
    script.thread(PARENT, "/root")
    script.turn("u1", PARENT)
    if child:
        script.thread(CHILD, "/root/kid")
        script.turn("u2", CHILD)


def agent_tool(script: Script, tool: str, kind: str, message: str | None = "go") -> None:
    arguments = {} if message is None else {"message": message}
    script.tool(tool, kind, thread=PARENT, invocation=function(kind, arguments))


def activity(script: Script, tool: str, kind: str, agent: str = CHILD) -> int:
    return script.worked(
        tool,
        {
            "event_id": "e",
            "occurred_at_ms": 1,
            "agent_thread_id": agent,
            "agent_path": "/root/kid",
            "kind": kind,
        },
    )


def receive(script: Script, call: str, text: str = "go", author: str = "/root") -> int:
    """The child's request carries a message to it."""
    return script.ask(call, agent_message(author, "/root/kid", text), thread=CHILD, turn="u2")


def edges(script: Script) -> dict[str, Json]:
    return dict(script.state()["interaction_edges"])


def test_a_spawn_reaches_the_child_s_first_message(either: Script) -> None:
    two_agents(either)
    agent_tool(either, "x1", "spawn_agent")
    seq = activity(either, "x1", "started")
    name = f"edge:spawn:{PARENT}:{CHILD}"
    waiting = edges(either)[name]
    assert waiting["target"] == {"type": "thread", "thread_id": CHILD}
    assert waiting["carried_item_ids"] == []
    receive(either, "i1")
    assert edges(either) == {
        name: {
            "edge_id": name,
            "kind": "spawn_agent",
            "source": {"type": "tool_call", "tool_call_id": "x1"},
            "target": {"type": "conversation_item", "item_id": "conversation_item:1"},
            "started_at_unix_ms": time_of(seq - 1),
            "ended_at_unix_ms": time_of(seq),
            "carried_item_ids": ["conversation_item:1"],
            "carried_raw_payload_ids": ["raw_payload:1", "raw_payload:2"],
        }
    }


def test_a_message_that_came_first_is_found(either: Script) -> None:
    two_agents(either)
    receive(either, "i1")
    agent_tool(either, "x1", "send_message")
    activity(either, "x1", "interacted")
    assert edges(either)["edge:tool:x1"]["carried_item_ids"] == ["conversation_item:1"]


def test_each_message_takes_one_edge(either: Script) -> None:
    two_agents(either)
    for tool in ("x1", "x2"):
        agent_tool(either, tool, "send_message")
        activity(either, tool, "interacted")
    receive(either, "i1")
    assert list(edges(either)) == ["edge:tool:x1"]
    either.ask(
        "i2",
        agent_message("/root", "/root/kid", "go"),
        agent_message("/root", "/root/kid", "go"),
        thread=CHILD,
        turn="u2",
    )
    assert edges(either)["edge:tool:x2"]["carried_item_ids"] == ["conversation_item:2"]


@pytest.mark.parametrize(
    "item",
    [
        agent_message("/root", "/root/other", "go"),
        agent_message("/root/x", "/root/kid", "go"),
        agent_message("/root", "/root/kid", "else"),
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "go"}]},
    ],
    ids=["to another", "from another", "another text", "from a user"],
)
def test_an_edge_waits_for_its_own_message(either: Script, item: Any) -> None:
    two_agents(either)
    agent_tool(either, "x1", "assign_agent_task")
    activity(either, "x1", "interacted")
    either.ask("i1", item, thread=CHILD, turn="u2")
    assert edges(either) == {}


def test_the_encrypted_text_counts_where_there_is_one(either: Script) -> None:
    two_agents(either)
    agent_tool(either, "x1", "send_message", "E")
    activity(either, "x1", "interacted")
    content = [{"type": "input_text", "text": "x"}, {"type": "encrypted_content", "encrypted_content": "E"}]
    item = {"type": "agent_message", "author": "/root", "recipient": "/root/kid", "content": content}
    either.ask("i1", item, thread=CHILD, turn="u2")
    assert "edge:tool:x1" in edges(either)


def test_the_older_message_is_json_in_a_text(either: Script) -> None:
    two_agents(either)
    agent_tool(either, "x1", "send_message")
    activity(either, "x1", "interacted")
    text = json.dumps({"author": "/root", "recipient": "/root/kid", "content": "go", "trigger_turn": True})
    either.ask("i1", assistant(text), thread=CHILD, turn="u2")
    assert "edge:tool:x1" in edges(either)


def test_a_message_counts_before_it_is_listed(script: Script) -> None:
    """What a response says is not in the thread's list yet, and can be what an agent was told."""
    two_agents(script)
    script.ask("i1", thread=PARENT)
    text = json.dumps({"author": "/root/kid", "recipient": "/root", "content": "done", "trigger_turn": False})
    script.answer("i1", assistant(text), thread=PARENT)
    result(script)
    state = script.state()
    assert state["threads"][PARENT]["conversation_item_ids"] == []
    assert state["interaction_edges"]["edge:agent_result:x"]["carried_item_ids"] == ["conversation_item:1"]


def test_the_author_is_who_made_the_call(either: Script) -> None:
    """Whatever sender an older body names."""
    two_agents(either)
    kind = "send_message" if either.schema == 2 else None
    agent_tool(either, "x1", "send_message")
    body = {"call_id": "x1", "sender_thread_id": CHILD, "receiver_thread_id": CHILD, "prompt": "go"}
    either.work("x1", body, kind)
    receive(either, "i1", author="/root/kid")
    assert edges(either) == {}
    receive(either, "i2", author="/root")
    assert list(edges(either)) == ["edge:tool:x1"]


def test_the_older_bodies(either: Script) -> None:
    """Format sections 10.2 and 10.3: begin and end name sender, receiver and prompt."""
    two_agents(either)
    body = {"call_id": "x1", "sender_thread_id": PARENT, "receiver_thread_id": CHILD, "prompt": "go"}
    kind = "send_message" if either.schema == 2 else None
    agent_tool(either, "x1", "send_message")
    either.work("x1", body, kind)
    seq = either.worked("x1", body | {"status": "running"})
    receive(either, "i1")
    edge = edges(either)["edge:tool:x1"]
    assert (edge["ended_at_unix_ms"], edge["carried_raw_payload_ids"]) == (
        time_of(seq),
        ["raw_payload:1", "raw_payload:2", "raw_payload:3"],
    )


@pytest.mark.parametrize("child", [CHILD, None])
def test_the_older_spawn_end(either: Script, child: str | None) -> None:
    two_agents(either)
    agent_tool(either, "x1", "spawn_agent")
    body = {
        "call_id": "x1",
        "sender_thread_id": PARENT,
        "new_thread_id": child,
        "prompt": "go",
        "model": "m",
        "reasoning_effort": "medium",
        "status": "running",
    }
    either.worked("x1", body)
    assert list(edges(either)) == ([] if child is None else [f"edge:spawn:{PARENT}:{CHILD}"])


def test_closing_an_agent(either: Script) -> None:
    two_agents(either)
    agent_tool(either, "x1", "close_agent")
    seq = activity(either, "x1", "interrupted")
    agent_tool(either, "x2", "close_agent")
    activity(either, "x2", "interrupted", "019d0000-0000-7000-8000-0000000000ff")
    assert edges(either) == {
        "edge:tool:x1": {
            "edge_id": "edge:tool:x1",
            "kind": "close_agent",
            "source": {"type": "tool_call", "tool_call_id": "x1"},
            "target": {"type": "thread", "thread_id": CHILD},
            "started_at_unix_ms": time_of(seq - 1),
            "ended_at_unix_ms": time_of(seq),
            "carried_item_ids": [],
            "carried_raw_payload_ids": ["raw_payload:1", "raw_payload:2"],
        }
    }


def test_a_spawn_of_a_thread_that_never_starts_is_no_edge(either: Script) -> None:
    two_agents(either, child=False)
    agent_tool(either, "x1", "spawn_agent")
    activity(either, "x1", "started")
    assert edges(either) == {}


def test_a_tool_s_result_belongs_to_its_edge(either: Script) -> None:
    two_agents(either)
    agent_tool(either, "x1", "spawn_agent")
    activity(either, "x1", "started")
    either.end_tool("x1", "completed", {"type": "error", "error": "x"})
    (edge,) = edges(either).values()
    assert edge["carried_raw_payload_ids"] == ["raw_payload:1", "raw_payload:2", "raw_payload:3"]


# -- results ------------------------------------------------------------------------------


def result(script: Script, message: str = "done", carried: Any = None) -> int:
    given = {} if carried is None else {"carried_payload": Body("agent_result", carried)}
    return script.event(
        "agent_result_observed",
        edge_id="edge:agent_result:x",
        child_thread_id=CHILD,
        child_codex_turn_id="u2",
        parent_thread_id=PARENT,
        message=message,
        **given,
    )


def test_a_result_goes_from_what_the_child_said_last(either: Script) -> None:
    """Items of one response share their time: the last id in byte order is taken, 9 before 14 (10.5)."""
    two_agents(either)
    either.ask("i1", agent_message("/root", "/root/kid", "go"), thread=CHILD, turn="u2")
    either.answer("i1", *[assistant(str(n)) for n in range(12)], thread=CHILD, turn="u2")
    seq = result(either, carried={"message": "done"})
    either.ask("i2", agent_message("/root/kid", "/root", "done"), thread=PARENT, turn="u1")
    edge = edges(either)["edge:agent_result:x"]
    assert edge["source"] == {"type": "conversation_item", "item_id": "conversation_item:9"}
    assert edge["target"] == {"type": "conversation_item", "item_id": "conversation_item:14"}
    assert (edge["started_at_unix_ms"], edge["ended_at_unix_ms"]) == (time_of(seq), time_of(seq))
    assert edge["carried_raw_payload_ids"] == ["raw_payload:3"]


def test_an_edge_that_is_there_at_once_leaves_one_that_waits_under_its_id(either: Script) -> None:
    two_agents(either)
    result(either, "first")
    either.ask("i1", agent_message("/root/kid", "/root", "second"), thread=PARENT)
    seq = result(either, "second")
    assert edges(either)["edge:agent_result:x"]["started_at_unix_ms"] == time_of(seq)
    either.ask("i2", agent_message("/root/kid", "/root", "first"), thread=PARENT)
    assert "conflicting_edge" in either.codes()


def test_a_silent_child_is_itself_the_source(either: Script) -> None:
    two_agents(either)
    either.ask("i1", agent_message("/root/kid", "/root", "done"), thread=PARENT, turn="u1")
    result(either)
    assert edges(either)["edge:agent_result:x"]["source"] == {"type": "thread", "thread_id": CHILD}


def test_the_latest_first_sight_counts_though_clocks_go_back(either: Script) -> None:
    two_agents(either)
    either.ask("i1", thread=CHILD, turn="u2")
    for call, at in (("i2", 9_000), ("i3", 5_000), ("i4", 6_000)):
        either.event(
            "inference_started",
            thread=CHILD,
            turn="u2",
            envelope={"wall_time_unix_ms": at},
            inference_call_id=call,
            thread_id=CHILD,
            codex_turn_id="u2",
            model="m",
            provider_name="p",
            request_payload=Body("inference_request", {"input": [assistant(call)]}),
        )
    result(either)
    either.ask("i9", agent_message("/root/kid", "/root", "done"), thread=PARENT, turn="u1")
    source = edges(either)["edge:agent_result:x"]["source"]
    assert source == {"type": "conversation_item", "item_id": "conversation_item:1"}
