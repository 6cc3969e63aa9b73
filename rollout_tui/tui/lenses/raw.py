"""Lens 8: the event line and its payloads as recorded, as JSON that can be folded; an opened object whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rollout_tui.graph.objects import (
    CodeCell,
    CodexTurn,
    ConversationItem,
    InferenceCall,
    Object,
    Thread,
    ToolCall,
)
from rollout_tui.graph.snapshot import Snapshot
from rollout_tui.trace.events import Event, PayloadReference, payload_references
from rollout_tui.trace.payloads import PayloadProblem
from rollout_tui.trace.spine import BadLine
from rollout_tui.tui.lens import JoinedLines, LensLines, LineList, View
from rollout_tui.tui.lenses.documents import event_document, payload_document
from rollout_tui.tui.lenses.facts import Facts
from rollout_tui.tui.lenses.fields import fields
from rollout_tui.tui.lenses.inspector import field_line
from rollout_tui.tui.lenses.json_rows import JsonRows
from rollout_tui.tui.lenses.labels import label, payload_name
from rollout_tui.tui.lenses.object_text import object_text
from rollout_tui.tui.lenses.subject import about, find
from rollout_tui.tui.lenses.text_lines import TextLines
from rollout_tui.tui.lines import (
    FLEXIBLE,
    NOTHING,
    Cell,
    Fold,
    Line,
    Piece,
    Target,
    ToEvent,
    ToObject,
    ToPayload,
    clipped,
    line,
    row,
    wrapped,
)
from rollout_tui.words import count, size

OPEN_PAYLOADS = 3
"""Payloads of an event that are shown open."""

# What the ids in events are ids of.
ID_KINDS: dict[str, type[Object]] = {
    "thread_id": Thread,
    "root_thread_id": Thread,
    "child_thread_id": Thread,
    "parent_thread_id": Thread,
    "codex_turn_id": CodexTurn,
    "child_codex_turn_id": CodexTurn,
    "inference_call_id": InferenceCall,
    "tool_call_id": ToolCall,
    "model_visible_call_id": ToolCall,
    "exec_tool_call_id": ToolCall,
    "call_id": ToolCall,
    "code_cell_id": CodeCell,
}


def raw(view: View, width: int) -> LensLines:
    """The event at the cursor and its payloads; what was opened with Enter instead, as long as it is held."""
    if not view.event:
        return LineList("raw", (), empty="No event yet: the recording is empty so far.")
    target = view.selection if view.held else None
    if isinstance(target, ToPayload):
        return _opened_payload(view, target, width)
    if isinstance(target, ToObject):
        found = find(view.snapshot, target.kind, target.id)
        if found is not None:
            return _opened_object(view, target, found, width)
    return _event(view, width)


# -- the event ---------------------------------------------------------------------


def _event(view: View, width: int) -> LensLines:
    snapshot = view.snapshot
    found = view.trace.events[view.event - 1]
    references = payload_references(found.payload) if isinstance(found, Event) else list(found.references)
    others = [
        one for one in _payloads_of_subject(view) if one not in {ref.raw_payload_id for ref in references}
    ]
    title = f"raw  #{snapshot.seq} {snapshot.event_type}"
    subtitle = count(len(references), "payload") if references else "no payload"
    parts: list[LensLines] = [LineList(title, (), subtitle), _event_line(view, found, width)]
    for number, reference in enumerate(references):
        parts += _payload(view, reference.raw_payload_id, width, opened=number < OPEN_PAYLOADS)
    if others:
        parts.append(LineList("", (NOTHING, line(Piece("other payloads of the same object", "heading")))))
        for raw_payload_id in others:
            parts += _payload(view, raw_payload_id, width, opened=False, gap=False)
    return JoinedLines(*parts)


def _event_line(view: View, found: Event | BadLine, width: int) -> LensLines:
    fold = Fold("raw:event")
    opened = fold.key not in view.folds
    try:
        document = event_document(view.trace, view.event)
    except OSError as error:
        return LineList(
            "", wrapped(f"The line cannot be read any more: {error.strerror}.", width, "error", 1)
        )
    offset = view.trace.history.events.offsets[view.event]
    head = [
        row(
            width,
            Cell("v" if opened else ">", "dim"),
            Cell(f"event #{view.snapshot.seq}", "heading"),
            Cell(size(document.size), "dim"),
            Cell(
                f"line {view.event:,} of trace.jsonl, from byte {offset:,}", "dim", FLEXIBLE, drop=1, least=30
            ),
            target=fold,
        )
    ]
    if isinstance(found, BadLine):
        head += wrapped(found.reason, width, "error", 2)
    if not opened:
        return LineList("", head)
    return JoinedLines(LineList("", head), _json(view, document, f"raw:{view.event}", width))


def _json(view: View, document: Any, prefix: str, width: int) -> JsonRows:
    def link(key: str | None, text: str) -> Target | None:
        return _link(view.snapshot, key, text)

    return JsonRows(document, prefix, view.folds, width, link)


def _link(snapshot: Snapshot, key: str | None, text: str) -> Target | None:
    """Where an id in an event or a payload leads."""
    if key == "raw_payload_id":
        return ToPayload(text) if snapshot.payload(text) else None
    kind = ID_KINDS.get(key or "")
    return ToObject(kind, text) if kind and find(snapshot, kind, text) is not None else None


# -- payloads ----------------------------------------------------------------------


def _payload(
    view: View, raw_payload_id: str, width: int, *, opened: bool, gap: bool = True
) -> list[LensLines]:
    """A payload under its own heading; its body is read only when it is open."""
    fold = Fold(f"raw:{raw_payload_id}")
    opened = opened != (fold.key in view.folds)
    head = [NOTHING] if gap else []
    reference = view.snapshot.payload(raw_payload_id)
    if reference is None:
        return [LineList("", (*head, line(Piece(f"  {payload_name(raw_payload_id)}", "dim"))))]
    try:
        if not opened:
            told = size(view.trace.payloads.size(reference.path))
            return [LineList("", (*head, _payload_line(reference, told, width, fold, opened=False)))]
        document = payload_document(view.trace, view.snapshot, raw_payload_id)
    except PayloadProblem as problem:
        head.append(_payload_line(reference, problem.code, width, fold, opened=opened))
        return [LineList("", (*head, *wrapped(f"{problem.reason}", width, "error", 2)))]
    head.append(_payload_line(reference, size(document.size), width, fold, opened=True))
    if document.problem:
        head += wrapped(f"not JSON: {document.problem}", width, "error", 2)
    return [LineList("", head), _json(view, document, f"raw:{raw_payload_id}:", width)]


def _payload_line(reference: PayloadReference, told: str, width: int, fold: Fold, *, opened: bool) -> Line:
    return row(
        width,
        Cell("v" if opened else ">", "dim"),
        Cell(payload_name(reference.raw_payload_id), "heading"),
        Cell(reference.kind.type, "strong"),
        Cell(told, "dim"),
        Cell(reference.path, "dim", FLEXIBLE, drop=1),
        target=fold,
    )


def _payloads_of_subject(view: View) -> Iterator[str]:
    """Payloads of the object that the event is about, without repetition."""
    target = about(view)
    found = find(view.snapshot, target.kind, target.id) if isinstance(target, ToObject) else None
    seen: dict[str, None] = {}
    for name in _PAYLOAD_FIELDS:
        given = getattr(found, name, None)
        for one in (given,) if isinstance(given, str) else given or ():
            seen[one] = None
    yield from seen


_PAYLOAD_FIELDS = (
    "raw_request_payload_id",
    "raw_response_payload_id",
    "raw_invocation_payload_id",
    "raw_runtime_payload_ids",
    "raw_payload_ids",
    "raw_initial_response_payload_id",
    "raw_result_payload_id",
    "carried_raw_payload_ids",
)


def _opened_payload(view: View, target: ToPayload, width: int) -> LensLines:
    title = f"raw  {payload_name(target.raw_payload_id)}"
    born = view.trace.history.payloads.born(target.raw_payload_id)
    rows: list[Line] = []
    if view.snapshot.payload(target.raw_payload_id) is None:
        rows = wrapped(
            "No event up to here names that payload. Esc goes back to the event.", width, "warning", 1
        )
    elif born:
        seq = view.trace.history.events.seqs[born]
        rows = [line(Piece(" named by ", "dim"), Piece(f"#{seq}", "link"), target=ToEvent(born))]
    return JoinedLines(
        LineList(title, rows, "Esc: the event"),
        *_payload(view, target.raw_payload_id, width, opened=True),
    )


# -- an opened object ----------------------------------------------------------------


def _opened_object(view: View, target: ToObject, found: Object, width: int) -> LensLines:
    """All of an object: its text, its values, its payloads."""
    words = label(view.trace.history, target)
    parts: list[LensLines] = [LineList(f"raw  {words.text}", (), "Esc: the event")]
    text = object_text(view, found)
    if text is not None and text.text:
        lines = TextLines(text, width)
        fold = Fold(f"raw:{target.id}:text")
        opened = fold.key not in view.folds
        told = f"  {size(text.size)}, {count(lines.lines, 'line')}"
        heading = line(
            Piece("v " if opened else "> ", "dim"),
            Piece(text.name, "heading"),
            Piece(told, "dim"),
            target=fold,
        )
        parts.append(LineList("", (clipped(heading, width),)))
        if opened:
            parts += [lines, LineList("", (NOTHING,))]
    own = tuple(field_line(one, width) for one in fields(Facts(view), found))
    parts.append(LineList("", (line(Piece("values", "heading")), *own)))
    item_source = ()
    if isinstance(found, ConversationItem):
        item_source = ()
    seen: dict[str, None] = {}
    for name in _PAYLOAD_FIELDS:
        given = getattr(found, name, None)
        for one in (given,) if isinstance(given, str) else given or ():
            seen[one] = None
    for one in (*item_source, *seen):
        parts += _payload(view, one, width, opened=False)
    return JoinedLines(*parts)
