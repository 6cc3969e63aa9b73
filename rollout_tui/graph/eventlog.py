"""One row per event line: what a list, a ruler or a clock needs without reading the line.

The row number is the ordinal of the event (1..n, blank lines not counted); it is the
key of all history. `seq` is the label people use. In a sound recording both agree.
"""

from __future__ import annotations

from array import array

from rollout_tui.trace.events import EVENT_TYPES

_LARGEST = 2**63 - 1


class EventLog:
    """Columns by ordinal; row 0 is the state before any event."""

    def __init__(self) -> None:
        self.seqs = array("q", [0])
        self.times = array("q", [0])
        self.types = array("B", [0])
        self.offsets = array("Q", [0])
        self._threads = array("I", [0])
        self._turns = array("I", [0])
        self._names: list[str | None] = [None]
        self._name_index: dict[str, int] = {}
        self._by_seq: dict[int, int] | None = None

    def __len__(self) -> int:
        return len(self.types) - 1

    def append(
        self, seq: int, time_ms: int, type_code: int, thread: str | None, turn: str | None, offset: int
    ) -> int:
        """Add the row of the next event; returns its ordinal."""
        ordinal = len(self.types)
        if not -_LARGEST <= seq <= _LARGEST:
            seq = _LARGEST
        self.seqs.append(seq)
        self.times.append(max(-_LARGEST, min(_LARGEST, time_ms)))
        self.offsets.append(offset)
        self._threads.append(self._interned(thread))
        self._turns.append(self._interned(turn))
        if self._by_seq is not None:
            self._by_seq[seq] = ordinal
        elif seq != ordinal:
            self._by_seq = dict(zip(self.seqs[1:], range(1, ordinal + 1), strict=True))
        self.types.append(type_code)
        return ordinal

    def _interned(self, name: str | None) -> int:
        if name is None:
            return 0
        index = self._name_index.get(name)
        if index is None:
            index = self._name_index[name] = len(self._names)
            self._names.append(name)
        return index

    def type(self, ordinal: int) -> str:
        """Event type, `unreadable` or `unknown`; empty for ordinal 0."""
        return EVENT_TYPES[self.types[ordinal]] if ordinal else ""

    def thread_id(self, ordinal: int) -> str | None:
        """Thread of the envelope."""
        return self._names[self._threads[ordinal]]

    def codex_turn_id(self, ordinal: int) -> str | None:
        """Turn of the envelope."""
        return self._names[self._turns[ordinal]]

    def ordinal_of(self, seq: int) -> int | None:
        """The event line that carries `seq`; of several, the last one; None if there is none."""
        if self._by_seq is not None:
            return self._by_seq.get(seq)
        return seq if 1 <= seq <= len(self) else None
