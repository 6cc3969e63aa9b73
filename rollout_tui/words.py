"""Numbers and names as people read them: durations, sizes, counts, shares, shortened ids, roles."""

from __future__ import annotations

from datetime import datetime

SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000
KILO, MEGA, GIGA = 1_000, 1_000_000, 1_000_000_000
MANY_TIMES = 1000.0
"""A share that no bar shows."""
MOST_DAYS = 30
"""What is longer ago is told by its date."""
_ROLES = {"developer": "dev", "system": "sys", "user": "user", "assistant": "asst", "tool": "tool"}


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


def ago(time_ms: int, now_ms: int) -> str:
    """`now`, `41 s ago`, `12 m ago`, `3 h ago`, `4 d ago`, then the date; that too for a time to come."""
    past = now_ms - time_ms
    if 0 <= past < MOST_DAYS * DAY:
        words = duration(past // SECOND * SECOND).split(" ")
        return f"{words[0].partition('.')[0]} {words[1]} ago" if past >= SECOND else "now"
    return _local(time_ms, "%Y-%m-%d")


def size(count: int) -> str:
    """Bytes: `363 B`, `3.9 kB`, `2.0 MB`."""
    if count < KILO:
        return f"{count} B"
    units = ((KILO, "kB"), (MEGA, "MB"), (GIGA, "GB"))
    unit, name = next((one for one in units if count < one[0] * 999.5), units[-1])
    return f"{count / unit:.1f} {name}" if count < unit * 99.95 else f"{count / unit:.0f} {name}"


def count(number: int, one: str, many: str = "") -> str:
    """`1 failure`, `3 failures`, `1,204 events`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def share(part: int, whole: int) -> float:
    """How much of a whole; the numbers are those of a trace and can have any size."""
    try:
        return part / whole
    except (OverflowError, ZeroDivisionError):
        return MANY_TIMES


def percent(part: int, whole: int) -> str:
    """`80 %`, or `-` of nothing."""
    return f"{100 * share(part, whole):.0f} %" if whole else "-"


def role(name: str) -> str:
    """The role of a conversation item in a narrow column: `asst`."""
    return _ROLES.get(name, name[:4])


def short_id(whole: str) -> str:
    """`01a2..f39c` of a long id."""
    return whole if len(whole) <= 12 else f"{whole[:4]}..{whole[-4:]}"


def short_call_id(whole: str) -> str:
    """`call..sD4e` of a tool call's id as models give them; one of a few words as it is."""
    return whole if len(whole) <= 16 else short_id(whole)


def clock(ms: int) -> str:
    """Time of day in the local zone: `12:40:05.123`."""
    return _local(ms, f"%H:%M:%S.{ms % SECOND:03d}")


def _local(ms: int, form: str) -> str:
    """A time in the local zone; those of a trace need not be any."""
    try:
        return datetime.fromtimestamp(ms / SECOND).strftime(form)
    except (OverflowError, OSError, ValueError):
        return "no time"
