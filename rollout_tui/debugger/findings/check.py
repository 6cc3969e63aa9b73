"""Whether a recording is sound in itself: its lines, its seqs, its payload files, its end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rollout_tui.debugger.findings.finding_codes import CODES, Severity
from rollout_tui.debugger.findings.recording_problems import payload_problem
from rollout_tui.debugger.findings.unfinished import recording_status
from rollout_tui.graph.history import History
from rollout_tui.reducer.diagnostics import Diagnostic

if TYPE_CHECKING:
    from rollout_tui.recording import Trace

# Diagnostics of the envelope of an event or of the manifest that have no finding code of their own.
ENVELOPE = frozenset(("event_schema", "manifest_schema", "event_after_end", "other_event"))
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about the recording. `line` is the line of trace.jsonl, from 1, blank lines counted."""

    code: str
    severity: Severity
    line: int | None
    seq: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Soundness:
    """The answer: `sound` unless a problem is an error or a warning; notes leave it sound."""

    sound: bool
    problems: tuple[Problem, ...]


def check(trace: Trace) -> Soundness:
    """Check a recording that has been read to its end, every payload file included. Raises nothing."""
    lines = _Lines(trace)
    problems = [
        *_from_diagnostics(trace, lines),
        *_payload_problems(trace, lines),
        *_end_problems(trace, lines),
    ]
    problems.sort(key=lambda problem: (problem.line is None, problem.line or 0))
    sound = all(problem.severity == "note" for problem in problems)
    return Soundness(sound, tuple(problems))


class _Lines:
    """Line numbers of events; blank lines are counted only when a line number is asked for."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._event = 1
        self._line = 1
        self._offset = 0

    def of(self, event: int) -> int:
        """The line of an event; cheap for events in order."""
        offsets = self._trace.history.events.offsets
        if event >= len(offsets):
            return self.after(self._trace.history.head)
        if offsets[event] < self._offset:
            self._line, self._offset = 1, 0
        while self._offset < offsets[event]:
            data = self._trace.events.stretch(self._offset, min(CHUNK, offsets[event] - self._offset))
            if not data:
                break
            self._line += data.count(b"\n")
            self._offset += len(data)
        return self._line

    def after(self, event: int) -> int:
        """The line after an event."""
        return self.of(event) + 1 if event else 1


def _from_diagnostics(trace: Trace, lines: _Lines) -> Iterator[Problem]:
    """What the reading of the lines found; payload files are looked at one by one instead."""
    for diagnostic in trace.diagnostics:
        told = CODES.get(diagnostic.code)
        severity: Severity = told.severity if told else "error" if diagnostic.refused else "note"
        if diagnostic.code in ENVELOPE or (told and told.of_recording and not _of_payload(diagnostic)):
            cut = diagnostic.code == "recording_cut"
            line = lines.after(diagnostic.event) if cut else lines.of(diagnostic.event)
            seq = None if cut else diagnostic.seq or None
            yield Problem(diagnostic.code, severity, line, seq, diagnostic.message)


def _of_payload(diagnostic: Diagnostic) -> bool:
    return diagnostic.code.startswith("payload_")


def _payload_problems(trace: Trace, lines: _Lines) -> Iterator[Problem]:
    """Every payload named: is the file there, can it be read, is it JSON in UTF-8."""
    history: History = trace.history
    for payload_id in history.payloads.ids(history.head):
        reference = history.payloads.get(payload_id, history.head)
        event = history.payloads.born(payload_id)
        if reference is None or event is None:
            continue
        found = payload_problem(trace, reference.path)
        if found is not None:
            code, reason = found
            message = f"payload {payload_id} ({reference.path}): {reason}"
            yield Problem(code, CODES[code].severity, lines.of(event), history.events.seqs[event], message)


def _end_problems(trace: Trace, lines: _Lines) -> Iterator[Problem]:
    """A recording without its end mark is a note: killed writers leave none, nor do old releases."""
    history = trace.history
    if recording_status(history) != "stopped":
        return
    seq = history.events.seqs[history.head] if history.head else None
    message = "no rollout_ended: the writer was killed, still writes, or is a release that writes no end"
    if not history.head:
        message = "there is no event in it"
    line = lines.of(history.head) if history.head else None
    yield Problem("recording_cut", "note", line, seq, message)
