"""What could not be known of an object at an event, and when it became known.

A call can run before the response that asked for it is recorded, a message between agents before an item
carries it: at that event the evidence is not there yet, whatever the end of the recording says.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from rollout_tui.graph import objects
from rollout_tui.graph.history import History
from rollout_tui.graph.objects import Object
from rollout_tui.graph.values import CodeCellRequester


class Resolution(NamedTuple):
    """Something unresolved: `what` in words, the `event` (ordinal) that resolves it, None where none does."""

    what: str
    event: int | None


_LATER: dict[type[Object], tuple[tuple[str, str], ...]] = {
    objects.ToolCall: (
        ("model_visible_call_item_ids", "the item that asked for it"),
        ("model_visible_output_item_ids", "the item with what it gave the model"),
    ),
    objects.ConversationItem: (("accepted_seq", "its acceptance into the history"),),
}
"""Fields that later evidence fills, by kind."""


def unresolved(history: History, kind: type[Object], object_id: str, event: int) -> Iterator[Resolution]:
    """What is not known of an object at `event` though it is part of it. Nothing for an object not there."""
    handle = history.handle(kind, object_id)
    if handle is None or history.born(handle) > event:
        return
    then = history.as_of(handle, event)
    if isinstance(then, objects.PendingEdge):
        carried = history.handle(objects.InteractionEdge, object_id)
        if carried is None or history.born(carried) > event:
            yield Resolution("the item that carries it", None if carried is None else history.born(carried))
    if isinstance(then, objects.ToolCall) and isinstance(then.requester, CodeCellRequester):
        cell = history.handle(objects.CodeCell, then.requester.code_cell_id)
        if cell is None or history.born(cell) > event:
            yield Resolution("the cell that asked for it", None if cell is None else history.born(cell))
        return
    for field, what in _LATER.get(kind, ()):
        if not _is_set(getattr(then, field)):
            filled = _filled_at(history, handle, field, event)
            # An acceptance that never comes is nothing unresolved: most items have none.
            if filled is not None or kind is not objects.ConversationItem:
                yield Resolution(what, filled)


def _filled_at(history: History, handle: int, field: str, event: int) -> int | None:
    later = (one.event for one in history.changes_of(handle) if one.event > event and one.field == field)
    return next((one for one in later if _is_set(getattr(history.as_of(handle, one), field))), None)


def _is_set(value: object) -> bool:
    return isinstance(value, (int, str)) or (isinstance(value, (list, tuple)) and len(value) > 0)
