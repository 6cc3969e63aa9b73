"""The footer: keys that matter most here, from the table of keys, or the last message."""

from __future__ import annotations

from rollout_tui.printable import cells, printable
from rollout_tui.tui.drawing.lines import Line, Piece, clipped, line, paragraph
from rollout_tui.tui.keys import ACTIONS, CLOSED, WITHOUT_TRACE, Action, key_label

GAP = "  "
MOST_LINES = 8
"""Rows of a message; of a low screen a third of its rows."""


def footer_actions(states: frozenset[str] = frozenset()) -> list[Action]:
    """Actions of the footer, most useful first. `states` are those of the program, e.g. `search`."""
    taken: set[str] = set()
    chosen: list[Action] = []
    for action in ACTIONS:
        if not action.rank or not action.keys or (action.when and action.when not in states):
            continue
        if CLOSED in states and action.id not in WITHOUT_TRACE:
            continue
        if action.keys[0] not in taken:
            taken.add(action.keys[0])
            chosen.append(action)
    return sorted(chosen, key=lambda action: action.rank)


def footer(width: int, states: frozenset[str] = frozenset(), note: str = "") -> Line:
    """As many keys as fit, help always among them; `note` stands at the right."""
    actions = footer_actions(states)
    last = next(action for action in actions if action.id == "help")
    note = printable(note)
    room = width - 1 - _size(last) - cells(note)
    shown: list[Action] = []
    for action in actions:
        if action is last:
            continue
        if _size(action) > room:
            break
        room -= _size(action)
        shown.append(action)
    pieces: list[Piece] = [Piece(" ")]
    for action in (*shown, last):
        pieces += (Piece(key_label(action.keys[0]), "heading"), Piece(f" {action.footer}{GAP}"))
    return _noted(line(*pieces, background="bar"), note, width)


def _noted(shown: Line, note: str, width: int) -> Line:
    if not note:
        return shown
    left = clipped(shown, max(0, width - cells(note) - 2))
    blank = Piece(" " * max(1, width - left.width - cells(note) - 1))
    return left._replace(pieces=(*left.pieces, blank, Piece(note, "match")))


def clicked_action(shown: Line, piece: int, states: frozenset[str] = frozenset()) -> Action | None:
    """The action whose key or word is piece number `piece` of the footer line."""
    if piece < 1:
        return None
    label = shown.pieces[piece if piece % 2 else piece - 1].text
    return next((one for one in footer_actions(states) if key_label(one.keys[0]) == label), None)


def _size(action: Action) -> int:
    return cells(key_label(action.keys[0])) + 1 + cells(action.footer) + len(GAP)


def message_line(message: str, style: str = "", note: str = "", width: int = 0) -> Line:
    """The last message in place of the keys."""
    return _noted(line(Piece(f" {message}", style or "strong"), background="bar"), printable(note), width)


def message_lines(message: str, style: str, width: int, height: int) -> list[Line]:
    """A message that has no room in one line of a screen, as several; none where it has, or nothing has."""
    most = min(MOST_LINES, height // 3)
    lines = paragraph(message, width - 1, most, style or "strong", 1) if most > 1 else []
    return [one._replace(background="bar") for one in lines] if len(lines) > 1 else []
