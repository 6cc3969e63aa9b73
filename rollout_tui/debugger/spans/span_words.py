"""What a span is called in one line: turn 3, inference 2, exec call_A, cell 1, wait cell 2 8000 ms."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from rollout_tui.debugger.evidence import cut_json_value, line
from rollout_tui.debugger.lookup import latest
from rollout_tui.debugger.names import cell_label, command_line, tool_name
from rollout_tui.debugger.spans.span_tree import KINDS, TURN
from rollout_tui.debugger.spans.spans import Spans
from rollout_tui.debugger.spans.waits import Wait, as_started, call_arguments, wait_of
from rollout_tui.graph.history import History
from rollout_tui.graph.objects import (
    CodeCell,
    CompactionRequest,
    InferenceCall,
    TerminalOperation,
    Thread,
    ToolCall,
)
from rollout_tui.graph.values import CodeCellRequester, GenericSummary
from rollout_tui.words import short_call_id

# Of these arguments the first that a call has says most about it.
_TELLING = ("cmd", "command", "message", "query", "path", "target", "task_name", "session_id")
_RECEIVERS = ("task_name", "target")
_PATCH_FILE = re.compile(r"\*\*\* (Add|Update|Delete) File: ([^\n]*)")
_PATCHED = {"Add": "add ", "Update": "", "Delete": "delete "}
_LONGEST = 160
_LONGEST_NAME = 24


def title(spans: Spans, number: int) -> str:
    """What people call a span."""
    kind, handle = spans.kinds[number], spans.handles[number]
    if kind == TURN:
        return f"turn {spans.position(number)}"
    made = spans.history.objects[handle] if handle else None
    say = _TITLES.get(type(made))
    return KINDS[kind].replace("_", " ") if say is None else say(spans, number, made)


def short_call(tool: ToolCall) -> str:
    """Enough of the id of a call to know it by: `exec-2bfd` of one a cell made, `call..sD4e`."""
    if isinstance(tool.requester, CodeCellRequester) and tool.tool_call_id.startswith("exec-"):
        return tool.tool_call_id[:9]
    return short_call_id(tool.tool_call_id)


def call_label(history: History, tool: ToolCall) -> str:
    """What a call does: `exec_command echo fromB`, `wait cell 2 8000 ms`, `wait_agent 20000 ms`."""
    wait = wait_of(history, tool)
    if wait is not None:
        return wait_label(wait)
    started = as_started(history, tool.tool_call_id) or tool
    name = tool_name(tool.kind)
    return f"{name} {what}" if (what := call_text(history, tool, started)) else name


def call_text(history: History, tool: ToolCall, started: ToolCall | None = None) -> str:
    """What a call was given, the telling part of it, on one line; empty when nothing is known."""
    operation = latest(history, TerminalOperation, tool.terminal_operation_id)
    if operation is not None:
        return one_line(command_line(operation))
    called = started or as_started(history, tool.tool_call_id) or tool
    preview = called.summary.input_preview if isinstance(called.summary, GenericSummary) else None
    arguments = call_arguments(called) or cut_json_value(preview or "")
    if called.kind.type == "apply_patch" and (patched := patched_file(arguments, preview or "")):
        return patched
    told = telling_argument(arguments) if isinstance(arguments, dict) else ""
    return told or (one_line(preview or "") if preview != "{}" else "")


def patched_file(arguments: object, text: str) -> str:
    """The first file of a patch: `a.txt`, `add a.txt`, `delete a.txt`; empty where it names none.

    It is the argument `input`, or all of `text` where that is no JSON object.
    """
    found = _PATCH_FILE.search(
        str(arguments.get("input")) if isinstance(arguments, dict) and arguments else text
    )
    return one_line(_PATCHED[found[1]] + found[2]) if found else ""


def telling_argument(arguments: dict[str, Any]) -> str:
    """The argument that says most about a call, on one line; empty when there is none of those.

    A message comes after whom it is for: `alpha: look at the tests`.
    """
    for name in _TELLING:
        if told := _told(arguments.get(name)):
            receivers = (_told(arguments.get(one)) for one in _RECEIVERS if name == "message")
            named = next((line(one.rpartition("/")[2], _LONGEST_NAME) for one in receivers if one), "")
            return one_line(f"{named}: {told}" if named else told)
    return ""


def _told(value: object) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value))
    return str(value) if isinstance(value, (str, int)) else ""


def wait_label(wait: Wait) -> str:
    """`wait cell 2 8000 ms`, `wait_agent alpha 20000 ms`."""
    words = ["wait", "cell", wait.cell_id] if wait.cell_id else ["wait_agent", *wait.targets]
    if wait.terminate:
        words.append("terminate")
    if wait.timeout_ms is not None:
        words.append(f"{wait.timeout_ms} ms")
    return " ".join(word for word in words if word)


def one_line(text: str) -> str:
    """Text of a trace on one line, short enough for a label."""
    return line(text, _LONGEST)


_TITLES: dict[type[Any], Callable[[Spans, int, Any], str]] = {
    InferenceCall: lambda spans, number, made: f"inference {spans.position(number)}",
    CompactionRequest: lambda spans, number, made: f"compaction request {spans.position(number)}",
    Thread: lambda spans, number, made: f"thread {made.agent_path or made.thread_id}",
    ToolCall: lambda spans, number, made: f"{tool_name(made.kind)} {short_call(made)}",
    CodeCell: lambda spans, number, made: cell_label(made),
    TerminalOperation: lambda spans, number, made: f"command {one_line(command_line(made))}",
}
