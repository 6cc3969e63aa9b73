"""The fold: one event in, the graph one event further (format section 2 and 12)."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import compress
from operator import attrgetter
from typing import Any, cast

from msgspec.structs import astuple

from rollout_tui.graph.history import History
from rollout_tui.graph.objects import Rollout
from rollout_tui.reducer import agents
from rollout_tui.reducer.evidence import Payloads
from rollout_tui.reducer.reduction import Reduction
from rollout_tui.reducer.rules import RULES
from rollout_tui.trace import event_payloads as said
from rollout_tui.trace.event_values import PayloadReference
from rollout_tui.trace.events import (
    EVENT_TYPES,
    PAYLOAD_TYPES,
    REFERENCE_FIELDS,
    TYPE_CODE,
    UNKNOWN,
    UNREADABLE,
    Event,
)
from rollout_tui.trace.memory import MemoryBudget
from rollout_tui.trace.spine import BadLine, Line

UNREADABLE_CODE = EVENT_TYPES.index(UNREADABLE)
UNKNOWN_CODE = EVENT_TYPES.index(UNKNOWN)
BAD_LINE_CODES = {
    UNREADABLE: ("unreadable_line", UNREADABLE_CODE),
    UNKNOWN: ("unknown_event_type", UNKNOWN_CODE),
}

_EVENT = {Event}
# No rule-bound event type names more than one payload.
_REFERENCE: dict[type[said.Payload], Callable[[Any], PayloadReference | None]] = {
    kind: attrgetter(names[0]) for kind, names in REFERENCE_FIELDS.items() if names
}


def _marks(kinds: Collection[type[said.Payload]]) -> bytes:
    """A table by which type codes become 1 for these types, 0 for others: an event costs next to nothing."""
    return bytes(code < len(PAYLOAD_TYPES) and PAYLOAD_TYPES[code] in kinds for code in range(256))


_COMPLETED_CODE = TYPE_CODE[said.RecordingCompleted]
_NAMING = _marks(_REFERENCE)
_OF_PROTOCOL = _marks((said.ProtocolEventObserved,))
_RULED = _marks(RULES.keys() - {said.ProtocolEventObserved})


class Reducer:
    """Folds the lines of one recording into a `History`.

    `schema_version` is the manifest's; 2 picks the rules of schema 2, as does a first event
    of schema 2, anything else those of schema 1, which checks no versions. Raises
    ReductionRefused when strict; nothing otherwise.
    """

    def __init__(
        self,
        schema_version: int,
        rollout: Rollout,
        payloads: Payloads,
        *,
        strict: bool = False,
        head_only: bool = False,
        budget: MemoryBudget | None = None,
    ) -> None:
        self.history = History(2 if schema_version == 2 else 1, rollout, head_only=head_only)
        self.reduction = Reduction(self.history, payloads, strict=strict, budget=budget)
        self._rollout_id = rollout.rollout_id
        self._schema_version = schema_version
        self._expected = 1
        self._highest = 0

    def apply(self, lines: Sequence[Line], offsets: Iterable[int]) -> None:
        """Reduce the next lines of the spine; `offsets` is where each starts, in bytes."""
        if lines and self._apply_sound(lines, offsets):
            return
        for line, offset in zip(lines, offsets, strict=False):
            if isinstance(line, BadLine):
                self._bad_line(line, offset)
            else:
                self._event(line, offset)
            self.history.head = self.history.event

    def finish(self) -> None:
        """Check what only the end of a recording can show. Raises ReductionRefused when strict."""
        agents.check_end(self.reduction)

    def _apply_sound(self, lines: Sequence[Line], offsets: Iterable[int]) -> bool:
        """Reduce lines of which no check of the envelope finds fault with any; false if there is one.

        Columns are checked and kept a block at a time: so an event costs a third of what it does alone.
        """
        history, r, first = self.history, self.reduction, self._expected
        if history.rollout.recording_complete or self._highest >= first or {*map(type, lines)} != _EVENT:
            return False
        # One pass over the events, whose fields are far apart in memory, makes the columns.
        seqs, times, thread_ids, turn_ids, versions, rollout_ids, payloads = zip(
            *map(astuple, cast(Sequence[Event], lines)), strict=True
        )
        count = len(lines)
        kinds = list(map(type, payloads))
        codes = bytes(map(TYPE_CODE.__getitem__, kinds))
        try:
            fitting_times = array("q", times)
        except OverflowError:
            return False
        if (
            seqs != tuple(range(first, first + count))
            or versions.count(self._schema_version) != count
            or rollout_ids.count(self._rollout_id) != count
            or _COMPLETED_CODE in codes[:-1]
        ):
            return False
        ordinals = range(len(history.events) + 1, len(history.events) + 1 + count)
        history.events.extend(
            range(first, first + count), fitting_times, codes, thread_ids, turn_ids, offsets
        )
        self._note_references(ordinals, kinds, codes, payloads)
        told = codes.translate(_OF_PROTOCOL)
        for ordinal, payload in zip(compress(ordinals, told), compress(payloads, told), strict=True):
            history.events.add_protocol(ordinal, payload.event_type)
        steps = zip(ordinals, seqs, times, map(RULES.__getitem__, kinds), payloads, lines, strict=True)
        try:
            for ordinal, seq, time, rule, payload, event in compress(steps, codes.translate(_RULED)):
                history.event, r.time, r.seq = ordinal, time, seq
                rule(r, event, payload)
        except BaseException:
            history.head = history.event - 1
            raise
        history.head = history.event = ordinals[-1]
        r.time = times[-1]
        r.seq = self._highest = seqs[-1]
        self._expected = seqs[-1] + 1
        return True

    def _note_references(
        self,
        ordinals: Sequence[int],
        kinds: Sequence[type[said.Payload]],
        codes: bytes,
        payloads: Sequence[said.Payload],
    ) -> None:
        """Keep the payload that each of these events names, if it does."""
        naming = codes.translate(_NAMING)
        places = list(compress(ordinals, naming))
        getters = map(_REFERENCE.__getitem__, compress(kinds, naming))
        found = [get(payload) for get, payload in zip(getters, compress(payloads, naming), strict=True)]
        named = found if all(found) else [one for one in found if one is not None]
        if named:
            places = places if named is found else list(compress(places, found))
            self.history.payloads.extend(places, cast(list[PayloadReference], named))

    def _reduce(self, event: Event, ordinal: int) -> None:
        """Apply the rule of an event whose row is in the log."""
        history, kind = self.history, type(event.payload)
        history.event = ordinal
        if kind in _REFERENCE and (reference := _REFERENCE[kind](event.payload)) is not None:
            history.payloads.add(ordinal, reference)
        RULES[kind](self.reduction, event, event.payload)
        history.head = ordinal

    def _bad_line(self, line: BadLine, offset: int) -> None:
        r, history = self.reduction, self.history
        code, type_code = BAD_LINE_CODES[line.code]
        told = line.seq if line.code == UNKNOWN else None
        seq = self._expected if told is None or told < 0 else told
        time = line.wall_time_unix_ms if line.wall_time_unix_ms is not None else r.time
        known = self._known(seq)
        history.events.extend([seq], [time], [type_code], [None], [None], [offset])
        history.event = len(history.events)
        r.seq, r.time = history.events.seqs[-1], history.events.times[-1]
        for reference in line.references:
            history.payloads.add(history.event, reference)
        r.refuse(code, f"line {history.event} ({line.size:,} bytes): {line.reason}")
        self._check_order(seq, known)
        self._count(seq)

    def _event(self, event: Event, offset: int) -> None:
        """An event that may fail a check of the envelope (format section 2)."""
        r, log = self.reduction, self.history.events
        known = self._known(event.seq)
        log.extend(
            [event.seq],
            [event.wall_time_unix_ms],
            [TYPE_CODE[type(event.payload)]],
            [event.thread_id],
            [event.codex_turn_id],
            [offset],
        )
        ordinal = self.history.event = len(log)
        if isinstance(event.payload, said.ProtocolEventObserved):
            log.add_protocol(ordinal, event.payload.event_type)
        r.seq, r.time = log.seqs[ordinal], log.times[ordinal]
        if (r.seq, r.time) != (event.seq, event.wall_time_unix_ms):
            r.refuse("number_too_large", f"seq {event.seq} or time {event.wall_time_unix_ms} fits no 64 bits")
        if ordinal == 1 and self._schema_version != event.schema_version:
            self._choose_rules(event.schema_version)
        self._check_order(event.seq, known)
        if known is not None and r.schema != 1 and self._is_repeat(event, ordinal, known):
            return
        self._count(event.seq)
        if event.schema_version != 2 and r.schema != 1:
            r.refuse("event_schema", f"trace event of schema {event.schema_version}")
        if event.rollout_id != self._rollout_id:
            text = f"event of another rollout {event.rollout_id}"
            if r.schema != 1:
                r.refuse("foreign_rollout", text, event.rollout_id)
                return
            r.note("foreign_rollout", text, event.rollout_id)
        if r.schema != 1 and self.history.rollout.recording_complete:
            r.refuse("event_after_end", "event after recording_completed")
        self._reduce(event, ordinal)

    def _choose_rules(self, told: int) -> None:
        """The manifest and the first event name different schemas: schema 2 events need its rules."""
        r = self.reduction
        if self._schema_version == 2:
            return
        if told == 2:
            self.history.schema_version = r.schema = 2
            self.history.rollout.recording_complete = False
            r.refuse("manifest_schema", f"the manifest says schema {self._schema_version}, the events 2")
        elif self._schema_version != 1:
            r.note("manifest_schema", f"the manifest says schema {self._schema_version}, the events {told}")

    # -- the order of seq (format sections 2 and 12) -----------------------------------

    def _known(self, seq: int) -> int | None:
        """The line that had this seq before."""
        expected = seq == self._expected and seq > self._highest
        return None if expected else self.history.events.ordinal_of(seq)

    def _check_order(self, seq: int, known: int | None) -> None:
        """Say that a seq is not the expected one; the order of the file is what counts."""
        if known is not None:
            code, text = "seq_repeated", f"seq {seq} was there before, at line {known}"
        elif seq > self._expected:
            code, text = "seq_gap", f"expected seq {self._expected}, found {seq}"
        elif seq < self._expected:
            code, text = "seq_out_of_order", f"expected seq {self._expected}, found {seq}"
        else:
            return
        say = self.reduction.note if self.reduction.schema == 1 else self.reduction.refuse
        say(code, text)

    def _count(self, seq: int) -> None:
        """Go on from a seq: one line that jumps is one thing said, not one for every line behind it."""
        self._expected = seq + 1
        self._highest = max(self._highest, seq)

    def _is_repeat(self, event: Event, ordinal: int, known: int) -> bool:
        """Whether an event is the one of an earlier line again."""
        log = self.history.events
        return (log.times[known], log.types[known], log.thread_id(known), log.codex_turn_id(known)) == (
            log.times[ordinal],
            log.types[ordinal],
            event.thread_id,
            event.codex_turn_id,
        )
