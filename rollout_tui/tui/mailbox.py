"""What threads tell a screen: the latest of each kind, so that nothing piles up while it is held up."""

from __future__ import annotations

import threading
from collections.abc import Callable

from textual.message import Message


class Mailbox:
    """Threads put messages in, the screen takes them out; `ring` is called when there is something to take.

    A terminal that takes no output holds the screen up for as long as it pleases: of each kind of message
    only the last one waits for it.
    """

    def __init__(self, ring: Callable[[], object]) -> None:
        self._ring = ring
        self._lock = threading.Lock()
        self._waiting: dict[type[Message], Message] = {}

    def put(self, message: Message) -> None:
        """Leave a message; one of its kind that was not taken yet is void."""
        with self._lock:
            rung = bool(self._waiting)
            self._waiting.pop(type(message), None)
            self._waiting[type(message)] = message
        if not rung:
            self._ring()

    def take(self) -> list[Message]:
        """What was left since the last time, in the order it came."""
        with self._lock:
            taken = list(self._waiting.values())
            self._waiting.clear()
        return taken
