"""What agents sent each other and cannot be told."""

from __future__ import annotations

from typing import Any

from scripted import Json, Script, agent_message, function

from .case import case

UUID = "019d0000-0000-7000-8000-00000000000a"


def no_edge(state: Json) -> bool:
    return state["interaction_edges"] == {} and "x1" in state["tool_calls"]


def active(script: Script, kind: str, did: str, message: Any = None) -> None:
    script.tool("x1", kind, invocation=function(kind, message or {"message": "go"}))
    script.worked("x1", {"event_id": "e", "agent_thread_id": UUID, "agent_path": "/root/kid", "kind": did})


@case("bad_agent_activity", no_edge)
def _(script: Script) -> None:
    active(script, "spawn_agent", "interrupted")


@case("agent_call_without_message", no_edge)
def _(script: Script) -> None:
    active(script, "spawn_agent", "started", {"text": "go"})


@case("bad_payload", no_edge)
def _(script: Script) -> None:
    script.tool("x1", "send_message", invocation=function("send_message", {}))
    body = {"call_id": "x1", "sender_thread_id": "no uuid", "receiver_thread_id": UUID, "prompt": "go"}
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
