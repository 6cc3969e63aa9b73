"""One row per event line: what a list, a ruler or a clock needs without reading the line.

The row number is the ordinal of the event (1..n, blank lines not counted); it is the
key of all history. `seq` is the label people use. In a sound recording both agree.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence

from rollout_tui.trace.events import EVENT_TYPES

_LARGEST = 2**63 - 1


class EventLog:
    """Columns by ordinal; row 0 is the state before any event.

    Rows of a block of lines are added before the block is reduced: readers look no
    further than `History.head`.
    """

    def __init__(self) -> None:
        self.seqs = array("q", [0])
        self.times = array("q", [0])
        self.types = array("B", [0])
        self.offsets = array("Q", [0])
        self._threads = array("I", [0])
        self._turns = array("I", [0])
        self._names: list[str | None] = [None]
        self._name_index: dict[str | None, int] = {None: 0}
        self._by_seq: dict[int, int] | None = None

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
        labels = _extend(self.seqs, seqs)
        _extend(self.times, times)
        self.offsets.extend(offsets)
        self._threads.extend(self._interned(threads))
        self._turns.extend(self._interned(turns))
        if self._by_seq is not None:
            self._by_seq.update(zip(labels, range(ordinal, ordinal + len(labels)), strict=True))
        elif labels[0] != ordinal or labels[-1] != ordinal + len(labels) - 1 or not _counts_up(labels):
            self._by_seq = dict(zip(self.seqs[1:], range(1, len(self.seqs)), strict=True))
        self.types.extend(type_codes)

    def _interned(self, names: Sequence[str | None]) -> Iterable[int]:
        index = self._name_index
        for name in set(names).difference(index):
            index[name] = len(self._names)
            self._names.append(name)
        return map(index.__getitem__, names)

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


def _extend(column: array[int], values: Sequence[int]) -> Sequence[int]:
    """Add values to a 64-bit column, larger ones as the largest that fits; returns what was added."""
    before = len(column)
    try:
        column.extend(values)
    except OverflowError:
        del column[before:]
        values = [max(-_LARGEST, min(_LARGEST, value)) for value in values]
        column.extend(values)
    return values


def _counts_up(values: Sequence[int]) -> bool:
    return list(values) == list(range(values[0], values[0] + len(values)))
