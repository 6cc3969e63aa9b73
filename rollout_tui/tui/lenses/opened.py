"""What Enter on a line shows: an object or a payload with all that belongs to it."""

from __future__ import annotations

from functools import partial

import msgspec

from rollout_tui.graph.objects import ConversationItem, Object, Thread
from rollout_tui.tui.drawing.lens import JoinedLines, LensLines, LineList, View
from rollout_tui.tui.drawing.lines import NOTHING, Line, Piece, line
from rollout_tui.tui.drawing.targets import ToEvent, ToObject, ToPayload
from rollout_tui.tui.keys import with_keys
from rollout_tui.tui.lenses.inspector import field_line
from rollout_tui.tui.lenses.sections import json_section, payload_section, payloads_of, text_section
from rollout_tui.tui.objects.facts import Facts
from rollout_tui.tui.objects.fields import fields
from rollout_tui.tui.objects.labels import label, payload_name
from rollout_tui.tui.objects.object_text import object_text
from rollout_tui.tui.texts.documents import item_document, source_size, text_document
from rollout_tui.tui.texts.json_tree import JsonValue, parsed

OPEN_PAYLOADS = 2
"""Payloads of an object without a text of its own that are shown open."""
BACK = "{cancel}: the event"


def opened_object(view: View, target: ToObject, found: Object, width: int) -> LensLines:
    """The text of an object, then its payloads, its values, and its JSON in the reduced state."""
    words = label(view.trace.history, target)
    parts: list[LensLines] = [LineList(f"raw  {words.text}", (), with_keys(BACK))]
    text = object_text(view, found)
    has_text = text is not None and bool(text.text)
    if text is not None and has_text and text.language == "json":
        document = partial(text_document, view.trace, target.id, text.text)
        parts += json_section(
            view, text.name, document, f"raw:{target.id}:text", width, opened=True, gap=False
        )
    elif text is not None and has_text:
        parts += text_section(view, text, f"raw:{target.id}:text", width)
    for number, raw_payload_id in enumerate(payloads_of(found)):
        opened = not has_text and number < OPEN_PAYLOADS
        parts += payload_section(view, raw_payload_id, width, opened=opened, gap=number > 0 or has_text)
    if isinstance(found, ConversationItem) and source_size(view.trace, found):
        recorded = partial(item_document, view.trace, found)
        parts += json_section(
            view, "item as recorded", recorded, f"raw:{target.id}:item", width, opened=False
        )
    own = tuple(field_line(one, width) for one in fields(Facts(view), found))
    gap = (NOTHING,) if len(JoinedLines(*parts)) else ()
    parts.append(LineList("", (*gap, line(Piece("values", "heading")), *own)))
    parts += json_section(
        view, "reduced state", partial(_state, view, found), f"raw:{target.id}:state", width, opened=False
    )
    return JoinedLines(*parts)


def _state(view: View, found: Object) -> JsonValue:
    """An object as the reduced state has it."""
    whole = view.snapshot.threads[found.thread_id] if isinstance(found, Thread) else found
    return parsed(msgspec.json.encode(whole, enc_hook=list))


def opened_payload(view: View, target: ToPayload, width: int) -> LensLines:
    """A payload and the event that named it first."""
    born = view.trace.history.payloads.born(target.raw_payload_id)
    rows: list[Line] = []
    if born and born <= view.event:
        seq = view.trace.history.events.seqs[born]
        rows = [line(Piece(" named by ", "dim"), Piece(f"#{seq}", "link"), target=ToEvent(born))]
    return JoinedLines(
        LineList(f"raw  {payload_name(target.raw_payload_id)}", rows, with_keys(BACK)),
        *payload_section(view, target.raw_payload_id, width, opened=True),
    )
