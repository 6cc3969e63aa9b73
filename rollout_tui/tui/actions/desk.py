"""What an action may do: the debugger screen as actions see it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from rollout_tui.tui.drawing.lens import LensLines
    from rollout_tui.tui.drawing.lines import Line
    from rollout_tui.tui.drawing.targets import Target
    from rollout_tui.tui.screens.debugger import DebuggerScreen
    from rollout_tui.tui.state.exporting import Export
    from rollout_tui.tui.state.player import Player
    from rollout_tui.tui.state.session import Session


class Work(Protocol):
    """What goes on over several frames: playing, searching, looking for a stop, exporting."""

    player: Player

    def play(self, on: bool) -> None:
        """Play, or pause."""

    def seek(self, *, backwards: bool) -> None:
        """Go to the next event at which a breakpoint holds."""

    def hold_thread(self, wanted: str) -> None:
        """Show the thread with that id, beginning of an id or agent path, or say why not."""

    def sift(self) -> None:
        """Find the events that pass the filter."""

    def switch(self, by: int) -> None:
        """To the next recording of the folder that is being written, or the one before."""

    def export(self, export: Export) -> None:
        """Write something for others."""

    def tell_searched(self) -> None:
        """More was searched; safe to call from the searching thread."""

    def cancel(self) -> str:
        """Stop what runs; returns what that was."""


class Pane(Protocol):
    """Rows, one of them the current one."""

    @property
    def content(self) -> LensLines:
        """All the rows."""

    @property
    def row(self) -> int:
        """Number of the current row, from 0."""

    @property
    def line(self) -> Line | None:
        """The current row."""

    def move(self, rows: int) -> None:
        """Make another row the current one."""

    def choose(self) -> None:
        """Open the current row."""

    @property
    def page(self) -> int:
        """How many rows are seen at once."""

    @property
    def seen(self) -> str:
        """The rows that are seen, as text."""

    def move_sideways(self, by: int) -> None:
        """Show what lies further right, or left."""


class Program(Protocol):
    """The program around a desk."""

    def copy_to_clipboard(self, text: str) -> None:
        """Give text to the terminal's clipboard."""

    def suspend(self) -> AbstractContextManager[None]:
        """Let another program have the terminal meanwhile."""


class Desk(Protocol):
    """A session, the panes that show it, and a line to say something in."""

    @property
    def opened(self) -> Session | None:
        """What one looks at; None as long as, or since, there is nothing."""

    @property
    def session(self) -> Session:
        """The same where there is something."""

    def leave(self) -> bool:
        """Go back to what lies below this recording; False where nothing does."""

    @property
    def pane(self) -> str:
        """Name of the pane that has the focus: `timeline`, `lens` or `inspector`."""

    def line_view(self, pane: str) -> Pane:
        """A pane by its name."""

    def focus_pane(self, pane: str) -> None:
        """Give a pane the focus."""

    @property
    def running(self) -> Work:
        """What goes on in the background."""

    @property
    def app(self) -> Program:
        """The program."""

    def say(self, message: str, style: str = "") -> None:
        """Show a message until the next key."""

    def repaint(self) -> None:
        """Something changed; the screen is painted once, soon."""

    def ask(self, sign: str, text: str = "") -> None:
        """Open the prompt."""

    def open_target(self, target: Target | None) -> None:
        """Open what a line leads to."""

    def act(self, action_id: str) -> None:
        """Do another action."""

    def take(self, offer_id: str) -> None:
        """Do what can be chosen from a list (see `offers`)."""


def screen_of(desk: Desk) -> DebuggerScreen:
    """The screen that a desk is, for what means nothing without one: plain mode does not come here."""
    return cast("DebuggerScreen", desk)
