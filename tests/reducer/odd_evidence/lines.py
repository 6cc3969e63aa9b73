"""Lines and envelopes that do not fit."""

from __future__ import annotations

import json

from scripted import Body, Script

from .case import case


@case("unreadable_line", lambda state: "raw_payload:7" in state["raw_payloads"])
def _(script: Script) -> None:
    script.seq += 1
    reference = {
        "raw_payload_id": "raw_payload:7",
        "kind": {"type": "tool_result"},
        "path": "payloads/7.json",
    }
    event = {"seq": script.seq, "payload": {"type": "tool_call_ended", "result_payload": reference}}
    script.line(json.dumps(event).encode())


@case("unknown_event_type", lambda state: {"raw_payload:7", "raw_payload:8"} <= set(state["raw_payloads"]))
def _(script: Script) -> None:
    references = [
        {"raw_payload_id": f"raw_payload:{n}", "kind": {"type": "tool_result"}, "path": "payloads/1.json"}
        for n in (7, 8)
    ]
    script.event("invented", one=references[0], many=references[1:])


@case("other_event", lambda state: "raw_payload:1" in state["raw_payloads"])
def _(script: Script) -> None:
    reference = script.payload(Body("tool_result", {}))
    script.event("other", kind="k", summary="s", payloads=[reference], metadata=None)


@case("number_too_large", lambda state: "u7" in state["codex_turns"])
def _(script: Script) -> None:
    script.event(
        "codex_turn_started",
        envelope={"wall_time_unix_ms": 10**30},
        codex_turn_id="u7",
        thread_id="t1",
    )


@case("seq_gap", lambda state: "u7" in state["codex_turns"])
def _(script: Script) -> None:
    script.seq += 5
    script.turn("u7")


@case("seq_repeated", lambda state: len(state["threads"]) == 1)
def _(script: Script) -> int:
    lines = script.spine.read_bytes().splitlines()
    script.line(lines[1])
    return 2


@case("seq_out_of_order", lambda state: "u7" in state["codex_turns"])
def _(script: Script) -> int:
    script.seq += 5
    script.turn("u6")
    script.event("codex_turn_started", envelope={"seq": 4}, codex_turn_id="u7", thread_id="t1")
    script.seq = 4
    return 4


@case("event_schema", lambda state: "u7" in state["codex_turns"])
def _(script: Script) -> None:
    script.event("codex_turn_started", envelope={"schema_version": 1}, codex_turn_id="u7", thread_id="t1")


@case("foreign_rollout")
def _(script: Script) -> None:
    script.event("codex_turn_started", envelope={"rollout_id": "r9"}, codex_turn_id="u7", thread_id="t1")


@case("event_after_end", lambda state: "u7" in state["codex_turns"])
def _(script: Script) -> None:
    script.event("recording_completed")
    script.turn("u7")
