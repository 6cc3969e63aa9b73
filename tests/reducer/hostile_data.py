"""Ways to hand a reducer data that was made to do harm, and what must be there all the same."""

from __future__ import annotations

import json
from typing import Any

from scripted import Body, Json, Script, function, state_of, user

from rollout_tui.recording import Trace

OTHER = {"type": "other", "name": "x"}
DEEP = 1_000_000
UUID = "019d0000-0000-7000-8000-00000000000a"
WRONG: tuple[Any, ...] = (None, True, 0, -1, 1.5, 10**30, "", "text", [], [[]], [None], {}, {"type": 1})


def survives(script: Script) -> tuple[Trace, Json]:
    """The recording reduced, after a turn that must be there all the same."""
    script.turn("after")
    script.ask("i-after", user("after"), turn="after")
    trace = script.trace()
    state = state_of(trace)
    assert len(state["inference_calls"]["i-after"]["request_item_ids"]) == 1
    assert all(len(one.message) < 600 for one in trace.diagnostics)
    return trace, state


def codes(trace: Trace) -> list[str]:
    return [one.code for one in trace.diagnostics]


def places(value: Any) -> list[tuple[Any, ...]]:
    """The paths of all fields and entries below a value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path for key, inner in pairs for path in ((key,), *((key, *rest) for rest in places(inner)))]


def with_value(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """A copy with something else at a path."""
    copied = json.loads(json.dumps(value))
    inner = copied
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = new
    return copied


def as_request(script: Script, body: Any) -> None:
    script.ask("i1", body=Body("inference_request", body))


def as_response(script: Script, body: Any) -> None:
    script.ask("i1")
    script.event(
        "inference_completed", inference_call_id="i1", response_payload=Body("inference_response", body)
    )


def as_metadata(script: Script, body: Any) -> None:
    script.thread("t2", "/root/kid", body)


def as_checkpoint(script: Script, body: Any) -> None:
    script.event(
        "compaction_installed", compaction_id="k1", checkpoint_payload=Body("inference_request", body)
    )


def as_invocation(script: Script, body: Any) -> None:
    script.tool("x1", "write_stdin", invocation=body)


def as_runtime_start(script: Script, body: Any) -> None:
    script.tool("x1")
    script.work("x1", body, "exec_command")


def as_runtime_end(script: Script, body: Any) -> None:
    script.tool("x1")
    script.work("x1", {"command": [], "cwd": "/"}, "exec_command")
    script.worked("x1", body)


def as_agent_activity(script: Script, body: Any) -> None:
    script.tool("x1", "spawn_agent", invocation=function("spawn_agent", {"message": "go"}))
    script.worked("x1", body)


def as_message(script: Script, body: Any) -> None:
    script.tool("x1", "send_message", invocation=function("send_message", {"message": "go"}))
    script.work("x1", body, "send_message")


def as_result(script: Script, body: Any) -> None:
    script.tool("x1", "write_stdin", invocation=function("write_stdin", {"session_id": 1}))
    script.end_tool("x1", result=body)


def as_receipt(script: Script, body: Any) -> None:
    script.event("history_item_accepted", item_id="m1", agent_message_payload=Body("protocol_event", body))
