"""What one looks at in a trace: the cursor, and everything that is chosen. Knows no terminal."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from rollout_tui.graph.snapshot import Snapshot
from rollout_tui.tui.lens import Selection, View

if TYPE_CHECKING:
    from rollout_tui.debugger.findings import Findings
    from rollout_tui.debugger.spans import Spans
    from rollout_tui.recording import Trace

TIMELINE, LENS, INSPECTOR = "timeline", "lens", "inspector"
PANES = (TIMELINE, LENS, INSPECTOR)
MOST_PLACES = 1000


@dataclass(frozen=True)
class Place:
    """Where one is: everything that Backspace gives back. `row` and `top` are those of the lens pane."""

    event: int
    lens: str = "context"
    pane: str = TIMELINE
    row: int = 0
    top: int = 0
    selection: Selection | None = None
    held: bool = False
    held_thread: str | None = None


@dataclass
class Places:
    """Places one came from, and those one came back from."""

    behind: list[Place] = field(default_factory=list)
    ahead: list[Place] = field(default_factory=list)

    def leave(self, place: Place) -> None:
        """Remember a place that is left by a jump."""
        if not self.behind or self.behind[-1] != place:
            self.behind.append(place)
        del self.behind[:-MOST_PLACES]
        self.ahead.clear()

    def back(self, current: Place) -> Place | None:
        """The place before; None when there is none."""
        return _step(self.behind, self.ahead, current)

    def forward(self, current: Place) -> Place | None:
        """The place that Backspace left."""
        return _step(self.ahead, self.behind, current)


def _step(source: list[Place], target: list[Place], current: Place) -> Place | None:
    while source:
        place = source.pop()
        if place != current:
            target.append(current)
            return place
    return None


class Session:
    """The state of the program over one trace. `event` is the cursor (ordinal, 0: before the first).

    `following` keeps the cursor on the last event. Changing `place` moves; `leave()` first makes
    Backspace come back to where one was.
    """

    def __init__(self, trace: Trace, spans: Spans, findings: Findings) -> None:
        self.trace = trace
        self.spans = spans
        self.findings = findings
        self.place = Place(0)
        self.places = Places()
        self.following = False
        self.pinned_at = 0
        self.hindsight = False
        self.mark: int | None = None
        self.severity = "note"
        self.folds: frozenset[str] = frozenset()
        self.folded: set[str] = set()
        self.outline = True
        self.zoomed = False
        self.search = ""
        self._thread: str | None = None

    # -- where one is ----------------------------------------------------------

    @property
    def event(self) -> int:
        """The cursor."""
        return self.place.event

    @property
    def head(self) -> int:
        """The last event that is reduced."""
        return self.trace.history.head

    @property
    def seq(self) -> int:
        """The seq of the cursor."""
        return self.trace.history.events.seqs[self.event]

    @property
    def thread_id(self) -> str | None:
        """The thread shown: the one held, else that of the event, else the last one."""
        if self.place.held_thread is not None:
            return self.place.held_thread
        found = self.thread_of(self.event)
        if found is not None:
            self._thread = found
        return self._thread

    def thread_of(self, event: int) -> str | None:
        """The thread of an event, or of the nearest one before it that has a thread."""
        threads = self.trace.history.events
        for ordinal in range(event, max(0, event - MOST_PLACES), -1):
            found = threads.thread_id(ordinal)
            if found is not None:
                return found
        return None

    # -- moving ----------------------------------------------------------------

    def go(self, event: int, *, keep_selection: bool = False) -> None:
        """Move the cursor; a movement away from the end stops following."""
        event = max(min(1, self.head), min(event, self.head))
        if event < self.head:
            self.pin()
        change = {} if keep_selection or self.place.held else {"selection": None}
        self.place = replace(self.place, event=event, **change)  # type: ignore[arg-type]

    def leave(self) -> None:
        """Remember this place: a jump follows."""
        self.places.leave(self.place)

    def pin(self) -> None:
        """Stop following; what comes from here on is counted."""
        if self.following:
            self.following = False
            self.pinned_at = self.head

    def follow(self) -> None:
        """Keep the cursor on the last event."""
        self.following = True
        self.place = replace(self.place, event=self.head, selection=self._kept())

    def grown(self) -> None:
        """The recording has grown: the cursor goes along when it follows."""
        if self.following and self.event != self.head:
            self.place = replace(self.place, event=self.head, selection=self._kept())

    def _kept(self) -> Selection | None:
        return self.place.selection if self.place.held else None

    def select(self, selection: Selection | None, *, held: bool = False) -> None:
        """Choose an object or a payload to inspect."""
        self.place = replace(self.place, selection=selection, held=held and selection is not None)

    def show_lens(self, name: str, *, row: int = 0, top: int = 0) -> None:
        """Put another lens into the middle."""
        if name != self.place.lens:
            self.place = replace(self.place, lens=name, row=row, top=top)

    def toggle_fold(self, key: str) -> None:
        """Open or fold lines of a lens."""
        self.folds = self.folds ^ {key}

    # -- what panes get ----------------------------------------------------------

    def view(self, now_ms: int | None = None) -> View:
        """Everything a pane may know. `now_ms` is the clock where ages count up, None in the past."""
        snapshot = Snapshot(self.trace.history, self.event)
        return View(
            trace=self.trace,
            spans=self.spans,
            findings=self.findings,
            snapshot=snapshot,
            event=self.event,
            thread_id=self.thread_id,
            now_ms=max(snapshot.time_ms, now_ms) if now_ms is not None else snapshot.time_ms,
            selection=self.place.selection,
            held=self.place.held,
            hindsight=self.hindsight,
            mark=self.mark,
            following=self.following,
            severity=self.severity,
            folds=self.folds,
            search=self.search,
        )
