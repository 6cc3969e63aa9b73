"""What goes on over several frames and can be cancelled: playing, looking for something, exporting."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from textual.timer import Timer

from rollout_tui.debugger.stops.breakpoints import SLICE_S, Searching, Stop
from rollout_tui.debugger.thread_names import ThreadSearch, UnknownThread
from rollout_tui.system_errors import reason_of
from rollout_tui.tui.actions.moving import no_stop
from rollout_tui.tui.following.messages import Exporting, SearchAdvanced
from rollout_tui.tui.keys import with_keys
from rollout_tui.tui.screens.bottom import paint_bottom
from rollout_tui.tui.state.player import Player
from rollout_tui.tui.state.session import Session

if TYPE_CHECKING:
    from rollout_tui.tui.screens.debugger import DebuggerScreen
    from rollout_tui.tui.state.exporting import Export

SLICE_PAUSE_S = 0.001
LOOKING = "looking for the thread ..."
STOPPING_S = 1.0
"""So long a screen that goes waits for an export to remove what it had begun."""
LIVE_SLICES = 5
"""Slices of 20 ms that the events of one advance may cost; what is left is looked at with the next ones."""


def stops() -> str:
    """How to end what goes on."""
    return with_keys("({interrupt} stops)")


class Running:
    """What runs on one screen."""

    def __init__(self, screen: DebuggerScreen) -> None:
        self._screen = screen
        self.player = Player()
        self._next: Timer | None = None
        self._seeking: Iterator[Searching | Stop] | None = None
        self._backwards = False
        self._naming: ThreadSearch | None = None
        self._broken_to = 0
        self._sifting = False
        self._export: Export | None = None

    def stop(self) -> None:
        """The screen goes: nothing of it goes on."""
        if self._export is not None and self._export.stop():
            self._export.wait(STOPPING_S)

    @property
    def note(self) -> str:
        """What goes on in the background and tells of itself while other things are done."""
        if self._export is None or self._export.done:
            return ""
        return f"{self._export.note}  {stops()}"

    def cancel(self) -> str:
        """Stop what runs; returns what that was, empty when nothing did."""
        if self.player.playing:
            self.player.playing = False
            return "paused"
        if self._seeking is not None:
            self._seeking = None
            return "no longer looking for a stop"
        if self._naming is not None:
            self._naming = None
            return "no longer looking for the thread"
        if self._export is not None and self._export.stop():
            return "stopping the export"
        search = self._screen.opened.searching if self._screen.opened else None
        return "search stopped" if search is not None and search.stop() else ""

    # -- playing -------------------------------------------------------------------

    def play(self, on: bool) -> None:
        """Play at recorded speed, or pause; once more while it plays: at another speed from here on."""
        self.player.playing = on
        self._stop_timer()
        if on:
            self._screen.session.pin()
            self._play_on()
        else:
            self._screen.say("paused")

    def _play_on(self) -> None:
        """Show the next event when its time has come."""
        session = self._screen.session
        move = self.player.next_move(session)
        if move is None:
            self.player.playing = False
            if session.growing:
                session.follow()
                self._screen.repaint()
            self._screen.say("caught up: following the end" if session.growing else "end of trace")
            return
        self._screen.say(move.said)
        start = session.event
        self._next = self._screen.set_timer(move.wait_s, lambda: self._played(start, move.event))

    def _played(self, start: int, event: int) -> None:
        if not self.player.playing:
            return
        if self._screen.session.event == start:
            self._screen.session.go(event)
            self._screen.session.pin()
            self._screen.repaint()
        self._play_on()

    def _stop_timer(self) -> None:
        if self._next is not None:
            self._next.stop()
            self._next = None

    # -- other recordings ------------------------------------------------------------

    def switch(self, by: int) -> None:
        """To the next recording of the folder that is being written."""
        self._screen.neighbours.find_running(by)

    # -- searching -----------------------------------------------------------------

    def tell_searched(self) -> None:
        """Called from the searching thread: there is more to show."""
        self._screen.mailbox.put(SearchAdvanced())

    def searched(self) -> None:
        """Show the count; the first hit is gone to by itself."""
        search = self._screen.opened.searching if self._screen.opened else None
        if search is None:
            return
        if not search.arrived and search.first is not None:
            from rollout_tui.tui.actions.searching import go_to_hit

            search.arrived = True
            if not search.is_hit(self._screen.session.event):
                go_to_hit(self._screen, search.first)
        elif search.done and not search.events:
            self._screen.say(f"not found: {search.text}", "warning")
        paint_bottom(self._screen)

    # -- looking for a thread --------------------------------------------------------

    def hold_thread(self, wanted: str, failed: Callable[[str], object] | None = None) -> None:
        """Show the thread that is named so; `failed` is told why there is none, else that is said."""
        trace = self._screen.session.trace
        self._naming = ThreadSearch(trace.snapshot(trace.history.head), wanted)
        self._name_on(failed or (lambda problem: self._screen.say(problem, "warning")))

    def _name_on(self, failed: Callable[[str], object]) -> None:
        search, until = self._naming, time.monotonic() + SLICE_S
        if search is None:
            return
        for _ in search:
            if time.monotonic() >= until:
                self._screen.say(f"{LOOKING}  {stops()}")
                self._screen.set_timer(SLICE_PAUSE_S, lambda: self._name_on(failed))
                return
        self._naming = None
        if self._screen.message[0].startswith(LOOKING):
            self._screen.say("")
        try:
            self._screen.session.hold_thread(search.result)
        except UnknownThread as problem:
            failed(str(problem))
            return
        self._screen.repaint()

    # -- exporting -----------------------------------------------------------------

    def export(self, export: Export) -> None:
        """Write something for others, one thing at a time."""
        if self.note:
            self._screen.say(with_keys("another export is under way; {interrupt} stops it"), "warning")
            return
        try:
            export.start(lambda: self._screen.mailbox.put(Exporting()))
        except OSError as problem:
            self._screen.say(f"no export: {reason_of(problem)}", "warning")
            return
        self._export = export
        paint_bottom(self._screen)

    def exported(self) -> None:
        """Show how far it is, or say how it ended."""
        if self._export is not None and self._export.done:
            self._screen.say(self._export.said, "warning" if self._export.failed else "")
            self._export = None
        paint_bottom(self._screen)

    # -- filtering -----------------------------------------------------------------

    def sift(self) -> None:
        """Find the events that pass the filter, a slice a time; a recording that grows is looked at on."""
        if not self._sifting:
            self._sift_on()

    def _sift_on(self) -> None:
        filtering = self._screen.opened.filtering if self._screen.opened else None
        self._sifting = filtering is not None and filtering.advance()
        if self._sifting:
            self._screen.set_timer(SLICE_PAUSE_S, self._sift_on)
        self._screen.repaint()
        if filtering is not None:
            self._tell_given_up(filtering.take_given_up())

    # -- looking for a stop ----------------------------------------------------------

    def seek(self, *, backwards: bool) -> None:
        """Go to the next event at which a breakpoint holds."""
        session = self._screen.session
        self._seeking = session.breakpoints.seek(session.event, backwards=backwards)
        self._backwards = backwards
        self._seek_on()

    def _seek_on(self) -> None:
        if self._seeking is None:
            return
        found = next(self._seeking, None)
        if isinstance(found, Searching):
            seq = self._screen.session.history.events.seqs[found.event]
            self._screen.say(f"looking for the next stop ... #{seq:,}  {stops()}")
            self._screen.set_timer(SLICE_PAUSE_S, self._seek_on)
            return
        self._seeking = None
        session = self._screen.session
        slow = session.breakpoints.take_given_up()
        if found is None:
            self._screen.say(no_stop(backwards=self._backwards))
            self._tell_given_up(slow)
            return
        session.leave_run("stop")
        session.go(found.event)
        self._screen.say(f"stop {found.breakpoint}")
        self._tell_given_up(slow)
        self._screen.repaint()

    def _tell_given_up(self, slow: str | None) -> None:
        if slow is not None:
            self._screen.say(slow, "warning")

    def break_live(self, session: Session) -> None:
        """A recording that is followed stops where a breakpoint holds."""
        start, self._broken_to = max(self._broken_to, 0), session.head
        if not session.following or not session.breakpoints.all or self._screen.painter.loading:
            return
        for slices, found in enumerate(session.breakpoints.seek(start)):
            if isinstance(found, Stop):
                session.go(found.event)
                session.pin()
                self._screen.say(f"stop {found.breakpoint}", "warning")
            elif slices >= LIVE_SLICES:
                self._broken_to = found.event
                break
        self._tell_given_up(session.breakpoints.take_given_up())
