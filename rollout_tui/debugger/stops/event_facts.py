"""What an event says of each object it changed, as records that expressions test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rollout_tui.debugger.context.item_text import whole_text
from rollout_tui.debugger.evidence import cell_result, tool_error, value
from rollout_tui.debugger.findings.finding import Finding, Sources
from rollout_tui.debugger.findings.finding_codes import CODES, SEVERITIES
from rollout_tui.debugger.names import command_line
from rollout_tui.debugger.stops.expressions import Field
from rollout_tui.graph import objects
from rollout_tui.graph.objects import Object
from rollout_tui.graph.values import CodeCellRequester, Window
from rollout_tui.trace.event_payloads import (
    CompactionRequestFailed,
    InferenceCancelled,
    InferenceFailed,
    ProtocolEventObserved,
)
from rollout_tui.trace.events import EVENT_TYPES

STATUSES = (
    "running", "starting", "yielded", "completed", "failed", "cancelled", "aborted", "terminated",
)  # fmt: skip
_TOOL = frozenset(name for name in EVENT_TYPES if name.startswith(("tool_call_", "mcp_", "stdin_")))
_WORK_ENDS = frozenset(("tool_call_runtime_ended", "tool_call_ended"))
_WORK = _WORK_ENDS | {"tool_call_started", "tool_call_runtime_started"}
_CELL = frozenset(name for name in EVENT_TYPES if name.startswith("code_cell_"))
_CALL = frozenset(name for name in EVENT_TYPES if name.startswith("inference_"))
_COMPACTION = frozenset(name for name in EVENT_TYPES if name.startswith("compaction_"))
_AGENT = frozenset(("thread_started", "thread_ended", "thread_resumed", "agent_result_observed"))
_TURN = frozenset(("codex_turn_started", "codex_turn_ended"))
# Events that read items also make cells, edges and outputs known.
_ITEMS = _CALL | {"compaction_installed", "history_item_accepted"}
_USAGE = _CALL - {"inference_started"}
_ENDS = frozenset(
    name for name in EVENT_TYPES if name.endswith(("_ended", "_completed", "_failed", "_cancelled"))
)

FIELDS: dict[str, Field] = {
    "event": Field("choice", "type of the event", None, EVENT_TYPES),
    "thread": Field("text", "thread of the event: its id or the beginning of it, or its agent path"),
    "turn": Field("text", "turn of the event: its id, or its number within the thread"),
    "tool": Field("text", "tool of a call: exec_command, wait, mcp, ...; for mcp also server.tool", _TOOL),
    "call": Field("text", "id of a tool call or of an inference call", _TOOL | _CALL),
    "status": Field(
        "choice",
        "status that the event gives to a turn, call, command, cell, thread or request",
        _TOOL | _CELL | _CALL | _COMPACTION | _AGENT | _TURN | {"rollout_ended"},
        STATUSES,
    ),
    "exit_code": Field("number", "exit code of a command that ended", _WORK_ENDS),
    "command": Field("text", "command line of a command that started or ended", _WORK),
    "cell": Field("text", "code cell as the model knows it: 1, 2, ...", _CELL | _TOOL | _ITEMS | _TURN),
    "model": Field("text", "model of a request", _CALL | _COMPACTION),
    "error": Field("text", "why something failed", _TOOL | _CELL | _CALL | _COMPACTION),
    "agent": Field("text", "agent path of a thread that starts, ends or reports", _AGENT),
    "edge": Field(
        "text", "kind of message between agents: spawn_agent, agent_result, ...", _TOOL | _AGENT | _ITEMS
    ),
    "protocol": Field("text", "event that the client was told", frozenset(("protocol_event_observed",))),
    "input_tokens": Field("number", "recorded input tokens of a call", _USAGE),
    "cached_tokens": Field("number", "recorded cached input tokens of a call", _USAGE),
    "output_tokens": Field("number", "recorded output tokens of a call", _USAGE),
    "reasoning_tokens": Field("number", "recorded reasoning tokens of a call", _USAGE),
    "duration": Field("number", "how long what ended took, in ms", _ENDS),
    "items": Field("number", "items that a request carries", frozenset(("inference_started",))),
    "item": Field("text", "id of an item that comes up", _ITEMS),
    "role": Field("text", "role of an item that comes up", _ITEMS),
    "kind": Field("text", "kind of an item that comes up: message, function_call, ...", _ITEMS),
    "text": Field("text", "text of an item that comes up", _ITEMS),
    "finding": Field("choice", "code of a finding at the event", None, tuple(CODES)),
    "severity": Field("choice", "severity of a finding at the event", None, SEVERITIES),
}

Record = dict[str, Any]
FindingsAt = Callable[[int], Iterator[Finding]]


class EventFacts:
    """Records of events of one trace, for expressions over the fields `wanted`.

    `findings_at` gives the findings of an event. What costs something and is not wanted is left out.
    """

    def __init__(self, sources: Sources, wanted: frozenset[str], findings_at: FindingsAt) -> None:
        self._sources = sources
        self._history = sources.history
        self.wanted = wanted
        self._findings_at = findings_at
        self._names = sources.names

    def update(self) -> None:
        """Bring what it knows up to date with the head of the history."""
        self._names = self._sources.names

    def records(self, event: int) -> Iterator[Record]:
        """One record for the event itself, and one for each object it made or changed."""
        log, wanted = self._history.events, self.wanted
        base: Record = {"event": log.type(event)}
        self._place(base, log.thread_id(event), log.codex_turn_id(event))
        if "finding" in wanted or "severity" in wanted:
            for finding in self._findings_at(event):
                yield {**base, "finding": finding.code, "severity": finding.severity}
        payload = self._sources.payload(event) if "error" in wanted or "protocol" in wanted else None
        if isinstance(payload, ProtocolEventObserved):
            base["protocol"] = payload.event_type
        if isinstance(payload, (InferenceFailed, CompactionRequestFailed)):
            base["error"] = payload.error
        if isinstance(payload, InferenceCancelled):
            base["error"] = payload.reason
        yield base
        for handle, fields in self._changed(event):
            changed = self._history.as_of(handle, event)
            own = base.copy()
            window = getattr(changed, "execution", None)
            if isinstance(window, Window) and not fields.isdisjoint(_OF_STATUS):
                own["status"] = window.status
                if window.ended_at_unix_ms is not None:
                    own["duration"] = window.ended_at_unix_ms - window.started_at_unix_ms
            if isinstance(changed, objects.ConversationItem) and "" not in fields:
                # It is accepted: the rest was told when it came up.
                own["item"] = changed.item_id
            else:
                _RULES[type(changed)](self, own, changed)
            yield own

    def _changed(self, event: int) -> Iterator[tuple[int, set[str]]]:
        """(handle, changed fields) of every object that the event says something of."""
        history = self._history
        about_calls = history.events.type(event) in _TOOL
        found: dict[int, set[str]] = {}
        for _, handle, field, _ in history.notes(event, event + 1):
            kind = type(history.objects[handle])
            if kind in _RULES and (field in _TOLD or (about_calls and kind is objects.ToolCall)):
                found.setdefault(handle, set()).add(field)
        yield from found.items()

    def _place(self, record: Record, thread_id: str | None, turn_id: str | None) -> None:
        """Names that the thread and the turn of an event go by."""
        if thread_id is not None and "thread" in self.wanted:
            record["thread"] = (thread_id, self._names.thread(thread_id))
        if turn_id is not None and "turn" in self.wanted:
            record["turn"] = (turn_id, str(self._names.number(turn_id)))

    # -- one rule per kind of object -----------------------------------------------------

    def tool(self, own: Record, tool: objects.ToolCall) -> None:
        """A tool call."""
        self._of_tool(own, tool)
        if "error" in self.wanted and tool.execution.status == "failed":
            own["error"] = tool_error(value(self._sources.trace, tool.raw_result_payload_id))

    def _of_tool(self, own: Record, tool: objects.ToolCall) -> None:
        kind = tool.kind
        if kind.type == "mcp":
            own["tool"] = (f"{kind.server}.{kind.tool}", kind.tool or "", kind.type)
        else:
            own["tool"] = kind.type if kind.name is None else (kind.name, kind.type)
        own["call"] = (tool.tool_call_id, tool.model_visible_call_id or tool.tool_call_id)
        self._place(own, tool.thread_id, tool.started_by_codex_turn_id)
        if "command" in self.wanted and tool.terminal_operation_id is not None:
            operation = self._sources.latest(objects.TerminalOperation, tool.terminal_operation_id)
            own["command"] = command_line(operation) if operation else None
        if "cell" in self.wanted:
            asked = tool.requester
            cell_id = (
                asked.code_cell_id if isinstance(asked, CodeCellRequester) else tool.started_code_cell_id
            )
            cell = self._sources.latest(objects.CodeCell, cell_id) if isinstance(cell_id, str) else None
            own["cell"] = (cell.runtime_cell_id or "", cell.code_cell_id) if cell else None

    def operation(self, own: Record, operation: objects.TerminalOperation) -> None:
        """A command or an input to one."""
        tool = self._sources.latest(objects.ToolCall, operation.tool_call_id)
        if tool is not None:
            self._of_tool(own, tool)
        own["command"] = command_line(operation) if "command" in self.wanted else None
        if operation.result is not None:
            own["exit_code"] = operation.result.exit_code

    def cell(self, own: Record, cell: objects.CodeCell) -> None:
        """A code cell."""
        own["cell"] = (cell.runtime_cell_id or "", cell.code_cell_id)
        own["status"] = cell.runtime_status
        self._place(own, cell.thread_id, cell.codex_turn_id)
        if "error" in self.wanted and cell.runtime_status == "failed":
            body = cell_result(value(self._sources.trace, cell.raw_result_payload_id))
            own["error"] = body.get("error_text")

    def call(self, own: Record, call: objects.InferenceCall) -> None:
        """An inference call."""
        own.update(call=call.inference_call_id, model=call.model, items=len(call.request_item_ids))
        self._place(own, call.thread_id, call.codex_turn_id)
        if call.usage is not None:
            own["input_tokens"] = call.usage.input_tokens
            own["cached_tokens"] = call.usage.cached_input_tokens
            own["output_tokens"] = call.usage.output_tokens
            own["reasoning_tokens"] = call.usage.reasoning_output_tokens

    def compaction_request(self, own: Record, request: objects.CompactionRequest) -> None:
        """A request to compact."""
        own["model"] = request.model
        self._place(own, request.thread_id, request.codex_turn_id)

    def turn(self, own: Record, turn: objects.CodexTurn) -> None:
        """A turn."""
        self._place(own, turn.thread_id, turn.codex_turn_id)

    def thread(self, own: Record, thread: objects.Thread) -> None:
        """An agent thread."""
        own["agent"] = thread.agent_path
        self._place(own, thread.thread_id, None)

    def rollout(self, own: Record, rollout: objects.Rollout) -> None:
        """The rollout itself."""
        own["status"] = rollout.status

    def compaction(self, own: Record, compaction: objects.Compaction) -> None:
        """An installed compaction."""
        self._place(own, compaction.thread_id, compaction.codex_turn_id)

    def item(self, own: Record, item: objects.ConversationItem) -> None:
        """An item that comes up."""
        own.update(item=item.item_id, role=item.role, kind=item.kind)
        own["text"] = whole_text(self._sources.trace, item) if "text" in self.wanted else None
        self._place(own, item.thread_id, item.codex_turn_id)

    def edge(self, own: Record, edge: objects.InteractionEdge) -> None:
        """Something that one agent gave another."""
        own["edge"] = edge.kind

    def pending_edge(self, own: Record, edge: objects.PendingEdge) -> None:
        """Something that one agent gives another and that is not seen yet."""
        own.update(edge=edge.kind, text=edge.text)
        if edge.kind == "agent_result":
            own["agent"] = edge.author


# A change of these fields is what an event tells; of lists it only follows.
_OF_STATUS = frozenset(("", "execution", "runtime_status", "status"))
_TOLD = _OF_STATUS | {"usage", "result", "accepted_seq"}

Rule = Callable[[EventFacts, Record, Any], None]

_RULES: Mapping[type[Object], Rule] = {
    objects.ToolCall: EventFacts.tool,
    objects.TerminalOperation: EventFacts.operation,
    objects.CodeCell: EventFacts.cell,
    objects.InferenceCall: EventFacts.call,
    objects.CompactionRequest: EventFacts.compaction_request,
    objects.CodexTurn: EventFacts.turn,
    objects.Thread: EventFacts.thread,
    objects.Rollout: EventFacts.rollout,
    objects.Compaction: EventFacts.compaction,
    objects.ConversationItem: EventFacts.item,
    objects.InteractionEdge: EventFacts.edge,
    objects.PendingEdge: EventFacts.pending_edge,
}
