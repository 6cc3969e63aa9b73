"""What is shown while a recording is read: how far, how fast, how long still."""

from __future__ import annotations

from typing import NamedTuple

from rollout_tui.tui.drawing.lines import Line, Piece, line
from rollout_tui.words import count

BAR = 24
MEASURED_S = 0.2
"""From here on the rate so far tells something."""


class LoadProgress(NamedTuple):
    """Bytes of the spine that are reduced and that there are, events so far, seconds since the start."""

    done: int
    total: int
    events: int
    seconds: float

    @property
    def share(self) -> float:
        """0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 1.0

    @property
    def seconds_left(self) -> float | None:
        """At the rate so far; None before there is one."""
        if self.done <= 0 or self.seconds < MEASURED_S:
            return None
        return self.seconds / self.done * max(0, self.total - self.done)


def loading_words(progress: LoadProgress) -> str:
    """`reducing  41 %  412,000 events  0.9 M events/s  3 s left`."""
    words = [f"reducing {progress.share:4.0%}", count(progress.events, "event")]
    if progress.seconds >= MEASURED_S:
        words.append(f"{_rate(progress.events / progress.seconds)} events/s")
    left = progress.seconds_left
    if left is not None:
        words.append(f"{max(1, round(left))} s left")
    return "  ".join(words)


def _rate(per_second: float) -> str:
    if per_second >= 1_000_000:
        return f"{per_second / 1_000_000:.1f} M"
    return f"{per_second / 1000:.0f} k" if per_second >= 10_000 else f"{per_second:,.0f}"


def loading_line(progress: LoadProgress, width: int) -> Line:
    """The words and a bar, for the row of the blocked line."""
    words = loading_words(progress)
    full = round(progress.share * BAR)
    bar = f"[{'#' * full}{'.' * (BAR - full)}] " if width >= len(words) + BAR + 5 else ""
    return line(Piece(" "), Piece(bar, "accent"), Piece(words, "strong"))
