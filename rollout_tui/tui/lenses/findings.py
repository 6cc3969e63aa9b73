"""Lens 7: what failed, was lost or never ended; causes first, what followed from them under them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from functools import lru_cache
from itertools import accumulate
from typing import cast

from rollout_tui.debugger.findings.arranged import Arranged, arranged
from rollout_tui.debugger.findings.finding import Finding, holders
from rollout_tui.debugger.findings.finding_codes import MARKS, SEVERITIES, Severity
from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.names import Names
from rollout_tui.debugger.spans.span_tree import SPAN_OBJECTS
from rollout_tui.printable import cells, line_end, one_line
from rollout_tui.tui.drawing.lens import LensLines, MadeLines, View
from rollout_tui.tui.drawing.lines import FLEXIBLE, Cell, Line, paragraph, restyled, row
from rollout_tui.tui.drawing.targets import ToEvent, ToObject
from rollout_tui.tui.keys import key_of, with_keys
from rollout_tui.tui.lenses.recorded import all_findings
from rollout_tui.words import count

INDENT, MESSAGE_INDENT = "  ", 3
ONE_ROW_FROM = 110
"""Cells; in less room what a finding says stands below where it is."""
LEAST_OF_A_PATH = 12
"""Cells that are left to the path of a thread."""
MOST_ROWS = 3
"""Rows of what a finding says there."""
MOST_WHOLE = 200
"""Findings of which that many are shown; of those after them one."""


def findings(view: View, width: int) -> LensLines:
    """All findings of at least the severity asked for, those after the cursor dimmed."""
    listed = arranged(view.findings, all_findings(view), cast(Severity, view.severity))
    names = index_of(view.trace.history, Names)
    rows = _Rows(listed, width)

    def make(number: int) -> Line:
        at, part = rows.place(number)
        one, depth = listed.finding(at), listed.depths[at]
        made = (
            _long(one, depth, listed, names, width)
            if not rows.tall
            else _message(one, depth, width, rows.most(at), part - 1)
            if part
            else _head(one, depth, names, width)
        )
        return restyled(made, "future") if one.event > view.event else made

    return MadeLines(
        f"findings  {_counted(listed.worst)}",
        rows.start(listed.length),
        make,
        with_keys(SUBTITLES[view.severity]),
        "" if listed.length else _empty(listed),
        rows.start(listed.group_at(view.event)) if listed.length else None,
    )


class _Rows:
    """Which rows a finding takes: one where there is room, else its head and what it says."""

    def __init__(self, listed: Arranged, width: int) -> None:
        self.tall = width < ONE_ROW_FROM
        whole = min(listed.length, MOST_WHOLE) if self.tall else 0
        heights = (
            1 + len(_told(listed.finding(at).message, width, listed.depths[at], MOST_ROWS))
            for at in range(whole)
        )
        self._starts = list(accumulate(heights, initial=0))
        self._after = 2 if self.tall else 1

    def most(self, at: int) -> int:
        """Rows that what finding `at` says may take."""
        return MOST_ROWS if at < len(self._starts) - 1 else 1

    def start(self, at: int) -> int:
        """The first row of finding `at`."""
        whole = len(self._starts) - 1
        return self._starts[at] if at <= whole else self._starts[-1] + (at - whole) * self._after

    def place(self, row: int) -> tuple[int, int]:
        """The finding in a row, and which of its rows this is."""
        if row < self._starts[-1]:
            at = bisect_right(self._starts, row) - 1
            return at, row - self._starts[at]
        after, part = divmod(row - self._starts[-1], self._after)
        return len(self._starts) - 1 + after, part


SUBTITLES = {
    "note": "{filter} filter",
    "warning": "no notes  {filter} filter",
    "error": "errors only  {filter} filter",
}


def _counted(counts: Mapping[Severity, int]) -> str:
    return "  ".join(count(counts[one], one) for one in SEVERITIES if counts[one])


def _empty(listed: Arranged) -> str:
    more = _counted(listed.told)
    if more:
        return f"Nothing so grave: there are {more}. Press {key_of('filter')} to show them."
    return with_keys(
        "Nothing failed, nothing was lost, and the recording is sound, as far as it has been read. "
        "Press {lens_context} for what the model sees, {silence_next} for the next long silence."
    )


def _where(one: Finding, names: Names) -> str:
    return names.thread(one.thread_id) if one.thread_id else ""


def _target(one: Finding) -> ToEvent:
    """The event of a finding, with the object that it is about."""
    kind = SPAN_OBJECTS.get(one.object_kind or "")
    return ToEvent(one.event, ToObject(kind, one.object_id) if kind and one.object_id else None)


def _long(one: Finding, depth: int, listed: Arranged, names: Names, width: int) -> Line:
    why = " > ".join(link.label for link in one.chain)
    told = one_line(f"why: {why}" if why else "", width // 3)
    thread_width = min(18, listed.thread_width)
    thread = (Cell(_where(one, names), "agent", thread_width, drop=2, keep_end=True),) if thread_width else ()
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


def _head(one: Finding, depth: int, names: Names, width: int) -> Line:
    thread, inside = _where(one, names), holders(one)
    before = (
        Cell(f"{INDENT * depth} {MARKS[one.severity]}", one.severity),
        Cell(f"#{one.seq}", "dim"),
        Cell(one.code, one.severity),
    )
    room = max(LEAST_OF_A_PATH, width - sum(len(cell.text) + 1 for cell in before))
    return row(
        width,
        *before,
        Cell(thread, "agent", cells(line_end(thread, room)), drop=1, keep_end=True),
        Cell(f"> {inside}" if thread and inside else inside, "dim", FLEXIBLE, drop=2),
        target=_target(one),
    )


def _message(one: Finding, depth: int, width: int, most: int, number: int) -> Line:
    return _told(one.message, width, depth, most)[number]._replace(target=_target(one))


@lru_cache(maxsize=2 * MOST_WHOLE)
def _told(message: str, width: int, depth: int, most: int) -> tuple[Line, ...]:
    """What a finding says, in at most so many rows, at least one."""
    return tuple(paragraph(message, width, most, indent=len(INDENT) * depth + MESSAGE_INDENT))
