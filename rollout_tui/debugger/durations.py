"""Lengths of time in words."""

from __future__ import annotations

SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000
_LONG = 99_950


def duration(ms: int) -> str:
    """`54 ms`, `3.11 s`, `12.4 s`, `2 m 05 s`, `1 h 02 m`, `3 d 04 h`."""
    if ms < 0:
        return f"-{duration(-ms)}"
    if ms < SECOND:
        return f"{ms} ms"
    if ms < 10 * SECOND:
        return f"{ms / SECOND:.2f} s"
    if ms < _LONG:
        return f"{ms / SECOND:.1f} s"
    if ms < HOUR:
        return f"{ms // MINUTE} m {ms % MINUTE // SECOND:02d} s"
    if ms < DAY:
        return f"{ms // HOUR} h {ms % HOUR // MINUTE:02d} m"
    return f"{ms // DAY} d {ms % DAY // HOUR:02d} h"


def whole_seconds(ms: int) -> str:
    """For figures that count up once a second: `41 s`, `2 m 05 s`."""
    return duration(ms) if ms >= _LONG else f"{max(0, ms) // SECOND} s"
