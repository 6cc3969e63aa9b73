"""Bodies of payloads that were made to do harm, or that a broken disk left: said, and the rest is shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scripted import Json, Script, agent_message, assistant, state_of, user

from rollout_tui.reducer import limits

from .hostile_data import (
    DEEP,
    UUID,
    WRONG,
    as_agent_activity,
    as_checkpoint,
    as_invocation,
    as_message,
    as_metadata,
    as_receipt,
    as_request,
    as_response,
    as_result,
    as_runtime_end,
    as_runtime_start,
    codes,
    places,
    survives,
    with_value,
)

READ: tuple[Callable[[Script, Any], None], ...] = (
    as_request,
    as_response,
    as_metadata,
    as_checkpoint,
    as_invocation,
    as_runtime_start,
    as_runtime_end,
    as_agent_activity,
    as_message,
    as_result,
    as_receipt,
)
BODIES: dict[str, bytes] = {
    "nothing": b"",
    "a deep list": b"[" * DEEP,
    "deep lists, closed": b"[" * DEEP + b"]" * DEEP,
    "deep objects": b'{"a":' * DEEP,
    "ten times the values that are taken in": b"[" + b"0," * 2 * limits.MOST_VALUES + b"0]",
    "no JSON": b"\x00\x01\x02",
    "NaN": b"NaN",
    "a large number": b"9" * 5000,
    "a BOM": b"\xef\xbb\xbf{}",
    "UTF-16": '{"input": []}'.encode("utf-16"),
    "half a body": b'{"input": [',
    "text": b'"text"',
    "a lone surrogate": b'"\\ud800"',
    "bytes that are no text": b'{"input": ["\xff\xfe"]}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("read", READ, ids=lambda read: read.__name__)
def test_a_body_that_cannot_be_read(script: Script, read: Callable[[Script, Any], None], body: bytes) -> None:
    script.begin()
    read(script, body)
    at = script.seq
    trace, _ = survives(script)
    assert any(one.seq <= at and one.refused for one in trace.diagnostics), codes(trace)


WHOLE: dict[Callable[[Script, Any], None], Json] = {
    as_request: {"input": [user("a")], "previous_response_id": "r"},
    as_response: {
        "output_items": [assistant("a")],
        "token_usage": {
            "input_tokens": 1,
            "cached_input_tokens": 1,
            "cache_write_input_tokens": 1,
            "output_tokens": 1,
            "reasoning_output_tokens": 1,
        },
    },
    as_metadata: {
        "agent_path": "/root/kid",
        "task_name": "t",
        "nickname": "n",
        "agent_role": "r",
        "model": "m",
        "session_source": {
            "subagent": {"thread_spawn": {"parent_thread_id": "t1", "agent_path": "/root/kid", "depth": 1}}
        },
    },
    as_checkpoint: {"input_history": [user("a")], "replacement_history": [user("s")]},
    as_invocation: {
        "tool_name": "write_stdin",
        "tool_namespace": None,
        "payload": {"type": "function", "arguments": '{"session_id": 1}'},
    },
    as_runtime_start: {"command": ["ls"], "cwd": "/", "process_id": "7", "interaction_input": "x"},
    as_runtime_end: {"exit_code": 0, "process_id": "7", "aggregated_output": "o"},
    as_agent_activity: {
        "event_id": "e",
        "occurred_at_ms": 1,
        "agent_thread_id": UUID,
        "agent_path": "/root/kid",
        "kind": "started",
    },
    as_message: {"call_id": "x1", "sender_thread_id": UUID, "receiver_thread_id": UUID, "prompt": "go"},
    as_result: {"type": "direct_response", "response_item": {"output": [{"text": "t"}]}},
    as_receipt: agent_message("/root", "/root", "x", id="m1"),
}


@pytest.mark.parametrize("read", WHOLE, ids=lambda read: read.__name__)
def test_wrong_types_in_every_field_of_a_body(tmp_path: Path, read: Callable[[Script, Any], None]) -> None:
    bodies = [with_value(WHOLE[read], path, wrong) for path in places(WHOLE[read]) for wrong in WRONG]
    for at, body in enumerate(bodies):
        script = Script(tmp_path / str(at), 1 + at % 2)
        script.begin()
        read(script, body)
        state_of(script.trace())
