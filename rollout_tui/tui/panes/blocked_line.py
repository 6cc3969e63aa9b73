"""The line that says what each thread waits for."""

from __future__ import annotations

from rollout_tui.tui.lens import View
from rollout_tui.tui.lines import Line, Piece, clipped, line


def blocked_line(view: View, width: int) -> Line:
    """`blocked: /root 1.84 s on wait(call_wB2) -> cell 2`."""
    return clipped(line(Piece(" ")), width)
