"""The lanes: what each thread was doing over time, a letter per column, and the scrubber below."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from rollout_tui.debugger.findings.finding import Finding
from rollout_tui.debugger.findings.in_order import InOrder
from rollout_tui.debugger.lookup import latest
from rollout_tui.debugger.spans.span_tree import (
    CELL,
    COMPACTION_REQUEST,
    INFERENCE,
    TOOL,
    TURN,
)
from rollout_tui.debugger.spans.spans import Spans
from rollout_tui.debugger.waiting.silences import Silences
from rollout_tui.graph.history import History
from rollout_tui.graph.objects import Thread
from rollout_tui.printable import fit, line_end
from rollout_tui.tui.drawing.lines import CUT, Line, Piece, line
from rollout_tui.tui.panes.ruler import Ruler, ruler
from rollout_tui.words import duration

PROBES = 6
"""Most events looked at for one column."""
MOST_OPEN = 256
"""Open spans looked at for one event, the latest first: more than agents ever have, though a hostile
recording can."""

# Letters by weight: in one column the weightiest shows. Letter, style.
LETTERS = (
    (" ", ""),
    (".", "dim"),
    ("c", "cell"),
    ("I", "inference"),
    ("T", "tool"),
    ("w", "wait"),
    ("C", "compaction"),
    ("x", "error"),
)
NOTHING, IDLE, ALONE, ASKING, CALLING, WAITING, COMPACTING, FAILED = range(8)
WEIGHT_OF_KIND = {TURN: IDLE, CELL: ALONE, INFERENCE: ASKING, TOOL: CALLING, COMPACTION_REQUEST: COMPACTING}
NAME_WIDTH = 14
AS_IT_IS = 0.99
"""Drawn at this share of its length or more, a silence does not count as shortened."""
CURSOR, TRACK, SHORTENED = "\u25b2", "\u2500", "~"


class Lane(NamedTuple):
    """A thread's letters as weights, one per column."""

    thread_id: str
    name: str
    weights: tuple[int, ...]


class Lanes(NamedTuple):
    """The lanes over one ruler; they do not depend on the cursor."""

    ruler: Ruler
    lanes: tuple[Lane, ...]


def time_ruler(history: History, silences: Silences, width: int) -> Ruler:
    """The ruler over all that is recorded."""
    times, head = history.events.times, history.head
    if not head:
        return ruler(0, 0, width)
    gaps = [(times[one.start], times[one.end]) for one in silences.found if one.end <= head]
    return ruler(times[1], max(times[1], times[head]), width, gaps)


def event_at(history: History, time_ms: int) -> int:
    """The last event at or before a time, the first one before that."""
    return max(1, bisect_right(history.events.times, time_ms, 1, history.head + 1) - 1)


def lanes(
    spans: Spans, silences: Silences, findings: InOrder[Finding], width: int, numbers: Sequence[int]
) -> Lanes:
    """A lane for each thread of `numbers` (spans), `width` columns wide."""
    history = spans.history
    scale = time_ruler(history, silences, width)
    threads = [spans.span(number) for number in numbers]
    rows = {spans.thread_number(one.thread_id): [NOTHING] * width for one in threads}
    if spans.head:
        for column in range(width):
            for event in _probes(history, scale, column, spans.head):
                # Where so much is open, one event stands for the others of its column.
                if _probe(spans, event, column, rows) == MOST_OPEN:
                    break
    for finding in findings.all_of("error"):
        row = rows.get(spans.thread_number(finding.thread_id))
        if row is not None and finding.event <= spans.head:
            row[scale.column(history.events.times[finding.event])] = FAILED
    made = []
    for one in threads:
        weights = tuple(rows[spans.thread_number(one.thread_id)])
        made.append(Lane(one.thread_id or "", _name(history, one.thread_id), weights))
    return Lanes(scale, tuple(made))


def _name(history: History, thread_id: str | None) -> str:
    thread = latest(history, Thread, thread_id)
    return thread_id or "" if thread is None else thread.agent_path


def _probes(history: History, scale: Ruler, column: int, head: int) -> list[int]:
    """Events that stand for a column: a few of those within it, else the one before."""
    times = history.events.times
    low = bisect_left(times, scale.time(column), 1, head + 1)
    last = column == scale.width - 1
    high = head + 1 if last else bisect_left(times, scale.time(column + 1), low, head + 1)
    if high <= low:
        return [max(1, low - 1)]
    count = high - low
    probes = [low + number * count // min(count, PROBES) for number in range(min(count, PROBES))]
    return [*probes, head] if last else probes


def _probe(spans: Spans, event: int, column: int, rows: dict[int, list[int]]) -> int:
    """Mark what is open at an event; returns how much was looked at."""
    looked_at = 0
    for number in islice(spans.windows.open_at(event, latest_first=True), MOST_OPEN):
        looked_at += 1
        row = rows.get(spans.threads[number])
        if row is None:
            continue
        weight = WEIGHT_OF_KIND.get(spans.kinds[number], NOTHING)
        if weight == CALLING and spans.is_wait(number):
            weight = WAITING
        row[column] = max(row[column], weight)
    return looked_at


def lane_line(lane: Lane, cursor_column: int, note: str = "") -> Line:
    """One lane: name, letters (those after the cursor dimmed), a note at the right."""
    name = line_end(lane.name, NAME_WIDTH, mark=CUT)
    pieces: list[Piece] = [Piece(f" {fit(name, NAME_WIDTH)} ", "agent")]
    start = 0
    for at in range(1, len(lane.weights) + 1):
        same = at < len(lane.weights) and lane.weights[at] == lane.weights[start]
        if same and at != cursor_column + 1:
            continue
        letter, style = LETTERS[lane.weights[start]]
        pieces.append(Piece(letter * (at - start), "future" if start > cursor_column else style))
        start = at
    pieces.append(Piece(f" {note}", "dim"))
    return line(*pieces)


def scrubber_line(scale: Ruler, cursor_column: int, note: str, note_style: str) -> Line:
    """The ruler with the cursor on it; silences that are shortened are drawn as waves."""
    track = [TRACK] * scale.width
    for (low, before), (high, after) in zip(scale.stops, scale.stops[1:], strict=False):
        if after - before < (high - low) * AS_IT_IS:
            for column in range(scale.column(low), scale.column(high)):
                track[column] = SHORTENED
    text = "".join(track)
    length = duration(scale.end_ms - scale.start_ms)
    return line(
        Piece(f" {length:>{NAME_WIDTH}} ", "dim"),
        Piece(text[:cursor_column], "accent"),
        Piece(CURSOR, "heading"),
        Piece(text[cursor_column + 1 :], "future"),
        Piece(f" {note}", note_style),
    )
