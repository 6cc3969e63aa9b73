"""Lines and manifests of small traces, and the types of the fixtures around them."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

MakeBundle = Callable[..., Path]
Unprivileged = Callable[[], AbstractContextManager[None]]


def event_line(seq: int, payload: dict[str, object], *, rollout: str = "rollout-a", at_ms: int = 1000) -> str:
    """One line of a trace, LF included."""
    event = {
        "schema_version": 2,
        "seq": seq,
        "wall_time_unix_ms": at_ms + seq,
        "rollout_id": rollout,
        "thread_id": None,
        "codex_turn_id": None,
        "payload": payload,
    }
    return json.dumps(event) + "\n"


def rollout_started(*, rollout: str = "rollout-a", at_ms: int = 1000) -> str:
    payload: dict[str, object] = {
        "type": "rollout_started",
        "trace_id": f"trace-{rollout}",
        "root_thread_id": rollout,
    }
    return event_line(1, payload, rollout=rollout, at_ms=at_ms)


def manifest(*, rollout: str = "rollout-a", at_ms: int = 1000) -> str:
    return json.dumps(
        {
            "schema_version": 2,
            "trace_id": f"trace-{rollout}",
            "rollout_id": rollout,
            "root_thread_id": rollout,
            "started_at_unix_ms": at_ms,
            "raw_event_log": "trace.jsonl",
            "payloads_dir": "payloads",
        }
    )
