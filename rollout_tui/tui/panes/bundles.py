"""The rows of the picker: one bundle each, the newest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rollout_tui.trace.roots import BundleRow
from rollout_tui.tui.lens import MadeLines
from rollout_tui.tui.lines import FLEXIBLE, Cell, Line, row
from rollout_tui.words import count, duration, size

STATUS_STYLES = {"running": "running", "ended": "ok", "stopped": "warning", "damaged": "error"}


def bundle_rows(rows: Sequence[BundleRow], width: int, now_ms: int, wanted: str = "") -> MadeLines:
    """Lines for a pane `width` cells wide; `wanted` is what the rows were narrowed down to."""
    running = sum(one.status == "running" for one in rows)

    def make(number: int) -> Line:
        return bundle_line(rows[number], width, now_ms)

    title = f"recordings  {count(len(rows), 'bundle')}" + (f" with {wanted!r}" if wanted else "")
    empty = (
        f"No recording matches {wanted!r}. Esc shows all."
        if wanted
        else "No recording here yet. It appears as soon as an agent writes one; q quits."
    )
    return MadeLines(title, len(rows), make, f"{running} running" if running else "", empty)


def bundle_line(bundle: BundleRow, width: int, now_ms: int) -> Line:
    """Status, when, model, turns, failures, size, what the user first asked for."""
    more = "" if bundle.whole else "+"
    related = ", ".join(f"{one.words} {one.folder.name}" for one in bundle.related)
    words = bundle.reason or bundle.task or bundle.folder.name
    return row(
        width,
        Cell(bundle.status, STATUS_STYLES.get(bundle.status, ""), 8),
        Cell(_when(bundle.started_at_unix_ms, now_ms), "dim", 13, "right"),
        Cell(bundle.model, "inference", 12, drop=2),
        Cell(f"{bundle.turns}{more} turns" if bundle.turns != 1 else "1 turn", "", 9, "right", drop=3),
        Cell(
            f"{bundle.failures}{more} failed" if bundle.failures else "",
            "error" if bundle.failures else "dim",
            9,
            "right",
        ),
        Cell(size(bundle.size_bytes), "dim", 8, "right", drop=4),
        Cell(words, "error" if bundle.reason else "strong", FLEXIBLE, least=20),
        Cell(related, "agent", min(34, max(0, width // 4)) if related else 0, drop=1),
    )


def _when(time_ms: int, now_ms: int) -> str:
    age = now_ms - time_ms
    if 0 <= age < 86_400_000:
        return f"{duration(age)} ago" if age >= 1000 else "now"
    try:
        return datetime.fromtimestamp(time_ms / 1000).strftime("%Y-%m-%d")
    except (OverflowError, OSError, ValueError):
        return "no time"


def matching(rows: Sequence[BundleRow], wanted: str) -> list[BundleRow]:
    """The bundles in which every word of `wanted` occurs: status, folder, model, task, role."""
    words = wanted.lower().split()
    return [
        one
        for one in rows
        if all(
            word in " ".join((one.status, one.folder.name, one.model, one.task, one.role, one.reason)).lower()
            for word in words
        )
    ]
