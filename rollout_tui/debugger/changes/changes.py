"""What an event changed: as rows (object, field, before, after), and in words (`in_words`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from rollout_tui.debugger.changes.net_changes import Changed, list_change, net_changes
from rollout_tui.debugger.kinds import KIND_NAMES
from rollout_tui.graph.history import History
from rollout_tui.graph.ids import IdView
from rollout_tui.graph.values import Body
from rollout_tui.immutable import Value
from rollout_tui.trace.json_text import json_text


class ChangeRow(NamedTuple):
    """One changed field.

    `path` is the field (`execution.status`), empty when the object was created. `before` and `after` are its
    values as text, None where there is none; for lists of ids they are lengths, `added` and `removed` the
    ids.
    """

    kind: str
    id: str
    path: str
    before: str | None = None
    after: str | None = None
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def changes(history: History, event: int) -> list[ChangeRow]:
    """What the event at ordinal `event` changed, field by field, in order."""
    return [row for changed in net_changes(history, event) for row in _rows(changed)]


def _rows(changed: Changed) -> Iterator[ChangeRow]:
    kind = KIND_NAMES[changed.kind]
    if not changed.field:
        yield ChangeRow(kind, changed.id, "")
        return
    after = getattr(changed.now, changed.field)
    if isinstance(after, Value) and not isinstance(after, Body):
        before = changed.before if type(changed.before) is type(after) else None
        if before is None and (tag := _tag(after)) is not None:
            yield ChangeRow(kind, changed.id, f"{changed.field}.type", _tag(changed.before), tag)
        for name in after.__struct_fields__:
            old, new = getattr(before, name, None), getattr(after, name)
            if old != new:
                yield ChangeRow(kind, changed.id, f"{changed.field}.{name}", _text(old), _text(new))
    elif _is_ids(after) or _is_ids(changed.before):
        added, removed = list_change(changed.before or (), after or ())
        lengths = (f"{len(changed.before or ())}", f"{len(after or ())}")
        yield ChangeRow(kind, changed.id, changed.field, *lengths, added, removed)
    else:
        yield ChangeRow(kind, changed.id, changed.field, _text(changed.before), _text(after))


def _is_ids(value: Any) -> bool:
    return isinstance(value, IdView) or (
        isinstance(value, tuple) and bool(value) and all(isinstance(one, str) for one in value)
    )


def _tag(value: Any) -> str | None:
    """Which of several a value is, where it can be one of them."""
    tag = value.__struct_config__.tag if isinstance(value, msgspec.Struct) else None
    return tag if isinstance(tag, str) else None


def _text(value: Any) -> str | None:
    if value is None or value is msgspec.UNSET:
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, Body):
        return "\n".join(
            str(getattr(part, "text", getattr(part, "source", getattr(part, "label", ""))))
            for part in value.parts
        )
    return json_text(value).decode()
