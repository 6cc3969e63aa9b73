"""What an event changed: object, field, before and after; with hindsight how an object goes on."""

from __future__ import annotations

from collections.abc import Iterator

from rollout_tui.debugger.changes.changes import ChangeRow, changes
from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.kinds import KIND_NAMES, KINDS_BY_NAME
from rollout_tui.debugger.names import Names, item_name
from rollout_tui.debugger.waiting.resolution import unresolved
from rollout_tui.graph.history import History
from rollout_tui.graph.objects import ConversationItem, PendingEdge
from rollout_tui.printable import one_line
from rollout_tui.tui.drawing.lens import LineList, View
from rollout_tui.tui.drawing.lines import FLEXIBLE, NOTHING, Cell, Line, Piece, clipped, line, row, wrapped
from rollout_tui.tui.drawing.targets import Fold, ToEvent, ToObject
from rollout_tui.tui.objects.item_words import item_words
from rollout_tui.tui.objects.labels import label

MOST_CHANGES = 14
"""Rows of what the event changed; the rest is folded."""
MOST_LATER = 40
"""With hindsight: later changes of the object that are listed."""


def changed_lines(view: View, target: ToObject | None, width: int) -> LineList:
    """What the event changed, that of `target` first; with a chosen object only its own changes are open."""
    found = _telling(changes(view.snapshot.history, view.event))
    own = (KIND_NAMES[target.kind], target.id) if target else None
    places = {own: 0}
    for one in found:
        places.setdefault((one.kind, one.id), len(places))
    found.sort(key=lambda one: places[one.kind, one.id])
    seq = view.snapshot.seq
    if not found:
        return LineList("", (NOTHING, *wrapped(f"#{seq} changed nothing in the graph.", width, "dim", 1)))
    rows: list[Line] = []
    last, about_own = own, 0
    for change in found:
        if (change.kind, change.id) != last:
            last = (change.kind, change.id)
            rows.append(_changed_object(view, change, width))
        if change.path:
            rows += _change_lines(view.snapshot.history, change, width)
        if last == own:
            about_own = len(rows)
    most = min(MOST_CHANGES, about_own) if view.selection is not None else MOST_CHANGES
    heading = line(Piece(f"changed by #{seq}:", "heading"))
    return LineList("", (NOTHING, heading, *_folded(view, rows, most)))


def _folded(view: View, rows: list[Line], most: int) -> list[Line]:
    fold = Fold("inspector:changes")
    more = len(rows) - most
    if more <= 1:
        return rows
    if fold.key in view.folds:
        return [*rows, line(Piece(" v fewer", "dim"), target=fold)]
    words = f" > {more} more rows" if most else f" > {more} rows about other objects"
    return [*rows[:most], line(Piece(words, "dim"), target=fold)]


def _telling(found: list[ChangeRow]) -> list[ChangeRow]:
    """Without times and numbers of events that say only what a status next to them says."""
    said = {(one.kind, one.id) for one in found if one.path.endswith("status")}
    return [
        one for one in found if (one.kind, one.id) not in said or not one.path.endswith(("_unix_ms", "_seq"))
    ]


def _changed_object(view: View, change: ChangeRow, width: int) -> Line:
    history = view.snapshot.history
    kind = KINDS_BY_NAME[change.kind]
    words = label(history, ToObject(kind, change.id))
    fresh = not change.path
    mark = Cell(" +", "added") if fresh else Cell(" ~", "changed")
    more = item_words(view, change.id).text if kind is ConversationItem else ""
    target = None if kind is PendingEdge else ToObject(kind, change.id)
    if not more:
        return row(width, mark, Cell(words.text, words.style, FLEXIBLE), target=target)
    return row(width, mark, Cell(words.text, words.style), Cell(more, "dim", FLEXIBLE), target=target)


def _change_lines(history: History, change: ChangeRow, width: int) -> Iterator[Line]:
    """`path  before -> after`, in two rows where one is too short."""
    before, after = (
        None if text is None else _named(history, change.path, _beginning(text, width))
        for text in (change.before, change.after)
    )
    pieces = [Piece(f"{before} -> ", "dim")] if before is not None else []
    if change.added or change.removed:
        pieces.append(Piece(f"{after} "))
        pieces += [Piece(f" + {item_name(one)}", "added") for one in change.added[:width]]
        pieces += [Piece(f" - {item_name(one)}", "removed") for one in change.removed[:width]]
    else:
        pieces.append(Piece(after or "nothing", "changed"))
    whole = line(Piece(f"   {change.path}  ", "dim"), *pieces)
    if whole.width <= width:
        yield whole
        return
    yield clipped(line(Piece(f"   {change.path}", "dim")), width)
    if len(pieces) != 2 or change.added or change.removed:
        yield clipped(line("     ", *pieces), width)
        return
    yield row(
        width,
        Cell("", "", 4),
        Cell(one_line(before or "", max(4, (width - 9) // 2)), "dim"),
        Cell("->", "dim"),
        Cell(pieces[1].text, "changed", FLEXIBLE),
    )


def _named(history: History, path: str, text: str) -> str:
    """What people call the request that a value names; other values as they are."""
    names = index_of(history, Names)
    return names.inference(text) if path == "last_request" and names.number(text) else text


def _beginning(text: str, width: int) -> str:
    """As much of a text as can matter in a row: it may be the output of a command, megabytes of it."""
    return one_line(text, 2 * width)


def _resolved_lines(view: View, target: ToObject, width: int) -> Iterator[Line]:
    """`unresolved at #17, resolved at #23: the item that asked for it`."""
    history = view.snapshot.history
    for one in unresolved(history, target.kind, target.id, view.event):
        resolved = "never resolved" if one.event is None else f"resolved at #{history.events.seqs[one.event]}"
        told = f"unresolved at #{view.snapshot.seq}, {resolved}: {one.what}"
        for row_of_it in wrapped(told, width, "note", 1):
            yield row_of_it._replace(target=None if one.event is None else ToEvent(one.event))


def later_lines(view: View, target: ToObject, width: int) -> Iterator[Line]:
    """With hindsight: how the object went on after the cursor."""
    history = view.snapshot.history
    handle = history.handle(target.kind, target.id)
    events = [] if handle is None else [one.event for one in history.changes_of(handle)]
    later = [one for one in dict.fromkeys(events) if view.event < one <= history.head]
    yield NOTHING
    yield from _resolved_lines(view, target, width)
    if not later:
        yield line(Piece("hindsight: it stays like this", "heading"))
        return
    yield line(Piece("hindsight: what it becomes", "heading"))
    own = (KIND_NAMES[target.kind], target.id)
    for event in later[:MOST_LATER]:
        for change in changes(history, event):
            if (change.kind, change.id) == own and change.path:
                became = change.after if not change.added else f"{change.after} items"
                yield row(
                    width,
                    Cell(f" #{history.events.seqs[event]}", "dim", 6),
                    Cell(change.path, "dim"),
                    Cell(f"-> {became}", "note", FLEXIBLE),
                    target=ToEvent(event),
                )
    if len(later) > MOST_LATER:
        yield line(Piece(f" and {len(later) - MOST_LATER} more events", "dim"))
