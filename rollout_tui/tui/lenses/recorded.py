"""Findings as the panes show them: with what only the end of a recording can tell, and by object."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from weakref import WeakKeyDictionary

from rollout_tui.debugger.findings.findings import Finding, Findings, recording_status
from rollout_tui.debugger.kinds import KIND_NAMES
from rollout_tui.tui.drawing.lens import Selection, View
from rollout_tui.tui.drawing.lines import ToPayload


def all_findings(view: View) -> Sequence[Finding]:
    """Findings of all that is recorded, those of its end among them unless it still grows."""
    return view.findings.complete(recording_status(view.trace.history, live=view.growing))


class _ByObject:
    """Findings by the object they are about, for one list of findings."""

    def __init__(self, found: Sequence[Finding]) -> None:
        self.found = found
        self.taken = 0
        self.by_object: defaultdict[tuple[str | None, str | None], list[Finding]] = defaultdict(list)

    def update(self) -> None:
        """Take in findings that were added at the end."""
        stop = len(self.found)
        for one in self.found[self.taken : stop]:
            self.by_object[one.object_kind, one.object_id].append(one)
        self.taken = stop


_kept: WeakKeyDictionary[Findings, _ByObject] = WeakKeyDictionary()


def findings_about(view: View, target: Selection) -> list[Finding]:
    """What was found about an object or a payload at or before the cursor."""
    found = all_findings(view)
    kept = _kept.get(view.findings)
    if kept is None or kept.found is not found:
        kept = _kept[view.findings] = _ByObject(found)
    kept.update()
    if isinstance(target, ToPayload):
        key = ("raw_payload", target.raw_payload_id)
    else:
        key = (KIND_NAMES[target.kind], target.id)
    return [one for one in kept.by_object.get(key, ()) if one.event <= view.event]
