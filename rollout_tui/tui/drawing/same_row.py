"""Which row of a pane is the one it was, after the same lines were made for another width."""

from __future__ import annotations

from rollout_tui.tui.drawing.lens import LensLines

LOOKED_AT = 1000
"""Rows looked at on either side of where the row ought to be."""


def same_row(before: LensLines, row: int, after: LensLines) -> int:
    """The first row of `after` that leads where `row` of `before` does; the focus for the focus."""
    if row == before.focus and after.focus is not None:
        return after.focus
    if len(before) == len(after) or not row < len(before):
        return row
    target = before.line(row).target
    guess = row * len(after) // len(before)
    if target is None:
        return guess
    near = range(max(0, guess - LOOKED_AT), min(len(after), guess + LOOKED_AT))
    return next((number for number in near if after.line(number).target == target), guess)
