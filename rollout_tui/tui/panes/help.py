"""The help screen: what keys do where one is, then every key by group, from the tables."""

from __future__ import annotations

from rollout_tui.debugger.findings.finding_codes import MARKS
from rollout_tui.printable import cells
from rollout_tui.tui.command_line import COMMANDS
from rollout_tui.tui.drawing.lens import LineList
from rollout_tui.tui.drawing.lines import FLEXIBLE, Cell, Line, Piece, line, row
from rollout_tui.tui.drawing.targets import ToOffer
from rollout_tui.tui.keys import BY_ID, GROUPS, HelpRow, help_rows, with_keys
from rollout_tui.tui.panes.here import PLACES as HERE

WIDE = 148
"""From this width on there are two columns."""
MARGIN = 2
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
    ("v >", "opened and folded lines of an outline; {open} changes them"),
    (">>>", "still running at the cursor, with its age"),
    (" ".join(MARKS.values()), "error, warning, note"),
    ("I T w C", "lanes: inference, tool call, wait, compaction"),
    ("c x .", "lanes: cell alone, failure, turn without anything open"),
)


def help_lines(width: int, here: tuple[str, ...] = ()) -> tuple[LineList, ...]:
    """The help for a screen `width` cells wide: one column, or two where there is room.

    `here` are places of `panes.here`: what keys do there comes first. In the list of recordings it is all.
    """
    columns = 2 if width >= WIDE and "recordings" not in here else 1
    column = width // columns - MARGIN
    blocks = [_here(place, column) for place in here if place in HERE]
    if "recordings" not in here:
        blocks += [_block(group, column) for group in GROUPS]
        blocks.append(_table("places", PLACES, column))
        blocks.append(_commands(column))
        blocks.append(_table("signs", tuple((one, with_keys(what)) for one, what in GLYPHS), column))
    half = sum(len(block) + 1 for block in blocks) / columns
    sides: list[list[Line]] = [[] for _ in range(columns)]
    for block in blocks:
        side = next((one for one in sides[:-1] if len(one) + len(block) / 2 < half), sides[-1])
        side += [*block, Line()]
    titles = ("help", "help, too")
    return tuple(
        LineList(title, side, with_keys("{open} does it, {cancel} closes") if side is sides[-1] else "")
        for title, side in zip(titles, sides, strict=False)
    )


def _here(place: str, width: int) -> list[Line]:
    """What keys do in one place."""
    lines = [line(Piece(f" here: {place}", "heading"))]
    for one in HERE[place]:
        action = BY_ID[one.action_id]
        shown = next(row for row in help_rows(action.group) if one.action_id in (row.id, BY_ID[row.id].pair))
        words = one.words or shown.description
        if one.action_id != shown.id:
            shown = HelpRow(shown.opposite, "", words, one.action_id)
        opposite = shown.opposite if " / " in words else ""
        lines.append(_row(width, shown._replace(description=words, opposite=opposite)))
    return lines


def _block(group: str, width: int) -> list[Line]:
    return [line(Piece(f" {group}", "heading")), *(_row(width, one) for one in help_rows(group))]


def _row(width: int, shown: HelpRow) -> Line:
    return row(
        width,
        Cell(f"  {shown.keys}", "strong", KEYS_WIDTH + 2),
        Cell(shown.opposite, "strong", OPPOSITE_WIDTH),
        Cell(shown.description, "", FLEXIBLE),
        target=ToOffer(shown.id),
    )


def _commands(width: int) -> list[Line]:
    rows = tuple((f":{one.word} {one.argument}".rstrip(), one.description) for one in COMMANDS)
    lines = _table("commands", rows, width)
    targets = (None, *(ToOffer(f":{one.word}") for one in COMMANDS))
    return [shown._replace(target=target) for shown, target in zip(lines, targets, strict=True)]


def _table(title: str, rows: tuple[tuple[str, str], ...], width: int) -> list[Line]:
    names = max(cells(name) for name, _ in rows)
    lines = [line(Piece(f" {title}", "heading"))]
    for name, what in rows:
        lines.append(row(width, Cell(f"  {name}", "strong", names + 2), Cell(what, "", FLEXIBLE)))
    return lines
