"""The first screen of a recording as rows, laid out as the program's own will be. Knows no terminal."""

from __future__ import annotations

from rollout_tui.trace.ending import Ending
from rollout_tui.tui.drawing.lines import NOTHING, Piece, line
from rollout_tui.tui.drawing.rows import Row, Shape, bar_row, pane_rows, seen
from rollout_tui.tui.layout import edges, layout
from rollout_tui.tui.panes.ending import ENDING_LINES, ending_header, not_begun
from rollout_tui.tui.panes.footer import footer
from rollout_tui.tui.panes.loading import loading_line
from rollout_tui.tui.starting.early_keys import as_words
from rollout_tui.tui.state.places import TIMELINE


def first_screen(ending: Ending, width: int, height: int) -> list[Row]:
    """Rows for a terminal of that size: the end of a recording, the timeline in focus."""
    now = layout(width, height, TIMELINE, False, 1)
    lanes = now.lanes + now.scrubber
    body = height - 3 - lanes
    starts = edges(now.panes, width)
    panes = [
        _pane(pane, ending, right - left, body, edge=left > 0)
        for pane, left, right in zip(now.panes, starts, starts[1:], strict=False)
    ]
    return [
        bar_row(ending_header(ending, width), width),
        *(tuple(piece for row in rows for piece in row) for rows in zip(*panes, strict=True)),
        bar_row(loading_line(not_begun(ending), width), width),
        *(bar_row(NOTHING, width) for _ in range(lanes)),
        bar_row(footer(width), width),
    ]


def typed_row(typed: str, width: int) -> Row:
    """What was typed so far, in place of the footer: it is answered when there is a recording to ask."""
    pieces = (Piece(f" {as_words(typed)}", "strong"), Piece("  is answered in a moment", "dim"))
    return bar_row(line(*pieces, background="bar"), width)


def _pane(name: str, ending: Ending, width: int, height: int, *, edge: bool) -> tuple[Row, ...]:
    focused = name == TIMELINE
    shape = Shape(width, height, focused=focused, cursor=focused, edge=edge)
    content = ENDING_LINES[name](ending, shape.room)
    row = content.focus or 0
    top = max(0, min(seen(shape, row), len(content) - shape.page))
    return pane_rows(content, shape._replace(row=row, top=top))
