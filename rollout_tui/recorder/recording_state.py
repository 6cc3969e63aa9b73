"""What all contexts of one recording share: its writer, the ids already used, the threads that are open."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from rollout_tui.recorder.sources import Clock, IdSource
from rollout_tui.recorder.writer import TraceWriter

if TYPE_CHECKING:
    from rollout_tui.recorder.context import Context


class RecordingState:
    """The state of one recording; may be used from any thread."""

    def __init__(self, writer: TraceWriter, new_id: IdSource, clock: Clock) -> None:
        self.writer = writer
        self.new_id = new_id
        self.clock: Clock = lambda: int(clock())
        self._used: set[tuple[str, str]] = set()
        self._numbers: dict[str, int] = {}
        self.open_threads: dict[str, Context] = {}
        self._lock = threading.Lock()

    def claim(self, kind: str, identity: str) -> bool:
        """Take an id for the first time; False, and counted, if it was taken before."""
        first = self._use(kind, identity)
        if not first:
            self.writer.counters.count("calls_ignored", error=f"the {kind} {identity} was recorded before")
        return first

    def first_use(self, text: str) -> bool:
        """Whether a text that may well repeat is seen for the first time."""
        return self._use("", text)

    def _use(self, kind: str, identity: str) -> bool:
        with self._lock:
            size = len(self._used)
            self._used.add((kind, identity))
            return len(self._used) > size

    def next_number(self, series: str) -> int:
        """Return 1, 2, 3, ... for each series."""
        with self._lock:
            self._numbers[series] = number = self._numbers.get(series, 0) + 1
        return number
