"""The one widget that shows lines: a pane with a title row, a cursor row, a scroll bar, sideways scrolling.

It asks its content (`LensLines`) for the visible lines only, so a million rows cost as much as a
hundred. It has no key bindings of its own: keys mean the same in every pane.
"""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.message import Message

from rollout_tui.printable import printable
from rollout_tui.tui.drawing.lens import LensLines, LineList
from rollout_tui.tui.drawing.lines import Line
from rollout_tui.tui.drawing.rows import BAR, Shape, pane_rows, row_after, seen, thumb, top_at
from rollout_tui.tui.drawing.targets import Target, ToObject
from rollout_tui.tui.widgets.row_widget import RowWidget

TITLE_ROWS = 1
WHEEL = 3


class LineView(RowWidget, can_focus=True, inherit_bindings=False):
    """A pane of lines. The first column marks the cursor row; with `edge` it is a line elsewhere.

    `chosen` is called with what the cursor row leads to when it is opened, `moved` when another row became
    the cursor row: at once, since the next key may be about that.

    It scrolls by itself: in a scrolling container of Textual's every change of the number of lines is a new
    layout of the whole screen.
    """

    DEFAULT_CSS = "LineView { background: $background; color: $foreground; }"

    class TitleClicked(Message):
        """The title of the pane was clicked."""

    class Reshaped(Message):
        """The content is to be made again: the pane has another size, or its end was reached.

        A text that takes long to lay out is laid out further when somebody comes to its end.
        """

    def __init__(
        self,
        chosen: Callable[[Target | None], object],
        moved: Callable[[LineView], object] = lambda view: None,
        *,
        id: str | None = None,
        edge: bool = False,
    ) -> None:
        super().__init__(id=id)
        self._chosen = chosen
        self._moved = moved
        self.content: LensLines = LineList("", ())
        self.row = 0
        self.top = 0
        self.sideways = 0
        self.needle = ""
        self.row_counts = False
        self._edge = edge
        self._held_at: int | None = None
        self._unseen = False

    # -- what is shown ---------------------------------------------------------

    @property
    def shape(self) -> Shape:
        """How the pane stands."""
        return Shape(
            self.width,
            self.size.height,
            self.row,
            self.top,
            self.has_focus,
            # Without the focus the cursor row shows where it still means something.
            self.has_focus or self.row_counts,
            self._edge,
            self.sideways,
            self.needle,
        )

    @property
    def room(self) -> int:
        """Width for lines in cells: what a lens is asked to fill."""
        return self.shape.room

    @property
    def page(self) -> int:
        """Rows that are visible at once."""
        return self.shape.page

    def show(self, content: LensLines, *, row: int | None = None, top: int | None = None) -> None:
        """Show `content`; with `row` that row becomes the cursor row, with `top` the first visible."""
        self.content = content
        last = max(0, len(content) - 1)
        self.row = min(self.row if row is None else row, last)
        if top is not None:
            self.top = top
        elif row is not None:
            self._bring_into_view()
        self.fill()

    def _bring_into_view(self) -> None:
        """Scroll to the cursor row, as soon as there is a size."""
        self._unseen = not self.size.height
        if not self._unseen:
            self.top = seen(self.shape, self.row)

    def move(self, rows: int) -> None:
        """Move the cursor row."""
        if not len(self.content):
            return
        last, before = len(self.content) - 1, self.row
        self.row = row_after(self.content, before, rows)
        self._bring_into_view()
        self.fill()
        self._moved(self)
        if before < self.row == last:
            self.post_message(self.Reshaped())

    def draw_edge(self, edge: bool) -> None:
        """Whether there is a pane at the left to draw a line to."""
        if edge != self._edge:
            self._edge = edge
            self.fill()

    def move_sideways(self, by: int) -> None:
        """Shift the lines by `by` cells."""
        self.sideways = max(0, self.sideways + by)
        self.fill()

    @property
    def seen(self) -> str:
        """The title and the rows that are visible, as text."""
        shown = range(self.top, min(self.top + self.page, len(self.content)))
        title = f"{self.content.title}  {self.content.subtitle}".strip()
        return printable(
            "".join(f"{one.rstrip()}\n" for one in (title, *(self.content.line(row).text for row in shown))),
            keep_newlines=True,
        )

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
            self._chosen(self.target)

    # -- drawing ---------------------------------------------------------------

    def fill(self) -> None:
        """Make the rows that are visible."""
        self.top = max(0, min(self.top, len(self.content) - self.page))
        if self.width and self.size.height:
            self.put_rows(pane_rows(self.content, self.shape))

    def watch_has_focus(self, _has_focus: bool) -> None:
        """The title and the cursor row look different."""
        super().watch_has_focus(_has_focus)
        self.fill()

    def on_resize(self) -> None:
        """Tell it: lines are made to fit."""
        if self._unseen:
            self._bring_into_view()
        super().on_resize()
        self.post_message(self.Reshaped())

    # -- mouse -----------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        """The first click on a line takes it, where it leads somewhere else it is opened at once."""
        row = event.y - TITLE_ROWS + self.top
        if event.y < TITLE_ROWS:
            self.post_message(self.TitleClicked())
        if event.y < TITLE_ROWS or row >= len(self.content) or self._on_bar(event):
            return
        event.stop()
        again = row == self.row and self.has_focus
        self.row = row
        self.fill()
        if again or not isinstance(self.target, ToObject):
            self.choose()
        else:
            self._moved(self)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the scroll bar; beside its thumb that is a page."""
        bar = thumb(self.page, len(self.content), self.top)
        if bar is None or not self._on_bar(event):
            return
        event.stop()
        y = event.y - TITLE_ROWS
        if bar.first <= y < bar.end:
            self._held_at = y - bar.first
            self.capture_mouse()
        else:
            self._show_from(self.top + (self.page if y >= bar.end else -self.page))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag the scroll bar."""
        if self._held_at is not None:
            event.stop()
            first = event.y - TITLE_ROWS - self._held_at
            self._show_from(top_at(self.page, len(self.content), first))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let go of the scroll bar."""
        if self._held_at is not None:
            self._held_at = None
            self.release_mouse()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Three rows; the cursor row stays where it is."""
        self._scroll_by(WHEEL, event)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Three rows; the cursor row stays where it is."""
        self._scroll_by(-WHEEL, event)

    def _scroll_by(self, rows: int, event: events.MouseEvent) -> None:
        event.stop()
        event.prevent_default()
        if event.shift:
            self.move_sideways(rows * 2)
        else:
            self._show_from(self.top + rows)

    def _show_from(self, top: int) -> None:
        self.top = top
        self.fill()

    def _on_bar(self, event: events.MouseEvent) -> bool:
        return event.x >= self.width - BAR
