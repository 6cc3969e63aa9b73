"""What is made of large bodies for the screen: kept, and of very large ones made by a thread.

A screen that sets `told` gets `None` for what takes long, shows a beginning instead, and is told when the
rest is there. Where nobody is to be told, everything is made at once.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from rollout_tui.recording import Trace

T = TypeVar("T")

LARGE = 8_000_000
"""Bytes of a body from which on it is made by a thread: parsing as much takes longer than a frame."""
MOST = 16
MOST_BYTES = 160_000_000
"""So many things, made of so many bytes, are kept; the last one in any case."""
CROWDING = 1_000_000
"""Of so many bytes something takes room that others could have."""

Key = tuple[object, ...]


class _Kept(NamedTuple):
    """Something made of `size` bytes, and when it was asked for last."""

    size: int
    made: object
    asked: int


class Making:
    """What was made for one trace, what was asked for last at the end."""

    def __init__(self) -> None:
        self.told: Callable[[], object] | None = None
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()
        self._under_way: Key | None = None
        # What had to make room for others, and when it was asked for last: while those are asked for too,
        # making it again would only make them go.
        self._crowded_out: dict[Key, int] = {}
        self._asked = count()
        self._lock = threading.Lock()

    def get(
        self, key: Key, size: int, make: Callable[[], T], *, large: int = LARGE, at_once: bool = False
    ) -> T | None:
        """What `make` makes of `size` bytes, None while a thread makes it; raises what `make` raises."""
        with self._lock:
            now = next(self._asked)
            found = self._kept.get(key)
            if found is not None:
                self._kept[key] = found._replace(asked=now)
                self._kept.move_to_end(key)
                if isinstance(found.made, Exception):
                    raise found.made
                return cast(T, found.made)
            if self.told is not None and size >= large and not at_once:
                self._begin(key, size, make, now)
                return None
        made = make()
        self._keep(key, size, made, now)
        return made

    def is_crowded_out(self, key: Key) -> bool:
        """Whether something is not made because what else is asked for takes the room."""
        return key in self._crowded_out

    def _begin(self, key: Key, size: int, make: Callable[[], object], now: int) -> None:
        """Make it in a thread, one thing after the other: each can take a lot of memory."""
        before = self._crowded_out.get(key)
        if before is not None:
            self._crowded_out[key] = now
            if any(one.asked > before for one in self._kept.values() if one.size >= CROWDING):
                return
        if self._under_way is None:
            self._crowded_out.pop(key, None)
            self._under_way = key
            work = (key, size, make, now)
            threading.Thread(target=self._make, args=work, name="making", daemon=True).start()

    def _make(self, key: Key, size: int, make: Callable[[], object], asked: int) -> None:
        try:
            made = make()
        except Exception as error:
            # The frames of a traceback would keep the trace.
            made = error.with_traceback(None)
        self._keep(key, size, made, asked)
        self._under_way = None
        if self.told is not None:
            self.told()

    def _keep(self, key: Key, size: int, made: object, asked: int) -> None:
        with self._lock:
            self._kept[key] = _Kept(size, made, asked)
            while len(self._kept) > MOST or (len(self._kept) > 1 and self._bytes() > MOST_BYTES):
                gone, kept = self._kept.popitem(last=False)
                if kept.size >= CROWDING:
                    self._crowded_out[gone] = kept.asked

    def _bytes(self) -> int:
        return sum(one.size for one in self._kept.values())


_makings: WeakKeyDictionary[Trace, Making] = WeakKeyDictionary()


def making(trace: Trace) -> Making:
    """What is made for a trace."""
    return _makings.setdefault(trace, Making())
