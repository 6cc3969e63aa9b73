"""Places of a recording as people name them: 1234, 50%, turn 3, failure 2, 12:40:05, +3.2s."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, tzinfo

from rollout_tui.debugger.moving.stepping import Starts
from rollout_tui.debugger.moving.walk import Step, Walk
from rollout_tui.debugger.spans.span_tree import CELL, INFERENCE, TOOL, TURN

ALLOWED = "go to: 1234 (seq), 50%, turn 3, request 2, tool 5, cell 1, wait 2, failure 2, 12:40:05 or +3.2s"

_UNITS_MS = {"ms": 1, "s": 1000, "m": 60_000, "min": 60_000, "h": 3_600_000}
_SEQ = re.compile(r"#?(\d{1,19})")
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)\s*%")
_OFFSET = re.compile(r"\+\s*(\d{1,12}(?:\.\d{1,6})?)\s*(ms|s|m|min|h)?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?")
_NUMBERED = re.compile(r"([a-z]+)\s*(\d{1,9})")
_KINDS = {
    "turn": TURN,
    "request": INFERENCE,
    "inference": INFERENCE,
    "tool": TOOL,
    "call": TOOL,
    "cell": CELL,
}
COUNTED = (*_KINDS, "wait", "failure", "error")
"""Words that take a number."""


def go_to(walk: Walk, expression: str, *, thread_id: str | None = None, zone: tzinfo | None = None) -> Step:
    """The event an expression names; `Step(None, message)` says what is wrong and what is allowed.

    Turns, requests, calls, cells and waits are counted within `thread_id` (None: the whole recording), from 1
    in the order they began. A time of day is that of `zone` (None: the local one), an offset counts from the
    first event; both lead to the last event not after that time.
    """
    text = expression.strip().lower()
    if not walk.head:
        return Step(None, "the trace is empty")
    for pattern, place in _PLACES:
        found = pattern.fullmatch(text)
        if found:
            return place(walk, found, thread_id, zone)
    named = {"first": 1, "start": 1, "last": walk.head, "end": walk.head}
    if text in named:
        return Step(named[text])
    if text in COUNTED:
        return Step(None, f"which {text}? {text} 1 is the first")
    return Step(None, f"{expression.strip()[:40]!r} is no place; {ALLOWED}")


_Place = Callable[[Walk, "re.Match[str]", "str | None", "tzinfo | None"], Step]


def _seq(walk: Walk, found: re.Match[str], thread_id: str | None, zone: tzinfo | None) -> Step:
    head, log = walk.head, walk.spans.history.events
    event = log.ordinal_of(int(found[1]))
    if event is None or event > head:
        return Step(None, f"no event has seq {found[1]}; there are {log.seqs[1]} to {log.seqs[head]}")
    return Step(event)


def _percent(walk: Walk, found: re.Match[str], thread_id: str | None, zone: tzinfo | None) -> Step:
    share = float(found[1])
    if share > 100:
        return Step(None, f"{found[1]}% is more than all; 0% to 100%")
    return Step(max(1, round(walk.head * share / 100)))


def _offset(walk: Walk, found: re.Match[str], thread_id: str | None, zone: tzinfo | None) -> Step:
    return _at_time(
        walk, walk.spans.history.events.times[1] + float(found[1]) * _UNITS_MS[found[2] or "s"], found[0]
    )


def _clock(walk: Walk, found: re.Match[str], thread_id: str | None, zone: tzinfo | None) -> Step:
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if hour > 23 or minute > 59 or second > 59:
        return Step(None, f"{found[0]} is no time of day; {ALLOWED}")
    times = walk.spans.history.events.times
    try:
        start = datetime.fromtimestamp(times[1] / 1000, zone)
        wanted = start.replace(
            hour=hour, minute=minute, second=second, microsecond=int((found[4] or "0").ljust(6, "0"))
        )
        if wanted < start.replace(microsecond=0):
            wanted += timedelta(days=1)
        return _at_time(walk, wanted.timestamp() * 1000, found[0])
    except (OverflowError, OSError, ValueError):
        return Step(None, "the first event has no time of day")


def _at_time(walk: Walk, time_ms: float, named: str) -> Step:
    times = walk.spans.history.events.times
    event = bisect_right(times, time_ms, 1, walk.head + 1) - 1
    if event < 1:
        return Step(1, f"{named} lies before the first event")
    if event == walk.head and time_ms > times[event] + 1000:
        return Step(event, f"{named} lies after the last event")
    return Step(event)


def _numbered(walk: Walk, found: re.Match[str], thread_id: str | None, zone: tzinfo | None) -> Step:
    word, wanted = found[1], int(found[2])
    places = _places(walk, word, thread_id)
    if places is None:
        return Step(None, f"{word!r} cannot be counted; {ALLOWED}")
    if 1 <= wanted <= len(places):
        return Step(places[wanted - 1])
    known = f"1 to {len(places)}" if len(places) > 1 else ("only 1" if places else "none")
    return Step(None, f"there is no {word} {wanted}: known {known}")


def _places(walk: Walk, word: str, thread_id: str | None) -> Sequence[int] | None:
    """The events that numbered things stand at, None for a word that names nothing."""
    spans = walk.spans
    if word in ("failure", "error"):
        return [one.event for one in walk.findings.all_of("error")]
    thread = None if thread_id is None else spans.thread_number(thread_id)
    if word == "wait":
        waits = spans.waits
        return Starts(
            spans, waits if thread is None else [one for one in waits if spans.threads[one] == thread]
        )
    kind = _KINDS.get(word)
    return None if kind is None else Starts(spans, spans.of_kind(kind, thread))


_PLACES: tuple[tuple[re.Pattern[str], _Place], ...] = (
    (_SEQ, _seq),
    (_PERCENT, _percent),
    (_OFFSET, _offset),
    (_CLOCK, _clock),
    (_NUMBERED, _numbered),
)
