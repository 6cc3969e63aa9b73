"""The help screen: every key by group, from the table of keys."""

from __future__ import annotations

from rollout_tui.printable import cells
from rollout_tui.tui.command_line import COMMANDS
from rollout_tui.tui.keys import GROUPS, help_rows
from rollout_tui.tui.lens import LineList
from rollout_tui.tui.lines import FLEXIBLE, Cell, Line, Piece, line, row

KEYS_WIDTH, OPPOSITE_WIDTH = 10, 10

PLACES: tuple[tuple[str, str], ...] = (
    (":1234", "to the event with seq 1234"),
    (":50%", "to the middle of the recording, in events"),
    (":turn 3  :request 7", "to a turn or a model request of the thread shown"),
    (":failure 2", "to the second failure"),
    (":12:40:05", "to a time of day"),
    (":+3.2s", "to a time since the first event"),
)
GLYPHS: tuple[tuple[str, str], ...] = (
    ("+ ~ -", "what the last step added, changed, took away"),
    ("v >", "opened and folded lines of an outline; Enter changes them"),
    (">>>", "still running at the cursor, with its age"),
    ("x ! .", "error, warning, note"),
    ("I T w C", "lanes: inference, tool call, wait, compaction"),
    ("c x .", "lanes: cell alone, failure, turn without anything open"),
)


def help_lines(width: int) -> LineList:
    """All of the help for a pane `width` cells wide, in two columns where there is room."""
    left: list[Line] = []
    column = width // 2 - 2 if width >= 148 else width
    blocks = [_block(group, column) for group in GROUPS]
    blocks.append(_table("places", PLACES, column))
    commands = tuple((f":{one.word} {one.argument}".rstrip(), one.description) for one in COMMANDS)
    blocks.append(_table("commands", commands, column))
    blocks.append(_table("signs", GLYPHS, column))
    if column == width:
        for block in blocks:
            left += [*block, Line()]
        return LineList("help", left, "Esc closes")
    half = sum(len(block) + 1 for block in blocks) // 2
    right: list[Line] = []
    for block in blocks:
        side = left if len(left) + len(block) // 2 < half else right
        side += [*block, Line()]
    rows = max(len(left), len(right))
    left += [Line()] * (rows - len(left))
    right += [Line()] * (rows - len(right))
    return LineList(
        "help",
        [_beside(one, other, column + 2) for one, other in zip(left, right, strict=True)],
        "Esc closes",
    )


def _beside(left: Line, right: Line, column: int) -> Line:
    return Line((*left.pieces, Piece(" " * max(0, column - left.width)), *right.pieces))


def _block(group: str, width: int) -> list[Line]:
    lines = [line(Piece(f" {group}", "heading"))]
    for one in help_rows(group):
        lines.append(
            row(
                width,
                Cell(f"  {one.keys}", "strong", KEYS_WIDTH + 2),
                Cell(one.opposite, "strong", OPPOSITE_WIDTH),
                Cell(one.description, "", FLEXIBLE),
            )
        )
    return lines


def _table(title: str, rows: tuple[tuple[str, str], ...], width: int) -> list[Line]:
    names = max(cells(name) for name, _ in rows)
    lines = [line(Piece(f" {title}", "heading"))]
    for name, what in rows:
        lines.append(row(width, Cell(f"  {name}", "strong", names + 2), Cell(what, "", FLEXIBLE)))
    return lines
