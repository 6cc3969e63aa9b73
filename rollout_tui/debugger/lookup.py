"""An object of the graph by its kind and id: with its latest fields, or as of an event."""

from __future__ import annotations

from typing import TypeVar, cast

from rollout_tui.graph.history import History
from rollout_tui.graph.objects import ConversationItem, Object

T = TypeVar("T", bound=Object)


def latest(history: History, kind: type[T], object_id: str | None) -> T | None:
    """The object itself, with its latest fields; None when there is none."""
    handle = None if object_id is None else history.handle(kind, object_id)
    return None if handle is None else cast(T, history.objects[handle])


def item_at(history: History, number: int) -> ConversationItem:
    """The conversation item with that creation number (from 0), with its latest fields."""
    return cast(ConversationItem, history.objects[history.collections[ConversationItem].order[number]])


def as_of(history: History, kind: type[T], object_id: str | None, event: int) -> T | None:
    """A copy of the object with its fields as of `event` (ordinal); None when it is not there by then."""
    handle = None if object_id is None else history.handle(kind, object_id)
    if handle is None or history.born(handle) > event:
        return None
    return cast(T, history.as_of(handle, event))
