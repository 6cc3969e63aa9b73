"""What an event changed in the end: fields as it found and left them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from rollout_tui.graph.history import History, object_id
from rollout_tui.graph.ids import common_prefix
from rollout_tui.graph.objects import Object


class Changed(NamedTuple):
    """One field as the event found it and left it; field "" stands for the creation."""

    kind: type[Object]
    id: str
    field: str
    before: Any
    now: Any


def net_changes(history: History, event: int) -> Iterator[Changed]:
    """Net changes: a field that an event sets twice is there once."""
    before: dict[tuple[int, str], Any] = {}
    for _, handle, field, value in history.notes(event, event + 1):
        before.setdefault((handle, field), value)
    for (handle, field), value in before.items():
        now = history.as_of(handle, event)
        after = getattr(now, field) if field else now
        if not field or after != value:
            kind = type(now)
            yield Changed(kind, object_id(history.objects[handle]), field, value, now)


def list_change(before: Any, after: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(added, removed) ids between two lists; costs what differs."""
    kept = common_prefix(before, after)
    old, new = before[kept:], after[kept:]
    in_old, in_new = set(old), set(new)
    return tuple(one for one in new if one not in in_old), tuple(one for one in old if one not in in_new)
