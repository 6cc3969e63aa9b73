"""Lens 2: the latest request against the one before it, or the context here against that at the mark."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import NamedTuple

from rollout_tui.debugger.changes.diff import (
    ContextDiff,
    compaction_diff,
    request_diff,
)
from rollout_tui.debugger.changes.diff import diff as recorded_diff
from rollout_tui.debugger.context.carried import Carried
from rollout_tui.debugger.context.context_index import ContextIndex, compaction_at, context_ids
from rollout_tui.debugger.context.item_text import bytes_of
from rollout_tui.debugger.indexes import index_of, remembered
from rollout_tui.debugger.names import Names
from rollout_tui.graph.objects import Compaction
from rollout_tui.tui.drawing.lens import LensLines, LineList, Maker, MakerLines, View
from rollout_tui.tui.drawing.lines import NOTHING, Line, Piece, clipped, line, wrapped
from rollout_tui.tui.drawing.targets import Fold, ToEvent, ToObject
from rollout_tui.tui.keys import with_keys
from rollout_tui.tui.lenses.diff_rows import found_rows, item_line, rewritten_rows, text_rows
from rollout_tui.tui.objects.labels import label
from rollout_tui.words import count, size

REMEMBERED = 32
REQUEST, COMPACTION = -1, -2
"""In place of the earlier event: a request and the one before it, a compaction and what it replaced."""


def diff(view: View, width: int) -> LensLines:
    """What the model got that it had not got before, and what it lost."""
    if view.thread_id is None:
        empty = with_keys("No thread has started yet. Press {request_next} for the next model request.")
        return LineList("diff", (), empty=empty)
    compared = _compared(view, view.thread_id)
    name = index_of(view.snapshot.history, Names).thread(view.thread_id)
    if compared is None:
        hint = "Press {request_next} for the next one, or {mark} to set a mark and {mark_diff}."
        return LineList(f"diff {name}", (), empty=with_keys(f"No request up to here. {hint}"))
    rows: list[Maker] = [partial(_same, one) for one in _head(view, compared, width)]
    if view.lost_found is not None:
        rows += found_rows(view, view.lost_found, len(compared.found.compared.lost), width)
    else:
        rows += _items(view, compared, width)
    told = f"+{len(compared.new)} ~{compared.changed} -{len(compared.found.compared.lost)}"
    return MakerLines(f"diff {name}", rows, told)


def _same(made: Line) -> Line:
    return made


def lost_items(view: View) -> tuple[str, ...]:
    """Ids of what the model lost in the comparison that the lens shows."""
    compared = _compared(view, view.thread_id) if view.thread_id is not None else None
    return compared.found.compared.lost if compared is not None else ()


# -- what is compared ----------------------------------------------------------------------


class _Compared(NamedTuple):
    """A comparison: what it is of in words, the items that are new, and the bytes that came and went."""

    what: str
    found: ContextDiff
    new: tuple[str, ...]
    lost_bytes: int
    new_bytes: int

    @property
    def kept(self) -> int:
        """Items that the model has before and after, also those that a compaction made anew."""
        return self.found.unchanged + len(self.found.compared.again)

    @property
    def changed(self) -> int:
        """Items that read differently."""
        return len(self.found.changed) + len(self.found.compared.rewritten)


_Key = tuple[str, int, int]


class _Comparisons(dict[_Key, "_Compared"]):
    """By what is compared: the comparison, of a few."""


def _compared(view: View, thread_id: str) -> _Compared | None:
    """The comparison for this view; between two requests it is the same at every event, so remembered."""
    history = view.snapshot.history
    replaced = _replaced_by(view, thread_id)
    request = index_of(history, Carried).request_at(thread_id, view.event)
    key: _Key
    if view.mark is not None and view.mark != view.event:
        key = (thread_id, view.mark, view.event)
    elif replaced is not None:
        key = (thread_id, COMPACTION, replaced[1])
    elif request is not None:
        key = (thread_id, REQUEST, request.event)
    else:
        return None
    known = remembered(history, _Comparisons)
    if key not in known:
        made = _compare(view, thread_id, key, replaced[0] if replaced else "")
        if made is None:
            return None
        if len(known) >= REMEMBERED:
            known.clear()
        known[key] = made
    return known[key]


def _compare(view: View, thread_id: str, key: _Key, compaction_id: str) -> _Compared | None:
    _, earlier, later = key
    if earlier == COMPACTION:
        found = compaction_diff(view.trace, compaction_id)
        found = found and found._replace(compactions=())
        words = label(view.snapshot.history, ToObject(Compaction, compaction_id)).text
        what = f"what {words} leaves for the next request"
    elif earlier == REQUEST:
        found = request_diff(view.trace, view.event, thread_id)
        what = _requests(view, found) if found else ""
    else:
        found = recorded_diff(view.trace, min(earlier, later), max(earlier, later), thread_id)
        what = _marked(view, found)
    if found is None:
        return None
    paired = {pair.after for pair in (*found.compared.again, *found.compared.rewritten)}
    new = tuple(one for one in found.compared.added if one not in paired)
    lost_bytes, new_bytes = (bytes_of(view.trace, ids) for ids in (found.compared.lost, new))
    return _Compared(what, found, new, lost_bytes, new_bytes)


def _replaced_by(view: View, thread_id: str) -> tuple[str, int] | None:
    """(id, event) of the compaction whose replacement no request has carried yet."""
    history = view.snapshot.history
    event = index_of(history, ContextIndex).replaced_at(thread_id, view.event)
    compaction_id = None if event is None else compaction_at(history, event)
    return None if event is None or compaction_id is None else (compaction_id, event)


def _requests(view: View, found: ContextDiff) -> str:
    history = view.snapshot.history
    seqs = history.events.seqs
    number = (index_of(history, Carried).request_number(found.thread_id, found.b) or 0) + 1
    if not found.a:
        return f"request {number} (#{seqs[found.b]}), the first of this thread"
    return f"request {number} (#{seqs[found.b]}) against request {number - 1} (#{seqs[found.a]})"


def _marked(view: View, found: ContextDiff) -> str:
    seqs = view.snapshot.history.events.seqs
    names = ("mark", "cursor") if view.mark == found.a else ("cursor", "mark")
    return f"context at #{seqs[found.b]} ({names[1]}) against #{seqs[found.a]} ({names[0]})"


# -- heading -------------------------------------------------------------------------------


def _head(view: View, compared: _Compared, width: int) -> Iterator[Line]:
    found = compared.found
    yield clipped(line(Piece(f" {compared.what}", "strong"), target=ToEvent(found.b)), width)
    lost = len(found.compared.lost)
    facts = [
        Piece(f" {count(found.after_count, 'item')}"),
        Piece(f"  +{len(compared.new)}", "added" if compared.new else "dim"),
        Piece(f" ({size(compared.new_bytes)})" if compared.new_bytes else "", "dim"),
        Piece(f"  ~{compared.changed}", "changed" if compared.changed else "dim"),
        Piece(f"  -{lost}", "warning" if lost else "dim"),
    ]
    stable = Piece(
        f"prefix stable {found.stable:,} of {found.before_count:,} ({size(found.stable_bytes)})",
        "dim" if found.stable == found.before_count else "warning",
    )
    joined = line(*facts, Piece("  "), stable)
    if joined.width <= width:
        yield joined
    else:
        yield clipped(line(*facts), width)
        yield clipped(line(Piece(" "), stable), width)
    for compaction_id in found.compactions:
        words = label(view.snapshot.history, ToObject(Compaction, compaction_id)).text
        told = (
            f"across {words}: kept {compared.kept} . rewritten {compared.changed} . "
            f"lost {lost} ({size(compared.lost_bytes)})"
        )
        hint = with_keys("  {search} searches only what was lost") if lost else ""
        for one in wrapped(told + hint, width, "compaction", 1):
            yield one._replace(target=ToObject(Compaction, compaction_id))
    yield NOTHING


# -- items ---------------------------------------------------------------------------------


def _items(view: View, compared: _Compared, width: int) -> list[Maker]:
    found = compared.found
    rows: list[Maker] = []
    if compared.kept:
        fold = Fold("diff:unchanged")
        opened = fold.key in view.folds
        told = f"{count(compared.kept, 'item')} unchanged"
        rows.append(
            lambda: line(Piece(" v " if opened else " > ", "dim"), Piece("= ", "dim"), told, target=fold)
        )
        if opened:
            rows += [partial(item_line, view, " ", one, width) for one in _unchanged(view, found)]
    rows += [partial(item_line, view, "-", one, width) for one in found.compared.lost]
    for pair in found.compared.rewritten:
        rows += rewritten_rows(view, pair.before, pair.after, width)
    for one in found.changed:
        rows.append(partial(item_line, view, "~", one.item_id, width))
        rows += text_rows(view, one.item_id, one.before or "", one.after or "", width)
    rows += [partial(item_line, view, "+", one, width) for one in compared.new]
    if not rows:
        rows.append(lambda: line(Piece(" nothing came and nothing went", "dim")))
    return rows


def _unchanged(view: View, found: ContextDiff) -> Iterable[str]:
    """Items that both have, in their order at the later event."""
    again = {pair.after for pair in found.compared.again}
    other = {*found.compared.added, *(one.item_id for one in found.changed)} - again
    return [one for one in context_ids(view.snapshot.history, found.thread_id, found.b) if one not in other]
