"""The help: all keys, over whatever was there."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.screen import ModalScreen

from rollout_tui.tui.line_view import LineView
from rollout_tui.tui.panes.help import help_lines


class HelpScreen(ModalScreen[None]):
    """Keys by group; any of Esc, q, ? and Enter closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,enter", "dismiss", show=False),
        Binding("j,down", "rows(1)", show=False),
        Binding("k,up", "rows(-1)", show=False),
        Binding("pagedown,space", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("home,g", "rows(-100000)", show=False),
        Binding("end,G", "rows(100000)", show=False),
    ]

    def compose(self) -> ComposeResult:
        """One pane."""
        yield LineView(id="keys")

    def on_resize(self, event: Resize) -> None:
        """Lay the table out for the size."""
        self.call_after_refresh(self._fill)

    def _fill(self) -> None:
        view = self.query_one(LineView)
        view.show(help_lines(view.room))

    def action_rows(self, by: int) -> None:
        """Move the cursor row."""
        self.query_one(LineView).move(by)

    def action_page(self, by: int) -> None:
        """Move by a page."""
        view = self.query_one(LineView)
        view.move(by * view.page)
