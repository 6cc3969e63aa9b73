"""The help: the keys for where one is, then all of them, over whatever was there."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.events import Resize
from textual.screen import ModalScreen

from rollout_tui.tui.drawing.targets import Target, ToOffer
from rollout_tui.tui.panes.help import help_lines
from rollout_tui.tui.screens.bindings import bound, rekeyed
from rollout_tui.tui.widgets.line_view import LineView

KEYS = {
    "help": "dismiss",
    "quit": "dismiss",
    "cancel": "dismiss",
    "back": "dismiss",
    "open": "choose",
    "row_down": "rows(1)",
    "row_up": "rows(-1)",
    "page_down": "page(1)",
    "play": "page(1)",
    "page_up": "page(-1)",
    "first": "rows(-100000)",
    "last": "rows(100000)",
    "pane_next": "app.focus_next",
    "pane_previous": "app.focus_previous",
}
"""What the keys of actions do here, by the id of the action."""


class HelpScreen(ModalScreen[str]):
    """Keys by group; a row that is chosen closes it and is its answer."""

    BINDINGS: ClassVar[list[BindingType]] = bound(KEYS)

    def __init__(self, here: tuple[str, ...]) -> None:
        super().__init__()
        self._here = here

    def compose(self) -> ComposeResult:
        """Two columns, one of which may have to do."""
        with Horizontal():
            yield LineView(self._chosen, id="keys")
            yield LineView(self._chosen, id="more_keys", edge=True)

    def on_resize(self, event: Resize) -> None:
        """Lay the tables out for the size."""
        self.call_after_refresh(self._fill)

    def _fill(self) -> None:
        columns = help_lines(self.size.width, self._here)
        for view, shown in zip(self.query(LineView), (*columns, None), strict=False):
            view.display = shown is not None
            if shown is not None:
                view.show(shown)

    @property
    def _view(self) -> LineView:
        focused = self.focused
        return focused if isinstance(focused, LineView) else self.query_one("#keys", LineView)

    def action_rows(self, by: int) -> None:
        """Move the cursor row."""
        self._view.move(by)

    def action_page(self, by: int) -> None:
        """Move by a page."""
        self._view.move(by * self._view.page)

    def action_choose(self) -> None:
        """Do what the cursor row tells of."""
        self._view.choose()

    def _chosen(self, target: Target | None) -> None:
        """A row was opened or clicked."""
        if isinstance(target, ToOffer):
            self.dismiss(target.id)

    def on_line_view_title_clicked(self) -> None:
        """The title says that Esc closes; so does a click on it."""
        self.dismiss(None)


def help_screen(here: tuple[str, ...]) -> HelpScreen:
    """The help for these places (see `panes.here`), with the keys of the table as they are set."""
    return rekeyed(HelpScreen, bound(KEYS))(here)
