"""The inspector: one object with its values and links, what the event changed, and the object's whole text.

Lens functions may hold text of the trace as it is: the pane makes it printable. Widths are those of
printable text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rollout_tui.debugger.findings.finding import Finding
from rollout_tui.debugger.findings.finding_codes import MARKS
from rollout_tui.graph.history import History
from rollout_tui.graph.objects import Object
from rollout_tui.graph.snapshot import Snapshot
from rollout_tui.trace.payloads import PayloadProblem
from rollout_tui.tui.drawing.lens import JoinedLines, LensLines, LineList, View
from rollout_tui.tui.drawing.lines import (
    FLEXIBLE,
    NOTHING,
    Cell,
    Line,
    Piece,
    clipped,
    line,
    paragraph,
    row,
    wrapped,
)
from rollout_tui.tui.drawing.targets import ToEvent, ToLens, ToObject, ToPayload
from rollout_tui.tui.keys import with_keys
from rollout_tui.tui.lenses.changed import changed_lines, later_lines
from rollout_tui.tui.lenses.recorded import findings_about
from rollout_tui.tui.lenses.sections import BEGINNING, beginning
from rollout_tui.tui.objects.facts import Facts, Field
from rollout_tui.tui.objects.fields import fields
from rollout_tui.tui.objects.labels import STATUS_STYLES, label, payload_name
from rollout_tui.tui.objects.object_text import Text, object_text
from rollout_tui.tui.objects.subject import find, subject
from rollout_tui.tui.texts.documents import payload_document
from rollout_tui.tui.texts.json_rows import JsonRows
from rollout_tui.tui.texts.json_tree import parsed
from rollout_tui.tui.texts.text_lines import TextLines
from rollout_tui.tui.texts.text_rows import TextRows
from rollout_tui.words import count, since_start, size

NAME_WIDTH = 11
CAUSE_ROWS = 3
"""Rows of what the cause of a finding says."""
LONGEST_TEXT = 200_000
"""Characters of a text that the inspector shows."""
ALL_OF_IT = "... {open}, then {lens_raw} for all of it"


def inspector(view: View, width: int) -> LensLines:
    """What is chosen, else what the event at the cursor is about."""
    if not view.event:
        return LineList("inspector", (), empty="No event yet. Nothing to inspect.")
    target = subject(view)
    parts: list[LensLines] = []
    head = LineList(
        "inspector", _event_lines(view, width), with_keys("{cancel} lets go") if view.held else ""
    )
    if target is None:
        parts = [changed_lines(view, None, width)]
    elif isinstance(target, ToPayload):
        parts = [_payload(view, target, width)]
    else:
        found = _find(view.snapshot, target)
        parts = [_missing(view, target, width)] if found is None else _object(view, target, found, width)
    return JoinedLines(head, *parts)


def _event_lines(view: View, width: int) -> Iterator[Line]:
    snapshot = view.snapshot
    events = snapshot.history.events
    yield row(
        width,
        Cell(f"#{snapshot.seq}", "heading"),
        Cell(snapshot.event_type, "strong", FLEXIBLE),
        Cell(since_start(snapshot.time_ms - events.times[1]), "dim", drop=1),
        target=ToLens("raw"),
    )


def _find(snapshot: Snapshot, target: ToObject) -> Object | None:
    return find(snapshot, target.kind, target.id)


# -- an object ---------------------------------------------------------------------


def _object(view: View, target: ToObject, found: Object, width: int) -> list[LensLines]:
    history = view.snapshot.history
    rows: list[Line] = [_name_line(history, target, found, width)]
    for finding in findings_about(view, target):
        rows.append(line(Piece(f"{MARKS[finding.severity]} #{finding.seq} {finding.code}", finding.severity),
                         target=ToEvent(finding.event)))  # fmt: skip
        rows += [line(f"  {text}") for text in TextRows(finding.message, width - 2)]
        rows += _cause(view, finding, width)
    rows += [field_line(one, width) for one in fields(Facts(view), found)]
    parts: list[LensLines] = [LineList("", rows)]
    if view.hindsight:
        parts.append(LineList("", later_lines(view, target, width)))
    parts.append(changed_lines(view, target, width))
    text = object_text(view, found)
    if text is not None and text.text:
        parts += _text(view, text, target, width)
    return parts


def _cause(view: View, finding: Finding, width: int) -> list[Line]:
    """What a finding came from in the end, which opens; nothing later than the cursor."""
    first = finding.cause()
    if first is None or first.event > view.event:
        return []
    head = line(f"  caused by #{first.seq} {first.code}")
    said = paragraph(first.message, width, CAUSE_ROWS, indent=4)
    return [one._replace(target=ToEvent(first.event)) for one in (clipped(head, width), *said)]


def _text(view: View, text: Text, target: ToObject, width: int) -> list[LensLines]:
    """The whole text, of a very long one the beginning: a step must not wait for megabytes."""
    if text.language == "json" and not text.unread and text.size <= LONGEST_TEXT:
        document = parsed(text.text.encode(errors="surrogatepass"))
        heading = line(Piece(text.name, "heading"), Piece(f"  JSON {size(text.size)}", "dim"), target=target)
        tree = JsonRows(document, f"inspector:{target.id}", view.folds, width)
        return [LineList("", (NOTHING, clipped(heading, width))), tree]
    shown = text._replace(text=text.text[:LONGEST_TEXT])
    rows = TextLines(shown, width)
    cut = len(shown.text) < len(text.text)
    told = size(text.size) if cut else f"{size(text.size)}, {count(rows.lines, 'line')}"
    if text.unread:
        told = f"its beginning; all of it ({size(text.unread)}) is being read"
    heading = line(Piece(text.name, "heading"), Piece(f"  {told}", "dim"), target=target)
    parts: list[LensLines] = [LineList("", (NOTHING, clipped(heading, width))), rows]
    if cut:
        more = clipped(line(Piece(with_keys(ALL_OF_IT), "link"), target=target), width)
        parts.append(LineList("", (more,)))
    return parts


def _name_line(history: History, target: ToObject, found: Any, width: int) -> Line:
    words = label(history, target)
    window = getattr(found, "execution", None)
    status = getattr(found, "runtime_status", window.status if window else "")
    return row(
        width,
        Cell(words.text, f"{words.style} strong", FLEXIBLE),
        Cell(status, STATUS_STYLES.get(status, "")),
        target=target,
    )


def field_line(one: Field, width: int) -> Line:
    """A named value."""
    name = Cell(f" {one.name}", "dim", NAME_WIDTH)
    if not one.more:
        return row(width, name, Cell(one.text, one.style, FLEXIBLE), target=one.target)
    return row(width, name, Cell(one.text, one.style), Cell(one.more, "dim", FLEXIBLE), target=one.target)


def _missing(view: View, target: ToObject, width: int) -> LensLines:
    """An object that is not known yet at the cursor."""
    history = view.snapshot.history
    handle = history.handle(target.kind, target.id)
    if handle is None:
        return LineList("", wrapped("That object is not in this recording.", width, "dim", 1))
    born = history.born(handle)
    words = label(history, target)
    seq = history.events.seqs[born]
    return LineList(
        "",
        (
            line(Piece(words.text, words.style), target=target),
            *wrapped(f"Not known yet here: it appears at #{seq}.", width, "warning", 1),
            field_line(Field("appears", f"#{seq}", "link", ToEvent(born)), width),
        ),
    )


def _payload(view: View, target: ToPayload, width: int) -> LensLines:
    name = payload_name(target.raw_payload_id)
    reference = view.snapshot.payload(target.raw_payload_id)
    if reference is None:
        return LineList("", wrapped(f"No event up to here names {name}.", width, "dim", 1))
    born = view.snapshot.history.payloads.born(target.raw_payload_id) or 0
    try:
        document = payload_document(view.trace, view.snapshot, target.raw_payload_id)
    except PayloadProblem as problem:
        told = wrapped(f"{problem.code}: {problem.reason}", width, "error", 1)
        return LineList("", (line(Piece(name, "link"), target=target), *told))
    whole = view.trace.payloads.size(reference.path) if document is None else document.size
    head = [
        line(Piece(name, "strong link"), target=target),
        field_line(Field("kind", reference.kind.type), width),
        field_line(Field("size", size(whole) + (", being read" if document is None else "")), width),
        field_line(Field("file", reference.path, "dim"), width),
        *(field_line(one, width) for one in Facts(view).at("named by", born)),
        NOTHING,
    ]
    if document is None:
        first = view.trace.payloads.read_range(reference.path, 0, BEGINNING)
        return JoinedLines(LineList("", head), *beginning(first, width))
    if document.problem:
        head[-1:] = wrapped(f"not JSON: {document.problem}", width, "error", 1)
    return JoinedLines(
        LineList("", head), JsonRows(document, f"inspector:{target.raw_payload_id}", view.folds, width)
    )
