"""What was measured: rows of a table with a goal beside each figure, and the table as text and as JSON."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

HEADINGS = ("what", "ours", "calm", "other", "ratio", "goal", "met")
GAP = "  "
LONGEST_NOTE = 100


@dataclass(frozen=True)
class Goal:
    """`words` for people; `holds` takes ours and the other program's figure."""

    words: str
    holds: Callable[[float, float | None], bool | None]


def at_most(limit: float, unit: str) -> Goal:
    """Ours must not be more."""
    return Goal(f"<= {limit:g} {unit}", lambda ours, other: ours <= limit)


def at_least(limit: float, unit: str) -> Goal:
    """Ours must not be less."""
    return Goal(f">= {limit:g} {unit}", lambda ours, other: ours >= limit)


def faster(times: float) -> Goal:
    """The other program must take this many times as long."""
    return Goal(f">= {times:g}x faster", lambda ours, other: None if other is None else other >= times * ours)


def share(limit: float) -> Goal:
    """Ours must be at most this share of the other figure."""
    return Goal(f"<= {limit:g} of it", lambda ours, other: None if other is None else ours <= limit * other)


@dataclass(frozen=True)
class Row:
    """A line of the table.

    `ours` is None where it could not be measured, and `note` says why. `other` is the figure of `program` in
    the same unit, from the same run; it is a guess where `extrapolated`. `calm` is ours without the time in
    which it waited for a processor that others had; the goal is held against `ours`.
    """

    what: str
    ours: float | None
    unit: str
    goal: Goal | None = None
    other: float | None = None
    program: str = ""
    extrapolated: bool = False
    note: str = ""
    calm: float | None = None

    @property
    def ratio(self) -> float | None:
        """The other figure for each of ours: above 1 we need less."""
        return self.other / self.ours if self.ours and self.other is not None else None

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without one, or without what it compares."""
        if self.goal is None or self.ours is None:
            return None
        return self.goal.holds(self.ours, self.other)

    def cells(self) -> tuple[str, ...]:
        """The row as text."""
        other = ""
        if self.other is not None:
            mark = " extrapolated" if self.extrapolated else ""
            other = f"{_figure(self.other, self.unit)} {self.program}{mark}"
        return (
            self.what,
            "-" if self.ours is None else _figure(self.ours, self.unit),
            "" if self.calm is None else _figure(self.calm, self.unit),
            other,
            "" if self.ratio is None else f"{self.ratio:.3g}x",
            self.goal.words if self.goal else "",
            {True: "yes", False: "NO", None: ""}[self.met],
        )

    def plain(self) -> dict[str, Any]:
        """The row for JSON."""
        values = asdict(self)
        values["goal"] = self.goal.words if self.goal else None
        return {**values, "ratio": self.ratio, "met": self.met}


def _figure(value: float, unit: str) -> str:
    if value >= 1000:
        return f"{value:,.0f} {unit}"
    return f"{value:.3g} {unit}"


def table(rows: Iterable[Row]) -> str:
    """The rows in columns, notes under their rows."""
    found = list(rows)
    lines = [HEADINGS, *(row.cells() for row in found)]
    widths = [max(len(one[column]) for one in lines) for column in range(len(HEADINGS))]

    def text(cells: Sequence[str]) -> str:
        return GAP.join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()

    out = [text(HEADINGS), text(["-" * width for width in widths])]
    for row in found:
        out.append(text(row.cells()))
        if row.note:
            out.append(f"    {row.note}")
    return "\n".join(out)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie. Raises ValueError without values."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def spread(values: Sequence[float], unit: str) -> str:
    """`p50 12 p95 31 max 40 ms, 30 times`."""
    middle, high, most = statistics.median(values), percentile(values, 0.95), max(values)
    return f"p50 {middle:.3g}  p95 {high:.3g}  max {most:.3g} {unit}, {len(values)} times"
