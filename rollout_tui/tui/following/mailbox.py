"""What threads tell a screen: the latest of each kind, so that nothing piles up while it is held up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """Threads put news in, the screen takes them out; `ring` is called when there is something to take.

    A terminal that takes no output holds the screen up for as long as it pleases: of each kind of news only
    the last one waits for it.
    """

    def __init__(self, ring: Callable[[], object]) -> None:
        self._ring = ring
        self._lock = threading.Lock()
        self._waiting: dict[type[T], T] = {}

    def put(self, news: T) -> None:
        """Leave news; what is of the same kind and was not taken yet is void."""
        with self._lock:
            rung = bool(self._waiting)
            self._waiting.pop(type(news), None)
            self._waiting[type(news)] = news
        if not rung:
            self._ring()

    def take(self) -> list[T]:
        """What was left since the last time, in the order it came."""
        with self._lock:
            taken = list(self._waiting.values())
            self._waiting.clear()
        return taken
