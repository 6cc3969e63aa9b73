"""Findings as text, gravest marks first in the eye, causes above what they caused; and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rollout_tui.debugger.findings.finding import Finding, holders
from rollout_tui.debugger.findings.finding_codes import MARKS, SEVERITIES, Severity, at_least
from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.names import Names
from rollout_tui.export.table import wrapped
from rollout_tui.printable import one_line
from rollout_tui.words import count

if TYPE_CHECKING:
    from rollout_tui.recording import Trace

_INDENT = "  "
_CODE = 24


def findings_text(trace: Trace, findings: Sequence[Finding], severity: Severity, width: int) -> Iterator[str]:
    """The findings at least as grave as `severity`: where, what, and from where it came."""
    counts = Counter(finding.severity for finding in findings)
    yield "   ".join(count(counts[one], one) for one in SEVERITIES) if findings else "nothing found"
    shown = at_least(severity)
    names = index_of(trace.history, Names)
    rows = [row for row in _under_causes(findings) if row[0].severity in shown]
    seqs = max((len(str(finding.seq)) for finding, _ in rows), default=0) + 1
    for finding, depth in rows:
        seq = f"#{finding.seq}"
        indent = _INDENT * depth
        head = f"{MARKS[finding.severity]}  {seq:>{seqs}}  {indent}"
        place = _place(names, finding)
        yield one_line(f"{head}{finding.code:<{_CODE - len(indent)}}  {place}", width)
        if finding.message:
            yield from wrapped(finding.message, width, " " * len(head) + _INDENT)


def finding_json(finding: Finding) -> dict[str, Any]:
    """An entry of `findings --json`."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "seq": finding.seq,
        "thread_id": finding.thread_id,
        "object_id": finding.object_id,
        "message": finding.message,
    }


def _place(names: Names, finding: Finding) -> str:
    """Thread and what leads to the object there: `/root > turn 1 > inference 2 > exec`."""
    thread = names.thread(finding.thread_id) if finding.thread_id else ""
    return " > ".join(filter(None, (thread, holders(finding))))


def _under_causes(findings: Sequence[Finding]) -> Iterator[tuple[Finding, int]]:
    """Findings in seq order, each followed by what it caused, and how deep they stand."""
    caused: dict[int, list[Finding]] = {}
    known = {id(finding) for finding in findings}
    tops = []
    for finding in findings:
        if finding.under is not None and id(finding.under) in known:
            caused.setdefault(id(finding.under), []).append(finding)
        else:
            tops.append(finding)
    waiting = [(finding, 0) for finding in reversed(tops)]
    while waiting:
        finding, depth = waiting.pop()
        yield finding, depth
        waiting.extend((one, depth + 1) for one in reversed(caused.get(id(finding), [])))
