"""Findings in the order of a list, while they are found and all at once."""

from __future__ import annotations

from pathlib import Path

from scripted import Script
from small_recordings import by_own_folder

from rollout_tui.debugger.findings.arranged import Arranged, arranged
from rollout_tui.debugger.findings.finding_codes import SEVERITIES
from rollout_tui.debugger.findings.findings import Findings
from rollout_tui.recording import Trace
from rollout_tui.trace.bundle import open_bundle


def rows(listed: Arranged) -> list[tuple[str, int, str | None, int]]:
    found = map(listed.finding, range(listed.length))
    depths = listed.depths[: listed.length]
    return [(one.code, one.event, one.object_id, depth) for one, depth in zip(found, depths, strict=True)]


def check_growing(folder: Path, piece: int) -> int:
    """Compare what is arranged bit by bit with what is arranged at once; returns the greatest depth."""
    trace = Trace(open_bundle(folder))
    growing = Findings(trace)
    deepest, more = 0, True
    while more:
        more = trace.advance(piece).more
        growing.update()
        whole = Findings(trace)
        whole.update()
        for severity in SEVERITIES:
            grown = arranged(growing, growing.all, severity)
            at_once = arranged(whole, whole.all, severity)
            assert rows(grown) == rows(at_once)
            assert (grown.worst, grown.told) == (at_once.worst, at_once.told)
            assert sum(grown.worst.values()) == grown.groups
            assert len({id(grown.finding(row)) for row in range(grown.length)}) == grown.length
            shown = SEVERITIES[: SEVERITIES.index(severity) + 1]
            assert grown.length == sum(one.severity in shown for one in growing.all)
            deepest = max([deepest, *grown.depths[: grown.length]])
    return deepest


@by_own_folder
def test_findings_arranged_as_they_come_stand_as_if_arranged_at_once(folder: Path) -> None:
    check_growing(folder, 700)


def test_what_one_failure_caused_goes_under_it_when_it_comes(script: Script) -> None:
    script.begin()
    for number in range(40):
        script.tool(f"x{number}", {"type": "exec_command"})
        script.work(f"x{number}", {"command": ["ls"], "cwd": "/", "process_id": str(number)})
        if number % 2:
            script.worked(f"x{number}", {"exit_code": 1, "process_id": str(number)}, "failed")
    for number in range(39, -1, -1):
        script.end_tool(f"x{number}", "failed")
    assert check_growing(script.folder, 300) == 1
