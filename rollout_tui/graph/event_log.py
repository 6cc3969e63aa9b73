"""One row per event line: what a list, a ruler or a clock needs without reading the line.

The row number is the ordinal of the event (1..n, blank lines not counted); it is the
key of all history. `seq` is the label people use. In a sound recording both agree.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from rollout_tui.trace.events import EVENT_TYPES

_LARGEST = 2**63 - 1


class EventLog:
    """Columns by ordinal; row 0 is the state before any event.

    Rows of a block of lines are added before the block is reduced: readers look no
    further than `History.head`. A column is taken afresh from here each time it is asked:
    it can become another object. `seqs` takes no room while every seq is its ordinal.
    """

    def __init__(self) -> None:
        self.seqs: Sequence[int] = range(1)
        self.times = array("q", [0])
        self.types = array("B", [0])
        self.offsets = array("I", [0])
        self._threads = array("H", [0])
        self._turns = array("H", [0])
        self._names: list[str | None] = [None]
        self._name_index: dict[str | None, int] = {None: 0}
        self._by_seq: dict[int, int] | None = None
        self._protocol: dict[str, array[int]] = {}

    def __len__(self) -> int:
        return len(self.types) - 1

    def extend(
        self,
        seqs: Sequence[int],
        times: Sequence[int],
        type_codes: Iterable[int],
        threads: Sequence[str | None],
        turns: Sequence[str | None],
        offsets: Iterable[int],
    ) -> None:
        """Add the rows of the next events, one entry of each column an event."""
        ordinal = len(self.types)
        self._label(ordinal, seqs)
        _extend_cut(self.times, times)
        self.offsets = _extended(self.offsets, list(offsets), "Q")
        self._threads = _extended(self._threads, self._interned(threads), "I")
        self._turns = _extended(self._turns, self._interned(turns), "I")
        self.types.frombytes(bytes(type_codes))

    def _label(self, ordinal: int, seqs: Sequence[int]) -> None:
        after = range(ordinal, ordinal + len(seqs))
        if self._by_seq is None:
            if seqs == after or list(seqs) == list(after):
                self.seqs = range(after.stop)
                return
            self._by_seq = dict(zip(self.seqs[1:], range(1, ordinal), strict=True))
            self.seqs = array("q", self.seqs)
        assert isinstance(self.seqs, array)
        _extend_cut(self.seqs, seqs)
        self._by_seq.update(zip(self.seqs[ordinal:], after, strict=True))

    def _interned(self, names: Sequence[str | None]) -> list[int]:
        index = self._name_index
        try:
            return list(map(index.__getitem__, names))
        except KeyError:
            for name in names:
                if name not in index:
                    index[name] = len(self._names)
                    self._names.append(name)
            return list(map(index.__getitem__, names))

    def type(self, ordinal: int) -> str:
        """Event type, `unreadable` or `unknown`; empty for ordinal 0."""
        return EVENT_TYPES[self.types[ordinal]] if ordinal else ""

    def thread_id(self, ordinal: int) -> str | None:
        """Thread of the envelope."""
        return self._names[self._threads[ordinal]]

    def codex_turn_id(self, ordinal: int) -> str | None:
        """Turn of the envelope."""
        return self._names[self._turns[ordinal]]

    def thread_names(self, start: int, stop: int) -> Iterator[str | None]:
        """Threads of the envelopes of events start <= event < stop."""
        return map(self._names.__getitem__, self._threads[start:stop])

    def ordinal_of(self, seq: int) -> int | None:
        """The event line that carries `seq`; of several, the last one; None if there is none."""
        if self._by_seq is not None:
            return self._by_seq.get(seq)
        return seq if 1 <= seq <= len(self) else None

    # -- events of the client protocol, by the type they carry inside --------------------

    def add_protocol(self, ordinal: int, event_type: str) -> None:
        """The event is one of the client protocol, of that type of its own; in ascending order."""
        events = self._protocol.get(event_type)
        if events is None:
            events = self._protocol[event_type] = array("I")
        events.append(ordinal)

    def protocol(self, event_type: str, start: int, stop: int) -> Sequence[int]:
        """Events start <= event < stop of the client protocol that are of a type."""
        events = self._protocol.get(event_type, ())
        return events[bisect_left(events, start) : bisect_left(events, stop)]


def _extended(column: array[int], values: Sequence[int], wider: str) -> array[int]:
    """The column with values added, of the wider type where they do not fit."""
    try:
        added = array(column.typecode, values)
    except OverflowError:
        column, added = array(wider, column), array(wider, values)
    column.extend(added)
    return column


def _extend_cut(column: array[int], values: Sequence[int]) -> None:
    """Add values to a 64-bit column, larger ones as the largest that fits."""
    try:
        added = array("q", values)
    except OverflowError:
        added = array("q", [max(-_LARGEST, min(_LARGEST, value)) for value in values])
    column.extend(added)
