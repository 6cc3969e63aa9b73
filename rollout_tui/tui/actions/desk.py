"""What an action may do: the debugger screen as actions see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rollout_tui.tui.line_view import LineView
    from rollout_tui.tui.lines import Target
    from rollout_tui.tui.session import Session


class Desk(Protocol):
    """A session, the panes that show it, and a line to say something in."""

    @property
    def session(self) -> Session:
        """What one looks at."""

    @property
    def pane(self) -> str:
        """Name of the pane that has the focus: `timeline`, `lens` or `inspector`."""

    def line_view(self, pane: str) -> LineView:
        """The widget of a pane."""

    def focus_pane(self, pane: str) -> None:
        """Give a pane the focus."""

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
