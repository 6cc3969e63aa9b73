"""Lens 7: what failed, was lost or never ended; causes first, what followed from them under them."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple, cast
from weakref import WeakKeyDictionary

from rollout_tui.debugger.findings import SEVERITIES, Finding, Findings, Severity, at_least
from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.names import Names
from rollout_tui.printable import one_line
from rollout_tui.tui.lens import LensLines, MadeLines, View
from rollout_tui.tui.lenses.recorded import all_findings
from rollout_tui.tui.lenses.subject import SPAN_OBJECTS
from rollout_tui.tui.lines import FLEXIBLE, Cell, Line, ToEvent, ToObject, restyled, row
from rollout_tui.words import count

MARKS: dict[str, str] = {"error": "x", "warning": "!", "note": "i"}
ONE_ROW_FROM = 110
"""Cells; in less room a finding takes two rows."""


class _Row(NamedTuple):
    """A finding in the list, `depth` causes above it."""

    finding: Finding
    depth: int


class _Listed(NamedTuple):
    """The rows for one list of findings and severity, with how many groups there are by worst severity."""

    found: Sequence[Finding]
    length: int
    severity: str
    rows: list[_Row]
    roots: list[int]
    counts: Counter[str]
    seq_width: int
    code_width: int
    thread_width: int


_kept: WeakKeyDictionary[Findings, _Listed] = WeakKeyDictionary()


def findings(view: View, width: int) -> LensLines:
    """All findings of at least the severity asked for, those after the cursor dimmed."""
    listed = _listed(view)
    tall = width < ONE_ROW_FROM
    rows = listed.rows
    names = index_of(view.trace.history, Names)

    def make(number: int) -> Line:
        shown = rows[number // 2] if tall else rows[number]
        made = (
            _short(shown, names, width, second=number % 2 == 1)
            if tall
            else _long(shown, listed, names, width)
        )
        return restyled(made, "future") if shown.finding.event > view.event else made

    return MadeLines(
        f"findings  {_counted(listed.counts)}",
        len(rows) * (2 if tall else 1),
        make,
        SUBTITLES[view.severity],
        _empty(view, listed),
        _focus(view, listed, tall),
    )


SUBTITLES = {
    "note": "& filter",
    "warning": "no notes  & filter",
    "error": "errors only  & filter",
}


def _listed(view: View) -> _Listed:
    found = all_findings(view)
    kept = _kept.get(view.findings)
    if kept and kept.found is found and kept.length == len(found) and kept.severity == view.severity:
        return kept
    made = _arranged(found, view.severity, index_of(view.trace.history, Names))
    _kept[view.findings] = made
    return made


def _arranged(found: Sequence[Finding], severity: str, names: Names) -> _Listed:
    """Causes in the order of their events, under each what it caused."""
    length = len(found)
    shown = at_least(cast(Severity, severity))
    listed = [one for one in found[:length] if one.severity in shown]
    ids = {id(one) for one in listed}
    under: defaultdict[int, list[Finding]] = defaultdict(list)
    causes: list[Finding] = []
    for one in listed:
        cause = one.under
        while cause is not None and id(cause) not in ids:
            cause = cause.under
        if cause is None:
            causes.append(one)
        else:
            under[id(cause)].append(one)
    rows: list[_Row] = []
    roots: list[int] = []
    counts: Counter[str] = Counter()
    for cause in causes:
        roots.append(len(rows))
        stack = [_Row(cause, 0)]
        worst = len(SEVERITIES) - 1
        while stack and len(rows) <= length:
            top = stack.pop()
            rows.append(top)
            worst = min(worst, SEVERITIES.index(top.finding.severity))
            stack += [_Row(one, top.depth + 1) for one in reversed(under[id(top.finding)])]
        counts[SEVERITIES[worst]] += 1
    threads = {one.thread_id for one in listed if one.thread_id}
    return _Listed(
        found,
        length,
        severity,
        rows,
        roots,
        counts,
        max((len(_place(one)) for one in listed), default=0),
        min(40, max((len(one.finding.code) + 2 * one.depth for one in rows), default=0)),
        min(18, max((len(names.thread(one)) for one in threads), default=0)) if len(threads) > 1 else 0,
    )


def _counted(counts: Counter[str]) -> str:
    return "  ".join(count(counts[one], one) for one in SEVERITIES if counts[one])


def _focus(view: View, listed: _Listed, tall: bool) -> int | None:
    """The last group that begins at or before the cursor."""
    if not listed.rows:
        return None
    at = bisect_right(listed.roots, view.event, key=lambda row: listed.rows[row].finding.event) - 1
    return listed.roots[max(0, at)] * (2 if tall else 1)


def _empty(view: View, listed: _Listed) -> str:
    if listed.found:
        more = _counted(Counter(one.severity for one in listed.found))
        return f"Nothing so grave: there are {more}. Press & to show them."
    return (
        "Nothing failed, nothing was lost, and the recording is sound, as far as it has been read. "
        "Press 1 for what the model sees, > for the next long silence."
    )


def _place(one: Finding) -> str:
    return f"#{one.seq}"


def _where(one: Finding, names: Names) -> str:
    return names.thread(one.thread_id) if one.thread_id else ""


def _target(one: Finding) -> ToEvent:
    """The event of a finding, with the object that it is about."""
    kind = SPAN_OBJECTS.get(one.object_kind or "")
    return ToEvent(one.event, ToObject(kind, one.object_id) if kind and one.object_id else None)


def _why(one: Finding) -> str:
    return " > ".join(link.label for link in one.chain)


def _long(shown: _Row, listed: _Listed, names: Names, width: int) -> Line:
    one = shown.finding
    why = _why(one)
    told = one_line(f"why: {why}" if why else "", width // 3)
    thread = (Cell(_where(one, names), "agent", listed.thread_width, drop=2),) if listed.thread_width else ()
    return row(
        width,
        Cell(f" {MARKS[one.severity]}", one.severity, 2),
        Cell(_place(one), "dim", listed.seq_width),
        Cell("  " * shown.depth + one.code, one.severity, listed.code_width),
        *thread,
        Cell(one.message, "", FLEXIBLE, least=30),
        Cell(told, "dim", drop=1),
        target=_target(one),
    )


def _short(shown: _Row, names: Names, width: int, *, second: bool) -> Line:
    one = shown.finding
    indent = "  " * shown.depth
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
        Cell(_place(one), "dim"),
        Cell(one.code, one.severity),
        Cell(_where(one, names), "agent", drop=2),
        Cell(why, "dim", FLEXIBLE, drop=1),
        target=_target(one),
    )
