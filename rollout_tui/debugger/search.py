"""Search in everything recorded: ids, text of event lines, payload bodies. In slices, so it can be stopped.

Bytes are scanned, not values: a text is looked for in the forms it has inside JSON (plain, escaped once, and
twice as in arguments within arguments). The spine comes first, then payloads from the cursor outwards.
Requests repeat the history: what a request has in the same place as the request before it is no hit again.
"""

from __future__ import annotations

import json
import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from rollout_tui.graph.history import History, object_id
from rollout_tui.trace.payloads import PayloadProblem

if TYPE_CHECKING:
    from rollout_tui.recording import Trace

MIB = 1 << 20
SLICE = 4 * MIB
# The regular expression of a user runs on pieces of this size, which overlap by the second figure.
PIECE, OVERLAP = 256 << 10, 4 << 10
LONGEST_NEEDLE = 1000
EXCERPT = 60
MOST_OCCURRENCES = 1000
SMALL_FILES = 64
LISTED_AT_ONCE = 8192


class SearchProblem(ValueError):
    """What was asked for cannot be searched; the text is one line that says why."""


class Hit(NamedTuple):
    """A place where it occurs: an event line (`where` is `event`), an object (`object`), or a payload.

    `event` is the ordinal of the event: that of the line, the one that made the object, or the one that first
    named the payload. `id` is the object or the payload. There are `occurrences` in this place, 1000 at most.
    `excerpt` is text of the trace around the first one, as it stands there.
    """

    event: int
    where: str
    id: str | None
    occurrences: int
    excerpt: str


class Scanned(NamedTuple):
    """Progress between hits: bytes looked at, and of how many (a guess until all files are known)."""

    bytes: int
    total: int
    files: int
    all_files: int


@dataclass(frozen=True)
class Query:
    """What is looked for. Made by `query`."""

    text: str
    is_regex: bool
    any_case: bool
    needles: tuple[bytes, ...]
    pattern: re.Pattern[bytes] | None


def query(text: str, *, regex: bool = False, case: bool | None = None) -> Query:
    """Compile what is looked for; `/.../` around a text makes it a regular expression too.

    Upper and lower case are one unless the text has upper case (or `case` says so); for letters beyond ASCII
    they are always two. A regular expression sees the bytes of the files, where a newline in a text is a
    backslash and an n.
    Raises SearchProblem.
    """
    if len(text) >= 3 and text[0] == text[-1] == "/":
        text, regex = text[1:-1], True
    if not text:
        raise SearchProblem("nothing to search for: give a text, or /a regular expression/")
    if len(text) > LONGEST_NEEDLE:
        raise SearchProblem(
            f"that is too long to search for: {len(text):,} characters, at most {LONGEST_NEEDLE:,}"
        )
    any_case = text == text.lower() if case is None else not case
    if not regex:
        return Query(text, False, any_case, tuple(_forms(text, any_case)), None)
    try:
        pattern = re.compile(text.encode(errors="surrogatepass"), re.IGNORECASE if any_case else 0)
    except (re.error, RecursionError, OverflowError) as error:
        raise SearchProblem(f"not a regular expression: {error}") from error
    if pattern.match(b""):
        raise SearchProblem("that regular expression matches everything: it matches the empty text")
    return Query(text, True, any_case, (), pattern)


def _forms(text: str, any_case: bool) -> Iterator[bytes]:
    """The byte strings that a text can be inside JSON, each once."""
    seen: set[bytes] = set()
    for ascii_only in (False, True):
        form = text
        for _ in range(3):
            data = form.encode(errors="surrogatepass")
            data = data.lower() if any_case else data
            if data not in seen:
                seen.add(data)
                yield data
            form = json.dumps(form, ensure_ascii=ascii_only)[1:-1]


def search(trace: Trace, wanted: Query, near: int) -> Iterator[Hit | Scanned]:
    """Hits as they are found, with progress in between; `near` is the event at the cursor.

    Yields at least once for every 4 MiB or 64 files: whoever iterates can stop there. Nothing raises on files
    that are missing or unreadable. Events after the head are not looked at.
    """
    history, head = trace.history, trace.history.head
    yield from _objects(history, wanted, head)
    counter = _Counter(len(history.payloads), _spine_size(trace))
    yield from _spine(trace, wanted, head, counter)
    yield from _payloads(trace, wanted, near, head, counter)
    yield counter.scanned()


def _spine_size(trace: Trace) -> int:
    try:
        return trace.bundle.spine.stat().st_size
    except OSError:
        return 0


class _Counter:
    """What has been looked at."""

    def __init__(self, all_files: int, spine: int) -> None:
        self.bytes = self.files = 0
        self.spine, self.all_files = spine, all_files

    def scanned(self) -> Scanned:
        in_files = max(0, self.bytes - self.spine)
        rest = in_files // self.files * (self.all_files - self.files) if self.files else 0
        return Scanned(self.bytes, self.spine + in_files + rest, self.files, self.all_files)


# -- finding in bytes ----------------------------------------------------------------------


def _offsets(data: bytes, wanted: Query) -> list[tuple[int, int]]:
    """(start, end) of the occurrences in `data`, in order, at most `MOST_OCCURRENCES`."""
    if wanted.pattern is not None:
        return _matches(data, wanted.pattern)
    folded = data.lower() if wanted.any_case else data
    found: list[tuple[int, int]] = []
    for needle in wanted.needles:
        at = folded.find(needle)
        while at >= 0 and len(found) < MOST_OCCURRENCES:
            found.append((at, at + len(needle)))
            at = folded.find(needle, at + len(needle))
    found.sort()
    return found


def _matches(data: bytes, pattern: re.Pattern[bytes]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start in range(0, len(data), PIECE):
        for match in pattern.finditer(data, start, min(len(data), start + PIECE + OVERLAP)):
            if match.start() >= start + PIECE or len(found) >= MOST_OCCURRENCES:
                break
            if not found or match.start() >= found[-1][1]:
                found.append(match.span())
    return found


def excerpt(data: bytes, start: int, end: int) -> str:
    """The text around an occurrence; where something is left out stands `...`."""
    first, last = max(0, start - EXCERPT), min(len(data), max(end, start + 1) + EXCERPT)
    text = data[first:last].decode(errors="replace").strip("\ufffd")
    return f"{'...' if first else ''}{text}{'...' if last < len(data) else ''}"


# -- where to look ---------------------------------------------------------------------------


def _objects(history: History, wanted: Query, head: int) -> Iterator[Hit]:
    """The object whose id that is: some ids stand in no file."""
    if wanted.is_regex:
        return
    for kind in history.collections:
        handle = history.handle(kind, wanted.text)
        if handle is not None and 0 < history.born(handle) <= head:
            yield Hit(history.born(handle), "object", object_id(history.objects[handle]), 1, wanted.text)


def _spine(trace: Trace, wanted: Query, head: int, counter: _Counter) -> Iterator[Hit | Scanned]:
    """Event lines in order, in slices of whole lines."""
    offsets = trace.history.events.offsets
    event = 1
    with open(trace.bundle.spine, "rb") as spine:
        while event <= head:
            stop = min(bisect_right(offsets, offsets[event] + SLICE, event, head + 1), head + 1)
            stop = max(stop, event + 1)
            start = offsets[event]
            spine.seek(start)
            data = spine.read(offsets[stop] - start) if stop <= head else spine.readline(64 * MIB)
            if stop > head and stop - event > 1:
                data += spine.read(SLICE)
            yield from _lines(data, start, offsets, event, stop, wanted)
            counter.bytes += len(data)
            event = stop
            yield counter.scanned()


def _lines(
    data: bytes, start: int, offsets: array[int], event: int, stop: int, wanted: Query
) -> Iterator[Hit]:
    """One hit for every event line in `data` with an occurrence."""
    by_event: dict[int, list[tuple[int, int]]] = {}
    for span in _offsets(data, wanted):
        at = bisect_right(offsets, start + span[0], event, stop) - 1
        by_event.setdefault(at, []).append(span)
    for at, spans in by_event.items():
        first = offsets[at] - start
        line = data[first : offsets[at + 1] - start if at + 1 < stop else len(data)].rstrip(b"\n")
        yield Hit(at, "event", None, len(spans), excerpt(line, spans[0][0] - first, spans[0][1] - first))


def _payloads(
    trace: Trace, wanted: Query, near: int, head: int, counter: _Counter
) -> Iterator[Hit | Scanned]:
    """Payload files, the nearest to `near` first."""
    places = _Places()
    for count in places.fill(trace.history, head):
        counter.all_files = count
        yield counter.scanned()
    since, small = SLICE, SMALL_FILES
    for at in places.outwards(near):
        payload_id = places.ids[at]
        reference = trace.history.payloads.get(payload_id, head)
        data = b"" if reference is None else _read(trace, reference.path)
        counter.files += 1
        counter.bytes += len(data)
        found = _offsets(data, wanted)
        if found and at in places.before:
            found = _fresh(trace, data, found, places.before[at])
        if found:
            yield Hit(places.events[at], "payload", payload_id, len(found), excerpt(data, *found[0]))
        since, small = since - len(data), small - 1
        if since <= 0 or small <= 0:
            since, small = SLICE, SMALL_FILES
            yield counter.scanned()


def _read(trace: Trace, path: str) -> bytes:
    try:
        return trace.payloads.read(path)
    except PayloadProblem:
        return b""


class _Places:
    """The payloads in the order they were named; `before` is the request that a request follows, by place."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.events = array("I")
        self.before: dict[int, str] = {}

    def fill(self, history: History, head: int) -> Iterator[int]:
        """Take in the payloads; yields how many there are, now and then and at the end."""
        last_request: dict[str | None, str] = {}
        payloads = history.payloads
        for payload_id in payloads.ids(head):
            event = payloads.born(payload_id) or 0
            if history.events.type(event) == "inference_started":
                thread_id = history.events.thread_id(event)
                if thread_id in last_request:
                    self.before[len(self.ids)] = last_request[thread_id]
                last_request[thread_id] = payload_id
            self.ids.append(payload_id)
            self.events.append(event)
            if len(self.ids) % LISTED_AT_ONCE == 0:
                yield len(self.ids)
        yield len(self.ids)

    def outwards(self, near: int) -> Iterator[int]:
        """Places, the nearest to the event `near` first."""
        right = bisect_right(self.events, near)
        left = right - 1
        while left >= 0 or right < len(self.ids):
            after = right < len(self.ids) and (
                left < 0 or self.events[right] - near < near - self.events[left]
            )
            yield right if after else left
            left, right = (left, right + 1) if after else (left - 1, right)


def _fresh(trace: Trace, data: bytes, found: list[tuple[int, int]], before: str) -> list[tuple[int, int]]:
    """The occurrences that the request before does not have in the same place, from the start or the end."""
    reference = trace.history.payloads.get(before, trace.history.head)
    old = b"" if reference is None else _read(trace, reference.path)
    shift = len(old) - len(data)
    fresh = []
    for start, end in found:
        first = max(0, start - EXCERPT)
        around = data[first:end]
        at_end = old[max(0, first + shift) : max(0, end + shift)]
        if around not in (old[first:end], at_end):
            fresh.append((start, end))
    return fresh
