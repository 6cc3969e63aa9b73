"""Findings without end: the next one, those of an object and how many failed cost no look at each."""

from __future__ import annotations

from functools import partial
from itertools import product
from pathlib import Path

from counted_steps import steps
from scripted import Script

from rollout_tui.debugger.findings.by_object import AT_ONCE, index_objects, of_object
from rollout_tui.debugger.findings.finding_codes import SEVERITIES
from rollout_tui.debugger.findings.findings import Findings
from rollout_tui.debugger.findings.in_order import InOrder
from rollout_tui.debugger.indexes import count_of_types, events_of_types
from rollout_tui.recording import Trace, open_trace


class Grade:
    def __init__(self, severity: str) -> None:
        self.severity = severity


def failing(folder: Path, many: int) -> Trace:
    script = Script(folder)
    script.begin()
    for number in range(many):
        script.tool(f"x{number}", {"type": "other", "name": "n"})
        script.end_tool(f"x{number}", "failed" if number % 2 else "completed")
    return open_trace(script.folder)


def test_the_next_and_the_last_of_a_severity_as_a_look_at_each_finds_them() -> None:
    for row in product(SEVERITIES, repeat=4):
        found = InOrder(list(map(Grade, row[:2])))
        found.extend(map(Grade, row[2:]))
        found.grade()
        for wanted in (("error",), ("error", "warning")):
            here = [place for place, one in enumerate(row) if one in wanted]
            for at in range(5):
                assert found.next_of(wanted, at) == next((one for one in here if one >= at), None)
                assert found.last_of(wanted, at) == next((one for one in here[::-1] if one < at), None)
        assert [one.severity for one in found.all_of("note")] == [one for one in row if one == "note"]


def test_looking_for_the_next_one_costs_the_same_among_twice_as_many() -> None:
    few, many = (InOrder(list(map(Grade, ["note"] * size + ["error"]))) for size in (1000, 2000))
    assert few.next_of(("error",), 0) == 1000 and many.last_of(("warning",), 2000) is None
    assert steps(partial(few.next_of, ("error",), 0)) == steps(partial(many.next_of, ("error",), 0))


def test_failures_are_counted_as_they_are_found(tmp_path: Path) -> None:
    trace = failing(tmp_path / "bundle", 20)
    findings = Findings(trace)
    findings.update()
    causes = [one for one in findings.all if one.severity == "error" and one.under is None]
    assert findings.failures == len(causes) == 10


def test_events_of_some_types_are_counted_without_a_look_at_each(tmp_path: Path) -> None:
    counted = []
    for many in (20, 40):
        trace = failing(tmp_path / str(many), many)
        span = ("tool_call_ended", "codex_turn_ended"), 1, trace.history.head + 1
        assert (
            count_of_types(trace.history, *span) == len(list(events_of_types(trace.history, *span))) == many
        )
        counted.append(steps(partial(count_of_types, trace.history, *span)))
    assert counted[0] == counted[1]


def test_of_very_many_findings_a_screen_takes_in_some_at_a_time(tmp_path: Path) -> None:
    trace = failing(tmp_path / "bundle", 2)
    findings = Findings(trace)
    findings.update()
    (one,) = findings.all
    repeated = [one] * (2 * AT_ONCE)
    asked = partial(of_object, findings, repeated, one.object_kind, one.object_id)
    assert len(asked()) == AT_ONCE
    index_objects(findings, repeated)
    assert len(asked()) == 2 * AT_ONCE
