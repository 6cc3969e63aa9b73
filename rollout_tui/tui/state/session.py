"""What one looks at in a trace: the cursor, and everything that is chosen. Knows no terminal."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from rollout_tui.debugger.moving.related import Subject, subject_of
from rollout_tui.debugger.stops.breakpoints import Breakpoints
from rollout_tui.graph.snapshot import Snapshot
from rollout_tui.tui.drawing.lens import WAYS, Selection, View, Way
from rollout_tui.tui.drawing.targets import ToObject
from rollout_tui.tui.keys import with_keys
from rollout_tui.tui.state.cursor import Cursor
from rollout_tui.tui.state.places import Place, Places

if TYPE_CHECKING:
    from rollout_tui.debugger.spans.spans import Spans
    from rollout_tui.graph.history import History
    from rollout_tui.recording import Trace
    from rollout_tui.remembered.store import Note, Remembered
    from rollout_tui.tui.following.reading import Reading
    from rollout_tui.tui.state.filtering import Filter
    from rollout_tui.tui.state.searching import LostSearch, Search


class Looking(NamedTuple):
    """What is chosen for every trace of a sitting: outline or flat list, hindsight, the least severity."""

    outline: bool
    hindsight: bool
    severity: str


class Session(Cursor):
    """The state of the program over one trace: the cursor in it, and what is chosen, marked and looked for.

    `notes` are what the user wrote down at events, `recalled` is what was remembered of the trace, once that
    was asked for.
    """

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading)
        self.hindsight = False
        self.marks: tuple[int, ...] = ()
        self.severity = "note"
        self.way: Way = "logical"
        self._whole = (0, 0)
        self.folds: frozenset[str] = frozenset()
        self.outline = True
        self.zoomed = False
        self.searching: Search | None = None
        self.lost_search: LostSearch | None = None
        self.filtering: Filter | None = None
        self.breakpoints = Breakpoints(reading.trace, reading.known.findings)
        self.growing = False
        self.notes: list[Note] = []
        self.recalled: Remembered | None = None
        self._lives = reading.trace.lives

    @property
    def mark(self) -> int | None:
        """The mark that times and differences count from: the one set or gone to last. None without one."""
        return self.marks[-1] if self.marks else None

    def set_mark(self, event: int) -> None:
        """Mark an event, or make its mark the one that counts."""
        self.marks = (*(one for one in self.marks if one != event), event)

    @property
    def trace(self) -> Trace:
        """The trace."""
        return self.reading.trace

    @property
    def history(self) -> History:
        """Its history."""
        return self.reading.known.history

    @property
    def spans(self) -> Spans:
        """Its spans."""
        return self.reading.known.spans

    @property
    def looking(self) -> Looking:
        """How one looks at this trace, for the next one."""
        return Looking(self.outline, self.hindsight, self.severity)

    @looking.setter
    def looking(self, chosen: Looking) -> None:
        self.outline, self.hindsight, self.severity = chosen

    # -- what is looked at -----------------------------------------------------

    def subject(self) -> Subject | None:
        """What the event at the cursor is about."""
        return subject_of(self.trace, self.spans, self.event) if 0 < self.event <= self.head else None

    def selected(self) -> Selection | None:
        """What is chosen, else what the event is about."""
        found = self.subject()
        return self.place.selection or (ToObject(found.kind, found.id) if found else None)

    @property
    def search(self) -> str:
        """The text that is searched for, empty without a search."""
        found = self.lost_search or self.searching
        return found.text if found is not None else ""

    def end_search(self) -> None:
        """Stop searching and forget the hits."""
        self.lost_search = None
        if self.searching is not None:
            self.searching.stop()
            self.searching = None

    def end_filter(self) -> None:
        """List every event again, at the place where the filter began."""
        if self.filtering is not None:
            place, self.filtering = self.filtering.place, None
            self.go_back_to(place)

    def cancel(self) -> str:
        """Cancel one level of what is chosen; returns what to say."""
        found = self.lost_search or self.searching
        if found is not None:
            place = found.place
            self.end_search()
            self.go_back_to(place)
            return "search ended; back where it began"
        if self.filtering is not None:
            self.end_filter()
            return "every event again; back where the filter began"
        if self.place.held or self.place.selection is not None:
            self.select(None)
            return "nothing selected"
        if self.place.held_thread is not None:
            self.hold_thread(None)
            return "thread let go"
        if self.way != "logical" and self.place.lens == "context":
            self._look("logical")
            return "the whole context"
        if self.zoomed:
            self.zoomed = False
            return ""
        if self.hindsight:
            self.hindsight = False
            return "as known at the cursor"
        return with_keys("nothing to cancel; {quit} quits")

    # -- moving ----------------------------------------------------------------

    def go(self, event: int, *, keep_selection: bool = False) -> None:
        """Move the cursor; what was found in lost items is of the event before."""
        before = self.event
        super().go(event, keep_selection=keep_selection)
        if self.event != before:
            self.lost_search = None

    def restarted(self) -> None:
        """The recording began anew: what was chosen in the old one is gone."""
        self.place = Place(min(self.event, self.head), self.place.lens, self.place.pane)
        self.places = Places()
        self.marks = ()
        self.filtering = None
        self.follow()

    def grown(self) -> None:
        """The recording has grown, or begun anew: the cursor goes along when it follows."""
        if self.trace.lives != self._lives:
            self._lives = self.trace.lives
            self.restarted()
        self.keep_up()

    def toggle_span(self) -> bool:
        """Fold or unfold the outline's row at the cursor; False when nothing lies under it."""
        outline = self.reading.known.outline
        row = outline.row_of(self.spans.span_of(self.event))
        if row is None:
            return False
        span, _ = outline.span_at(row)
        if not outline.has_children(span):
            return False
        outline.toggle(span)
        return True

    def show_lens(self, name: str) -> None:
        """Put another lens into the middle."""
        if name != self.place.lens:
            self.lost_search = None
            self.place = replace(self.place, lens=name, row=0, top=0)

    def next_way(self) -> Way:
        """Look at the context another way: whole, as it was sent, only what is new."""
        self._look(WAYS[(WAYS.index(self.way) + 1) % len(WAYS)])
        return self.way

    def _look(self, way: Way) -> None:
        """Another way starts at its top; the whole context is given back as it was left."""
        if self.way == "logical":
            self._whole = (self.place.row, self.place.top)
        self.way = way
        row, top = self._whole if way == "logical" else (0, 0)
        self.place = replace(self.place, row=row, top=top)
        self.given_back = True

    def toggle_fold(self, key: str) -> None:
        """Open or fold lines of a lens."""
        self.folds = self.folds ^ {key}

    # -- what panes get ----------------------------------------------------------

    def view(self, now_ms: int | None = None) -> View:
        """Everything a pane may know; `now_ms` is the clock where ages count up, None in the past."""
        snapshot = Snapshot(self.history, self.event)
        return View(
            trace=self.trace,
            spans=self.spans,
            findings=self.reading.known.findings,
            snapshot=snapshot,
            event=self.event,
            thread_id=self.thread_id,
            now_ms=max(snapshot.time_ms, now_ms) if now_ms is not None else snapshot.time_ms,
            selection=self.place.selection,
            held=self.place.held,
            hindsight=self.hindsight,
            mark=self.mark,
            marks=self.marks,
            following=self.following,
            growing=self.growing or not self.reading.settled,
            severity=self.severity,
            folds=self.folds,
            search=self.search,
            way=self.way,
            lost_found=self.lost_search.found if self.lost_search is not None else None,
        )
