"""From the session to the widgets: who shows what, once per frame."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

from rollout_tui.trace.ending import Ending
from rollout_tui.trace.writer_watch import WriterState
from rollout_tui.tui.drawing.lens import LensLines, LineList, View
from rollout_tui.tui.drawing.lines import NOTHING, Line, Piece, line, wrapped
from rollout_tui.tui.drawing.same_row import same_row
from rollout_tui.tui.drawing.targets import ToObject, ToPayload
from rollout_tui.tui.keys import with_keys
from rollout_tui.tui.layout import Layout, edges, layout
from rollout_tui.tui.lenses import LENSES
from rollout_tui.tui.lenses.inspector import inspector
from rollout_tui.tui.panes.blocked_line import blocked_line
from rollout_tui.tui.panes.ending import ENDING_LINES, ending_header, not_begun
from rollout_tui.tui.panes.flat import flat
from rollout_tui.tui.panes.header import header
from rollout_tui.tui.panes.loading import LoadProgress, loading_line
from rollout_tui.tui.panes.position import header_facts
from rollout_tui.tui.panes.status import Away, Standing, session_standing
from rollout_tui.tui.panes.timeline import timeline
from rollout_tui.tui.screens.bottom import paint_bottom
from rollout_tui.tui.screens.lane_keeping import LANES_S, RULER_MARGIN, LaneKeeper
from rollout_tui.tui.state.places import INSPECTOR, LENS, PANES, TIMELINE
from rollout_tui.tui.state.session import Session
from rollout_tui.tui.widgets.bar import Bar
from rollout_tui.tui.widgets.lane_view import LaneView
from rollout_tui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from rollout_tui.tui.screens.debugger import DebuggerScreen

AGEING = ("cells", "agents", "terminals")
"""Lenses that show how long something has been open."""


class Painter:
    """Puts lines into the widgets of one screen. What it is told between paintings are plain attributes."""

    def __init__(self, screen: DebuggerScreen) -> None:
        self._screen = screen
        self.progress: LoadProgress | None = None
        self.problem = ""
        self.waiting = ""
        self.writer: WriterState = "unknown"
        self.away: Away = ""
        self.loading = True
        self.ending: Ending | None = None
        self.lanes = LaneKeeper()
        self._laid_out: Layout | None = None
        self._shown_event = self._lens_event = -1
        self._lens_room = 0
        self._shown_lens = ""

    # -- facts ---------------------------------------------------------------------

    def standing(self, session: Session) -> Standing:
        """How the recording stands by the clock."""
        return session_standing(session, self.writer, self.clock_ms, loading=self.loading, away=self.away)

    @property
    def clock_ms(self) -> int:
        """Milliseconds since 1970."""
        return time.time_ns() // 1_000_000

    def view(self, session: Session, now: Standing) -> View:
        """What panes get; at the head of a recording that may go on ages count to the clock."""
        live = now.growing and not self.loading and session.event == session.head
        return session.view(self.clock_ms if live else None)

    # -- painting ------------------------------------------------------------------

    def lay_out(self, pane: str) -> None:
        """Show the panes there is room for."""
        screen, now = self._screen, self._layout(pane)
        if now == self._laid_out:
            return
        self._laid_out = now
        for name in PANES:
            screen.widget(name).display = name in now.panes
            screen.widget(name).draw_edge(name != now.panes[0])
        lanes = screen.query_one(LaneView)
        lanes.display = now.scrubber
        lanes.styles.height = now.lanes + now.scrubber

    def fills(self) -> bool:
        """Whether the panes have the sizes that they are to have."""
        panes, width = self._layout(self._screen.pane).panes, self._screen.size.width
        starts = edges(panes, width)
        widths = [self._screen.widget(pane).width for pane in panes]
        return widths == [right - left for left, right in pairwise(starts)]

    def _layout(self, pane: str) -> Layout:
        session, size = self._screen.opened, self._screen.size
        threads = len(session.reading.threads) if session else 1
        return layout(size.width, size.height, pane, bool(session and session.zoomed), threads)

    def paint(self) -> None:
        """Everything that is visible."""
        session = self._screen.opened
        if session is None or (self.loading and (not session.head or self.progress is None)):
            # A recording that is read in a moment is shown when it is, at the place asked for.
            self._paint_before()
            return
        if self.ending is not None and self._at_the_end(session):
            self._paint_ending(self.ending)
            return
        self.lay_out(self._screen.pane)
        now = self.standing(session)
        view = self.view(session, now)
        width = self._screen.size.width
        self._bar("header", header(header_facts(session, now), width))
        for name in PANES:
            self._screen.widget(name).needle = session.search
            if name == TIMELINE or self._visible(name):
                self._paint_pane(name, session, view)
        self.paint_blocked(view)
        self._paint_lanes(session)
        paint_bottom(self._screen)
        self._shown_event = session.event

    def paint_pane(self, pane: str, session: Session) -> None:
        """One pane only."""
        self._paint_pane(pane, session, self.view(session, self.standing(session)))

    def _paint_pane(self, pane: str, session: Session, view: View) -> None:
        if pane == TIMELINE:
            content = self._timeline(session, view)
            self._screen.widget(TIMELINE).row_counts = True
            self._screen.widget(TIMELINE).show(content, row=content.focus)
        elif pane == LENS:
            self._paint_lens(session, view)
        else:
            self._show(INSPECTOR, lambda room: inspector(view, room))

    def paint_ages(self) -> None:
        """Only what counts up by the clock; rows that stay the same are not painted."""
        session = self._screen.opened
        now = self.standing(session) if session is not None and not self.loading else None
        if session is None or now is None or now.phase == "ended":
            return
        view = self.view(session, now)
        self.paint_blocked(view)
        self._bar("header", header(header_facts(session, now), self._screen.size.width))
        if view.now_ms > view.snapshot.time_ms and session.event == self._shown_event:
            self._screen.widget(TIMELINE).show(self._timeline(session, view))
            if self._visible(LENS) and session.place.lens in AGEING:
                self._paint_lens(session, view)
            if self._visible(INSPECTOR):
                self._show(INSPECTOR, lambda room: inspector(view, room))

    def paint_progress(self) -> None:
        """Only how far the reading is."""
        if self.progress is not None and not self.problem:
            self._bar("blocked", loading_line(self.progress, self._screen.size.width))

    def paint_blocked(self, view: View) -> None:
        """What the agent waits for; how far reading is while it goes on."""
        width = self._screen.size.width
        if self.problem:
            self._bar("blocked", line(Piece(f" {self.problem}", "error")))
        elif self.progress is not None:
            self._bar("blocked", loading_line(self.progress, width))
        else:
            self._bar("blocked", blocked_line(view, width))

    def _timeline(self, session: Session, view: View) -> LensLines:
        room = self._screen.widget(TIMELINE).room
        if session.filtering is not None:
            return _guarded(lambda room: flat(view, room, session.filtering), room)
        if session.outline:
            return _guarded(lambda room: timeline(view, session.reading.known.outline, room), room)
        return _guarded(lambda room: flat(view, room), room)

    def _paint_lens(self, session: Session, view: View) -> None:
        pane = self._screen.widget(LENS)
        lens = next((one for one in LENSES if one.name == session.place.lens), LENSES[0])
        content = _guarded(lambda room: lens.lines(view, room), pane.room)
        pane.row_counts = session.place.selection is not None
        if session.given_back:
            session.given_back = False
            pane.show(content, row=session.place.row, top=session.place.top)
        elif session.place.lens != self._shown_lens:
            row = content.focus if content.focus is not None and not session.place.row else session.place.row
            pane.sideways = 0
            pane.show(content, row=row)
        elif session.event != self._lens_event:
            pane.show(content, row=content.focus)
        elif pane.room != self._lens_room:
            pane.show(content, row=same_row(pane.content, pane.row, content))
        else:
            pane.show(content)
        self._lens_event, self._shown_lens, self._lens_room = session.event, session.place.lens, pane.room
        session.remember_row(pane.row, pane.top)

    def _paint_lanes(self, session: Session) -> None:
        view = self._screen.query_one(LaneView)
        if not view.display:
            return
        most = self._layout(self._screen.pane).lanes
        view.show(self.lanes.lines(session, self._screen.size.width, most), RULER_MARGIN)
        if self.lanes.stale:
            self._screen.frames.ask_in(LANES_S)

    def _paint_before(self) -> None:
        """Nothing is reduced yet."""
        if self.ending is not None and not self.problem and not self.waiting:
            self._paint_ending(self.ending)
            return
        words = self.problem or self.waiting or "opening the trace ..."
        style = "error" if self.problem else "strong"
        hint = (
            "{quit} quits" if self.problem else "{quit} quits; the screen fills as soon as there is an event"
        )
        if self._screen.program.chosen_from_list:
            hint = f"{{back}} goes back to the list, {hint}"
        content = LineList(
            "rollout-tui",
            (NOTHING, *wrapped(words, 70, style, 2), NOTHING, *wrapped(with_keys(hint), 70, "dim", 2)),
        )
        # In the pane that has the focus: hidden it would lose that.
        shown = self._screen.pane
        for name in PANES:
            self._screen.widget(name).display = name == shown
        self._laid_out = None
        self._screen.widget(shown).show(content)
        self._bar("header", line(Piece(" rollout-tui", "strong"), background="bar"))
        self._bar("blocked", NOTHING)
        paint_bottom(self._screen)

    def _at_the_end(self, session: Session) -> bool:
        """Whether the end of the file is what is looked at, and reading has not come there yet."""
        place = session.place
        plain = place.lens == LENSES[0].name and not (place.held or place.held_thread or session.hindsight)
        return self.loading and session.following and plain and not self.problem

    def _paint_ending(self, ending: Ending) -> None:
        """The end of the recording as the file tells it."""
        self.lay_out(self._screen.pane)
        width = self._screen.size.width
        self._bar("header", ending_header(ending, width))
        for name, lines in ENDING_LINES.items():
            pane = self._screen.widget(name)
            pane.row_counts = name == TIMELINE
            content = lines(ending, pane.room)
            pane.show(content, row=content.focus)
        self._bar("blocked", loading_line(self.progress or not_begun(ending), width))
        paint_bottom(self._screen)
        self._shown_event = self._lens_event = -1

    # -- pieces ----------------------------------------------------------------------

    def _visible(self, pane: str) -> bool:
        return bool(self._screen.widget(pane).display)

    def _show(self, pane: str, make: Callable[[int], LensLines]) -> None:
        view = self._screen.widget(pane)
        view.show(_guarded(make, view.room))

    def _bar(self, name: str, shown: Line) -> None:
        self._screen.query_one(f"#{name}", Bar).show(shown)

    def row_moved(self, lens: LineView) -> None:
        """The cursor row of the lens moved: what it shows is inspected."""
        session, target = self._screen.session, lens.target
        session.remember_row(lens.row, lens.top)
        if isinstance(target, (ToObject, ToPayload)) and not session.place.held:
            session.select(target)
            self._show(INSPECTOR, lambda room: inspector(self.view(session, self.standing(session)), room))


def _guarded(make: Callable[[int], LensLines], width: int) -> LensLines:
    """A pane that breaks says so and leaves the others alone."""
    try:
        return make(width)
    except Exception as error:
        words = f"this pane failed: {type(error).__name__}: {error}"
        return LineList("failed", wrapped(words, width - 2, "error", 1))
