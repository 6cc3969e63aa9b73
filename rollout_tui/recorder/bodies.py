"""Payload bodies as the format has them (format section 4), and the checks that keep them reducible."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

PREVIEW_CHARACTERS = 160

_TOOL_KINDS: Mapping[str, str] = {
    "exec_command": "exec_command",
    "local_shell": "exec_command",
    "shell": "exec_command",
    "shell_command": "exec_command",
    "write_stdin": "write_stdin",
    "apply_patch": "apply_patch",
    "web_search": "web",
    "web_search_preview": "web",
    "image_generation": "image_generation",
    "image_query": "image_generation",
    "imagegen": "image_generation",
    "spawn_agent": "spawn_agent",
    "send_message": "send_message",
    "followup_task": "assign_agent_task",
    "assign_task": "assign_agent_task",
    "wait_agent": "wait_agent",
    "close_agent": "close_agent",
    "interrupt_agent": "close_agent",
}
"""The kind of a tool call by the bare name of its tool (format section 3.1)."""

ACTIVITY_OF_KIND: Mapping[str, str] = {
    "spawn_agent": "started",
    "assign_agent_task": "interacted",
    "send_message": "interacted",
    "close_agent": "interrupted",
}
"""What an agent tool's runtime end may say that it did (format section 10.3)."""

ToolKind = dict[str, str]


def tool_kind(name: str) -> ToolKind:
    """Return the `kind` of a tool call."""
    kind = _TOOL_KINDS.get(name)
    return {"type": "other", "name": name} if kind is None else {"type": kind}


def generic_summary(name: str, namespace: str | None, shown: str) -> dict[str, Any]:
    """Return the one-line summary of a tool call; `shown` is its input as text."""
    preview = shown[:PREVIEW_CHARACTERS] + ("..." if len(shown) > PREVIEW_CHARACTERS else "")
    label = f"{namespace}.{name}" if namespace else name
    return {"type": "generic", "label": label, "input_preview": preview, "output_preview": None}


def invocation(name: str, namespace: str | None, arguments: object, custom: bool) -> dict[str, Any]:
    """Return the body of a tool invocation; `arguments` is JSON text, or free text if `custom`."""
    payload = (
        {"type": "custom", "input": arguments} if custom else {"type": "function", "arguments": arguments}
    )
    return {"tool_name": name, "tool_namespace": namespace, "payload": payload}


def reducible_invocation(body: Any) -> Any:
    """Rename a tool called `wait` that names no code cell: reducers would refuse it (format section 9.4).

    Raises ValueError for a `write_stdin` without arguments (section 9.5), and for what is no invocation.
    """
    payload, name = body["payload"], body["tool_name"]
    if name == "wait" and cell_waited_for(body) is None:
        return {**body, "tool_name": "tool.wait"}
    if name == "write_stdin" and payload.get("type") == "function" and "arguments" not in payload:
        raise ValueError("write_stdin without arguments")
    return body


def kept(*names: str, original: Mapping[str, Any]) -> Callable[[Any], Any]:
    """Return a check that puts back fields which reducers compare, should a redaction have changed them."""

    def check(body: Any) -> Any:
        return {**body, **{name: original[name] for name in names}}

    return check


def metadata_shape(body: Any) -> Any:
    """Refuse thread metadata whose texts are no texts (format section 4)."""
    for name in ("agent_path", "task_name", "nickname", "agent_role", "model"):
        if not isinstance(body.get(name), str | None):
            raise ValueError(f"thread metadata with a {name} that is no text")
    return body


def cell_waited_for(body: Any) -> str | None:
    """Return the `cell_id` in the arguments of an invocation, or None."""
    named = _arguments(body).get("cell_id")
    return named if isinstance(named, str) else None


def message_sent(body: Any) -> str | None:
    """Return the `message` in the arguments of an invocation, or None."""
    text = _arguments(body).get("message")
    return text if isinstance(text, str) else None


def _arguments(body: Any) -> dict[str, Any]:
    payload = body.get("payload") if isinstance(body, dict) else None
    text = payload.get("arguments") if isinstance(payload, dict) else None
    if not isinstance(text, str):
        return {}
    try:
        arguments = msgspec.json.decode(text)
    except (ValueError, RecursionError):
        return {}
    return arguments if isinstance(arguments, dict) else {}


def session_metadata(
    thread_id: str, agent_path: str, *, session_source: object, details: Mapping[str, object]
) -> dict[str, Any]:
    """Return the metadata of a thread; `details` are its other fields, null where they are missing."""
    named = ("task_name", "nickname", "agent_role")
    described = ("cwd", "rollout_path", "model", "provider_name", "approval_policy", "sandbox_policy")
    return {
        "thread_id": thread_id,
        "agent_path": agent_path,
        **{name: details.get(name) for name in named},
        "session_source": session_source,
        **{name: details.get(name) for name in described},
    }


def spawned_source(
    parent_thread_id: str, depth: int, agent_path: str, details: Mapping[str, object]
) -> object:
    """Return the `session_source` that ties a child agent to its parent (format section 6)."""
    spawn = {
        "parent_thread_id": parent_thread_id,
        "depth": depth,
        "agent_path": agent_path,
        "agent_nickname": details.get("nickname"),
        "agent_role": details.get("agent_role"),
    }
    return {"subagent": {"thread_spawn": spawn}}


def command_begin(
    call_id: str, turn_id: str, command: Sequence[str], cwd: str, process_id: str | None
) -> dict[str, Any]:
    """Return what the begin and the end of a command have in common."""
    return {
        "call_id": call_id,
        **({} if process_id is None else {"process_id": process_id}),
        "turn_id": turn_id,
        "command": [str(word) for word in command],
        "cwd": str(cwd),
        "source": "unified_exec_startup",
    }


def agent_segment(name: str) -> str:
    """Return a name as a segment of an agent path: `a-z`, `0-9` and `_`, neither empty nor `root`."""
    segment = re.sub(r"[^a-z0-9_]+", "_", str(name).lower()).strip("_")
    return segment if segment and segment != "root" else f"agent_{segment}".rstrip("_")


def text_of(value: object) -> str:
    """Return arguments as the text a model writes: text as it is, everything else as JSON."""
    if isinstance(value, str):
        return value
    try:
        return msgspec.json.encode(value).decode()
    except Exception:
        return str(value)
