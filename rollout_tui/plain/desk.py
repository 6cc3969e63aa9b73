"""What actions act on when there is no screen: it gathers what is to be told, and tells it when asked."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, NamedTuple

from rollout_tui.debugger.patterns import too_slow
from rollout_tui.debugger.stops.breakpoints import Searching
from rollout_tui.plain.pane import WIDTH, PlainPane, squeezed
from rollout_tui.system_errors import reason_of
from rollout_tui.tui.actions import function_of
from rollout_tui.tui.actions.moving import no_stop
from rollout_tui.tui.drawing.lens import LensLines, View
from rollout_tui.tui.drawing.targets import ToObject, ToPayload
from rollout_tui.tui.keys import BY_ID
from rollout_tui.tui.lenses import LENSES
from rollout_tui.tui.lenses.inspector import inspector
from rollout_tui.tui.panes.blocked_line import blocked_line
from rollout_tui.tui.panes.event_words import event_words
from rollout_tui.tui.panes.flat import flat
from rollout_tui.tui.panes.header import header
from rollout_tui.tui.panes.position import header_facts
from rollout_tui.tui.panes.status import Standing, session_standing
from rollout_tui.tui.panes.timeline import timeline
from rollout_tui.tui.starting.opening import NotThere, find_thread
from rollout_tui.tui.state.places import INSPECTOR, LENS, TIMELINE
from rollout_tui.tui.state.player import Player
from rollout_tui.tui.state.session import Session
from rollout_tui.tui.targets import open_target

if TYPE_CHECKING:
    from rollout_tui.trace.writer_watch import WriterState
    from rollout_tui.tui.drawing.targets import Target
    from rollout_tui.tui.state.exporting import Export

POLL_S = 0.02


class Before(NamedTuple):
    """How everything stood before a command: the cursor, and how panes were looked at."""

    event: int
    chosen: tuple[object, ...]


class PlainApp:
    """What actions ask of the program around them, as far as text can do it."""

    def copy_to_clipboard(self, text: str) -> None:
        """A link is told anyway; nothing is copied."""

    def suspend(self) -> AbstractContextManager[None]:
        """There is nothing to give up."""
        return nullcontext()


class PlainRunning:
    """What runs on a screen in the background is done at once."""

    def __init__(self, desk: PlainDesk) -> None:
        self._desk = desk
        self.player = Player()

    def play(self, on: bool) -> None:
        """Nothing moves by itself."""

    def switch(self, by: int) -> None:
        """One recording is told."""
        self._desk.say("start the program on the other recording")

    def hold_thread(self, wanted: str) -> None:
        """Show the thread that is named."""
        session = self._desk.session
        try:
            session.hold_thread(find_thread(session.trace, wanted))
        except NotThere as problem:
            self._desk.say(str(problem), "warning")

    def sift(self) -> None:
        """Find all events that pass the filter."""
        filtering = self._desk.session.filtering
        while filtering is not None and filtering.advance():
            pass
        self._tell(filtering.take_given_up() if filtering is not None else None)

    def export(self, export: Export) -> None:
        """Wait for it."""
        try:
            export.start(lambda: None)
            export.wait()
        except OSError as problem:
            self._desk.say(f"no export: {reason_of(problem)}")
            return
        finally:
            export.stop()
        self._desk.say(export.said)

    def tell_searched(self) -> None:
        """The search is waited for."""

    def cancel(self) -> str:
        """Nothing runs between two commands."""
        return ""

    def seek(self, *, backwards: bool) -> None:
        """Go to the next event at which a breakpoint holds."""
        session = self._desk.session
        for found in session.breakpoints.seek(session.event, backwards=backwards):
            if not isinstance(found, Searching):
                session.leave_run("stop")
                session.go(found.event)
                self._desk.say(f"stop {found.breakpoint}")
                break
        else:
            self._desk.say(no_stop(backwards=backwards))
        self._tell(session.breakpoints.take_given_up())

    def _tell(self, slow: str | None) -> None:
        if slow is not None:
            self._desk.say(slow, "warning")


class PlainDesk:
    """A session and three panes as text. `writer` is whether somebody still writes the recording."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.opened = session
        self.running = PlainRunning(self)
        self.app = PlainApp()
        self.pane = TIMELINE
        self.writer: WriterState = "unknown"
        self.leaving = False
        self._panes = {
            TIMELINE: PlainPane(self._timeline, self.open_target),
            LENS: PlainPane(self._lens, self.open_target),
            INSPECTOR: PlainPane(lambda: inspector(self.view(), WIDTH), self.open_target),
        }
        self._said: list[str] = []
        self._asked: str | None = None

    # -- what actions use ----------------------------------------------------------

    def line_view(self, pane: str) -> PlainPane:
        """A pane."""
        return self._panes[pane]

    def focus_pane(self, pane: str) -> None:
        """The pane is told after the command."""
        self.pane = self._asked = pane
        self.session.remember_pane(pane)

    def leave(self) -> bool:
        """Nothing lies below."""
        return False

    def say(self, message: str, style: str = "") -> None:
        """Tell this after the command."""
        self._said.append(message)

    def repaint(self) -> None:
        """What has changed is found out after the command."""

    def ask(self, sign: str, text: str = "") -> None:
        """Say how the line begins that is to be typed."""
        self.say(f"type {sign}{text} and what you mean, in one line")

    def open_target(self, target: Target | None) -> None:
        """Open what a row leads to."""
        open_target(self, target)

    def take(self, offer_id: str) -> None:
        """Do what can be chosen from a list."""
        from rollout_tui.tui.offers import take

        take(self, offer_id)

    def act(self, action_id: str) -> None:
        """Do an action of the table of keys. Raises KeyError for an unknown one."""
        if BY_ID[action_id].function == "commanding.quit_program":
            self.leaving = True
            return
        function_of(action_id)(self)

    def wait_for_search(self) -> None:
        """Let a search come to its end, then go to its first hit."""
        search = self.session.searching
        while search is not None and not search.done:
            time.sleep(POLL_S)
        if search is None:
            return
        if search.given_up is not None:
            self.say(too_slow(search.given_up), "warning")
        if not search.events:
            self.say(f"not found: {search.text}")
            self.session.end_search()
        elif not search.is_hit(self.session.event):
            self.act("hit_next" if search.next(self.session.event) else "hit_previous")

    # -- what is told --------------------------------------------------------------

    @property
    def standing(self) -> Standing:
        """How the recording stands."""
        return session_standing(self.session, self.writer, time.time_ns() // 1_000_000, loading=False)

    def view(self) -> View:
        """What panes get; at the end of a live recording ages count to the clock."""
        live = self.standing.phase == "live" and self.session.event == self.session.head
        return self.session.view(time.time_ns() // 1_000_000 if live else None)

    def begin_command(self) -> Before:
        """Forget what was told; returns how everything stands, for `answer`."""
        self._said.clear()
        self._asked = None
        for pane in self._panes.values():
            pane.moved = False
        return self._now()

    def _now(self) -> Before:
        session = self.session
        chosen = (
            session.folds,
            session.severity,
            session.hindsight,
            session.outline,
            session.way,
            session.filtering,
        )
        return Before(session.event, (*chosen, session.place.held_thread))

    def answer(self, before: Before) -> Iterator[str]:
        """What the command changed, from top to bottom of the screen, then what it said."""
        after = self._now()
        if after.event != before.event:
            yield from self.where()
            self._panes[LENS].row = self._lens().focus or 0
        for pane in self._panes.values():
            if pane.moved and not self._asked:
                self._row_moved(pane)
                yield from pane.current()
        asked = self._asked or (self.pane if after.chosen != before.chosen else None)
        if asked is not None:
            yield from self.pane_lines(asked)
        yield from self._said

    def where(self) -> Iterator[str]:
        """Header, the event at the cursor, and what the thread waits for."""
        session = self.session
        yield squeezed(header(header_facts(session, self.standing), WIDTH).text).strip()
        if session.event:
            yield f"event #{session.seq}: {event_words(session.trace, session.event).text}"
        yield squeezed(blocked_line(self.view(), WIDTH).text).strip()

    def pane_lines(self, pane: str) -> Iterator[str]:
        """A pane from its title on."""
        shown = self._panes[pane]
        if pane != LENS:
            shown.row = shown.content.focus or 0
        yield from shown.whole()

    def _row_moved(self, pane: PlainPane) -> None:
        target = pane.target
        if pane is not self._panes[LENS]:
            return
        self.session.remember_row(pane.row, 0)
        if isinstance(target, (ToObject, ToPayload)) and not self.session.place.held:
            self.session.select(target)

    def _timeline(self) -> LensLines:
        session = self.session
        if session.filtering is not None:
            return flat(self.view(), WIDTH, session.filtering)
        if session.outline:
            return timeline(self.view(), session.reading.known.outline, WIDTH)
        return flat(self.view(), WIDTH)

    def _lens(self) -> LensLines:
        name = self.session.place.lens
        lens = next((one for one in LENSES if one.name == name), LENSES[0])
        return lens.lines(self.view(), WIDTH)
