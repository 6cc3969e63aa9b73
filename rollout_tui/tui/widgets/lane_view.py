"""The widget of lanes and scrubber; clicking or dragging moves the cursor."""

from __future__ import annotations

from textual import events
from textual.message import Message

from rollout_tui.tui.drawing.lines import Line
from rollout_tui.tui.drawing.rows import bar_row
from rollout_tui.tui.widgets.row_widget import RowWidget


class LaneView(RowWidget):
    """Rows of lanes, the scrubber last; `Sought` tells the column (from 0) that was pointed at."""

    DEFAULT_CSS = "LaneView { height: 2; background: $background; color: $foreground; }"

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
        self._dragging = False

    def show(self, lines: tuple[Line, ...], first_column: int) -> None:
        """Show `lines`; the ruler begins at cell `first_column`."""
        self.first_column = first_column
        self.lines = lines
        self.fill()

    def fill(self) -> None:
        """Cut what is shown to the width."""
        self.put_rows(tuple(bar_row(one, self.width) for one in self.lines))

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
