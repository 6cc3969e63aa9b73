"""Commands that do not fit."""

from __future__ import annotations

from scripted import Script, function

from .case import case

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
