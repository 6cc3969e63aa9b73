"""The soundness of a recording, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rollout_tui.debugger.findings.check import Soundness
from rollout_tui.debugger.findings.finding_codes import MARKS
from rollout_tui.export.table import wrapped
from rollout_tui.printable import one_line


def check_text(found: Soundness, width: int) -> Iterator[str]:
    """`sound` or `not sound`, then each problem with its line."""
    yield "sound" if found.sound else "not sound"
    for one in found.problems:
        where = "" if one.line is None else f"line {one.line}"
        seq = "" if one.seq is None else f"  #{one.seq}"
        yield one_line(f"{MARKS[one.severity]}  {where:<10}{seq}  {one.code}", width)
        yield from wrapped(one.message, width, "     ")


def check_json(found: Soundness) -> dict[str, Any]:
    """The object of `check --json`."""
    return {
        "sound": found.sound,
        "problems": [
            {
                "code": one.code,
                "severity": one.severity,
                "line": one.line,
                "seq": one.seq,
                "message": one.message,
            }
            for one in found.problems
        ],
    }
