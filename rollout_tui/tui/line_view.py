"""The one widget that shows lines: a pane with a title row, a cursor row and sideways scrolling.

It asks its content (`LensLines`) for the visible lines only, so a million rows cost as much as a
hundred. It has no key bindings of its own: keys mean the same in every pane.
"""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from rollout_tui.printable import cells, clip, printable
from rollout_tui.tui.lens import LensLines, LineList
from rollout_tui.tui.lines import CUT, Line, Target, ToObject, highlighted, wrapped
from rollout_tui.tui.styles import STYLES, StyleSheet, component_css

TITLE_ROWS = 1
EDGE = 1
"""Columns of the edge."""
MARGIN = 2
"""Rows kept between the row that matters and the edge of the pane."""


class LineView(ScrollView, can_focus=True, inherit_bindings=False):
    """A pane of lines. The first column marks the cursor row; with `edge` it is a line elsewhere."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"line--{name}" for name in STYLES}
    DEFAULT_CSS = """
    LineView {
        background: $background;
        color: $foreground;
        scrollbar-size: 1 1;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-gutter: stable;
    }
    """ + component_css("LineView")

    class Chosen(Message):
        """A line was clicked or Enter was pressed on it: `target` is what that opens."""

        def __init__(self, view: LineView, row: int, target: Target | None) -> None:
            super().__init__()
            self.view = view
            self.row = row
            self.target = target

        @property
        def control(self) -> LineView:
            """The pane."""
            return self.view

    class RowMoved(Message):
        """Another line became the cursor row."""

        def __init__(self, view: LineView, row: int, target: Target | None) -> None:
            super().__init__()
            self.view = view
            self.row = row
            self.target = target

        @property
        def control(self) -> LineView:
            """The pane."""
            return self.view

    class Reshaped(Message):
        """The content is to be made again: the pane has another size, or its end was reached.

        A text that takes long to lay out is laid out further when somebody comes to its end.
        """

    def __init__(self, *, id: str | None = None, edge: bool = False, titled: bool = True) -> None:
        super().__init__(id=id)
        self.content: LensLines = LineList("", ())
        self.row = 0
        self.sideways = 0
        self.needle = ""
        self.row_counts = False
        self._edge = edge
        self._title_rows = TITLE_ROWS if titled else 0
        self._styles = StyleSheet(self)

    # -- what is shown ---------------------------------------------------------

    @property
    def room(self) -> int:
        """Width for lines in cells: what a lens is asked to fill."""
        return max(1, self.scrollable_content_region.width - EDGE)

    @property
    def page(self) -> int:
        """Rows that are visible at once."""
        return max(1, self.size.height - self._title_rows)

    @property
    def top(self) -> int:
        """First visible row."""
        return round(self.scroll_y)

    def show(self, content: LensLines, *, row: int | None = None, top: int | None = None) -> None:
        """Show `content`; with `row` that row becomes the cursor row, with `top` the first visible."""
        self.content = content
        size = Size(self.size.width, len(content) + self._title_rows)
        if size != self.virtual_size:
            self.virtual_size = size
        last = max(0, len(content) - 1)
        self.row = min(self.row if row is None else row, last)
        if top is not None:
            self.scroll_to(y=top, animate=False)
        elif row is not None:
            self.bring_into_view(self.row)
        self.refresh()

    def bring_into_view(self, row: int) -> None:
        """Scroll as little as is needed to see `row` and its neighbours; to its middle when far."""
        margin = min(MARGIN, (self.page - 1) // 2)
        low, high = self.top + margin, self.top + self.page - 1 - margin
        if low <= row <= high:
            return
        far = not low - self.page <= row <= high + self.page
        top = row - self.page // 2 if far else row - margin if row < low else row - self.page + 1 + margin
        self.scroll_to(y=max(0, min(top, len(self.content) - self.page)), animate=False)

    def move(self, rows: int) -> None:
        """Move the cursor row and tell it."""
        if not len(self.content):
            return
        self.row = max(0, min(len(self.content) - 1, self.row + rows))
        self.bring_into_view(self.row)
        self.refresh()
        self.post_message(self.RowMoved(self, self.row, self.target))
        if rows > 0 and self.row == len(self.content) - 1:
            self.post_message(self.Reshaped())

    def draw_edge(self, edge: bool) -> None:
        """Whether there is a pane at the left to draw a line to."""
        if edge != self._edge:
            self._edge = edge
            self.refresh()

    def move_sideways(self, by: int) -> None:
        """Shift the lines by `by` cells."""
        self.sideways = max(0, self.sideways + by)
        self.refresh()

    @property
    def line(self) -> Line | None:
        """The line at the cursor row."""
        return self.content.line(self.row) if self.row < len(self.content) else None

    @property
    def target(self) -> Target | None:
        """What opening the cursor row means."""
        return self.line.target if self.line else None

    def choose(self) -> None:
        """Open the cursor row."""
        if self.row < len(self.content):
            self.post_message(self.Chosen(self, self.row, self.target))

    # -- drawing ---------------------------------------------------------------

    def notify_style_update(self) -> None:
        """Forget styles made for another theme."""
        super().notify_style_update()
        self._styles.clear()

    def render_line(self, y: int) -> Strip:
        """One row of the pane: its title, a line of the content, or nothing."""
        width = self.scrollable_content_region.width
        if y < self._title_rows:
            return self._title(width)
        row = y - self._title_rows + self.top
        strip = self._row(row, max(1, width - EDGE))
        if self._is_cursor(row):
            edge = Segment("\u25b8", self._styles["heading"])
        else:
            edge = Segment("\u2502" if self._edge else " ", self._styles["dim"])
        return Strip.join([Strip([edge], EDGE), strip])

    def _row(self, row: int, width: int) -> Strip:
        shown, background = self._line(row, width), ""
        if self._is_cursor(row):
            background = "selected" if self.has_focus else "current"
        background = background or shown.background
        if self.needle:
            shown = highlighted(shown, self.needle)
        segments = [
            Segment(printable(piece.text), self._styles[f"{piece.style} {background}".strip()])
            for piece in shown.pieces
        ]
        strip = Strip(segments)
        more = not self.sideways and strip.cell_length > width
        strip = strip.crop_extend(self.sideways, self.sideways + width, self._styles[background])
        if more:
            mark = Strip([Segment("\u203a", self._styles[f"dim {background}".strip()])], 1)
            strip = Strip.join([strip.crop(0, width - 1), mark])
        return strip

    def _is_cursor(self, row: int) -> bool:
        """Without the focus the cursor row shows where it still means something (`row_counts`)."""
        return row == self.row and len(self.content) > 0 and (self.has_focus or self.row_counts)

    def _line(self, row: int, width: int) -> Line:
        if row < len(self.content):
            return self.content.line(row)
        if not len(self.content) and self.content.empty:
            words = wrapped(self.content.empty, width - 2, "dim", indent=1)
            return words[row - 1] if 1 <= row <= len(words) else Line()
        return Line()

    def _title(self, width: int) -> Strip:
        focused = self.has_focus
        bar = "\u2501" if focused else "\u2500"
        style = self._styles["heading" if focused else "dim"]
        corner = ("\u2531" if focused else "\u252c") if self._edge else bar
        room = width - 4
        subtitle = printable(self.content.subtitle)
        title = clip(printable(self.content.title), room, mark=CUT)
        if cells(title) + cells(subtitle) + 4 > room:
            subtitle = ""
        rest = room - cells(title) - (cells(subtitle) + 2 if subtitle else 0)
        segments = [
            Segment(f"{corner}{bar} ", style),
            Segment(title, self._styles["heading" if focused else "strong"]),
            Segment(f" {bar * max(0, rest)}", style),
        ]
        if subtitle:
            segments += [Segment(f" {subtitle} ", self._styles["dim"]), Segment(bar, style)]
        return Strip(segments).adjust_cell_length(width, self._styles[""])

    def on_resize(self) -> None:
        """Tell it: lines are made to fit."""
        self.post_message(self.Reshaped())

    # -- mouse -----------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        """The first click on a line takes it, where it leads somewhere else it is opened at once."""
        row = event.y - self._title_rows + self.top
        if event.y < self._title_rows or row >= len(self.content):
            return
        event.stop()
        again = row == self.row and self.has_focus
        self.row = row
        self.refresh()
        if again or not isinstance(self.target, ToObject):
            self.choose()
        else:
            self.post_message(self.RowMoved(self, row, self.target))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Three rows; the cursor row stays where it is."""
        self._scroll_by(3, event)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Three rows; the cursor row stays where it is."""
        self._scroll_by(-3, event)

    def _scroll_by(self, rows: int, event: events.MouseEvent) -> None:
        event.stop()
        event.prevent_default()
        if event.shift:
            self.move_sideways(rows * 2)
        else:
            self.scroll_to(y=max(0, self.top + rows), animate=False)
