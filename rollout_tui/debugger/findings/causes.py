"""Which finding caused which: command, call, cell, the call around it; inference, turn, agent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, cast

from rollout_tui.debugger.evidence import cell_result, line, tool_error, value
from rollout_tui.debugger.findings.finding import Finding, Sources
from rollout_tui.debugger.spans.span_tree import SPAN_OBJECTS
from rollout_tui.graph.objects import (
    CodeCell,
    CodexTurn,
    CompactionRequest,
    InferenceCall,
    TerminalOperation,
    TerminalSession,
    ToolCall,
)
from rollout_tui.graph.values import CodeCellRequester

FAILED_CALLS = ("tool_call_failed", "patch_failed", "mcp_error", "tool_call_cancelled")
WAITS = ("wait_on_unknown_cell", "wait_on_ended_cell")
TURN_STOPPED = ("turn_cancelled", "turn_failed", "turn_aborted")
LEFT_OPEN = ("stopped_open", "open_at_end")
REQUEST_FAILED = ("inference_failed", "compaction_failed")
RECENT_EVENTS = 12


class Cause(NamedTuple):
    """Findings of these codes about this object would be the cause."""

    kind: str
    id: str
    codes: tuple[str, ...]


def causes(sources: Sources, finding: Finding) -> Iterator[Cause]:
    """What could have caused a finding, likeliest first."""
    rule = _RULES.get(finding.code)
    if rule is not None and finding.object_id is not None:
        yield from rule(sources, finding)


class CauseLinks:
    """Sets `under` of findings as they come, whichever comes first, effect or cause."""

    def __init__(self, sources: Sources, before: CauseLinks | None = None) -> None:
        """`before` holds findings that were taken in earlier and are left as they are."""
        self._sources = sources
        self._before = before
        self._found: dict[tuple[str, str], list[Finding]] = {}
        self._waiting: dict[tuple[str, str], list[tuple[Finding, Cause]]] = {}
        self._requests: list[Finding] = []
        self._late: list[Finding] = []

    def add(self, finding: Finding) -> None:
        """Take in a finding: look for its cause, and see whether others have waited for it."""
        if finding.code == "protocol_error":
            self._told(finding)
            return
        if finding.code in REQUEST_FAILED:
            self._requests.append(finding)
        if finding.object_kind is None or finding.object_id is None:
            return
        key = (finding.object_kind, finding.object_id)
        for cause in causes(self._sources, finding):
            known = self._about(cause.kind, cause.id)
            finding.under = next(
                (one for one in known if one.code in cause.codes and one is not finding), None
            )
            if finding.under:
                break
            self._waiting.setdefault((cause.kind, cause.id), []).append((finding, cause))
        self._found.setdefault(key, []).append(finding)
        for effect, cause in self._waiting.get(key, ()):
            if effect.under is None and effect is not finding and finding.code in cause.codes:
                effect.under = finding
                self._late.append(effect)

    def take_late(self) -> list[Finding]:
        """Effects whose cause has come since the last time this was asked."""
        taken, self._late = self._late, []
        return taken

    def _about(self, kind: str, object_id: str) -> list[Finding]:
        found = self._found.get((kind, object_id), [])
        return found if self._before is None else found + self._before._about(kind, object_id)

    def _told(self, finding: Finding) -> None:
        """What the client is told follows the failed request within a few events and names no object."""
        if self._requests and finding.event - self._requests[-1].event <= RECENT_EVENTS:
            finding.under = self._requests.pop()
            finding.thread_id = finding.under.thread_id
            finding.chain = finding.under.chain


# -- one rule per code ---------------------------------------------------------


def _of_call(sources: Sources, finding: Finding) -> Iterator[Cause]:
    tool = sources.latest(ToolCall, finding.object_id)
    if tool is None:
        return
    yield Cause("tool_call", tool.tool_call_id, (*WAITS, "contradiction"))
    operation = sources.latest(TerminalOperation, tool.terminal_operation_id)
    if operation and not _only_the_call(operation):
        yield Cause("terminal_operation", operation.operation_id, ("command_failed",))
    if isinstance(tool.started_code_cell_id, str):
        yield Cause("code_cell", tool.started_code_cell_id, ("code_cell_failed", "code_cell_terminated"))


def _only_the_call(operation: TerminalOperation) -> bool:
    """Whether an operation failed because its call did: input to a process that is gone."""
    return operation.kind == "write_stdin" and (
        operation.result is None or operation.result.exit_code is None
    )


def _of_command(sources: Sources, finding: Finding) -> Iterator[Cause]:
    operation = sources.latest(TerminalOperation, finding.object_id)
    if operation is None:
        return
    if _only_the_call(operation):
        yield Cause("tool_call", operation.tool_call_id, FAILED_CALLS)
        return
    session = sources.latest(TerminalSession, operation.terminal_id)
    if session and session.created_by_operation_id != operation.operation_id:
        yield Cause("terminal_operation", session.created_by_operation_id, ("command_failed",))
    tool = sources.latest(ToolCall, operation.tool_call_id)
    killed = operation.result is not None and (operation.result.exit_code or 0) < 0
    if tool and killed and tool.execution.status == "running":
        yield Cause("codex_turn", tool.started_by_codex_turn_id or "", TURN_STOPPED)


def _of_cell(sources: Sources, finding: Finding) -> Iterator[Cause]:
    cell = sources.latest(CodeCell, finding.object_id)
    if cell is None:
        return
    if finding.code == "code_cell_terminated":
        if sources.history.events.type(finding.event) == "codex_turn_ended":
            yield Cause("codex_turn", cell.codex_turn_id, TURN_STOPPED)
        return
    error = cell_result(value(sources.trace, cell.raw_result_payload_id)).get("error_text")
    thrown = line(error) if isinstance(error, str) else ""
    for tool_call_id in reversed(cell.nested_tool_call_ids):
        tool = sources.latest(ToolCall, tool_call_id)
        if tool and tool.execution.status == "failed":
            said = tool_error(value(sources.trace, tool.raw_result_payload_id))
            if said and said.rstrip(".") in thrown:
                yield Cause("tool_call", tool_call_id, FAILED_CALLS)


def _of_turn(sources: Sources, finding: Finding) -> Iterator[Cause]:
    if finding.code == "turn_aborted":
        yield Cause("codex_turn", finding.object_id or "", ("turn_cancelled", "turn_failed"))
        return
    for handle in reversed(sources.history.collections[CompactionRequest].order):
        request = cast(CompactionRequest, sources.history.objects[handle])
        if request.codex_turn_id == finding.object_id and request.execution.status == "failed":
            yield Cause("compaction_request", request.compaction_request_id, ("compaction_failed",))
            break
    last = sources.carried.request_at(finding.thread_id or "", finding.event)
    if last and last.codex_turn_id == finding.object_id:
        yield Cause("inference_call", last.inference_call_id, ("inference_failed",))


def _of_request(sources: Sources, finding: Finding) -> Iterator[Cause]:
    if finding.code == "inference_cancelled":
        call = sources.latest(InferenceCall, finding.object_id)
        if call:
            yield Cause("codex_turn", call.codex_turn_id, TURN_STOPPED)
        return
    carried = sources.carried
    at = carried.request_number(finding.thread_id or "", finding.event)
    if at:
        before = carried.requests(finding.thread_id or "")[at - 1]
        yield Cause("inference_call", before.inference_call_id, ("inference_failed",))


def _of_agent(sources: Sources, finding: Finding) -> Iterator[Cause]:
    for link in reversed(finding.chain):
        if link.kind == "codex_turn":
            yield Cause("codex_turn", link.id, ("turn_failed",))
    last = sources.carried.request_at(finding.object_id or "", finding.event)
    if last:
        yield Cause("inference_call", last.inference_call_id, ("inference_failed",))


def _of_open(sources: Sources, finding: Finding) -> Iterator[Cause]:
    """What is open lies under what holds it, if that is open or was stopped."""
    kind = SPAN_OBJECTS.get(finding.object_kind or "")
    held = sources.latest(kind, finding.object_id) if kind else None
    codes = (*LEFT_OPEN, *TURN_STOPPED)
    if isinstance(held, TerminalOperation):
        yield Cause("tool_call", held.tool_call_id, (*codes, *FAILED_CALLS))
    elif isinstance(held, ToolCall):
        if isinstance(held.requester, CodeCellRequester):
            yield Cause(
                "code_cell", held.requester.code_cell_id, (*codes, "code_cell_failed", "code_cell_terminated")
            )
        yield Cause("codex_turn", held.started_by_codex_turn_id or "", codes)
    elif isinstance(held, CodeCell):
        yield Cause("tool_call", held.model_visible_call_id, codes)
        yield Cause("codex_turn", held.codex_turn_id, codes)
    elif isinstance(held, (InferenceCall, CompactionRequest)):
        yield Cause("codex_turn", held.codex_turn_id, codes)
    elif isinstance(held, CodexTurn):
        yield Cause("thread", held.thread_id, codes)


_RULES: dict[str, Callable[[Sources, Finding], Iterator[Cause]]] = {
    **dict.fromkeys(FAILED_CALLS, _of_call),
    **dict.fromkeys(LEFT_OPEN, _of_open),
    "command_failed": _of_command,
    "code_cell_failed": _of_cell,
    "code_cell_terminated": _of_cell,
    "turn_failed": _of_turn,
    "turn_aborted": _of_turn,
    "inference_cancelled": _of_request,
    "inference_retried": _of_request,
    "agent_failed": _of_agent,
}
