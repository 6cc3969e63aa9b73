"""The findings of a recording: what failed, was lost or never ended, and what is wrong with the evidence."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from rollout_tui.debugger.findings import oddities
from rollout_tui.debugger.findings.causes import CauseLinks
from rollout_tui.debugger.findings.failures import failures, work_failed
from rollout_tui.debugger.findings.finding import Finding, Note, Sources
from rollout_tui.debugger.findings.finding_codes import CODES
from rollout_tui.debugger.findings.in_order import InOrder
from rollout_tui.debugger.findings.recording_problems import from_diagnostic, missing_payloads
from rollout_tui.debugger.findings.unfinished import RecordingStatus, Unfinished, recording_status
from rollout_tui.debugger.indexes import events_of_types
from rollout_tui.graph.history import CREATED, History
from rollout_tui.graph.objects import CodeCell, TerminalOperation, ToolCall
from rollout_tui.trace.memory import used_up

if TYPE_CHECKING:
    from rollout_tui.recording import Trace


EventRule = Callable[[Sources, int], Iterator[Finding]]
NoteRule = Callable[[Sources, int, list[Note]], Iterator[Finding]]

# Rules for what events changed, and rules for events of a type.
NOTE_RULES: tuple[NoteRule, ...] = (failures, oddities.waits, oddities.cut_outputs, oddities.late_results)
EVENT_RULES: dict[str, tuple[EventRule, ...]] = {
    "inference_started": (oddities.retries, oddities.lost_context),
    "agent_result_observed": (oddities.agent_results,),
}
WORK_ENDED = "tool_call_runtime_ended"
EVENTS_AT_ONCE = 8192
MEASURED_EVERY = 1024
"""Findings between two looks at the memory taken: half a megabyte."""

# An object can be found like this once; a repeated end says nothing more.
ONCE = frozenset(one.code for one in CODES.values() if not one.of_recording) - {"contradiction"}


class Findings:
    """Findings of one trace, in the order of their events.

    `update()` takes in the events added since the last time; `all` are the findings of events,
    `complete(status)` those and what only the end of the recording can tell. Nothing here raises on bad
    evidence. Where the memory that the recording may take is used up, the last finding says so and those
    behind it are left out. One thread at a time may update; others may read what was handed out.
    """

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self._sources = Sources(trace)
        # Findings whose cause was found after them: those are in `all` by the time that this tells of them.
        self.linked_late: list[Finding] = []
        # Failures that no other one caused.
        self.failures = 0
        self._found = InOrder[Finding]()
        self._known: set[tuple[str | None, ...]] = set()
        self._head = 0
        self._diagnostics = 0
        self._exhausted = False
        self._links = CauseLinks(self._sources)
        self._unfinished = Unfinished(self._sources)
        self._complete: tuple[tuple[int, RecordingStatus], InOrder[Finding]] | None = None

    def update(self) -> int:
        """Take in new events; returns how many findings they made."""
        fresh: list[Finding] = []
        if self._exhausted:
            return 0
        for finding in self._bounded(self._fresh()):
            key = _once(finding)
            if key is None or key not in self._known:
                if key is not None:
                    self._known.add(key)
                self._links.add(finding)
                fresh.append(finding)
        if self._exhausted:
            fresh.append(self._no_more())
        fresh.sort(key=_place)
        if fresh and self._found and fresh[0].event < self._found[-1].event:
            self._found = InOrder(sorted((*self._found, *fresh), key=_place))
        else:
            self._found.extend(fresh)
            self._found.grade()
        self._count(fresh, self._links.take_late())
        return len(fresh)

    def _count(self, fresh: Sequence[Finding], late: Sequence[Finding]) -> None:
        """Count the failures among new findings, and no more those whose cause is found only now."""
        self.failures += sum(one.severity == "error" and one.under is None for one in fresh)
        if late:
            new = set(map(id, fresh))
            self.failures -= sum(one.severity == "error" and id(one) not in new for one in late)
            self.linked_late += late

    def _bounded(self, found: Iterable[Finding]) -> Iterator[Finding]:
        """What there is memory for."""
        for number, finding in enumerate(found):
            if not number % MEASURED_EVERY and not self.trace.budget.lasts:
                self._exhausted = True
                return
            yield finding

    def _no_more(self) -> Finding:
        message = f"no more findings are listed: {used_up(self.trace.budget.limit)}"
        return self._sources.finding("memory_used_up", self._sources.history.head, message)

    def _fresh(self) -> Iterator[Finding]:
        """What the new events and the new diagnostics say."""
        head = self._sources.history.head
        while self._head < head:
            stop = min(head, self._head + EVENTS_AT_ONCE) + 1
            yield from self._of_events(self._head + 1, stop)
            self._head = stop - 1
        diagnostics = self.trace.diagnostics
        while self._diagnostics < len(diagnostics) and diagnostics[self._diagnostics].event <= head:
            found = from_diagnostic(self._sources, diagnostics[self._diagnostics])
            self._diagnostics += 1
            if found:
                yield found

    def _of_events(self, start: int, stop: int) -> Iterator[Finding]:
        sources = self._sources
        history = sources.history
        notes, driven = telling_notes(history, start, stop)
        typed = set(events_of_types(history, (*EVENT_RULES, WORK_ENDED), start, stop)) - driven
        told = {event: name for name in oddities.TOLD for event in history.events.protocol(name, start, stop)}
        for event in sorted(typed.union(notes, told)):
            if event in told:
                yield from oddities.protocol(sources, event, told[event])
            if event in notes:
                for note_rule in NOTE_RULES:
                    yield from note_rule(sources, event, notes[event])
            if event in typed:
                kind = history.events.type(event)
                for rule in EVENT_RULES.get(kind, (work_failed,)):
                    yield from rule(sources, event)

    @property
    def all(self) -> InOrder[Finding]:
        """What the events up to the last `update()` say, in the order of their events."""
        return self._found

    def complete(self, status: RecordingStatus) -> InOrder[Finding]:
        """All findings of a recording that is `ended` or `stopped`; of a `live` one, `all`.

        Costs nothing when no event was added since the last time.
        """
        if status == "live":
            return self._found
        asked = (self._head, status)
        if self._complete is None or self._complete[0] != asked:
            links = CauseLinks(self._sources, self._links)
            last: list[Finding] = []
            if not self._exhausted:
                for finding in self._bounded(chain(self._unfinished.findings(status), self._missing())):
                    links.add(finding)
                    last.append(finding)
                if self._exhausted:
                    self._found.append(self._no_more())
                    self._found.grade()
            self._complete = (asked, InOrder(sorted((*self._found, *last), key=_place)))
        return self._complete[1]

    def _missing(self) -> Iterator[Finding]:
        """Payload files that no rule has read and that are not there."""
        known = {finding.object_id for finding in self._found if finding.object_kind == "raw_payload"}
        for event, problem, payload_id in missing_payloads(self.trace):
            if payload_id not in known:
                message = f"payload {payload_id}: {problem.reason}"
                yield self._sources.finding(problem.code, event, message, None, ("raw_payload", payload_id))


def telling_notes(history: History, start: int, stop: int) -> tuple[dict[int, list[Note]], set[int]]:
    """(changes that can make a finding, by event; the events that ended a terminal operation)."""
    told: dict[int, list[Note]] = {}
    driven: set[int] = set()
    objects, seqs = history.objects, history.events.seqs
    calls = history.collections[ToolCall]
    first, last = bisect_left(calls.born, start), bisect_left(calls.born, stop)
    for handle, event in zip(calls.order[first:last], calls.born[first:last], strict=True):
        if objects[handle].kind.name == "wait":
            told.setdefault(event, []).append(Note(handle, CREATED, None))
    for event, handle, field, before in history.notes(start, stop, _TELLING):
        if field == "execution":
            changed = objects[handle]
            # Asking what it is an instance of takes ten times as long for most: they are not.
            kind, window = type(changed), changed.execution
            if kind is TerminalOperation:
                driven.add(event)
            if window.status == "completed" and window.ended_seq == seqs[event] and kind is not CodeCell:
                result = changed.result if kind is TerminalOperation else None
                if result is None or not result.exit_code:
                    continue
        told.setdefault(event, []).append(Note(handle, field, before))
    return told, driven


_TELLING = ("execution", *oddities.OUTPUTS, "wait_tool_call_ids", "status")


def find_all(trace: Trace) -> Sequence[Finding]:
    """Every finding of a trace as it lies there."""
    findings = Findings(trace)
    findings.update()
    return findings.complete(recording_status(trace.history))


def _place(finding: Finding) -> int:
    return finding.event


def _once(finding: Finding) -> tuple[str | None, ...] | None:
    """What a finding is told apart by; None for what can be found again."""
    if finding.object_id is None or finding.code not in ONCE:
        return None
    turn = finding.chain[-1].id if finding.chain and finding.code == "agent_failed" else None
    return finding.code, finding.object_kind, finding.object_id, turn
