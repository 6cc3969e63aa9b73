"""The bottom of the screen: the last message, whole where it needs more than a row, else the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rollout_tui.tui.drawing.lines import Line
from rollout_tui.tui.panes.footer import footer, message_line, message_lines
from rollout_tui.tui.panes.position import search_note
from rollout_tui.tui.widgets.bar import Bar
from rollout_tui.tui.widgets.prompt import Prompt

if TYPE_CHECKING:
    from rollout_tui.tui.screens.debugger import DebuggerScreen


def paint_bottom(screen: DebuggerScreen) -> None:
    """Show the last message, else the sentence of the tour, else the keys."""
    message, style = screen.message
    if not message and screen.tour is not None:
        message = screen.tour.sentence
    width, height = screen.size
    note = screen.running.note or (search_note(screen.opened) if screen.opened else "")
    keys = footer(width, screen.states, note)
    shown = message_line(message, style, note, width) if message else keys
    screen.query_one("#footer", Bar).show(shown)
    # What is counted at the right stays in sight while hits are walked.
    whole = message and (style or not note)
    _say_whole(screen, message_lines(message, style, width, height) if whole else [])


def _say_whole(screen: DebuggerScreen, lines: list[Line]) -> None:
    """A message that has no room in the footer stands over the rows above it too."""
    said = screen.query_one("#said", Bar)
    if lines and not screen.query_one(Prompt).asking:
        said.styles.height = len(lines)
        said.show(*lines)
        said.display = True
    elif said.display:
        said.display = False
        # Where the prompt opens in the same moment Textual leaves rows of it on the screen.
        screen.call_after_refresh(screen.refresh)
