"""Findings in the order of a list: causes in the order of their events, under each what it caused.

The order is kept and goes on with the findings: taking in new ones costs what is at or after the earliest
group that they belong to.
"""

from __future__ import annotations

import threading
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

from rollout_tui.debugger.findings.finding import DEEPEST, Finding
from rollout_tui.debugger.findings.finding_codes import SEVERITIES, Severity, at_least
from rollout_tui.debugger.findings.findings import Findings
from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.names import Names


class Arranged(NamedTuple):
    """The rows for one list of findings and severity. Columns may go on behind what is counted here.

    Row `n` of `length` is finding `numbers[n]` of `found`, below `depths[n]` causes. Groups begin at the
    first `groups` of the rows `roots`. `worst` counts groups by their worst severity, `told` all findings by
    severity, those not shown among them. `seq` is the highest seq, `code_width` and `thread_width` are cells;
    the latter is 0 when all findings are about one thread.
    """

    found: Sequence[Finding]
    length: int
    numbers: array[int]
    depths: array[int]
    groups: int
    roots: array[int]
    worst: dict[Severity, int]
    told: dict[Severity, int]
    seq: int
    code_width: int
    thread_width: int

    def finding(self, row: int) -> Finding:
        """The finding in a row."""
        return self.found[self.numbers[row]]

    def group_at(self, event: int) -> int:
        """The row of the last group that begins at or before `event`, or of the first one."""
        at = bisect_left(self.roots, event + 1, 0, self.groups, key=lambda row: self.finding(row).event)
        return self.roots[max(0, at - 1)]


_kept: WeakKeyDictionary[Findings, dict[Severity, _Arrangement]] = WeakKeyDictionary()
_arranging = threading.Lock()


def arranged(findings: Findings, found: Sequence[Finding], severity: Severity) -> Arranged:
    """The rows for `found`, a list that `findings` gave, of at least this severity. From any thread."""
    with _arranging:
        kept = _kept.setdefault(findings, {})
        if severity not in kept or kept[severity].found is not found:
            kept[severity] = _Arrangement(found, severity)
        return kept[severity].update(findings)


class _Arrangement:
    """The columns of one list; those in use elsewhere are never shortened, only replaced."""

    def __init__(self, found: Sequence[Finding], severity: Severity) -> None:
        self.found = found
        self._shown = at_least(severity)
        self._taken = 0
        self._linked = 0
        self._numbers = array("I")
        self._depths = array("I")
        self._roots = array("I")
        # By group: where its worst severity stands in `SEVERITIES`.
        self._worst = bytearray()
        self._told = dict.fromkeys(SEVERITIES, 0)
        self._seq = self._code_width = self._thread_width = 0
        self._threads: set[str] = set()

    def update(self, findings: Findings) -> Arranged:
        """Take in what was found, and which causes were found, since the last time."""
        linked = findings.linked_late[self._linked :]
        self._linked += len(linked)
        start, fresh = self._taken, self.found[self._taken :]
        self._taken += len(fresh)
        again: list[int] = []
        caused = [*linked, *(one for one in fresh if one.under is not None)]
        if caused:
            again = self._take_back(min(map(_earliest, caused)))
        for severity, count in Counter([one.severity for one in fresh]).items():
            self._told[severity] += count
        places = [place for place, one in enumerate(fresh) if one.severity in self._shown]
        self._measure(findings, [fresh[place] for place in places])
        self._add((*again, *map(start.__add__, places)))
        return self._so_far()

    def _measure(self, findings: Findings, shown: Sequence[Finding]) -> None:
        """Widths and the highest seq of what is to be shown."""
        self._seq = max([self._seq, *(one.seq for one in shown)])
        for thread_id in {one.thread_id for one in shown} - self._threads:
            if thread_id:
                self._threads.add(thread_id)
                name = index_of(findings.trace.history, Names).thread(thread_id)
                self._thread_width = max(self._thread_width, len(name))

    def _so_far(self) -> Arranged:
        return Arranged(
            self.found,
            len(self._numbers),
            self._numbers,
            self._depths,
            len(self._roots),
            self._roots,
            {one: self._worst.count(number) for number, one in enumerate(SEVERITIES)},
            dict(self._told),
            self._seq,
            self._code_width,
            self._thread_width if len(self._threads) > 1 else 0,
        )

    def _take_back(self, event: int) -> list[int]:
        """Take the groups that begin at or after an event from the list; returns their findings in order."""
        group = bisect_left(self._roots, event, key=lambda row: self.found[self._numbers[row]].event)
        if group == len(self._roots):
            return []
        row = self._roots[group]
        again = sorted(self._numbers[row:])
        self._numbers, self._depths = self._numbers[:row], self._depths[:row]
        self._roots, self._worst = self._roots[:group], self._worst[:group]
        return again

    def _add(self, numbers: Sequence[int]) -> None:
        """Add findings whose causes are among them."""
        under: defaultdict[int, list[int]] = defaultdict(list)
        causes = []
        for number in numbers:
            cause = self.found[number].under
            while cause is not None and cause.severity not in self._shown:
                cause = cause.under
            if cause is None:
                causes.append(number)
            else:
                under[id(cause)].append(number)
        if not under:
            self._add_alone(causes)
        for number in causes if under else ():
            self._roots.append(len(self._numbers))
            self._worst.append(self._add_group(number, under))

    def _add_alone(self, numbers: Sequence[int]) -> None:
        """Add findings that caused no other one: nearly all, where there are very many."""
        row = len(self._numbers)
        self._roots.extend(range(row, row + len(numbers)))
        self._numbers.extend(numbers)
        self._depths.frombytes(bytes(len(numbers) * self._depths.itemsize))
        self._worst.extend(SEVERITIES.index(self.found[number].severity) for number in numbers)
        codes = {self.found[number].code for number in numbers}
        self._code_width = max([self._code_width, *map(len, codes)])

    def _add_group(self, cause: int, under: dict[int, list[int]]) -> int:
        stack, worst = [(cause, 0)], len(SEVERITIES)
        while stack:
            number, depth = stack.pop()
            worst = min(worst, self._row(number, depth))
            below = under.pop(id(self.found[number]), ())
            stack += [(one, depth + 1) for one in reversed(below)]
        return worst

    def _row(self, number: int, depth: int) -> int:
        """Add a row; returns how grave it is."""
        one = self.found[number]
        self._numbers.append(number)
        self._depths.append(depth)
        self._code_width = max(self._code_width, len(one.code) + 2 * depth)
        return SEVERITIES.index(one.severity)


def _earliest(finding: Finding) -> int:
    """The earliest event among a finding and its causes; 0 where they are too many to tell, which is rare."""
    event = finding.event
    cause: Finding | None = finding
    for _ in range(DEEPEST):
        if cause is None:
            return event
        event = min(event, cause.event)
        cause = cause.under
    return 0
