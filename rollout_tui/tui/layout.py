"""What has room on the screen, by its size; plain figures, no widgets."""

from __future__ import annotations

from itertools import accumulate
from typing import NamedTuple

from rollout_tui.tui.state.places import INSPECTOR, LENS, PANES, TIMELINE

WIDE, MEDIUM = 120, 100
"""Columns from which on there is room for three panes, and for two."""
LOW, LOWEST = 20, 12
"""Rows below which there are no lanes, and no scrubber."""
HIGH = 30
"""Rows from which on there are lanes of several threads, one more for every `ROWS_A_LANE`."""
BESIDE_LANES, ROWS_A_LANE = 24, 6


class Layout(NamedTuple):
    """Panes side by side, from the left, and rows of lanes (the scrubber not among them)."""

    panes: tuple[str, ...]
    lanes: int
    scrubber: bool


WEIGHTS = {TIMELINE: 11, LENS: 15, INSPECTOR: 10}
"""How panes share the width."""


def edges(panes: tuple[str, ...], width: int) -> list[int]:
    """Where panes begin that stand side by side, and the width."""
    whole = sum(WEIGHTS[pane] for pane in panes)
    sums = accumulate((WEIGHTS[pane] for pane in panes), initial=0)
    return [width * one // whole for one in sums]


def layout(width: int, height: int, pane: str, zoomed: bool, threads: int) -> Layout:
    """The layout of a terminal of that size while `pane` has the focus and `threads` threads exist."""
    if zoomed or width < MEDIUM:
        panes: tuple[str, ...] = (pane,)
    elif width < WIDE:
        panes = (TIMELINE, INSPECTOR) if pane == INSPECTOR else (TIMELINE, LENS)
    else:
        panes = PANES
    if height < LOW:
        return Layout(panes, 0, height >= LOWEST)
    most = 1 if height < HIGH else max(2, (height - BESIDE_LANES) // ROWS_A_LANE)
    return Layout(panes, min(max(1, threads), most), True)
