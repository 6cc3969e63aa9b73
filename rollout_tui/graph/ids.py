"""Lists of ids that grow without copying what they already hold.

Requests repeat the whole conversation, so an id list per request would be
quadratic in memory. An `IdView` is a prefix of a list that later views extend in
place; short lists are plain tuples.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from rollout_tui.on_demand import OnDemand

SHORT = 8
# Looking for an id in a longer view makes an index of it.
INDEXED = 64


class Backing(list[str]):
    """The list behind views, with an index of its entries once one is looked for in a long view."""

    __slots__ = ("_indexed", "_places")

    def __init__(self, items: Iterable[str]) -> None:
        super().__init__(items)
        self._places: dict[str, int] = {}
        self._indexed = 0

    def place(self, one: str) -> int:
        """Where an id stands first; behind the end when it is not there."""
        for at in range(self._indexed, len(self)):
            self._places.setdefault(self[at], at)
            self._indexed = at + 1
        return self._places.get(one, len(self))


class IdView(OnDemand[str]):
    """The first `length` entries of `items`; entries below `length` never change."""

    __slots__ = ("items", "length")

    def __init__(self, items: Backing, length: int) -> None:
        self.items = items
        self.length = length

    def __len__(self) -> int:
        return self.length

    def member(self, index: int) -> str:
        """The entry at `index`."""
        return self.items[index]

    def members(self, indexes: range) -> list[str]:
        """Several entries."""
        if indexes.step == 1:
            return self.items[indexes.start : indexes.stop]
        return super().members(indexes)

    def __iter__(self) -> Iterator[str]:
        return iter(self.items[: self.length])

    def __contains__(self, one: object) -> bool:
        if self.length <= INDEXED:
            return one in self.items[: self.length]
        return isinstance(one, str) and self.items.place(one) < self.length

    def __eq__(self, other: object) -> bool:
        if isinstance(other, IdView) and other.items is self.items:
            return other.length == self.length
        return isinstance(other, (IdView, tuple, list)) and list(self) == list(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"IdView({list(self)!r})"


Ids: TypeAlias = tuple[str, ...] | IdView


def extended(ids: Ids, more: Iterable[str]) -> Ids:
    """`ids` with `more` at the end; `ids` itself is unchanged.

    The backing list is shared when `ids` ends where that list ends, else copied.
    """
    added = tuple(more)
    if not added:
        return ids
    if isinstance(ids, tuple):
        if len(ids) + len(added) <= SHORT:
            return ids + added
        items = Backing((*ids, *added))
        return IdView(items, len(items))
    items = ids.items if ids.length == len(ids.items) else Backing(ids.items[: ids.length])
    items.extend(added)
    return IdView(items, len(items))


def with_id(ids: Ids, added: str) -> Ids:
    """`ids` with `added` at the end, or `ids` itself when it is already there."""
    if added in ids:
        return ids
    if isinstance(ids, tuple) and len(ids) < SHORT:
        return (*ids, added)
    return extended(ids, (added,))


def without_id(ids: Ids, removed: str) -> Ids:
    """`ids` without `removed`."""
    return extended((), [one for one in ids if one != removed])


def place_in(ids: Ids, one: str) -> int | None:
    """Where an id stands first in `ids`, None when it is not there."""
    if one not in ids:
        return None
    return ids.index(one) if isinstance(ids, tuple) else ids.items.place(one)


def common_prefix(a: Sequence[str], b: Sequence[str]) -> int:
    """How many leading entries of `a` and `b` are equal; constant time for views of one list."""
    if isinstance(a, IdView) and isinstance(b, IdView) and a.items is b.items:
        return min(a.length, b.length)
    count = 0
    for one, other in zip(a, b, strict=False):
        if one != other:
            break
        count += 1
    return count


def prefix(ids: Ids, length: int) -> Ids:
    """The first `length` entries, sharing what `ids` holds."""
    if length >= len(ids):
        return ids
    return ids[:length] if isinstance(ids, tuple) else IdView(ids.items, length)
