"""Sequences whose members are made when they are asked for."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TypeVar, overload

T = TypeVar("T")


class OnDemand(Sequence[T]):
    """A sequence that is told by its length and one member at a time."""

    __slots__ = ()

    @abstractmethod
    def member(self, index: int) -> T:
        """Member `index`, from 0 to below the length."""

    def members(self, indexes: range) -> list[T]:
        """Several members."""
        return [self.member(at) for at in indexes]

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self):,}>"

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: int | slice) -> T | list[T]:
        if isinstance(index, slice):
            return self.members(range(*index.indices(len(self))))
        at = index + len(self) if index < 0 else index
        if not 0 <= at < len(self):
            raise IndexError(index)
        return self.member(at)
