"""What is kept beside a history: indexes, brought up to its head when asked for, and what was worked out."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Protocol, TypeVar, cast

from rollout_tui.graph.history import History
from rollout_tui.graph.objects import Object
from rollout_tui.trace.events import EVENT_TYPES

T = TypeVar("T", bound=Object)
EVENTS_AT_ONCE = 65_536


class Index(Protocol):
    """Something that is known of a history beside its objects."""

    def __init__(self, history: History) -> None: ...

    def update(self) -> None:
        """Take in what was added to the history since the last time."""
        ...


I = TypeVar("I", bound=Index)  # noqa: E741

R = TypeVar("R")

_lock = threading.RLock()


def index_of(history: History, kind: type[I]) -> I:
    """The index of one kind over `history`, up to date with its head. May be called from any thread."""
    with _lock:
        index = history.indexes.get(kind)
        if index is None:
            index = history.indexes[kind] = kind(history)
        index.update()
        return cast(I, index)


def remembered(history: History, kind: type[R]) -> R:
    """What was worked out of `history` and kept in a `kind`, empty at first. From any thread."""
    found: R | None = history.indexes.get(kind)
    return history.indexes.setdefault(kind, kind()) if found is None else found


def created(history: History, kind: type[T], start: int) -> Iterator[tuple[int, int, T]]:
    """(creation number, event, object with its latest fields) of a kind, from creation number `start`.

    Only objects that existed at the head are given.
    """
    collection = history.collections[kind]
    head = history.head
    for number in range(start, len(collection.born)):
        if collection.born[number] > head:
            return
        yield number, collection.born[number], cast(T, history.objects[collection.order[number]])


def stretches(head: int, last: int) -> Iterator[tuple[int, int]]:
    """The events head < event <= last, as stretches start <= event < stop: other threads run in between."""
    for start in range(head + 1, last + 1, EVENTS_AT_ONCE):
        yield start, min(start + EVENTS_AT_ONCE, last + 1)


@cache
def _matcher(types: tuple[str, ...]) -> re.Pattern[bytes]:
    return re.compile(b"[" + b"".join(re.escape(bytes((EVENT_TYPES.index(one),))) for one in types) + b"]")


def events_of_types(history: History, types: Iterable[str], start: int, stop: int) -> Iterator[int]:
    """Ordinals of the events of these types, start <= event < stop; costs next to nothing per other event."""
    column = history.events.types[start:stop].tobytes()
    for match in _matcher(tuple(sorted(types))).finditer(column):
        yield start + match.start()


def count_of_types(history: History, types: Iterable[str], start: int, stop: int) -> int:
    """How many events are of these types, start <= event < stop; a million are counted in a moment."""
    column = history.events.types[start:stop].tobytes()
    return len(column) - len(column.translate(None, bytes(map(EVENT_TYPES.index, types))))
