"""The debugger's screen: panes over one trace. It wires widgets, messages and actions."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.events import Resize
from textual.message import Message
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

from rollout_tui.tui.actions import function_of
from rollout_tui.tui.drawing.targets import Target
from rollout_tui.tui.following.loader import Loader
from rollout_tui.tui.following.mailbox import Mailbox
from rollout_tui.tui.following.messages import News
from rollout_tui.tui.keys import CLOSED, WITHOUT_TRACE
from rollout_tui.tui.panes.footer import clicked_action
from rollout_tui.tui.remembering import remember
from rollout_tui.tui.screens.bindings import bindings, is_meant, rekeyed
from rollout_tui.tui.screens.bottom import paint_bottom
from rollout_tui.tui.screens.frames import Frames
from rollout_tui.tui.screens.neighbours import Neighbours
from rollout_tui.tui.screens.painting import Painter
from rollout_tui.tui.screens.running import Running
from rollout_tui.tui.screens.told import Told
from rollout_tui.tui.starting.opening import Opening
from rollout_tui.tui.state.places import LENS, PANES, TIMELINE
from rollout_tui.tui.state.session import Session
from rollout_tui.tui.targets import open_target
from rollout_tui.tui.texts.making import making
from rollout_tui.tui.widgets.bar import Bar
from rollout_tui.tui.widgets.lane_view import LaneView
from rollout_tui.tui.widgets.line_view import LineView
from rollout_tui.tui.widgets.prompt import Prompt

if TYPE_CHECKING:
    from collections.abc import Callable

    from rollout_tui.tui.app import RolloutApp
    from rollout_tui.tui.offers import Offer
    from rollout_tui.tui.tour import Tour

TICK_S = 1.0
"""How often ages are counted up."""


class DebuggerScreen(Screen[None]):
    """Panes over one trace."""

    BINDINGS: ClassVar[list[BindingType]] = bindings()
    AUTO_FOCUS = "#timeline"
    # Panes and fields paint their own focus; Textual would paint the whole screen anew.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    class Mail(Message):
        """There is something in the mailbox."""

    def __init__(self, opening: Opening) -> None:
        super().__init__()
        self.opening = opening
        self.opened: Session | None = None
        self.mailbox: Mailbox[News] = Mailbox(lambda: self.post_message(self.Mail()))
        self.painter = Painter(self)
        self.running = Running(self)
        self.neighbours = Neighbours(self)
        self.told = Told(self)
        self.frames = Frames(self)
        self.message = ("", "")
        self.interrupted_at = 0.0
        self.beginning = True
        """Whether the recording will be there in a moment."""
        self.tour: Tour | None = None
        self.when_closed: Callable[[], object] | None = None
        self._pane = TIMELINE
        self._loader: Loader | None = None

    def compose(self) -> ComposeResult:
        """Header, three panes, blocked line, lanes, prompt, footer."""
        yield Bar(id="header")
        with Container(id="body"):
            yield LineView(self._chosen, id="timeline")
            yield LineView(self._chosen, self._row_moved, id="lens", edge=True)
            yield LineView(self._chosen, id="inspector", edge=True)
        yield Bar(id="blocked")
        yield LaneView(id="lanes")
        with Container(id="bottom"):
            yield Prompt(self._answered, self._given_up, id="prompt")
            yield Bar(id="footer")
        yield Bar(id="said")

    def on_mount(self) -> None:
        """Start to read."""
        opening = self.opening
        self._loader = Loader(opening.path, self.mailbox.put, opening.unpacked, wait=opening.wait)
        self._loader.start()
        self.set_interval(TICK_S, self.painter.paint_ages)
        self.repaint()

    def on_unmount(self) -> None:
        """Stop to read."""
        self.neighbours.stop()
        self.running.stop()
        if self._loader is not None:
            self._loader.stop()
        if self.opened is not None:
            lost = remember(self.opened, self.opening)
            self.program.complaint = self.program.complaint or lost
            self.program.looking = self.opened.looking
            making(self.opened.trace).told = None
        if self.when_closed is not None:
            self.when_closed()

    @property
    def program(self) -> RolloutApp:
        """The program around this screen."""
        return cast("RolloutApp", self.app)

    # -- the desk of actions -----------------------------------------------------

    @property
    def session(self) -> Session:
        """The session over the open trace; actions that need one come only when there is one."""
        if self.opened is None:
            raise LookupError("no trace is open")
        return self.opened

    @property
    def pane(self) -> str:
        """The pane that has the focus, or had it before the prompt."""
        focused = self.focused
        if isinstance(focused, LineView) and focused.id in PANES:
            self._pane = focused.id
        return self._pane

    def line_view(self, pane: str) -> LineView:
        """The widget of a pane, with what was done so far: keys can come faster than frames."""
        self.frames.catch_up(pane)
        return self.widget(pane)

    def widget(self, pane: str) -> LineView:
        """The widget of a pane as it was painted last."""
        return self.query_one(f"#{pane}", LineView)

    def focus_pane(self, pane: str) -> None:
        """Give a pane the focus; where there is room for one it is the one shown."""
        self._pane = pane
        if self.opened is not None:
            self.opened.remember_pane(pane)
        self.painter.lay_out(pane)
        self.set_focus(self.widget(pane))
        self.repaint()

    def say(self, message: str, style: str = "") -> None:
        """Show a message at the bottom until the next key, or a click on it."""
        self.message = (message, style)
        paint_bottom(self)

    @property
    def place(self) -> Opening:
        """How to open this trace again where one is."""
        session = self.opened
        if session is None or session.following or not session.event:
            return self.opening
        held, lens = session.place.held_thread, session.place.lens
        return replace(self.opening, at=session.seq, thread=held, lens=lens, pane=self.pane, wait=False)

    def leave(self) -> bool:
        """Back to what this trace was chosen from."""
        return self.program.leave()

    def ask(self, sign: str, text: str = "") -> None:
        """Open the prompt."""
        self.query_one(Prompt).ask(sign, text)

    def open_target(self, target: Target | None) -> None:
        """Open what a line leads to."""
        with self.steady:
            open_target(self, target)

    def act(self, action_id: str) -> None:
        """Do an action; before the trace is open only those that need none."""
        self.message = ("", "")
        if self.opened is None and action_id not in WITHOUT_TRACE:
            self.say("the trace is not open yet")
            return
        with self.steady:
            function_of(action_id)(self)
        if self.tour is not None and self.tour.acted(action_id):
            # The tour goes on in the place of what was said.
            self.message = ("", "")
        paint_bottom(self)

    def action_act(self, action_id: str) -> None:
        """A key was pressed."""
        self.act(action_id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys whose meaning depends on a state mean it only in that state."""
        if action == "act" and parameters:
            return is_meant(str(parameters[0]), self.states, typing=self.query_one(Prompt).asking)
        return True

    @property
    def states(self) -> frozenset[str]:
        """States that give keys another meaning, or none: `search`, `closed`."""
        if self.opened is None:
            return frozenset({CLOSED})
        return frozenset({"search"} if self.opened.search else ())

    @property
    def here(self) -> tuple[str, ...]:
        """Where one is: the places of which the help tells first."""
        session = self.opened
        pane = session.place.lens if session is not None and self.pane == LENS else self.pane
        return (*self.states, pane)

    def offers(self) -> list[Offer]:
        """What the palette offers."""
        from rollout_tui.tui.offers import offers

        return offers(self.states)

    def take(self, offer_id: str) -> None:
        """Do what was chosen in the palette."""
        from rollout_tui.tui.offers import take

        take(self, offer_id)

    @property
    def steady(self) -> AbstractContextManager[object]:
        """Holds what is known of the recording together: no other history takes its place meanwhile."""
        return nullcontext() if self.opened is None else self.opened.reading.steady

    # -- painting ------------------------------------------------------------------

    def repaint(self) -> None:
        """Paint once in this frame, whatever number of changes there are."""
        self.frames.ask()

    def on_resize(self, event: Resize) -> None:
        """Lay out for the new size; panes that change ask to be painted."""
        self.painter.lay_out(self.pane)
        self.repaint()

    # -- what the reading thread tells -----------------------------------------------

    def on_debugger_screen_mail(self) -> None:
        """Threads have told something."""
        for news in self.mailbox.take():
            with self.steady:
                self.told.take(news)

    def begun(self) -> None:
        """There is something to act on: keys need not wait any longer."""
        if self.beginning:
            self.beginning = False
            self.program.call_later(self.program.take_held)

    # -- what widgets tell -----------------------------------------------------------

    def _chosen(self, target: Target | None) -> None:
        """A line was opened."""
        self.message = ("", "")
        if self.opened is not None:
            self.open_target(target)

    def _row_moved(self, lens: LineView) -> None:
        """Another row of the lens is the cursor row."""
        if self.opened is not None:
            self.painter.row_moved(lens)

    def on_line_view_reshaped(self) -> None:
        """A pane got another size."""
        self.repaint()

    def on_lane_view_sought(self, message: LaneView.Sought) -> None:
        """The scrubber was clicked or dragged."""
        if self.opened is not None:
            event = self.painter.lanes.event_at(self.session, message.column)
            self.session.leave_run("scrubber")
            self.session.go(event)
            self.repaint()

    def on_bar_clicked(self, message: Bar.Clicked) -> None:
        """A word of the footer is a button; a message, which may lie over rows, goes when it is clicked."""
        if message.bar.id in ("footer", "said") and self.message[0]:
            self.say("")
        elif message.bar.id == "footer":
            action = clicked_action(message.bar.line, message.piece, self.states)
            if action is not None:
                self.act(action.id)

    def _answered(self, sign: str, text: str) -> None:
        """A command, a search or a filter was typed."""
        self.focus_pane(self.pane)
        self.message = ("", "")
        if self.opened is not None and (text or sign == "&"):
            from rollout_tui.tui.answers import ANSWERS

            with self.steady:
                ANSWERS[sign](self, text)

    def _given_up(self) -> None:
        """Back to the panes."""
        self.focus_pane(self.pane)


def debugger_screen(opening: Opening) -> DebuggerScreen:
    """A screen with the keys of the table as they are set."""
    return rekeyed(DebuggerScreen, bindings())(opening)
