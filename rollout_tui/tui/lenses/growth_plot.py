"""How the requests of a thread grew, as a plot of characters: one column a request, or a few."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rollout_tui.debugger.tokens import Grown
from rollout_tui.tui.drawing.lines import NOTHING, Line, Piece, clipped, line
from rollout_tui.tui.drawing.targets import ToEvent

ROWS = 6
CACHED, NEW = "#", ":"
SCALE = 10
"""Cells that the scale takes."""
FEWEST = 2
"""One request is no growth."""


def growth_lines(columns: Sequence[Grown], width: int) -> Iterator[Line]:
    """Input tokens by request, oldest at the left; what was cached stands below what was not."""
    columns = columns[-max(1, width - SCALE - 1) :]
    if len(columns) < FEWEST:
        return
    most = max(1, *(one.input_tokens for one in columns))
    yield NOTHING
    told = Piece(f"  input tokens by request: {CACHED} cached  {NEW} new", "dim")
    yield clipped(line(Piece("growth", "heading"), told, target=ToEvent(columns[-1].event)), width)
    for level in range(ROWS, 0, -1):
        scale = f"{most:,}" if level == ROWS else ""
        yield line(
            Piece(f"{scale:>{SCALE - 1}} ", "dim"), *_stretches([_mark(one, level, most) for one in columns])
        )


def _mark(one: Grown, level: int, most: int) -> str:
    """What stands in a column at a level, from 1 at the bottom."""
    if level > _height(one.input_tokens, most):
        return " "
    return CACHED if level <= _height(one.cached_tokens, most) else NEW


def _height(tokens: int, most: int) -> int:
    """Rows of the plot, rounded; what is there at all has one."""
    return max(1, round(ROWS * tokens / most)) if tokens > 0 else 0


def _stretches(marks: Sequence[str]) -> Iterator[Piece]:
    styles = {CACHED: "accent", NEW: "warning"}
    start = 0
    for at in range(1, len(marks) + 1):
        if at == len(marks) or marks[at] != marks[start]:
            yield Piece("".join(marks[start:at]), styles.get(marks[start], ""))
            start = at
