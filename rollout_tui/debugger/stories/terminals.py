"""Terminals of a thread at an event: sessions, what was run and written in them, and what they printed."""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple, cast

from rollout_tui.debugger.context.headings import command_words
from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.names import command_line
from rollout_tui.debugger.spans.span_tree import OPERATION
from rollout_tui.debugger.spans.spans import Spans
from rollout_tui.debugger.text_facts import utf8_size
from rollout_tui.graph.history import History
from rollout_tui.graph.objects import TerminalOperation
from rollout_tui.graph.snapshot import Snapshot
from rollout_tui.graph.values import CodeCellRequester, Window

MOST_OPERATIONS = 200
TAIL_CHARACTERS = 4000


class Operation(NamedTuple):
    """One command or one input. `command` is the command line, or the text written (a poll writes none).

    `event` is where it started (ordinal), times are in ms; `duration_ms` is None while it runs. `output` is
    the end of what it printed, `output_bytes` the size of all of it, both of the recorded result without
    the heading that says how the command stood.
    """

    operation_id: str
    tool_call_id: str
    kind: str
    event: int
    command: str
    cwd: str | None
    window: Window
    duration_ms: int | None
    exit_code: int | None
    output: str
    output_bytes: int
    code_cell_id: str | None


class Session(NamedTuple):
    """A terminal and its operations in order. `terminal_id` is None for a command that never got one.

    `running` says that its command had not ended at the event; `exit_code` is that of its command.
    """

    terminal_id: str | None
    operations: tuple[Operation, ...]
    running: bool
    exit_code: int | None


def operation_count(history: History, thread_id: str, event: int) -> int:
    """How many operations a thread has had up to `event`."""
    spans = index_of(history, Spans)
    own = spans.of_kind(OPERATION, spans.thread_number(thread_id))
    return bisect_right(own, event, key=spans.windows.begins.__getitem__)


def terminals(snapshot: Snapshot, thread_id: str, most: int = MOST_OPERATIONS) -> list[Session]:
    """The sessions of the last `most` operations of a thread, by their first operation."""
    spans = index_of(snapshot.history, Spans)
    count = operation_count(snapshot.history, thread_id, snapshot.event)
    own = spans.of_kind(OPERATION, spans.thread_number(thread_id))
    sessions: dict[str, list[Operation]] = {}
    for number in own[max(0, count - most) : count]:
        operation = cast(TerminalOperation, snapshot.history.as_of(spans.handles[number], snapshot.event))
        key = operation.terminal_id or operation.operation_id
        found = _operation(snapshot, operation, spans.windows.begins[number])
        sessions.setdefault(key, []).append(found)
    return [_session(key, found) for key, found in sessions.items()]


def _session(key: str, operations: list[Operation]) -> Session:
    commands = [one for one in operations if one.kind == "exec_command"] or operations
    command = commands[0]
    codes = [one.exit_code for one in operations if one.exit_code is not None]
    terminal_id = None if key == operations[0].operation_id else key
    running = command.window.status == "running"
    return Session(terminal_id, tuple(operations), running, codes[-1] if codes and not running else None)


def _operation(snapshot: Snapshot, operation: TerminalOperation, event: int) -> Operation:
    result = operation.result
    out, errors = (result.stdout, result.stderr) if result else ("", "")
    if operation.kind == "write_stdin":
        # What is recorded of these is what the model was given, headed by how the command stood.
        told = command_words(out)
        out = told[1] if told else out
    window = operation.execution
    ended = window.ended_at_unix_ms
    tool = snapshot.tool_calls[operation.tool_call_id]
    cell = tool.requester.code_cell_id if isinstance(tool.requester, CodeCellRequester) else None
    return Operation(
        operation.operation_id,
        operation.tool_call_id,
        operation.kind,
        event,
        command_line(operation),
        getattr(operation.request, "cwd", None),
        window,
        None if ended is None else max(0, ended - window.started_at_unix_ms),
        result.exit_code if result else None,
        (out[-TAIL_CHARACTERS:] + errors[-TAIL_CHARACTERS:])[-TAIL_CHARACTERS:],
        utf8_size(out) + utf8_size(errors),
        cell,
    )
