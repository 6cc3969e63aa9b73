"""Finding what is searched for in bytes: in the lines of a stretch of the spine, or in a body.

Whole stretches are scanned, by compiled code; only a line that holds an occurrence is looked at by itself.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from rollout_tui.debugger.patterns import Pattern
from rollout_tui.debugger.searching.search_query import Query

# A regular expression runs on pieces of this size, which overlap by the second figure.
PIECE, OVERLAP = 256 << 10, 4 << 10
EXCERPT = 60
MOST_OCCURRENCES = 1000

Span = tuple[int, int]
"""Start and end of an occurrence, in bytes."""


class InLine(NamedTuple):
    """A line with occurrences: which one, how many (1000 at most), and where the first is in the stretch.

    Without any it is a line that a regular expression took too long on.
    """

    line: int
    occurrences: int
    first: Span


def in_lines(data: bytes, starts: Sequence[int], wanted: Query) -> list[InLine]:
    """The lines with an occurrence, in order; `starts` are the offsets at which event lines begin in `data`.

    What lies between the end of such a line and the next start is no event line: nothing is found there.
    """
    if wanted.pattern is not None:
        return list(_matching_lines(data, starts, wanted.pattern, wanted.is_local))
    folded = data.lower() if wanted.any_case else data
    found: dict[int, InLine] = {}
    for needle in wanted.needles:
        at = -1 if b"\n" in needle else folded.find(needle)
        while at >= 0:
            line = bisect_right(starts, at) - 1
            end = _line_end(folded, starts[line])
            if at < end:
                here = InLine(line, folded.count(needle, at, end), (at, at + len(needle)))
                found[line] = _together(found[line], here) if line in found else here
            at = folded.find(needle, max(at, end) + 1)
    return [
        one._replace(occurrences=min(one.occurrences, MOST_OCCURRENCES)) for _, one in sorted(found.items())
    ]


def _together(one: InLine, other: InLine) -> InLine:
    return InLine(one.line, one.occurrences + other.occurrences, min(one.first, other.first))


def _line_end(data: bytes, start: int) -> int:
    end = data.find(b"\n", start)
    return len(data) if end < 0 else end


def _matching_lines(
    data: bytes, starts: Sequence[int], pattern: Pattern[bytes], local: bool
) -> Iterator[InLine]:
    """Lines that match by themselves.

    A local match in a line is also one in the stretch, or begins within one that began before it: only lines
    that a match of the stretch touches need a look.
    """
    for line in _touched(data, starts, pattern) if local else range(len(starts)):
        start = starts[line]
        text = data[start : _line_end(data, start)]
        given_up = pattern.given_up
        spans = list(islice(spans_in(text, pattern), MOST_OCCURRENCES))
        if spans:
            yield InLine(line, len(spans), (start + spans[0][0], start + spans[0][1]))
        elif pattern.given_up > given_up:
            yield InLine(line, 0, (start, start))


def _touched(data: bytes, starts: Sequence[int], pattern: Pattern[bytes]) -> Iterator[int]:
    next_line = 0
    for start, end in spans_in(data, pattern):
        first = max(next_line, bisect_right(starts, start) - 1)
        next_line = bisect_right(starts, max(start, end - 1))
        yield from range(first, next_line)


def in_body(data: bytes, wanted: Query) -> Iterator[Span]:
    """All occurrences in a body; those of each form of a text in order."""
    if wanted.pattern is not None:
        yield from spans_in(data, wanted.pattern)
        return
    folded = data.lower() if wanted.any_case else data
    for needle in wanted.needles:
        at, size = folded.find(needle), len(needle)
        while at >= 0:
            yield at, at + size
            at = folded.find(needle, at + size)


def spans_in(data: bytes, pattern: Pattern[bytes]) -> Iterator[Span]:
    """The matches of a regular expression in order, found piece by piece where there is much to search."""
    last = -1
    for start in range(0, len(data), PIECE):
        for first, end in pattern.spans(data, start, min(len(data), start + PIECE + OVERLAP)):
            if first >= start + PIECE:
                break
            if first >= last:
                last = end
                yield first, end


def excerpt(data: bytes, start: int, end: int) -> str:
    """The text around an occurrence; where something is left out stands `...`."""
    first, last = max(0, start - EXCERPT), min(len(data), max(end, start + 1) + EXCERPT)
    text = data[first:last].decode(errors="replace").strip("\ufffd")
    return f"{'...' if first else ''}{text}{'...' if last < len(data) else ''}"
