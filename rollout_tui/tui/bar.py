"""A widget of one row: header, blocked line, footer."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from rollout_tui.printable import cells, printable
from rollout_tui.tui.lines import NOTHING, Line, clipped
from rollout_tui.tui.styles import STYLES, StyleSheet, component_css


class Bar(Widget):
    """Shows one `Line`; repaints only when it is another one."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"line--{name}" for name in STYLES}
    DEFAULT_CSS = """
    Bar { height: 1; background: $background; color: $foreground; }
    """ + component_css("Bar")

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
        self._styles = StyleSheet(self)

    def show(self, line: Line) -> None:
        """Show `line`, made printable and cut to the width."""
        if line != self.line:
            self.line = line
            self.refresh()

    def notify_style_update(self) -> None:
        """Forget styles made for another theme."""
        super().notify_style_update()
        self._styles.clear()

    def render_line(self, y: int) -> Strip:
        """The row."""
        width = self.size.width
        if y:
            return Strip.blank(width, self._styles[""])
        background = self.line.background
        pieces = clipped(self.line, width).pieces
        segments = [
            Segment(printable(piece.text), self._styles[f"{background} {piece.style}".strip()])
            for piece in pieces
        ]
        return Strip(segments).adjust_cell_length(width, self._styles[background])

    def on_click(self, event: events.Click) -> None:
        """Tell which piece was clicked."""
        at = 0
        for number, piece in enumerate(self.line.pieces):
            at += cells(piece.text)
            if event.x < at:
                self.post_message(self.Clicked(self, number, piece.text))
                return
