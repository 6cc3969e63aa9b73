"""A widget of one row: header, blocked line, footer; of several rows where a message needs them."""

from __future__ import annotations

from textual import events
from textual.message import Message

from rollout_tui.printable import cells
from rollout_tui.tui.drawing.lines import NOTHING, Line
from rollout_tui.tui.drawing.rows import bar_row
from rollout_tui.tui.widgets.row_widget import RowWidget


class Bar(RowWidget):
    """Shows a `Line` or several; repaints only what is another one."""

    DEFAULT_CSS = "Bar { height: 1; background: $background; color: $foreground; }"

    class Clicked(Message):
        """A piece of the bar was clicked: its number in its row and its text."""

        def __init__(self, bar: Bar, piece: int, text: str) -> None:
            super().__init__()
            self.bar = bar
            self.piece = piece
            self.text = text

        @property
        def control(self) -> Bar:
            """The bar."""
            return self.bar

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: tuple[Line, ...] = (NOTHING,)

    @property
    def line(self) -> Line:
        """The first row that is shown."""
        return self._lines[0]

    def show(self, *lines: Line) -> None:
        """Show lines, made printable and cut to the width."""
        self._lines = lines
        self.fill()

    def fill(self) -> None:
        """Cut what is shown to the width."""
        self.put_rows(tuple(bar_row(one, self.width) for one in self._lines))

    def on_click(self, event: events.Click) -> None:
        """Tell which piece was clicked."""
        at = 0
        # It may show fewer rows by now.
        row = self._lines[min(event.y, len(self._lines) - 1)]
        for number, piece in enumerate(row.pieces):
            at += cells(piece.text)
            if event.x < at:
                self.post_message(self.Clicked(self, number, piece.text))
                return
