"""A recording as it is read: the spine line by line into the reducer, what comes late taken in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import Self

import msgspec

from rollout_tui.event_lines import Events, too_long
from rollout_tui.graph.history import History
from rollout_tui.graph.objects import Rollout
from rollout_tui.immutable import Immutable
from rollout_tui.reducer.diagnostics import Diagnostic
from rollout_tui.reducer.fold import Reducer
from rollout_tui.reducer.limits import LARGEST_BODY
from rollout_tui.trace.bundle import Bundle
from rollout_tui.trace.event_payloads import RecordingCompleted
from rollout_tui.trace.late_payloads import LatePayloads
from rollout_tui.trace.memory import MemoryBudget, no_collection, used_up
from rollout_tui.trace.nesting import GrowingTexts
from rollout_tui.trace.payloads import PayloadStore
from rollout_tui.trace.spine import BadLine, decode_block, decode_line
from rollout_tui.trace.tail import LONGEST_LINE, MIB, Change, Growth, SpineTail

LOAD_STEP = MIB // 4
"""Bytes of the spine at a time: its decoded events stay in the processor's cache until they are reduced."""

# Diagnostics of payloads that may be of use later, and whether they could not even be read.
_LATE = {"payload_missing": True, "payload_unreadable": True, "bad_payload": False, "bad_request": False}


class Progress(Immutable):
    """What one step of reading did.

    `events` lines were reduced, up to byte `offset` of the spine. `change` and `reason`
    are those of the tail; after `truncated` or `replaced` the history is a new one. `held`
    counts the bytes of an unterminated last line, `more` says that there is more to read.
    """

    events: int
    offset: int
    change: Change
    reason: str
    held: int
    more: bool


class ReducedSpine:
    """The spine of a bundle, reduced as far as it has been read.

    `history` grows with `advance`; another thread may look at snapshots up to `history.head` meanwhile.
    Raises nothing on bad evidence (see `diagnostics`), except ReductionRefused when `strict`. With
    `head_only` the state at the head is all there is. `memory` is what the recording may take, in bytes
    (None: 1 GiB): of that `budget` reading takes three quarters, stops there, and says so. `generation`
    counts the histories there were, `lives` those of the file among them. `replacing` is called with each
    history that takes the place of the one before; what it returns is entered while that is done.
    `with_it` is closed with it.
    """

    def __init__(
        self, bundle: Bundle, *, strict: bool = False, head_only: bool = False, memory: int | None = None
    ) -> None:
        self.bundle = bundle
        self.payloads = PayloadStore(bundle.folder, largest=LARGEST_BODY)
        self.strict = strict
        self.head_only = head_only
        self.replacing: Callable[[History], AbstractContextManager[object]] = nullcontext
        self.with_it = ExitStack()
        self.generation = 0
        self.lives = 0
        self._tail = SpineTail(bundle.spine, longest_line=LONGEST_LINE)
        self._taken = b""
        self._taken_in = 0
        self.budget = MemoryBudget(memory)
        self._reducer = self._start()
        self._late = LatePayloads(self.payloads)
        self._expected = 0
        self.events = Events(self)

    def _start(self) -> Reducer:
        identity = self.bundle.identity
        rollout = Rollout(
            identity.trace_id, identity.rollout_id, identity.started_at_unix_ms, identity.root_thread_id
        )
        return Reducer(
            identity.schema_version,
            rollout,
            self.payloads,
            strict=self.strict,
            head_only=self.head_only,
            budget=self.budget,
        )

    def close(self) -> None:
        """Give file descriptors back, and what else was taken for it."""
        self.payloads.close()
        self.events.close()
        self.replacing = nullcontext
        self.with_it.close()

    @property
    def history(self) -> History:
        """The history; another object after the spine was truncated or replaced."""
        return self._reducer.history

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """What the evidence did not fit, in event order."""
        return self._reducer.reduction.diagnostics

    def advance(self, most: int = MIB) -> Progress:
        """Read and reduce at most about `most` more bytes of the spine. Raises ReductionRefused."""
        # A line can be longer than what is asked for, and where one is, the next can be. Memory that comes
        # free later is not for going on: where reading stops is said.
        if self.history.cut_short or not self.budget.room_for(max(most, self._taken_in)):
            return self._no_room()
        growth = self._tail.poll(most)
        self._taken_in = len(growth.data)
        if growth.change in ("truncated", "replaced"):
            self._again()
        self._skip(self._reducer, growth)
        data, start = growth.data, growth.offset
        if data:
            self.events.hold()
        if self._taken and data:
            first, _, rest = data.partition(b"\n")
            if first != self._taken:
                self._again()
                self._tail = SpineTail(self.bundle.spine, longest_line=LONGEST_LINE)
                again = self.advance(most)
                return msgspec.structs.replace(again, change="replaced", reason="its last line went on")
            self._taken = b""
            start, data = start + len(first) + 1, rest
        before = self.history.head
        if data:
            self._reduce(self._reducer, data, start)
        return Progress(
            self.history.head - before,
            self._tail.offset,
            growth.change,
            growth.reason,
            growth.held,
            growth.more,
        )

    def _no_room(self) -> Progress:
        """Read no further: what there is takes all the memory that it may."""
        r = self._reducer.reduction
        self.history.cut_short = True
        if not r.said["memory_used_up"]:
            r.refuse(
                "memory_used_up",
                f"reading stops behind line {self.history.head:,}: {used_up(self.budget.limit)}",
            )
        return Progress(0, self._tail.offset, "none", "", 0, False)

    def _again(self) -> None:
        reducer = self._start()
        with self.replacing(reducer.history):
            self.generation += 1
            self.lives += 1
            self.payloads.close()
            self._taken = b""
            self._expected = 0
            self._late = LatePayloads(self.payloads)
            self._reducer = reducer

    def _skip(self, reducer: Reducer, growth: Growth) -> None:
        for offset, size in growth.skipped:
            reducer.apply([too_long(size)], [offset])

    def _reduce(self, reducer: Reducer, data: bytes, start: int) -> None:
        block = decode_block(data, at=start, placed=not self.head_only)
        reducer.apply(block.lines, block.offsets)

    def resolve(self) -> list[str]:
        """Look for payloads that were not there, not readable or not whole when they were needed.

        Where some are by now, all lines are reduced anew: the history is another one, of the same events.
        Returns the paths of those payloads. Looks at a few files; to be called about once a second.
        """
        for one in self.diagnostics[self._expected :]:
            for payload_id in one.ids if one.code in _LATE else ():
                reference = self.history.payloads.get(payload_id, self.history.head)
                if reference is not None:
                    self._late.expect(reference.path, absent=_LATE[one.code])
        self._expected = len(self.diagnostics)
        came = self._late.came() if self._late else []
        if came and not self._reduce_anew():
            self._late.not_taken(came)
            return []
        return came

    def _reduce_anew(self) -> bool:
        """Reduce the lines read so far into another history.

        False if the file is no longer the same, or memory does not last for both.
        """
        tail, reducer = SpineTail(self.bundle.spine, longest_line=LONGEST_LINE), self._start()
        while tail.offset < self._tail.offset:
            # Meanwhile there are two histories.
            if not self.budget.lasts:
                return False
            growth = tail.poll(min(MIB, self._tail.offset - tail.offset))
            if growth.change != "grown" and not growth.more:
                return False
            self._skip(reducer, growth)
            self._reduce(reducer, growth.data, growth.offset)
        if not tail.reads_the_file_of(self._tail):
            return False
        with self.replacing(reducer.history):
            self._reducer, self._tail = reducer, tail
            self._expected = 0
            self.generation += 1
        if self._taken:
            self._taken = b""
            self.take_held_line()
        return True

    def load(self, told: Callable[[int], object] = int) -> Self:
        """Read and reduce all that is there, an unterminated last line included.

        `told` is called now and then with the bytes of the spine that are read. Raises ReductionRefused
        when strict.
        """
        with no_collection():
            while (progress := self.advance(LOAD_STEP)).more:
                told(progress.offset)
            self.take_held_line()
            self._reducer.finish()
            if self.strict:
                self._check_payloads()
        return self

    def take_held_line(self) -> None:
        """Reduce an unterminated last line, if it is an event (format section 2)."""
        if self.history.cut_short:
            # What follows is not the last line.
            return
        held = self._tail.held_line()
        if not held.strip() or self._taken:
            return
        line = decode_line(held)
        r = self._reducer.reduction
        if isinstance(line, BadLine):
            r.refuse("recording_cut", f"the last line is incomplete ({len(held):,} bytes)")
            return
        if not isinstance(line.payload, RecordingCompleted):
            self._taken = held
            self._reducer.apply([line], [self._tail.offset])

    def _check_payloads(self) -> None:
        """Schema 2: every payload named must be there and hold JSON (format section 2)."""
        r = self._reducer.reduction
        if r.schema == 1:
            return
        texts = GrowingTexts()
        for payload_id in self.history.payloads.ids(self.history.head):
            reference = self.history.payloads.get(payload_id, self.history.head)
            if reference is not None:
                r.check_whole(reference, texts)
