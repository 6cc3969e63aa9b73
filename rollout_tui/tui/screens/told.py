"""What a screen does about the news of its threads: the reading, the searching, the look at the folder."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from rollout_tui.tui.following.messages import (
    Advanced,
    Arrived,
    Exporting,
    Failed,
    FileChanged,
    Made,
    News,
    Opened,
    PayloadsCame,
    RunningFound,
    SearchAdvanced,
    Waiting,
    WriterSeen,
)
from rollout_tui.tui.starting.opening import NotThere, begin, settle
from rollout_tui.tui.starting.warming import warm_up
from rollout_tui.tui.state.session import Session
from rollout_tui.tui.texts.making import making
from rollout_tui.words import count

if TYPE_CHECKING:
    from rollout_tui.tui.screens.debugger import DebuggerScreen


class Told:
    """Takes news in. `settled` is whether all that was there at the beginning has been read."""

    def __init__(self, screen: DebuggerScreen) -> None:
        self._screen = screen
        self.settled = False
        self._cut_told = False

    def take(self, news: News) -> None:
        """Do what one piece of news asks for."""
        match news:
            case Opened():
                self._opened(news)
            case Advanced():
                self._advanced(news)
            case FileChanged(change, reason):
                self._screen.painter.away = change if change == "missing" or change == "unreadable" else ""
                self._screen.say(f"trace.jsonl {change}: {reason}", "warning")
            case PayloadsCame(paths):
                what = paths[0] if len(paths) == 1 else count(len(paths), "payload")
                self._screen.say(f"{what} came late; everything was reduced again with it")
            case WriterSeen(writer):
                self._screen.painter.writer = writer
            case Failed(problem):
                self._screen.painter.problem = problem
                self._screen.begun()
            case Waiting(problem):
                self._screen.painter.waiting = problem
                self._screen.begun()
            case Arrived(folder, role):
                self._screen.neighbours.arrived(folder, role)
            case RunningFound():
                self._screen.neighbours.found(news)
            case SearchAdvanced():
                self._screen.running.searched()
            case Made():
                pass
            case Exporting():
                self._screen.running.exported()
        if not isinstance(news, (Advanced, SearchAdvanced, Exporting)):
            self._screen.repaint()

    def _opened(self, news: Opened) -> None:
        """A trace is there: begin a session over it."""
        screen = self._screen
        screen.opened = Session(news.reading)
        making(news.reading.trace).told = partial(screen.mailbox.put, Made())
        looking = screen.program.looking
        if looking is not None:
            screen.opened.looking = looking
        begin(screen.opened, screen.opening)
        if screen.opening.pane != screen.pane:
            screen.focus_pane(screen.opening.pane)
        screen.painter.waiting = ""
        screen.painter.ending = news.ending or screen.painter.ending
        screen.neighbours.watch()

    def _advanced(self, news: Advanced) -> None:
        """More is reduced."""
        screen = self._screen
        session = screen.opened
        if session is None:
            return
        screen.painter.progress = news.progress
        if news.progress is None:
            screen.painter.loading = False
        screen.begun()
        session.growing = screen.painter.standing(session).growing
        session.grown()
        screen.running.break_live(session)
        if session.filtering is not None:
            screen.running.sift()
        if news.progress is not None:
            screen.frames.ask_while_loading()
            return
        if not self.settled:
            self.settled = True
            self._settle(session)
            warm_up(screen.set_timer)
        if session.history.cut_short and not self._cut_told:
            self._cut_told = True
            line = session.history.head
            screen.say(f"read up to line {line:,}: memory is used up; --memory SIZE allows more", "warning")
        screen.frames.ask()

    def _settle(self, session: Session) -> None:
        opening, moved = self._screen.opening, not session.following
        try:
            # Among a million threads one is looked for in more than a frame.
            said = settle(session, replace(opening, thread=None), growing=session.growing)
        except NotThere as problem:
            self._not_there(str(problem))
        else:
            if said:
                self._screen.say(said)
            if opening.thread is not None and not moved:
                self._screen.running.hold_thread(opening.thread, self._not_there)

    def _not_there(self, problem: str) -> None:
        """The recording has not what was asked for on the command line."""
        program = self._screen.program
        # In a browser nobody would read why it ended.
        if self._screen.session.growing or program.is_web:
            self._screen.say(problem, "warning")
        else:
            program.complain(problem)
