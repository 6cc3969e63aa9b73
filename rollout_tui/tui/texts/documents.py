"""Event lines and payload bodies as JSON values, the last few remembered: folds ask again and again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from rollout_tui.graph.snapshot import Snapshot
from rollout_tui.trace.payloads import PayloadProblem
from rollout_tui.tui.texts.json_tree import JsonValue, parsed

if TYPE_CHECKING:
    from rollout_tui.recording import Trace

MOST = 16
MOST_BYTES = 64_000_000

_Key = tuple[int, str]


class _Documents(OrderedDict[_Key, JsonValue]):
    """Documents of one trace, the one asked for last at the end."""

    def get_or_make(self, key: _Key, make: Callable[[], JsonValue]) -> JsonValue:
        """The document with that key; `make` may raise."""
        found = self.get(key)
        if found is None:
            found = self[key] = make()
            while len(self) > MOST or (len(self) > 1 and self._bytes() > MOST_BYTES):
                self.popitem(last=False)
        else:
            self.move_to_end(key)
        return found

    def _bytes(self) -> int:
        return sum(one.size for one in self.values())


_kept: WeakKeyDictionary[Trace, _Documents] = WeakKeyDictionary()


def _documents(trace: Trace) -> _Documents:
    return _kept.setdefault(trace, _Documents())


def event_document(trace: Trace, event: int) -> JsonValue:
    """The line of the event at ordinal `event`. Raises OSError when the spine is gone."""
    return _documents(trace).get_or_make(
        (trace.generation, f"event {event}"), lambda: parsed(trace.events.raw(event - 1))
    )


def payload_document(trace: Trace, snapshot: Snapshot, raw_payload_id: str) -> JsonValue:
    """The body of a payload that an event up to the snapshot's names. Raises PayloadProblem."""
    reference = snapshot.payload(raw_payload_id)
    if reference is None:
        raise PayloadProblem("payload_missing", raw_payload_id, "no event up to here names it")
    return _documents(trace).get_or_make(
        (trace.generation, reference.path), lambda: parsed(trace.payloads.read(reference.path))
    )
