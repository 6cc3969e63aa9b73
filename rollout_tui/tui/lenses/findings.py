"""Lens 7: what failed, was lost or never ended; causes first, what followed from them under them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from rollout_tui.debugger.findings.arranged import Arranged, arranged
from rollout_tui.debugger.findings.findings import SEVERITIES, Finding, Severity
from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.names import Names
from rollout_tui.debugger.spans.span_tree import SPAN_OBJECTS
from rollout_tui.printable import one_line
from rollout_tui.tui.drawing.lens import LensLines, MadeLines, View
from rollout_tui.tui.drawing.lines import FLEXIBLE, Cell, Line, restyled, row
from rollout_tui.tui.drawing.targets import ToEvent, ToObject
from rollout_tui.tui.lenses.recorded import all_findings
from rollout_tui.words import count

MARKS: dict[str, str] = {"error": "x", "warning": "!", "note": "i"}
ONE_ROW_FROM = 110
"""Cells; in less room a finding takes two rows."""


def findings(view: View, width: int) -> LensLines:
    """All findings of at least the severity asked for, those after the cursor dimmed."""
    listed = arranged(view.findings, all_findings(view), cast(Severity, view.severity))
    tall = width < ONE_ROW_FROM
    names = index_of(view.trace.history, Names)

    def make(number: int) -> Line:
        at = number // 2 if tall else number
        one, depth = listed.finding(at), listed.depths[at]
        made = (
            _short(one, depth, names, width, second=number % 2 == 1)
            if tall
            else _long(one, depth, listed, names, width)
        )
        return restyled(made, "future") if one.event > view.event else made

    return MadeLines(
        f"findings  {_counted(listed.worst)}",
        listed.length * (2 if tall else 1),
        make,
        SUBTITLES[view.severity],
        "" if listed.length else _empty(listed),
        listed.group_at(view.event) * (2 if tall else 1) if listed.length else None,
    )


SUBTITLES = {
    "note": "& filter",
    "warning": "no notes  & filter",
    "error": "errors only  & filter",
}


def _counted(counts: Mapping[Severity, int]) -> str:
    return "  ".join(count(counts[one], one) for one in SEVERITIES if counts[one])


def _empty(listed: Arranged) -> str:
    more = _counted(listed.told)
    if more:
        return f"Nothing so grave: there are {more}. Press & to show them."
    return (
        "Nothing failed, nothing was lost, and the recording is sound, as far as it has been read. "
        "Press 1 for what the model sees, > for the next long silence."
    )


def _where(one: Finding, names: Names) -> str:
    return names.thread(one.thread_id) if one.thread_id else ""


def _target(one: Finding) -> ToEvent:
    """The event of a finding, with the object that it is about."""
    kind = SPAN_OBJECTS.get(one.object_kind or "")
    return ToEvent(one.event, ToObject(kind, one.object_id) if kind and one.object_id else None)


def _why(one: Finding) -> str:
    return " > ".join(link.label for link in one.chain)


def _long(one: Finding, depth: int, listed: Arranged, names: Names, width: int) -> Line:
    why = _why(one)
    told = one_line(f"why: {why}" if why else "", width // 3)
    thread_width = min(18, listed.thread_width)
    thread = (Cell(_where(one, names), "agent", thread_width, drop=2),) if thread_width else ()
    return row(
        width,
        Cell(f" {MARKS[one.severity]}", one.severity, 2),
        Cell(f"#{one.seq}", "dim", len(f"#{listed.seq}")),
        Cell("  " * depth + one.code, one.severity, min(40, listed.code_width)),
        *thread,
        Cell(one.message, "", FLEXIBLE, least=30),
        Cell(told, "dim", drop=1),
        target=_target(one),
    )


def _short(one: Finding, depth: int, names: Names, width: int, *, second: bool) -> Line:
    indent = "  " * depth
    if second:
        return row(
            width,
            Cell(f"   {indent}", "", 3 + len(indent)),
            Cell(one.message, "", FLEXIBLE),
            gap=0,
            target=_target(one),
        )
    why = _why(one)
    return row(
        width,
        Cell(f"{indent} {MARKS[one.severity]}", one.severity),
        Cell(f"#{one.seq}", "dim"),
        Cell(one.code, one.severity),
        Cell(_where(one, names), "agent", drop=2),
        Cell(why, "dim", FLEXIBLE, drop=1),
        target=_target(one),
    )
