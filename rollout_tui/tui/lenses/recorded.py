"""Findings as the panes show them: with what only the end of a recording can tell, and by object."""

from __future__ import annotations

from collections.abc import Sequence

from rollout_tui.debugger.findings.by_object import of_object
from rollout_tui.debugger.findings.finding import Finding
from rollout_tui.debugger.findings.unfinished import recording_status
from rollout_tui.debugger.kinds import KIND_NAMES
from rollout_tui.tui.drawing.lens import Selection, View
from rollout_tui.tui.drawing.targets import ToPayload


def all_findings(view: View) -> Sequence[Finding]:
    """Findings of all that is recorded, those of its end among them unless it still grows."""
    return view.findings.complete(recording_status(view.trace.history, live=view.growing))


def findings_about(view: View, target: Selection) -> list[Finding]:
    """What was found about an object or a payload at or before the cursor."""
    found = all_findings(view)
    if isinstance(target, ToPayload):
        key = ("raw_payload", target.raw_payload_id)
    else:
        key = (KIND_NAMES[target.kind], target.id)
    return [one for one in of_object(view.findings, found, *key) if one.event <= view.event]
