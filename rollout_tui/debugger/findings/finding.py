"""A finding, and what the rules that make findings work with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from msgspec import Struct

from rollout_tui.debugger.context.carried import Carried
from rollout_tui.debugger.evidence import protocol_message, value
from rollout_tui.debugger.findings.finding_codes import CODES, Severity
from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.kinds import KIND_NAMES
from rollout_tui.debugger.lookup import latest
from rollout_tui.debugger.names import Link, Names
from rollout_tui.graph.history import object_id
from rollout_tui.graph.objects import Object
from rollout_tui.trace.events import Event
from rollout_tui.trace.spine import Line, decode_line

if TYPE_CHECKING:
    from rollout_tui.recording import Trace

T = TypeVar("T", bound=Object)
WINDOW = 1 << 18
REMEMBERED = 64
DEEPEST = 64
"""Causes above a finding that are looked at."""


class Finding(Struct, eq=False):
    """Something worth knowing at an event.

    `event` is the ordinal of the event, `seq` its label. `object_id` is the object it is about and
    `object_kind` what that is (`tool_call`, `inference_call`, ...). `message` is one line, text of the trace.
    `chain` leads to the object, outermost first. `under` is the finding that caused this one: a list shows it
    below that, and does not count it again.
    """

    code: str
    severity: Severity
    event: int
    seq: int
    thread_id: str | None
    object_kind: str | None
    object_id: str | None
    message: str
    chain: tuple[Link, ...] = ()
    under: Finding | None = None

    @property
    def explanation(self) -> str:
        """What this code means, in one line."""
        return CODES[self.code].explanation

    def root(self) -> Finding:
        """The finding that all this came from; itself when nothing caused it."""
        found, steps = self, 0
        while found.under is not None and steps < DEEPEST:
            found, steps = found.under, steps + 1
        return found

    def cause(self) -> Finding | None:
        """What this came from in the end; None where nothing did, or only what was found to be the same."""
        first = self.root()
        return None if first.code == self.code else first


def holders(finding: Finding) -> str:
    """What holds the object of a finding within its thread: `turn 1 > inference 2 > exec`."""
    return " > ".join(link.label for link in finding.chain if link.id != finding.thread_id)


class Note(NamedTuple):
    """A change that an event made: `field` is empty for a creation, `before` the earlier value."""

    handle: int
    field: str
    before: Any


class Sources:
    """What rules read: the trace, the indexes over its history, its lines."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.history = trace.history
        self._window = b""
        self._window_start = 0
        self._told: dict[str, list[Any]] = {}
        self._texts: dict[str, str] = {}

    def payload(self, event: int) -> Any:
        """The payload of an event line, None when it is no event; cheap for events near each other."""
        found = self._line(event)
        return found.payload if isinstance(found, Event) else None

    def _line(self, event: int) -> Line:
        offsets = self.history.events.offsets
        if event + 1 >= len(offsets):
            return self.trace.events[event - 1]
        start, stop = offsets[event], offsets[event + 1]
        if stop - start > WINDOW:
            return self.trace.events[event - 1]
        if not self._window_start <= start <= stop <= self._window_start + len(self._window):
            backwards = stop <= self._window_start
            self._window_start = max(0, stop - WINDOW) if backwards else start
            try:
                self._window = self.trace.events.stretch(self._window_start, WINDOW)
            except OSError:
                self._window = b""
                return self.trace.events[event - 1]
        line = self._window[start - self._window_start : stop - self._window_start]
        return decode_line(line.partition(b"\n")[0])

    def told(self, event: int) -> Any:
        """The body of a client protocol event as plain JSON values, None when it cannot be had.

        Clients are told the same over and over: what was told last is remembered.
        """
        return self._told_at(event)[0]

    def message(self, event: int) -> str:
        """The message of a client protocol event, empty when it has none; equal ones are one string."""
        told = self._told_at(event)
        if told[1] is None:
            told[1] = self.shared(protocol_message(told[0]))
        return cast(str, told[1])

    def _told_at(self, event: int) -> list[Any]:
        """The body of a client protocol event and, once somebody has asked, its message."""
        path = self.history.payloads.path_first_named_by(event)
        if path is None or path not in self._told:
            payload_id = self.history.payloads.named_first_by(event)
            if payload_id is None:
                payload_id = self.payload(event).event_payload.raw_payload_id
            reference = self.history.payloads.get(payload_id, self.history.head)
            path = reference.path if reference else ""
            if path not in self._told:
                if len(self._told) >= REMEMBERED:
                    self._told.clear()
                self._told[path] = [value(self.trace, payload_id), None]
        return self._told[path]

    def shared(self, text: str) -> str:
        """One and the same string for equal ones, as long as there are few of them."""
        if len(self._texts) >= REMEMBERED:
            self._texts.clear()
        return self._texts.setdefault(text, text)

    @property
    def names(self) -> Names:
        """Numbers and labels of objects."""
        return index_of(self.history, Names)

    @property
    def carried(self) -> Carried:
        """Which request carried which item."""
        return index_of(self.history, Carried)

    def latest(self, kind: type[T], object_id: str | None) -> T | None:
        """An object with its latest fields, None when there is none."""
        return latest(self.history, kind, object_id)

    def as_of(self, kind: type[T], object_id: str, event: int) -> T:
        """An object with its fields as of an event. Raises KeyError when there is none."""
        return cast(T, self.history.as_of(self.history.collections[kind].index[object_id], event))

    def finding_about(self, code: str, event: int, message: str, one: Object) -> Finding:
        """A finding about an object, in its thread, under what holds it."""
        about = (KIND_NAMES[type(one)], object_id(one))
        return self.finding(code, event, message, self.names.thread_of(one), about, self.names.chain_of(one))

    def finding(
        self,
        code: str,
        event: int,
        message: str,
        thread_id: str | None = None,
        about: tuple[str, str] | None = None,
        chain: tuple[Link, ...] = (),
    ) -> Finding:
        """A finding with this code; `about` is (kind, id) of the object concerned."""
        kind, object_id = about or (None, None)
        seq = self.history.events.seqs[event]
        return Finding(
            code,
            CODES[code].severity,
            # Nearly always the same number: then it is kept once.
            seq if seq == event else event,
            seq,
            thread_id,
            kind,
            object_id,
            message,
            chain,
        )
