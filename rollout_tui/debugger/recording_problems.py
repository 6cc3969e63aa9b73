"""Problems of the recording itself, and what contradicts the rules, as findings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from rollout_tui.debugger.finding import Finding, Sources
from rollout_tui.debugger.finding_codes import CODES
from rollout_tui.debugger.names import Link
from rollout_tui.graph.history import History
from rollout_tui.graph.objects import (
    CodeCell,
    CodexTurn,
    CompactionRequest,
    InferenceCall,
    Object,
    TerminalOperation,
    Thread,
    ToolCall,
)
from rollout_tui.reducer.diagnostics import Diagnostic
from rollout_tui.trace.payloads import PayloadProblem

if TYPE_CHECKING:
    from rollout_tui.recording import Trace

SEARCHED: dict[str, type[Object]] = {
    "tool_call": ToolCall,
    "code_cell": CodeCell,
    "inference_call": InferenceCall,
    "compaction_request": CompactionRequest,
    "terminal_operation": TerminalOperation,
    "codex_turn": CodexTurn,
    "thread": Thread,
}

# What the reducer calls them where a finding has another name.
SAME: dict[str, str] = {}


def finding_code(diagnostic: Diagnostic) -> str | None:
    """The finding code of a diagnostic: its own, else `contradiction` where a reference reducer refuses."""
    code = SAME.get(diagnostic.code, diagnostic.code)
    if code in CODES:
        return code
    return "contradiction" if diagnostic.refused else None


def from_diagnostic(sources: Sources, diagnostic: Diagnostic) -> Finding | None:
    """The finding that a diagnostic of the reducer makes, None for what nobody refuses."""
    code = finding_code(diagnostic)
    if code is None:
        return None
    history = sources.history
    about = next((found for one in diagnostic.ids if (found := _about(history, one))), None)
    thread_id = history.events.thread_id(diagnostic.event)
    chain: tuple[Link, ...] = ()
    if not CODES[code].of_recording:
        chain = sources.names.chain_of_turn(thread_id, history.events.codex_turn_id(diagnostic.event))
    return sources.finding(code, diagnostic.event, diagnostic.message, thread_id, about, chain)


def _about(history: History, object_id: str) -> tuple[str, str] | None:
    """(kind, id) of what an id names."""
    for kind, searched in SEARCHED.items():
        if history.handle(searched, object_id) is not None:
            return kind, object_id
    return ("raw_payload", object_id) if history.payloads.born(object_id) is not None else None


def missing_payloads(trace: Trace) -> Iterator[tuple[int, PayloadProblem, str]]:
    """(event, problem, payload id) of every payload that an event names and that is not there.

    Looks at names and sizes alone: one listing of the payload folder.
    """
    history = trace.history
    listed = _listed(trace)
    for payload_id in history.payloads.ids(history.head):
        reference = history.payloads.get(payload_id, history.head)
        if reference is None:
            continue
        path = PurePosixPath(reference.path)
        if str(path.parent) == "payloads" and path.name in listed:
            continue
        try:
            trace.payloads.size(reference.path)
        except PayloadProblem as problem:
            yield history.payloads.born(payload_id) or history.head, problem, payload_id


def _listed(trace: Trace) -> frozenset[str]:
    """Names of the regular files in the payload folder."""
    folder = trace.bundle.folder / "payloads"
    try:
        if folder.is_symlink():
            return frozenset()
        return frozenset(
            entry.name for entry in folder.iterdir() if entry.is_file() and not entry.is_symlink()
        )
    except OSError:
        return frozenset()
