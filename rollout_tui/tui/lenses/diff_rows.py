"""Rows of the diff: an item that came, went or changed, lines in which it differs, what was found in it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from rollout_tui.debugger.changes.diff import text_diff
from rollout_tui.debugger.context.item_search import FoundItem
from rollout_tui.debugger.context.item_text import size_bytes, whole_text
from rollout_tui.graph.objects import ConversationItem
from rollout_tui.tui.drawing.lens import Maker, View
from rollout_tui.tui.drawing.lines import FLEXIBLE, Cell, Line, Piece, clipped, line, row
from rollout_tui.tui.drawing.targets import Fold, Target, ToObject
from rollout_tui.tui.keys import key_of
from rollout_tui.tui.objects.item_words import item_words, made_by
from rollout_tui.tui.objects.subject import find
from rollout_tui.words import count, size

MARKS = {"+": "added", "-": "removed", "~": "changed"}
OPEN_LINES = 12
"""Text differences of at most so many lines are shown without being asked for."""


def found_rows(view: View, found: Sequence[FoundItem], lost: int, width: int) -> list[Maker]:
    """Lost items in which the text searched for was found, with what stands around it."""
    told = f'lost with "{view.search}": {len(found):,} of {count(lost, "item")}  {key_of("cancel")} shows all'
    rows: list[Maker] = [lambda: clipped(line(Piece(told, "heading")), width)]
    for one in found:
        rows.append(partial(item_line, view, "-", one.item_id, width))
        rows.append(partial(_excerpt_line, one.excerpt, width))
    return rows


def _excerpt_line(excerpt: str, width: int) -> Line:
    return row(width, Cell("", "", 7), Cell(excerpt, "dim", FLEXIBLE))


def rewritten_rows(view: View, before: str, after: str, width: int) -> list[Maker]:
    """An item in the place of another one, with the lines in which they differ."""
    old, new = (find(view.snapshot, ConversationItem, one) for one in (before, after))
    rows: list[Maker] = [partial(item_line, view, "~", after, width)]
    if old is not None and new is not None:
        was, became = (whole_text(view.trace, one) or "" for one in (old, new))
        rows += text_rows(view, after, was, became, width)
    return rows


def text_rows(view: View, item_id: str, before: str, after: str, width: int) -> list[Maker]:
    """The lines in which two texts differ, folded where there are many."""
    if before == after:
        return [lambda: line(Piece("       the text reads the same", "dim"))]
    lines = text_diff(before, after, context=1)
    fold = Fold(f"diff:{item_id}")
    opened = (len(lines) <= OPEN_LINES) != (fold.key in view.folds)
    told = f"     {'v' if opened else '>'} {count(len(lines), 'line')} of text differ"
    rows: list[Maker] = [lambda: line(Piece(told, "dim"), target=fold)]
    if opened:
        rows += [partial(_text_line, one.mark, one.text, width) for one in lines]
    return rows


def _text_line(mark: str, text: str, width: int) -> Line:
    return clipped(
        line(Piece(f"       {mark} {text}", {"+": "added", "-": "warning"}.get(mark, "dim"))), width
    )


def item_line(view: View, mark: str, item_id: str, width: int) -> Line:
    """An item: mark, role, what it says, size, and who made it where there is room."""
    words = item_words(view, item_id)
    item = find(view.snapshot, ConversationItem, item_id)
    told = size(size_bytes(view.trace, item)) if item is not None else ""
    by = f"by {made_by(view, item)}" if item is not None else ""
    target: Target = ToObject(ConversationItem, item_id)
    return row(
        width,
        Cell(f" {mark} ", MARKS.get(mark, "dim"), 3),
        Cell(words.role, words.style, 4),
        Cell(words.text, "", FLEXIBLE, least=20),
        Cell(told, "dim", 8, "right"),
        Cell(by, "dim", min(28, width // 4), drop=1),
        target=target,
    )
