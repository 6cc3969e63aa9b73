"""Findings of a recording that has used up the memory it may take."""

from __future__ import annotations

from unittest.mock import PropertyMock, patch

from small_recordings import own_recording

from rollout_tui.debugger.findings.findings import Findings
from rollout_tui.trace.memory import MemoryBudget


def test_nothing_is_listed_that_there_is_no_memory_for_and_the_last_one_says_so() -> None:
    trace = own_recording("ma-child-http400")
    findings = Findings(trace)
    with patch.object(MemoryBudget, "lasts", PropertyMock(return_value=False)):
        findings.update()
    assert [(one.code, one.seq) for one in findings.all] == [("memory_used_up", trace.head)]
    assert "--memory SIZE" in findings.all[0].message
    assert findings.update() == 0
