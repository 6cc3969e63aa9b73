"""Search in everything recorded: ids, text of event lines, payload bodies. In slices, so it can be stopped.

Bytes are scanned, not values: a text is looked for in the forms it has inside JSON (plain, escaped once, and
twice as in arguments within arguments). The spine comes first, then payloads from the cursor outwards.
Requests repeat the history: what a request has in the same place as the request before it is no hit again.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from rollout_tui.debugger.searching.bodies import Bodies, Places
from rollout_tui.debugger.searching.occurrences import MOST_OCCURRENCES, excerpt, in_lines
from rollout_tui.debugger.searching.search_query import Query
from rollout_tui.graph.history import History, object_id

if TYPE_CHECKING:
    from rollout_tui.recording import Trace


MIB = 1 << 20
SLICE = 4 * MIB
SMALL_FILES = 64
PASSED_OVER = 4096
"""Payloads between two steps whose file has been searched before."""


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


class GivenUp(NamedTuple):
    """An event or its payload that the regular expression took too long on: there may be hits in it."""

    event: int


class Scanned(NamedTuple):
    """Progress between hits: bytes looked at, and of how many (a guess until all files are known)."""

    bytes: int
    total: int
    files: int
    all_files: int


Found: TypeAlias = Hit | Scanned | GivenUp


def search(trace: Trace, wanted: Query, near: int) -> Iterator[Found]:
    """Hits as they are found, with progress in between; `near` is the event at the cursor.

    Yields at least once for every 4 MiB or 64 files: whoever iterates can stop there. Nothing raises on files
    that are missing or unreadable but the spine: OSError. Events after the head are not looked at.
    """
    history, head = trace.history, trace.history.head
    yield from _objects(history, wanted, head)
    counter = _Counter(len(history.payloads), _spine_size(trace))
    yield from _spine(trace, wanted, near, head, counter)
    yield from _payloads(trace, wanted, near, head, counter)
    yield counter.scanned()


def _spine_size(trace: Trace) -> int:
    try:
        return trace.bundle.spine.stat().st_size
    except OSError:
        return 0


class _Counter:
    """What has been looked at; the bytes of a file that several payloads name are counted once."""

    def __init__(self, all_files: int, spine: int) -> None:
        self.bytes = self.files = 0
        self.spine, self.all_files = spine, all_files

    def scanned(self) -> Scanned:
        in_files = max(0, self.bytes - self.spine)
        rest = in_files // self.files * (self.all_files - self.files) if self.files else 0
        return Scanned(self.bytes, self.spine + in_files + rest, self.files, self.all_files)


def _objects(history: History, wanted: Query, head: int) -> Iterator[Hit]:
    """The object whose id that is: some ids stand in no file."""
    if wanted.is_regex:
        return
    for kind in history.collections:
        handle = history.handle(kind, wanted.text)
        if handle is not None and 0 < history.born(handle) <= head:
            yield Hit(history.born(handle), "object", object_id(history.objects[handle]), 1, wanted.text)


def _spine(trace: Trace, wanted: Query, near: int, head: int, counter: _Counter) -> Iterator[Found]:
    """Event lines, in slices of whole lines: that of `near` first, then the nearest to it."""
    offsets = trace.history.events.offsets
    firsts = list(_slices(offsets, head))
    here = max(0, bisect_right(firsts, near) - 1)
    for at in sorted(range(len(firsts)), key=lambda at: abs(at - here)):
        event, stop = firsts[at], firsts[at + 1] if at + 1 < len(firsts) else head + 1
        start = offsets[event]
        if stop <= head:
            data = trace.events.stretch(start, offsets[stop] - start)
        else:
            data = trace.events.stretch(start, offsets[head] - start) + trace.events.raw(head - 1)
        yield from _lines(data, start, offsets[event:stop], event, wanted)
        counter.bytes += len(data)
        yield counter.scanned()


def _slices(offsets: array[int], head: int) -> Iterator[int]:
    """The first event of each slice."""
    event = 1
    while event <= head:
        yield event
        event = max(event + 1, bisect_right(offsets, offsets[event] + SLICE, event, head + 1))


def _lines(
    data: bytes, start: int, offsets: Sequence[int], event: int, wanted: Query
) -> Iterator[Hit | GivenUp]:
    """One hit for every event line in `data` with an occurrence; the first line is that of `event`."""
    starts = [offset - start for offset in offsets]
    for found in in_lines(data, starts, wanted):
        if not found.occurrences:
            yield GivenUp(event + found.line)
            continue
        first = starts[found.line]
        end = starts[found.line + 1] if found.line + 1 < len(starts) else len(data)
        text = excerpt(data[first:end].rstrip(b"\n"), found.first[0] - first, found.first[1] - first)
        yield Hit(event + found.line, "event", None, found.occurrences, text)


def _payloads(trace: Trace, wanted: Query, near: int, head: int, counter: _Counter) -> Iterator[Found]:
    """Payload files, the nearest to `near` first."""
    places = Places()
    for count in places.fill(trace.history, head):
        counter.all_files = count
        yield counter.scanned()
    bodies = Bodies(trace.payloads, wanted)
    left, files, passed = SLICE, SMALL_FILES, PASSED_OVER
    for at in places.outwards(near):
        path = places.paths[at]
        counter.files += 1
        if bodies.has_nothing(path):
            passed -= 1
        else:
            data = bodies.read(path)
            counter.bytes += len(data)
            left, files = left - len(data), files - 1
            given_up = wanted.pattern.given_up if wanted.pattern else 0
            found = list(islice(bodies.fresh(path, places.before.get(at)), MOST_OCCURRENCES))
            if wanted.pattern and wanted.pattern.given_up > given_up:
                yield GivenUp(places.events[at])
            if found:
                text = excerpt(data, *min(found))
                yield Hit(places.events[at], "payload", places.ids[at], len(found), text)
        if left <= 0 or files <= 0 or passed <= 0:
            left, files, passed = SLICE, SMALL_FILES, PASSED_OVER
            yield counter.scanned()
