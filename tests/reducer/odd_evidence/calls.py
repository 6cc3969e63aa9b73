"""Calls of models and tools that are unknown or there twice."""

from __future__ import annotations

from scripted import Script, assistant, user

from .case import OTHER, case


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
