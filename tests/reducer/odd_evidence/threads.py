"""Threads and turns that are unknown, there twice, or not where they should be."""

from __future__ import annotations

from scripted import Script, cell_call

from .case import OTHER, case


@case("duplicate_thread", lambda state: state["threads"]["t1"]["agent_path"] == "/root")
def _(script: Script) -> None:
    script.thread("t1", "/other")


@case("duplicate_turn", lambda state: state["codex_turns"]["u1"]["thread_id"] == "t1")
def _(script: Script) -> int:
    script.thread("t2", "/root/kid")
    return script.turn("u1", "t2")


@case(
    "unknown_thread", lambda state: state["codex_turns"]["u7"]["thread_id"] == "t7" and state["threads"]["t7"]
)
def _(script: Script) -> None:
    script.turn("u7", "t7")


@case("unknown_thread", lambda state: state["threads"]["t7"]["execution"]["status"] == "failed")
def _(script: Script) -> None:
    script.event("thread_ended", thread_id="t7", status="failed")


@case("unknown_thread", lambda state: state["interaction_edges"] == {})
def _(script: Script) -> None:
    script.event(
        "agent_result_observed",
        edge_id="e",
        child_thread_id="t7",
        child_codex_turn_id="u7",
        parent_thread_id="t1",
        message="x",
    )


@case("unknown_turn", lambda state: state["inference_calls"]["i1"]["codex_turn_id"] == "u7")
def _(script: Script) -> None:
    script.ask("i1", turn="u7")


@case("unknown_turn", lambda state: state["codex_turns"]["u7"]["execution"]["status"] == "completed")
def _(script: Script) -> None:
    script.end_turn("u7")


@case("no_thread", lambda state: state["tool_calls"]["x1"]["thread_id"] == "t1")
def _(script: Script) -> None:
    script.tool("x1", OTHER, thread=None, turn=None)


@case("no_thread", lambda state: state["compactions"]["k1"]["thread_id"] == "t1")
def _(script: Script) -> None:
    script.compact("k1", [], [], thread=None, turn=None)


@case("no_turn", lambda state: state["code_cells"]["code_cell:c1"]["codex_turn_id"] == "u1")
def _(script: Script) -> None:
    script.ask("i1", cell_call("c1"))
    script.cell("1", "c1", turn=None)


def other_thread(script: Script) -> None:
    script.thread("t2", "/root/kid")
    script.turn("u2", "t2")


@case("thread_mismatch", lambda state: state["tool_calls"]["x1"]["thread_id"] == "t2")
def _(script: Script) -> None:
    other_thread(script)
    script.tool("x1", OTHER, thread="t1", turn="u2")


@case("thread_mismatch", lambda state: state["inference_calls"]["i1"]["thread_id"] == "t2")
def _(script: Script) -> None:
    other_thread(script)
    script.ask("i1", thread="t1", turn="u2")


@case("thread_mismatch", lambda state: state["codex_turns"]["u2"]["execution"]["status"] == "completed")
def _(script: Script) -> None:
    other_thread(script)
    script.end_turn("u2", thread="t1")


@case("resumed_unknown_thread", lambda state: state["threads"]["t7"]["execution"]["status"] == "running")
def _(script: Script) -> None:
    script.event("thread_resumed", thread_id="t7")


@case("resumed_running_thread", lambda state: state["threads"]["t1"]["execution"]["status"] == "running")
def _(script: Script) -> None:
    script.event("thread_resumed", thread_id="t1")
