"""The widget of lanes and scrubber; clicking or dragging moves the cursor."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from rollout_tui.printable import printable
from rollout_tui.tui.lines import Line, clipped
from rollout_tui.tui.styles import STYLES, StyleSheet, component_css


class LaneView(Widget):
    """Rows of lanes, the scrubber last; `Sought` tells the column (from 0) that was pointed at."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"line--{name}" for name in STYLES}
    DEFAULT_CSS = """
    LaneView { height: 2; background: $background; color: $foreground; }
    """ + component_css("LaneView")

    class Sought(Message):
        """The scrubber was clicked or dragged to `column`."""

        def __init__(self, column: int) -> None:
            super().__init__()
            self.column = column

        def can_replace(self, message: Message) -> bool:
            """While dragging only the latest place counts."""
            return isinstance(message, LaneView.Sought)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.lines: tuple[Line, ...] = ()
        self.first_column = 0
        self._styles = StyleSheet(self)
        self._dragging = False

    def show(self, lines: tuple[Line, ...], first_column: int) -> None:
        """Show `lines`; the ruler begins at cell `first_column`."""
        self.first_column = first_column
        if lines != self.lines:
            self.lines = lines
            self.refresh()

    def notify_style_update(self) -> None:
        """Forget styles made for another theme."""
        super().notify_style_update()
        self._styles.clear()

    def render_line(self, y: int) -> Strip:
        """A lane or the scrubber."""
        width = self.size.width
        if y >= len(self.lines):
            return Strip.blank(width, self._styles[""])
        pieces = clipped(self.lines[y], width).pieces
        segments = [Segment(printable(piece.text), self._styles[piece.style]) for piece in pieces]
        return Strip(segments).adjust_cell_length(width, self._styles[""])

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to drag."""
        self._dragging = True
        self.capture_mouse()
        self._seek(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag."""
        if self._dragging:
            self._seek(event)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let go."""
        self._dragging = False
        self.release_mouse()

    def _seek(self, event: events.MouseEvent) -> None:
        event.stop()
        self.post_message(self.Sought(event.x - self.first_column))
