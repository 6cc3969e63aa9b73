"""Numbers as people read them: durations, sizes, counts, shortened ids."""

from __future__ import annotations

from datetime import datetime

SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000
KILO, MEGA, GIGA = 1_000, 1_000_000, 1_000_000_000


def duration(ms: int) -> str:
    """`54 ms`, `3.11 s`, `12.4 s`, `2 m 05 s`, `1 h 02 m`, `3 d 04 h`."""
    if ms < 0:
        return f"-{duration(-ms)}"
    if ms < SECOND:
        return f"{ms} ms"
    if ms < 10 * SECOND:
        return f"{ms / SECOND:.2f} s"
    if ms < 99_950:
        return f"{ms / SECOND:.1f} s"
    if ms < HOUR:
        return f"{ms // MINUTE} m {ms % MINUTE // SECOND:02d} s"
    if ms < DAY:
        return f"{ms // HOUR} h {ms % HOUR // MINUTE:02d} m"
    return f"{ms // DAY} d {ms % DAY // HOUR:02d} h"


def whole_seconds(ms: int) -> str:
    """For figures that count up once a second: `41 s`, `2 m 05 s`."""
    return duration(ms) if ms >= 99_950 else f"{max(0, ms) // SECOND} s"


def since_start(ms: int) -> str:
    """`+3.09 s`."""
    return f"+{duration(max(0, ms))}"


def size(count: int) -> str:
    """Bytes: `363 B`, `3.9 kB`, `2.0 MB`."""
    if count < KILO:
        return f"{count} B"
    for unit, name in ((KILO, "kB"), (MEGA, "MB"), (GIGA, "GB")):
        if count < unit * 999.5 or unit == GIGA:
            return f"{count / unit:.1f} {name}" if count < unit * 99.95 else f"{count / unit:.0f} {name}"
    return f"{count} B"


def count(number: int, one: str, many: str = "") -> str:
    """`1 failure`, `3 failures`, `1,204 events`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def short_id(whole: str) -> str:
    """`01a2..f39c` of a long id."""
    return whole if len(whole) <= 12 else f"{whole[:4]}..{whole[-4:]}"


def clock(ms: int) -> str:
    """Time of day in the local zone: `12:40:05.123`."""
    try:
        return datetime.fromtimestamp(ms / SECOND).strftime("%H:%M:%S.") + f"{ms % SECOND:03d}"
    except (OverflowError, OSError, ValueError):
        return "no time"
