"""Lens 1: what the model sees, item by item, and what is on its way there."""

from __future__ import annotations

from rollout_tui.debugger.changes.comparison import kept_by
from rollout_tui.debugger.context.carried import Carried
from rollout_tui.debugger.context.context import (
    ACCEPTED,
    CHANGED,
    DROPPED,
    GONE,
    NEW,
    PENDING,
    Context,
    ContextItem,
)
from rollout_tui.debugger.context.context_index import ContextIndex, compaction_at
from rollout_tui.debugger.context.pending_index import Pending
from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.names import Names, item_name
from rollout_tui.debugger.tokens import estimate, recorded_tokens
from rollout_tui.graph.history import History, item_number, object_id
from rollout_tui.graph.objects import CodeCell, Compaction, ConversationItem, ToolCall
from rollout_tui.tui.drawing.lens import JoinedLines, LensLines, LineList, MadeLines, View
from rollout_tui.tui.drawing.lines import FLEXIBLE, NOTHING, Cell, Line, Piece, clipped, line, row, wrapped
from rollout_tui.tui.drawing.targets import Fold, ToEvent, ToObject
from rollout_tui.tui.keys import with_keys
from rollout_tui.tui.lenses.wire import wire
from rollout_tui.tui.objects.item_words import producer_link, role_cell
from rollout_tui.tui.objects.labels import label
from rollout_tui.words import count, size

MARKS = {NEW: "added", CHANGED: "changed", GONE: "removed"}
DROPPED_FOLD = Fold("context:dropped")
WIDE = 110
MADE_BY, MADE_BY_WIDE = 12, 24
BY_WHAT = 64
"""From this width on a row of what was dropped tells by what."""
LABEL = 30
"""Cells that the label of an item gets before anything else is shown."""
LOOKED_AT = 64
"""So many rows at the end are looked at for one that the event changed."""


def context(view: View, width: int) -> LensLines:
    """Items in context in their order, then what is accepted and pending, and what was dropped, folded."""
    if view.thread_id is None:
        hint = with_keys(" Press {turn_next} for the first turn.") if view.event else ""
        return LineList("context", (), empty=f"No thread has started yet.{hint}")
    if view.way == "wire":
        return wire(view, view.thread_id, width)
    rows = Context(view.trace, view.event, view.thread_id)
    if view.way == "new":
        return _new(view, rows, width)
    counts = rows.counts
    name = index_of(view.snapshot.history, Names).thread(view.thread_id)
    tokens = recorded_tokens(view.snapshot.history, view.thread_id, view.event)
    told = [f"{counts[status]:,} {status}" for status in (ACCEPTED, PENDING, DROPPED) if counts[status]]
    told += [f"{tokens:,} tokens"] if tokens is not None else []
    focus = _focus(rows)
    parts: list[LensLines] = [
        MadeLines(
            f"context {name}  {count(len(rows.in_context), 'item')}",
            len(rows.in_context),
            lambda number: _row(view, rows, number, width),
            "  ".join(told),
            with_keys(
                "Nothing is in the context of this thread yet. Press {request_next} for the next model "
                "request, {thread_previous} or {thread_next} for another thread."
            ),
            focus if focus is not None and focus < len(rows.in_context) else None,
        )
    ]
    parts += _replaced(view, rows, width)
    parts += _group(view, rows, ACCEPTED, "accepted, in no request yet:", focus, width)
    parts += _group(view, rows, PENDING, "pending, not yet seen by the model:", focus, width)
    parts += _dropped(view, rows, width)
    return JoinedLines(*parts)


# -- only what is new --------------------------------------------------------------------


def _new(view: View, rows: Context, width: int) -> LensLines:
    """What the latest request did not carry: what the model said since, what waits, what was dropped."""
    history = view.snapshot.history
    request = index_of(history, Carried).request_at(rows.thread_id, view.event)
    carried = min(len(rows.in_context), len(request.items)) if request else 0
    dropped = rows.start_of(DROPPED)
    sent = history.events.seqs[request.event] if request else 0
    index = index_of(history, ContextIndex)
    before = set(index.dropped(rows.thread_id, request.event)) if request else set()
    gone = [dropped + at for at, number in enumerate(rows.dropped) if number not in before]
    numbers = [*range(carried, dropped), *gone]
    since = (
        f"request {index_of(history, Names).number(request.inference_call_id)} (#{sent})" if request else ""
    )
    return MadeLines(
        f"context {index_of(history, Names).thread(rows.thread_id)}  new since {since or 'the start'}",
        len(numbers),
        lambda number: _row(view, rows, numbers[number], width),
        with_keys("{lens_context} shows all"),
        f"Nothing is new: {since or 'no request'} carried all there is. "
        + with_keys("{lens_context} or {cancel} shows the whole context."),
    )


# -- groups ----------------------------------------------------------------------------


def _group(
    view: View, rows: Context, status: str, words: str, focus: int | None, width: int
) -> list[LensLines]:
    start, length = rows.start_of(status), rows.counts[status]
    if not length:
        return []
    heading = clipped(line(Piece(words, "heading")), width)
    head = (heading,) if not start else (NOTHING, heading)
    inside = focus - start if focus is not None and start <= focus < start + length else None
    make = MadeLines("", length, lambda number: _row(view, rows, start + number, width), focus=inside)
    return [LineList("", head), make]


def _replaced(view: View, rows: Context, width: int) -> list[LensLines]:
    """Between a compaction and the next request nothing is in context."""
    history = view.snapshot.history
    event = index_of(history, ContextIndex).replaced_at(rows.thread_id, view.event)
    if event is None:
        return []
    which = compaction_at(history, event)
    name = label(history, ToObject(Compaction, which)).text if which else "a compaction"
    seq = history.events.seqs[event]
    told = f"{name} at #{seq} replaced the context: the next request carries what follows."
    lines = wrapped(told, width, "compaction", 1)
    return [LineList("", [one._replace(target=ToEvent(event)) for one in lines])]


def _dropped(view: View, rows: Context, width: int) -> list[LensLines]:
    length = rows.counts[DROPPED]
    if not length:
        return []
    opened = DROPPED_FOLD.key in view.folds
    fresh = rows.mark_at(len(rows) - 1) == GONE
    heading = line(
        Piece("v " if opened else "> ", "dim"),
        Piece(f"dropped: {count(length, 'item')} no longer in context", "heading"),
        Piece(with_keys("  {open} shows them") if not opened else "", "dim"),
        Piece(f"  - by #{view.snapshot.seq}" if fresh else "", "warning"),
        target=DROPPED_FOLD,
    )
    parts: list[LensLines] = [LineList("", (NOTHING, clipped(heading, width)))]
    if opened:
        start = rows.start_of(DROPPED)
        parts.append(MadeLines("", length, lambda number: _row(view, rows, start + number, width)))
    return parts


def _focus(rows: Context) -> int | None:
    """The last row that the event changed, else the last that is not dropped."""
    shown = rows.start_of(DROPPED)
    for number in range(shown - 1, max(-1, shown - 1 - LOOKED_AT), -1):
        if rows.mark_at(number):
            return number
    return shown - 1 if shown else None


# -- rows --------------------------------------------------------------------------------


def _row(view: View, rows: Context, number: int, width: int) -> Line:
    one = rows[number]
    history = view.snapshot.history
    mark = Cell(f" {one.mark}", MARKS.get(one.mark, ""), 2)
    if one.dropped_seq is not None:
        return row(
            width,
            mark,
            role_cell(one.role)._replace(style="dim"),
            Cell(one.label, "dim", FLEXIBLE),
            _left(view, one, one.dropped_seq, width),
            Cell(size(one.size_bytes), "dim", 7, "right"),
            target=_target(history, one),
        )
    made = _made_by(history, one, width)
    after = _after(view, one)
    return row(
        width,
        mark,
        role_cell(one.role),
        Cell(one.label, "", FLEXIBLE, least=LABEL),
        Cell(after, "note") if after else Cell("", "", 0),
        Cell(made, "dim", MADE_BY_WIDE if width >= WIDE else MADE_BY, drop=2),
        Cell(f"#{one.first_seen_seq}", "dim", 6, "right", drop=3),
        Cell(size(one.size_bytes), "dim", 7, "right"),
        Cell(f"~{estimate(one.size_bytes):,} t", "dim", 9, "right", drop=4),
        target=_target(history, one),
    )


def _made_by(history: History, one: ContextItem, width: int) -> str:
    """Who produced a row: the object where there is room or its name is short, else what kind it is of."""
    if not one.produced_by:
        return one.provenance
    target = producer_link(one.produced_by[0])
    return one.provenance if target.kind is ToolCall and width < WIDE else label(history, target).text


def _target(history: History, one: ContextItem) -> ToObject:
    if one.pending is not None:
        return pending_target(history, one.pending)
    return ToObject(ConversationItem, one.item_id or "")


def pending_target(history: History, pending: Pending) -> ToObject:
    """The call, cell or edge that something pending stands for."""
    made = history.objects[pending.handle]
    return ToObject(type(made), object_id(made))


def _left(view: View, one: ContextItem, seq: int, width: int) -> Cell:
    """When an item left, and where there is room by what; or as which item a compaction kept it."""
    history, narrow = view.snapshot.history, width < BY_WHAT
    seqs = len(str(view.snapshot.seq))
    items = len(str(len(history.collections[ConversationItem].order)))
    by = "" if narrow or one.dropped_by != "compaction" else " by compaction"
    told = f"left #{seq}" if narrow else f"left at #{seq}{by}"
    if (kept := _kept_as(history, one, view.event)) is not None:
        told = f"as {item_name(kept)}" if narrow else f"kept at #{seq} as {item_name(kept)}"
    if narrow:
        return Cell(told, "note", max(len("left #") + seqs, len("as item ") + items))
    left, again = len("left at # by compaction"), len("kept at # as item ")
    return Cell(told, "note", seqs + max(left, again + items))


def _kept_as(history: History, one: ContextItem, event: int) -> str | None:
    """The item as which a compaction kept one that it dropped."""
    item_id = one.item_id or ""
    left = index_of(history, ContextIndex).left_at(item_number(item_id), event)
    compaction_id = None if left is None else compaction_at(history, left)
    return None if compaction_id is None else kept_by(history, compaction_id).get(item_id)


def _after(view: View, one: ContextItem) -> str:
    """With hindsight when what is on its way arrives."""
    if not view.hindsight or one.status not in (ACCEPTED, PENDING):
        return ""
    history = view.snapshot.history
    carried = index_of(history, Carried)
    for item_id in (one.item_id,) if one.item_id else _becomes(history, one):
        first = carried.first_carried(item_id)
        if first is not None:
            return f"carried at #{history.events.seqs[first]}"
    return "never carried"


def _becomes(history: History, one: ContextItem) -> tuple[str, ...]:
    """Items that carry something pending, as understood at the end."""
    made = history.objects[one.pending.handle] if one.pending else None
    if isinstance(made, ToolCall):
        return tuple(made.model_visible_output_item_ids)
    return tuple(made.output_item_ids) if isinstance(made, CodeCell) else ()
