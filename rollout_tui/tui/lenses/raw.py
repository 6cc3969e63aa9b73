"""Lens 8: the event line and its payloads as recorded, as JSON that can be folded; an opened object whole."""

from __future__ import annotations

from rollout_tui.system_errors import reason_of
from rollout_tui.trace.events import Event
from rollout_tui.trace.spine import BadLine, references_of
from rollout_tui.tui.drawing.lens import JoinedLines, LensLines, LineList, View
from rollout_tui.tui.drawing.lines import NOTHING, Line, Piece, line, wrapped
from rollout_tui.tui.drawing.targets import Fold, ToObject, ToPayload
from rollout_tui.tui.keys import key_of
from rollout_tui.tui.lenses.opened import opened_object, opened_payload
from rollout_tui.tui.lenses.sections import (
    BEGINNING,
    beginning,
    head_line,
    is_open,
    json_lines,
    payload_section,
    payloads_of,
)
from rollout_tui.tui.objects.labels import label
from rollout_tui.tui.objects.subject import about, find
from rollout_tui.tui.texts.documents import event_document
from rollout_tui.words import count, size

OPEN_PAYLOADS = 3
"""Payloads of an event that are shown open."""
LONGEST_LINE = 32_000_000
"""Bytes; of a longer line that is no event the beginning is shown."""


def raw(view: View, width: int) -> LensLines:
    """The event at the cursor and its payloads; what was opened with Enter instead, as long as it is held."""
    if not view.event:
        return LineList("raw", (), empty="No event yet: the recording is empty so far.")
    target = view.selection if view.held else None
    if isinstance(target, ToPayload):
        return opened_payload(view, target, width)
    if isinstance(target, ToObject):
        found = find(view.snapshot, target.kind, target.id)
        if found is not None:
            return opened_object(view, target, found, width)
        named, lets_go = label(view.trace.history, target).text, key_of("cancel")
        words = f"{named} is not known yet here. {lets_go} lets go of it."
        event = _event(view, width)
        return JoinedLines(LineList(event.title, wrapped(words, width, "warning", 1), event.subtitle), event)
    return _event(view, width)


def _event(view: View, width: int) -> LensLines:
    snapshot = view.snapshot
    found = view.trace.events[view.event - 1]
    own = [reference.raw_payload_id for reference in references_of(found)]
    others = [one for one in _payloads_of_subject(view) if one not in own]
    title = f"raw  #{snapshot.seq} {snapshot.event_type}"
    parts: list[LensLines] = [LineList(title, (), count(len(own), "payload") if own else "no payload")]
    parts += _event_line(view, found, width)
    for number, raw_payload_id in enumerate(own):
        parts += payload_section(view, raw_payload_id, width, opened=number < OPEN_PAYLOADS)
    if others:
        heading = line(Piece("other payloads of the same object", "heading"))
        parts.append(LineList("", (NOTHING, heading)))
        for raw_payload_id in others:
            parts += payload_section(view, raw_payload_id, width, opened=False, gap=False)
    return JoinedLines(*parts)


def _event_line(view: View, found: Event | BadLine, width: int) -> list[LensLines]:
    fold = Fold("raw:event")
    opened = is_open(view, fold, by_default=True)
    where = f"line {view.event:,} of trace.jsonl, from byte {view.trace.history.events.offsets[view.event]:,}"
    head: list[Line] = []
    if isinstance(found, BadLine):
        head += wrapped(found.reason, width, "error", 2)
    try:
        if isinstance(found, BadLine) and found.size > LONGEST_LINE:
            shown, told = beginning(view.trace.events.raw(view.event - 1, BEGINNING), width), found.size
        else:
            document = event_document(view.trace, view.event)
            shown, told = [json_lines(view, document, f"raw:{view.event}", width)], document.size
    except OSError as error:
        words = f"The line cannot be read any more: {reason_of(error)}."
        return [LineList("", wrapped(words, width, "error", 1))]
    title = head_line(f"event #{view.snapshot.seq}", size(told), where, fold, width, opened=opened)
    return [LineList("", (title, *head)), *(shown if opened else ())]


def _payloads_of_subject(view: View) -> list[str]:
    """Payloads of the object that the event is about."""
    target = about(view)
    return (
        list(payloads_of(find(view.snapshot, target.kind, target.id))) if isinstance(target, ToObject) else []
    )
