"""Payloads that are not there, or not what they should be."""

from __future__ import annotations

from scripted import Body, Json, Script

from rollout_tui.reducer import limits

from .case import case


def no_request(state: Json) -> bool:
    call = state["inference_calls"]["i1"]
    return call["request_item_ids"] == [] and call["raw_request_payload_id"] in state["raw_payloads"]


@case("payload_missing", no_request)
def _(script: Script) -> None:
    script.ask("i1", body=Body("inference_request", None))


@case("payload_unreadable", no_request)
def _(script: Script) -> None:
    (script.folder / "payloads" / "folder").mkdir()
    script.ask("i1", body=Body("inference_request", None, "payloads/folder"))


@case("payload_outside_bundle", no_request)
def _(script: Script) -> None:
    (script.folder.parent / "outside.json").write_text('{"input": []}')
    script.ask("i1", body=Body("inference_request", {}, "../outside.json"))


@case("payload_outside_bundle", no_request)
def _(script: Script) -> None:
    script.ask("i1", body=Body("inference_request", {}, "/etc/passwd"))


@case("payload_too_large", no_request)
def _(script: Script) -> None:
    script.ask("i1", body=Body("inference_request", None, "payloads/large.json"))
    with (script.folder / "payloads" / "large.json").open("wb") as large:
        large.truncate(limits.LARGEST_BODY + 1)


@case("payload_too_large", no_request)
def _(script: Script) -> None:
    script.ask("i1", body=Body("inference_request", b'{"input": [' + b"0," * limits.MOST_VALUES + b"0]}"))


@case("bad_payload", lambda state: state["inference_calls"]["i1"]["execution"]["status"] == "completed")
def _(script: Script) -> None:
    script.ask("i1")
    script.answer("i1", body={"output_items": {}})


@case("bad_payload", lambda state: state["threads"]["t2"]["agent_path"] == "/root/kid")
def _(script: Script) -> None:
    script.thread("t2", "/root/kid", {"nickname": 7})


@case("bad_payload", lambda state: state["compactions"]["k1"]["replacement_item_ids"] == [])
def _(script: Script) -> None:
    script.compact("k1", [], [], body={"input_history": []})


@case("bad_payload", lambda state: len(state["terminal_operations"]) == 1)
def _(script: Script) -> None:
    script.tool("x1")
    script.work("x1", {"cwd": "/"}, "exec_command" if script.schema == 2 else None)


@case("bad_request", no_request)
def _(script: Script) -> None:
    script.ask("i1", body={"input": "text"})


@case("bad_request", no_request)
def _(script: Script) -> None:
    script.ask("i1", body=Body("inference_request", b'{"input": [], "x": "\xff"}'))
