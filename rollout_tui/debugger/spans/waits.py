"""Wait calls and what they wait for.

A wait is a tool call named `wait` whose arguments name a code cell, or a `wait_agent` call. The reduced graph
ties a `wait` to its cell where that is known (format section 9.4). `wait_agent` seldom names agents: without
names it waits for every agent its thread has at work.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple, cast

from rollout_tui.debugger.evidence import json_value
from rollout_tui.graph.history import History
from rollout_tui.graph.objects import ToolCall
from rollout_tui.graph.values import GenericSummary, WaitAgentSummary

CELL, AGENT = "cell", "agent"

_CELL_ID = re.compile(r'"cell_id"\s*:\s*"((?:[^"\\]|\\.)*)"')
_TARGET_FIELDS = ("targets", "target", "ids", "id", "agents", "agent", "receiver_thread_ids")


class Wait(NamedTuple):
    """What a wait call asks for.

    `kind` is `cell` or `agent`. `cell_id` is the runtime id of the cell, as the model knows it. `targets` are
    agents as the call names them (thread ids, agent paths or task names), empty for any. `timeout_ms` is how
    long it waits at most, `terminate` whether it ends the cell.
    """

    kind: str
    cell_id: str | None
    targets: tuple[str, ...]
    timeout_ms: int | None
    terminate: bool


def is_wait(history: History, tool: ToolCall) -> bool:
    """Whether a tool call waits for a cell or an agent."""
    return wait_of(history, tool) is not None


def wait_of(history: History, tool: ToolCall) -> Wait | None:
    """What a tool call waits for, by its arguments as it started; None for a call that is no wait.

    The cell is the one that its invocation names; where that cannot be read, the one in its summary.
    """
    started = as_started(history, tool.tool_call_id) or tool
    if started.kind.type == "wait_agent":
        return _agent_wait(started)
    arguments = call_arguments(started)
    named = arguments.get("cell_id") if (started.kind.type, started.kind.name) == ("other", "wait") else None
    cell_id = history.named_cells.get(tool.tool_call_id, named)
    if not isinstance(cell_id, str):
        return None
    timeout = arguments.get("yield_time_ms")
    return Wait(CELL, cell_id, (), _whole(timeout), arguments.get("terminate") is True)


def _agent_wait(tool: ToolCall) -> Wait:
    if isinstance(tool.summary, WaitAgentSummary):
        path = tool.summary.target_agent_path
        return Wait(AGENT, None, () if path is None else (path,), tool.summary.timeout_ms, False)
    arguments = call_arguments(tool)
    targets: list[str] = []
    for field in _TARGET_FIELDS:
        value = arguments.get(field)
        named = value if isinstance(value, list) else [value]
        targets += [one for one in named if isinstance(one, str)]
    return Wait(AGENT, None, tuple(targets), _whole(arguments.get("timeout_ms")), False)


def call_arguments(tool: ToolCall) -> dict[str, Any]:
    """The arguments of a call as far as its summary shows them (160 characters; format section 3.1)."""
    preview = tool.summary.input_preview if isinstance(tool.summary, GenericSummary) else None
    if not preview:
        return {}
    found = json_value(preview)
    if found is None and preview.endswith("...") and (cut := _CELL_ID.search(preview)):
        return {"cell_id": cut[1]}
    return found if isinstance(found, dict) else {}


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, (int, float)) and value == value and abs(value) < 1e15 else None


def as_started(history: History, tool_call_id: str) -> ToolCall | None:
    """A tool call as it was when it started: later events replace its kind and summary."""
    handle = history.handle(ToolCall, tool_call_id)
    return None if handle is None else cast(ToolCall, history.as_of(handle, history.born(handle)))
