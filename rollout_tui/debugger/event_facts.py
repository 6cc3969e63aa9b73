"""What an event says of each object it changed, as records that expressions test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rollout_tui.debugger.evidence import cell_result, tool_error, value
from rollout_tui.debugger.expressions import Field
from rollout_tui.debugger.failures import payload_of
from rollout_tui.debugger.finding import Finding, Sources
from rollout_tui.debugger.finding_codes import CODES, SEVERITIES
from rollout_tui.debugger.item_text import whole_text
from rollout_tui.debugger.names import command_line
from rollout_tui.graph.objects import (
    CodeCell,
    CodexTurn,
    Compaction,
    CompactionRequest,
    ConversationItem,
    InferenceCall,
    InteractionEdge,
    Object,
    PendingEdge,
    Rollout,
    TerminalOperation,
    Thread,
    ToolCall,
)
from rollout_tui.graph.values import CodeCellRequester, Window
from rollout_tui.trace.events import (
    EVENT_TYPES,
    CompactionRequestFailed,
    InferenceCancelled,
    InferenceFailed,
    ProtocolEventObserved,
)

STATUSES = (
    "running", "starting", "yielded", "completed", "failed", "cancelled", "aborted", "terminated",
)  # fmt: skip
_TOOL = frozenset(name for name in EVENT_TYPES if name.startswith(("tool_call_", "mcp_", "stdin_")))
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
    "exit_code": Field("number", "exit code of a command that ended", _TOOL),
    "command": Field("text", "command line of a command that started or ended", _TOOL),
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
    """Records of events of one trace; `findings_at` gives the findings of an event."""

    def __init__(self, sources: Sources, findings_at: FindingsAt) -> None:
        self._sources = sources
        self._findings_at = findings_at

    def records(self, event: int, wanted: frozenset[str]) -> Iterator[Record]:
        """One record for the event itself, and one for each object it made or changed.

        `wanted` are the fields that will be looked at: what costs a read is left out otherwise.
        """
        sources, log = self._sources, self._sources.history.events
        thread_id, turn_id = log.thread_id(event), log.codex_turn_id(event)
        base: Record = {"event": log.type(event), **self._place(thread_id, turn_id)}
        if "finding" in wanted or "severity" in wanted:
            for finding in self._findings_at(event):
                yield {**base, "finding": finding.code, "severity": finding.severity}
        payload = payload_of(sources, event) if wanted & {"error", "protocol"} else None
        if isinstance(payload, ProtocolEventObserved):
            base["protocol"] = payload.event_type
        if isinstance(payload, (InferenceFailed, CompactionRequestFailed)):
            base["error"] = payload.error
        if isinstance(payload, InferenceCancelled):
            base["error"] = payload.reason
        yield base
        for handle, kind, fields in self._changed(event):
            changed = sources.history.as_of(handle, event)
            own = _RULES[kind](self, changed, fields, wanted)
            window = getattr(changed, "execution", None)
            if isinstance(window, Window) and fields & _OF_STATUS:
                own.setdefault("status", window.status)
                if window.ended_at_unix_ms is not None:
                    own["duration"] = window.ended_at_unix_ms - window.started_at_unix_ms
            yield {**base, **own}

    def _changed(self, event: int) -> Iterator[tuple[int, type[Object], frozenset[str]]]:
        """(handle, kind, changed fields) of every object that the event says something of."""
        history = self._sources.history
        about_calls = history.events.type(event) in _TOOL
        fields: dict[tuple[int, type[Object]], set[str]] = {}
        for change in history.touched(event):
            handle = history.handle(change.kind, change.id)
            told = change.field in _TOLD or (about_calls and change.kind is ToolCall)
            if told and handle is not None and change.kind in _RULES:
                fields.setdefault((handle, change.kind), set()).add(change.field)
        for (handle, kind), found in fields.items():
            yield handle, kind, frozenset(found)

    def _place(self, thread_id: str | None, turn_id: str | None) -> Record:
        """Names that the thread and the turn of an event go by."""
        place: Record = {}
        if thread_id is not None:
            place["thread"] = (thread_id, self._sources.names.thread(thread_id))
        if turn_id is not None:
            place["turn"] = (turn_id, str(self._sources.names.number(turn_id)))
        return place

    # -- one rule per kind of object -----------------------------------------------------

    def tool(self, tool: ToolCall, fields: frozenset[str], wanted: frozenset[str]) -> Record:
        """A tool call."""
        own = self._of_tool(tool)
        if "error" in wanted and tool.execution.status == "failed":
            own["error"] = tool_error(value(self._sources.trace, tool.raw_result_payload_id))
        return own

    def _of_tool(self, tool: ToolCall) -> Record:
        kind = tool.kind
        names = tuple(name for name in (kind.name, kind.type) if name)
        if kind.type == "mcp":
            names = (f"{kind.server}.{kind.tool}", kind.tool or "", kind.type)
        own: Record = {
            "tool": names,
            "call": tuple({tool.tool_call_id, tool.model_visible_call_id or tool.tool_call_id}),
            **self._place(tool.thread_id, tool.started_by_codex_turn_id),
        }
        operation = self._sources.latest(TerminalOperation, tool.terminal_operation_id)
        if operation is not None:
            own["command"] = command_line(operation)
        requester = tool.requester
        cell_id = (
            requester.code_cell_id if isinstance(requester, CodeCellRequester) else tool.started_code_cell_id
        )
        cell = self._sources.latest(CodeCell, cell_id) if isinstance(cell_id, str) else None
        if cell is not None:
            own["cell"] = (cell.runtime_cell_id or "", cell.code_cell_id)
        return own

    def operation(
        self, operation: TerminalOperation, fields: frozenset[str], wanted: frozenset[str]
    ) -> Record:
        """A command or an input to one."""
        tool = self._sources.latest(ToolCall, operation.tool_call_id)
        own = self._of_tool(tool) if tool else {}
        own["command"] = command_line(operation)
        if operation.result is not None and operation.result.exit_code is not None:
            own["exit_code"] = operation.result.exit_code
        return own

    def cell(self, cell: CodeCell, fields: frozenset[str], wanted: frozenset[str]) -> Record:
        """A code cell."""
        own: Record = {
            "cell": (cell.runtime_cell_id or "", cell.code_cell_id),
            "status": cell.runtime_status,
            **self._place(cell.thread_id, cell.codex_turn_id),
        }
        if "error" in wanted and cell.runtime_status == "failed":
            own["error"] = cell_result(value(self._sources.trace, cell.raw_result_payload_id)).get(
                "error_text"
            )
        return own

    def call(self, call: InferenceCall, fields: frozenset[str], wanted: frozenset[str]) -> Record:
        """An inference call."""
        own: Record = {
            "call": call.inference_call_id,
            "model": call.model,
            "items": len(call.request_item_ids),
            **self._place(call.thread_id, call.codex_turn_id),
        }
        if call.usage is not None:
            own["input_tokens"] = call.usage.input_tokens
            own["cached_tokens"] = call.usage.cached_input_tokens
            own["output_tokens"] = call.usage.output_tokens
            own["reasoning_tokens"] = call.usage.reasoning_output_tokens
        return own

    def compaction_request(
        self, request: CompactionRequest, fields: frozenset[str], wanted: frozenset[str]
    ) -> Record:
        """A request to compact."""
        return {"model": request.model, **self._place(request.thread_id, request.codex_turn_id)}

    def turn(self, turn: CodexTurn, fields: frozenset[str], wanted: frozenset[str]) -> Record:
        """A turn."""
        return self._place(turn.thread_id, turn.codex_turn_id)

    def thread(self, thread: Thread, fields: frozenset[str], wanted: frozenset[str]) -> Record:
        """An agent thread."""
        return {"agent": thread.agent_path, **self._place(thread.thread_id, None)}

    def rollout(self, rollout: Rollout, fields: frozenset[str], wanted: frozenset[str]) -> Record:
        """The rollout itself."""
        return {"status": rollout.status}

    def compaction(self, compaction: Compaction, fields: frozenset[str], wanted: frozenset[str]) -> Record:
        """An installed compaction."""
        return self._place(compaction.thread_id, compaction.codex_turn_id)

    def item(self, item: ConversationItem, fields: frozenset[str], wanted: frozenset[str]) -> Record:
        """An item that comes up; of one that is accepted only which it is."""
        if "" not in fields:
            return {"item": item.item_id}
        own: Record = {"item": item.item_id, "role": item.role, "kind": item.kind}
        if "text" in wanted:
            own["text"] = whole_text(self._sources.trace, item)
        return {**own, **self._place(item.thread_id, item.codex_turn_id)}

    def edge(self, edge: InteractionEdge, fields: frozenset[str], wanted: frozenset[str]) -> Record:
        """Something that one agent gave another."""
        return {"edge": edge.kind}

    def pending_edge(self, edge: PendingEdge, fields: frozenset[str], wanted: frozenset[str]) -> Record:
        """Something that one agent gives another and that is not seen yet."""
        own: Record = {"edge": edge.kind, "text": edge.text}
        return {**own, "agent": edge.author} if edge.kind == "agent_result" else own


# A change of these fields is what an event tells; of lists it only follows.
_OF_STATUS = frozenset(("", "execution", "runtime_status", "status"))
_TOLD = _OF_STATUS | {"usage", "result", "accepted_seq"}

Rule = Callable[[EventFacts, Any, frozenset[str], frozenset[str]], Record]

_RULES: Mapping[type[Object], Rule] = {
    ToolCall: EventFacts.tool,
    TerminalOperation: EventFacts.operation,
    CodeCell: EventFacts.cell,
    InferenceCall: EventFacts.call,
    CompactionRequest: EventFacts.compaction_request,
    CodexTurn: EventFacts.turn,
    Thread: EventFacts.thread,
    Rollout: EventFacts.rollout,
    Compaction: EventFacts.compaction,
    ConversationItem: EventFacts.item,
    InteractionEdge: EventFacts.edge,
    PendingEdge: EventFacts.pending_edge,
}
