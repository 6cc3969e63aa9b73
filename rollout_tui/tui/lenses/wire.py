"""Lens 1, the second way: what the latest request of the thread really sent."""

from __future__ import annotations

from collections.abc import Iterator

from rollout_tui.debugger.context.wire import SKIPPED, Sent, Wire, on_the_wire
from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.names import Names
from rollout_tui.debugger.tokens import estimate
from rollout_tui.graph.objects import ConversationItem
from rollout_tui.tui.drawing.lens import JoinedLines, LensLines, LineList, MadeLines, View
from rollout_tui.tui.drawing.lines import FLEXIBLE, NOTHING, Cell, Line, Piece, clipped, line, row, wrapped
from rollout_tui.tui.drawing.targets import ToEvent, ToObject, ToPayload
from rollout_tui.tui.keys import with_keys
from rollout_tui.tui.objects.item_words import item_words
from rollout_tui.words import count, size

EMPTY = (
    "No request of this thread can be read here. Press {request_next} for the next one; {lens_context} or "
    "{cancel} shows the context."
)


def wire(view: View, thread_id: str, width: int) -> LensLines:
    """The body of the request beside its items, then the elements it sent, in order."""
    names = index_of(view.snapshot.history, Names)
    title = f"context {names.thread(thread_id)}  on the wire"
    found = on_the_wire(view.trace, view.event, thread_id)
    if found is None:
        return LineList(title, (), empty=with_keys(EMPTY))
    return JoinedLines(
        LineList(title, _head(view, found, names, width), with_keys("{lens_context} shows what is new")),
        MadeLines("", len(found.sent), lambda number: _sent_line(view, found, found.sent[number], width)),
    )


def _head(view: View, found: Wire, names: Names, width: int) -> Iterator[Line]:
    seq = view.snapshot.history.events.seqs[found.event]
    told = f" request {names.number(found.inference_call_id)} (#{seq})  {size(found.size_bytes)} as recorded"
    yield clipped(line(Piece(told, "strong"), target=ToEvent(found.event)), width)
    payload = ToPayload(found.raw_payload_id)
    if found.instructions_bytes:
        yield _beside("instructions", "", found.instructions_bytes, payload, width)
    if found.tools_bytes:
        yield _beside("tools", count(found.tools, "definition"), found.tools_bytes, payload, width)
    if found.goes_on_from is not None:
        said = f"goes on from {found.goes_on_from}: {count(found.not_sent, 'item')} before not sent again"
        yield from wrapped(said, width, "note", 1)
    yield NOTHING
    sent = sum(one.size_bytes for one in found.sent)
    heading = f"input  {count(len(found.sent), 'element')}  {size(sent)}"
    yield clipped(line(Piece(heading, "heading")), width)


def _beside(name: str, more: str, size_bytes: int, target: ToPayload, width: int) -> Line:
    return row(
        width,
        Cell(f" {name}", "", 13),
        Cell(more, "dim", FLEXIBLE),
        Cell(size(size_bytes), "dim", 7, "right"),
        Cell(f"~{estimate(size_bytes):,} t", "dim", 9, "right", drop=1),
        target=target,
    )


def _sent_line(view: View, found: Wire, one: Sent, width: int) -> Line:
    if one.item_id is None:
        return _beside(
            SKIPPED, "no conversation item", one.size_bytes, ToPayload(found.raw_payload_id), width
        )
    words = item_words(view, one.item_id)
    return row(
        width,
        Cell("", "", 2),
        Cell(words.role, words.style, 4),
        Cell(words.text, "", FLEXIBLE, least=20),
        Cell(words.name, "dim", drop=3),
        Cell(size(one.size_bytes), "dim", 7, "right"),
        Cell(f"~{estimate(one.size_bytes):,} t", "dim", 9, "right", drop=4),
        target=ToObject(ConversationItem, one.item_id),
    )
