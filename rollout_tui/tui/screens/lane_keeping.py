"""The lanes of a session, kept as long as they are true enough."""

from __future__ import annotations

import time

from rollout_tui.tui.drawing.lines import Line
from rollout_tui.tui.panes.lanes import NAME_WIDTH, Lanes, event_at, lane_line, lanes, scrubber_line
from rollout_tui.tui.panes.position import failures_note
from rollout_tui.tui.state.session import Session
from rollout_tui.words import count

RULER_MARGIN = NAME_WIDTH + 2
NOTE_WIDTH = 24
LANES_S = 0.25
"""While a recording grows its lanes are made anew so often: each time they look at all of it."""


class LaneKeeper:
    """`stale` is whether the lanes lag behind what is recorded, by `LANES_S` at most if asked again."""

    def __init__(self) -> None:
        self._lanes: Lanes | None = None
        self._made_for: tuple[object, ...] = ()
        self._made_to: tuple[int, int] = (0, 0)
        self._made_at = 0.0
        self.stale = False

    def lines(self, session: Session, width: int, most: int) -> tuple[Line, ...]:
        """Lanes of at most `most` threads and the scrubber, for a screen of that width."""
        made = self._kept(session, max(8, width - RULER_MARGIN - NOTE_WIDTH), most)
        column = made.ruler.column(session.history.events.times[session.event])
        reading = session.reading
        notes = [reading.thread_note(one.thread_id) for one in made.lanes]
        without = len(reading.threads) - len(notes)
        if notes and without > 0:
            notes[-1] = f"{notes[-1]}  +{count(without, 'thread')}".strip()
        rows = [lane_line(one, column, note) for one, note in zip(made.lanes, notes, strict=True)]
        note, style = failures_note(session)
        return (*rows, scrubber_line(made.ruler, column, note, style))

    def _kept(self, session: Session, width: int, most: int) -> Lanes:
        reading = session.reading
        threads = reading.lane_threads(session.thread_id, most)
        found = reading.known.findings.all
        made_for, made_to = (width, threads, reading.known.generation), (session.head, len(found))
        now = time.monotonic()
        same = self._lanes is not None and made_for == self._made_for
        self.stale = same and made_to != self._made_to and now - self._made_at < LANES_S
        if self._lanes is None or not same or (made_to != self._made_to and not self.stale):
            self._lanes = lanes(session.spans, reading.known.silences, found, width, threads)
            self._made_for, self._made_to, self._made_at = made_for, made_to, now
        return self._lanes

    def event_at(self, session: Session, column: int) -> int:
        """The event under a column of the scrubber; its ends are the first and the last event."""
        if self._lanes is None:
            return session.event
        scale = self._lanes.ruler
        if column <= 0:
            return 1
        if column >= scale.width - 1:
            return session.head
        return event_at(session.history, scale.time(column + 0.5))
