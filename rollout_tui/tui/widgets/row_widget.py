"""The base of all our widgets: rows made of pieces, of which only those that changed are painted."""

from __future__ import annotations

from rich.segment import Segment
from textual.geometry import Region
from textual.messages import Update
from textual.strip import Strip
from textual.widget import Widget

from rollout_tui.tui.drawing.rows import Row
from rollout_tui.tui.drawing.style_sheet import style_sheet

MOST_STRIPS = 1024


class RowWidget(Widget):
    """Shows `rows`. They fill its size and have no border and no padding.

    Profiled: Textual's styles cache, the cutting of strips and the seven caches of each were 18 of the 28 ms
    of a step; hence strips are made once for a row, kept for when it is shown again, and go straight to the
    compositor.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: tuple[Row, ...] = ()
        self._strips: dict[Row, Strip] = {}
        self.width = 0
        """Cells that rows have to fill; while the widget is hidden those it had."""

    def put_rows(self, rows: tuple[Row, ...]) -> None:
        """Show these rows; those that are other ones than before are painted."""
        before, self._rows = self._rows, rows
        width = self.width
        changed = [
            Region(0, y, width, 1)
            for y, row in enumerate(rows)
            if y >= len(before) or (row is not before[y] and row != before[y])
        ]
        if len(rows) < len(before):
            changed.append(Region(0, len(rows), width, len(before) - len(rows)))
        if changed and self.is_attached:
            self.refresh(*changed)
            # Told at once: by way of the widget's own queue some rows would miss the frame of the others.
            self.screen.post_message(Update(self))

    def render_lines(self, crop: Region) -> list[Strip]:
        """Rows of a region."""
        if self._other_width():
            # Textual does not tell the size to a widget that is shown while it looks where the cursor is.
            self.on_resize()
        strips = [self.render_line(y) for y in crop.line_range]
        left, right = crop.column_span
        if (left, right) == (0, self.size.width):
            return strips
        return [strip.crop(left, right) for strip in strips]

    def render_line(self, y: int) -> Strip:
        """One row, as wide as the widget."""
        row = self._rows[y] if y < len(self._rows) else ()
        strip = self._strips.get(row)
        if strip is None:
            if len(self._strips) >= MOST_STRIPS:
                self._strips.clear()
            strip = self._strips[row] = self._strip(row)
        return strip

    def _strip(self, row: Row) -> Strip:
        styles = style_sheet(self.app)
        strip = Strip([Segment(piece.text, styles[piece.style]) for piece in row])
        strip = strip.adjust_cell_length(self.width, styles[""])
        for one in self.get_line_filters():
            strip = strip.apply_filter(one, self.background_colors[1])
        return strip

    def notify_style_update(self) -> None:
        """Forget what was made for another theme."""
        super().notify_style_update()
        self._strips.clear()

    def on_resize(self) -> None:
        """Forget what was made for another width, and fill the new one."""
        if self._other_width():
            self.width = self.size.width
            self._strips.clear()
        self.fill()

    def _other_width(self) -> bool:
        return self.size.width not in (0, self.width)

    def fill(self) -> None:
        """Put rows that fill the widget."""
