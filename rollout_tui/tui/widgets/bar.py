"""A widget of one row: header, blocked line, footer."""

from __future__ import annotations

from textual import events
from textual.message import Message

from rollout_tui.printable import cells
from rollout_tui.tui.drawing.lines import NOTHING, Line
from rollout_tui.tui.drawing.rows import bar_row
from rollout_tui.tui.widgets.row_widget import RowWidget


class Bar(RowWidget):
    """Shows one `Line`; repaints only when it is another one."""

    DEFAULT_CSS = "Bar { height: 1; background: $background; color: $foreground; }"

    class Clicked(Message):
        """A piece of the bar was clicked: its number and its text."""

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
        self.line = NOTHING

    def show(self, line: Line) -> None:
        """Show `line`, made printable and cut to the width."""
        self.line = line
        self.fill()

    def fill(self) -> None:
        """Cut what is shown to the width."""
        self.put_rows((bar_row(self.line, self.width),))

    def on_click(self, event: events.Click) -> None:
        """Tell which piece was clicked."""
        at = 0
        for number, piece in enumerate(self.line.pieces):
            at += cells(piece.text)
            if event.x < at:
                self.post_message(self.Clicked(self, number, piece.text))
                return
