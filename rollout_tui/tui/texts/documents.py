"""Event lines, payload bodies and texts as JSON values, the last few kept: folds ask again and again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rollout_tui.debugger.context.item_text import raw_item
from rollout_tui.debugger.evidence import body_size
from rollout_tui.graph.history import item_number
from rollout_tui.graph.objects import ConversationItem
from rollout_tui.graph.snapshot import Snapshot
from rollout_tui.trace.payloads import PayloadProblem
from rollout_tui.tui.texts.json_rows import JsonRows
from rollout_tui.tui.texts.json_tree import JsonValue, parsed
from rollout_tui.tui.texts.making import Key, making

if TYPE_CHECKING:
    from rollout_tui.recording import Trace

_WIDTH = 80
"""Cells; any will do: rows of each width have the same members open."""


def event_document(trace: Trace, event: int) -> JsonValue:
    """The line of the event at ordinal `event`. Raises OSError when the spine is gone."""
    offsets = trace.history.events.offsets
    size = offsets[event + 1] - offsets[event] if event < trace.history.head else 0
    key = (trace.generation, "event", event)
    return _at_once(trace, key, size, lambda: parsed(trace.events.raw(event - 1)))


def payload_document(trace: Trace, snapshot: Snapshot, raw_payload_id: str) -> JsonValue | None:
    """The body of a payload that an event up to the snapshot's names, None while a very large one is read.

    Raises PayloadProblem.
    """
    reference = snapshot.payload(raw_payload_id)
    if reference is None:
        raise PayloadProblem("payload_missing", raw_payload_id, "no event up to here names it")
    path, key = reference.path, _payload_key(trace, reference.path)
    size = trace.payloads.size(path)
    refused = size > trace.payloads.largest
    return making(trace).get(key, size, lambda: _unfolded(trace.payloads.read(path)), at_once=refused)


def _unfolded(data: bytes) -> JsonValue:
    """A document with all that its rows show at first already looked at: that costs a pass for each level."""
    document = parsed(data)
    JsonRows(document, "", frozenset(), _WIDTH)
    return document


def is_crowded_out(trace: Trace, path: str) -> bool:
    """Whether a payload is not read because others that are shown take the room."""
    return making(trace).is_crowded_out(_payload_key(trace, path))


def _payload_key(trace: Trace, path: str) -> Key:
    return trace.generation, "payload", path


def source_size(trace: Trace, item: ConversationItem) -> int:
    """Bytes of the payload that an item was first seen in, 0 where it cannot be read."""
    return body_size(trace, trace.history.items.source_payload[item_number(item.item_id)])


def item_document(trace: Trace, item: ConversationItem) -> JsonValue:
    """An item as it was first sent or received; where that cannot be read, null."""
    key = (trace.generation, "item", item.item_id)
    return _at_once(trace, key, source_size(trace, item), lambda: parsed(raw_item(trace, item) or b"null"))


def text_document(trace: Trace, name: str, text: str) -> JsonValue:
    """A text of the recording, known by a name of its own."""
    key = (trace.generation, "text", name, hash(text))
    return _at_once(trace, key, len(text), lambda: parsed(text.encode(errors="surrogatepass")))


def _at_once(trace: Trace, key: Key, size: int, make: Callable[[], JsonValue]) -> JsonValue:
    """A document that is kept, made now where it is not."""
    found = making(trace).get(key, size, make, at_once=True)
    assert found is not None
    return found
