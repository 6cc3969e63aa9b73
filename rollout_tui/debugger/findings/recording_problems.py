"""Problems of the recording itself, and what contradicts the rules, as findings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rollout_tui.debugger.findings.finding import Finding, Sources
from rollout_tui.debugger.findings.finding_codes import CODES
from rollout_tui.debugger.kinds import KIND_NAMES
from rollout_tui.debugger.names import Link
from rollout_tui.graph.history import History
from rollout_tui.graph.objects import (
    CodeCell,
    CodexTurn,
    CompactionRequest,
    InferenceCall,
    TerminalOperation,
    Thread,
    ToolCall,
)
from rollout_tui.graph.payloads import PREFIX
from rollout_tui.reducer.diagnostics import Diagnostic
from rollout_tui.trace.json_text import check_json
from rollout_tui.trace.payloads import PayloadProblem

if TYPE_CHECKING:
    from rollout_tui.recording import Trace


_SEARCHED = (ToolCall, CodeCell, InferenceCall, CompactionRequest, TerminalOperation, CodexTurn, Thread)


def finding_code(trace: Trace, diagnostic: Diagnostic) -> str | None:
    """The finding code of a diagnostic: its own, else `contradiction` where a reference reducer refuses."""
    if diagnostic.code in CODES:
        return diagnostic.code
    if not diagnostic.refused:
        return None
    return "payload_unreadable" if _unreadable(trace, diagnostic) else "contradiction"


def _unreadable(trace: Trace, diagnostic: Diagnostic) -> bool:
    """Whether a payload that has not the shape of its kind is not even JSON."""
    history = trace.history
    payload_ids = (one for one in diagnostic.ids if one.startswith(PREFIX))
    references = (history.payloads.get(one, history.head) for one in payload_ids)
    return any(reference and payload_problem(trace, reference.path) for reference in references)


def payload_problem(trace: Trace, path: str) -> tuple[str, str] | None:
    """(code, reason) why a payload file is not there, cannot be read or is no JSON; None when it is sound."""
    try:
        data = trace.payloads.read(path)
    except PayloadProblem as problem:
        return problem.code, problem.reason
    try:
        check_json(data)
    except UnicodeDecodeError as error:
        return "payload_unreadable", f"it is not UTF-8 at byte {error.start:,}"
    except RecursionError:
        return "payload_unreadable", "its JSON is nested too deeply"
    except ValueError as error:
        return "payload_unreadable", f"it is no JSON: {error}"
    return None


def from_diagnostic(sources: Sources, diagnostic: Diagnostic) -> Finding | None:
    """The finding that a diagnostic of the reducer makes, None for what nobody refuses."""
    code = finding_code(sources.trace, diagnostic)
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
    for kind in _SEARCHED:
        if history.handle(kind, object_id) is not None:
            return KIND_NAMES[kind], object_id
    return ("raw_payload", object_id) if history.payloads.born(object_id) is not None else None


def missing_payloads(trace: Trace) -> Iterator[tuple[int, PayloadProblem, str]]:
    """(event, problem, payload id) of every payload that an event names and that is not there.

    Looks at names and sizes alone: one listing of the payload folder.
    """
    history = trace.history
    listed = _listed(trace)
    for payload_id, path in history.payloads.elsewhere(listed, history.head):
        try:
            trace.payloads.size(path)
        except PayloadProblem as problem:
            yield history.payloads.born(payload_id) or history.head, problem, payload_id


def _listed(trace: Trace) -> frozenset[str]:
    """Paths of the regular files in the payload folder."""
    folder = trace.bundle.folder / "payloads"
    try:
        if folder.is_symlink():
            return frozenset()
        with os.scandir(folder) as entries:
            return frozenset(
                f"payloads/{entry.name}" for entry in entries if entry.is_file(follow_symlinks=False)
            )
    except OSError:
        return frozenset()
