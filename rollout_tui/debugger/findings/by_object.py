"""Findings by what they are about, kept and brought up to date: those of one object are one look-up."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Sequence
from weakref import WeakKeyDictionary

from rollout_tui.debugger.findings.finding import Finding
from rollout_tui.debugger.findings.findings import Findings

AT_ONCE = 20_000
"""Findings that are taken in before somebody else has a turn: a few milliseconds."""


class _ByObject:
    """The index of one list of findings."""

    def __init__(self, found: Sequence[Finding]) -> None:
        self.found = found
        self.taken = 0
        self.by_object: defaultdict[tuple[str | None, str | None], list[Finding]] = defaultdict(list)

    def update(self) -> bool:
        """Take in some of the findings that were added at the end; whether there are more."""
        stop = min(len(self.found), self.taken + AT_ONCE)
        for one in self.found[self.taken : stop]:
            self.by_object[one.object_kind, one.object_id].append(one)
        self.taken = stop
        return stop < len(self.found)


_kept: WeakKeyDictionary[Findings, _ByObject] = WeakKeyDictionary()
_indexing = threading.Lock()


def index_objects(findings: Findings, found: Sequence[Finding]) -> None:
    """Take in all of `found`, a list that `findings` gave; others can ask meanwhile."""
    more = True
    while more:
        with _indexing:
            more = _index(findings, found).update()


def of_object(
    findings: Findings, found: Sequence[Finding], kind: str | None, object_id: str | None
) -> Sequence[Finding]:
    """The findings of `found` about one object, of very many those that are taken in. From any thread."""
    with _indexing:
        index = _index(findings, found)
        index.update()
        return tuple(index.by_object.get((kind, object_id), ()))


def _index(findings: Findings, found: Sequence[Finding]) -> _ByObject:
    kept = _kept.get(findings)
    if kept is None or kept.found is not found:
        kept = _kept[findings] = _ByObject(found)
    return kept
