"""What a pane is about when nothing is chosen: the object that the event at the cursor concerns."""

from __future__ import annotations

from typing import Any, TypeVar, cast

from rollout_tui.debugger.lookup import as_of
from rollout_tui.debugger.moving.related import subject_of
from rollout_tui.debugger.spans.event_families import ABOUT
from rollout_tui.debugger.spans.span_tree import SPAN_OBJECTS
from rollout_tui.graph.history import History
from rollout_tui.graph.objects import (
    Object,
)
from rollout_tui.graph.snapshot import Snapshot
from rollout_tui.trace.spine import references_of
from rollout_tui.tui.drawing.lens import Selection, View
from rollout_tui.tui.drawing.targets import ToObject, ToPayload

T = TypeVar("T", bound=Object)


def subject(view: View) -> Selection | None:
    """What was chosen, else what the event is about; None when that is nothing but the event itself."""
    return view.selection or about(view)


def about(view: View) -> Selection | None:
    """What the event at the cursor is about."""
    if not view.event:
        return None
    event_type = view.snapshot.event_type
    if event_type == "history_item_accepted":
        accepted = subject_of(view.trace, view.spans, view.event)
        return ToObject(accepted.kind, accepted.id) if accepted else None
    kinds = ABOUT.get(event_type, ())
    touched = {change.kind: change.id for change in reversed(view.snapshot.touched())}
    for kind in kinds:
        if kind in touched:
            return ToObject(kind, touched[kind])
    if kinds:
        span = view.spans.span(view.spans.span_of(view.event)) if view.event <= view.spans.head else None
        found = SPAN_OBJECTS.get(span.kind) if span else None
        if span and found in kinds and span.id:
            return ToObject(found, span.id)
        return None
    references = references_of(view.trace.events[view.event - 1])
    return ToPayload(references[0].raw_payload_id) if references else None


def find(snapshot: Snapshot, kind: type[T], object_id: str | None) -> T | None:
    """An object of the graph as of the snapshot, None when it is not there yet."""
    return as_of(snapshot.history, kind, object_id, snapshot.event)


def born(history: History, kind: type[Object], object_id: str) -> int:
    """The event that created an object; it must exist."""
    return history.born(cast(int, history.handle(kind, object_id)))


def ended(history: History, found: Any) -> int | None:
    """The event that ended an object with an execution window, None while it runs."""
    seq = found.execution.ended_seq
    return None if seq is None else history.events.ordinal_of(seq)
