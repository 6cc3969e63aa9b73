"""Code cells that are unknown or there twice, and waits for nothing."""

from __future__ import annotations

from scripted import Script, cell_call, function

from .case import OTHER, case


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
