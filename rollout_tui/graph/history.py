"""Append-only history of the graph: what exists, what changed, at which event.

Objects hold their latest fields. Each change first notes `(event, object, field, the
value before)` and then sets the field, so a reader that takes the field first and the
notes second always finds the value as of its event, also while a writer goes on.
One writer thread; any number of readers that look no further than `head`.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress
from typing import Any, TypeVar, cast

from rollout_tui.graph.event_log import EventLog
from rollout_tui.graph.numbered import NumberedIndex
from rollout_tui.graph.objects import (
    ID_FIELDS,
    STATE_COLLECTIONS,
    Conversation,
    ConversationItem,
    Object,
    PendingEdge,
    Rollout,
    TerminalOperation,
    TerminalSession,
)
from rollout_tui.graph.payloads import PayloadTable
from rollout_tui.immutable import Immutable

T = TypeVar("T", bound=Object)
CREATED, CREATED_CODE = "", 0
NUMBERED: dict[type[Object], str] = {
    ConversationItem: "conversation_item:",
    TerminalOperation: "terminal_operation:",
    TerminalSession: "terminal_session:terminal_operation:",
}


class Change(Immutable):
    """One change: `field` is empty when the object was created; `before` is the earlier value."""

    event: int
    kind: type[Object]
    id: str
    field: str
    before: Any


class Collection:
    """The objects of one kind, in the order they were created; `index` finds handles by id."""

    __slots__ = ("born", "index", "kind", "order")

    def __init__(self, kind: type[Object]) -> None:
        self.kind = kind
        prefix = NUMBERED.get(kind)
        self.index: dict[str, int] | NumberedIndex = {} if prefix is None else NumberedIndex(prefix)
        self.order = array("I")
        self.born = array("I")


class History:
    """The graph of one recording with everything it ever was.

    `schema_version` is 1 or 2 (which rule set applies). `head` is the ordinal of the
    last event that is completely reduced. With `head_only` no changes are kept: half the
    work and memory, and only the state at the head can be asked for. `cut_short` is whether
    more is recorded than was taken in. `rollout` is the recording itself, with its latest fields.
    """

    def __init__(self, schema_version: int, rollout: Rollout, *, head_only: bool = False) -> None:
        self.schema_version = schema_version
        self.head_only = head_only
        self.cut_short = False
        self.events = EventLog()
        self.payloads = PayloadTable()
        self.head = 0
        self.event = 0
        self.objects: list[Any] = []
        self.implicit: dict[str, int] = {}
        self.items = ItemColumns()
        # By tool call id: the cell that a `wait` names as it starts, known to the graph or not (format 9.4).
        self.named_cells: dict[str, str] = {}
        # What others derive from this history, kept with it so that both go together.
        self.indexes: dict[type, Any] = {}
        kinds: tuple[type[Object], ...] = (*STATE_COLLECTIONS.values(), Conversation, PendingEdge, Rollout)
        self.collections = {kind: Collection(kind) for kind in kinds}
        self._born = array("I")
        self._latest = array("I")
        self._change_event = array("I", [0])
        self._change_object = array("I", [0])
        self._change_previous = array("I", [0])
        self._change_field = bytearray(1)
        self._fields: list[str] = [CREATED]
        self._field_codes: dict[str, int] = {CREATED: CREATED_CODE}
        self._change_before: list[Any] = [None]
        if schema_version == 1:
            rollout.recording_complete = None
        self.rollout = rollout
        self.rollout_handle = self.create(rollout.rollout_id, rollout)

    # -- writing -------------------------------------------------------------

    def create(self, object_id: str, created: Object) -> int:
        """Add an object at the current event; returns its handle."""
        handle = len(self.objects)
        collection = self.collections[type(created)]
        self.objects.append(created)
        if not self.head_only:
            self._born.append(self.event)
            self._latest.append(0)
            self._note(handle, CREATED_CODE, None)
        collection.order.append(handle)
        collection.born.append(self.event)
        collection.index[object_id] = handle
        return handle

    def set(self, handle: int, field: str, value: Any) -> None:
        """Change a field at the current event; equal values are no change."""
        changed = self.objects[handle]
        if self.head_only:
            setattr(changed, field, value)
            return
        before = getattr(changed, field)
        if before is value or before == value:
            return
        # Nobody has seen an object before the event that creates it: that event needs no notes.
        if self._born[handle] != self.event:
            code = self._field_codes.get(field)
            if code is None:
                code = self._field_codes[field] = len(self._fields)
                self._fields.append(field)
            self._note(handle, code, before)
        setattr(changed, field, value)

    def _note(self, handle: int, code: int, before: Any) -> None:
        latest = self._latest
        self._change_object.append(handle)
        self._change_previous.append(latest[handle])
        self._change_field.append(code)
        self._change_before.append(before)
        self._change_event.append(self.event)
        latest[handle] = len(self._change_before) - 1

    # -- reading -------------------------------------------------------------

    def handle(self, kind: type[Object], object_id: str) -> int | None:
        """The handle of an object, whenever it was created."""
        return self.collections[kind].index.get(object_id)

    def born(self, handle: int) -> int:
        """The event (ordinal) that created an object."""
        return 0 if self.head_only else self._born[handle]

    def as_of(self, handle: int, event: int) -> Object:
        """A copy of an object with its fields as of `event`; it must exist by then."""
        copied: Object = self.objects[handle].__copy__()
        if self.head_only:
            return copied
        number = self._latest[handle]
        while number and self._change_event[number] > event:
            code = self._change_field[number]
            if code:
                setattr(copied, self._fields[code], self._change_before[number])
            number = self._change_previous[number]
        return copied

    def changes_of(self, handle: int) -> list[Change]:
        """Every change of one object, oldest first."""
        found = []
        number = self._latest[handle]
        while number:
            found.append(self._change(number))
            number = self._change_previous[number]
        return found[::-1]

    def touched(self, event: int) -> list[Change]:
        """What the event at ordinal `event` created and changed, in order."""
        return list(self.changes(event, event + 1))

    def changes(self, start: int, stop: int) -> Iterator[Change]:
        """Changes of events start <= event < stop, in order."""
        for number in range(*self._between(start, stop)):
            yield self._change(number)

    def _between(self, start: int, stop: int) -> tuple[int, int]:
        """The rows of the changes of events start <= event < stop: the first, and the one behind the last."""
        return max(1, bisect_left(self._change_event, start)), bisect_left(self._change_event, stop)

    def notes(
        self, start: int, stop: int, fields: Iterable[str] | None = None
    ) -> Iterator[tuple[int, int, str, Any]]:
        """(event, handle, field, value before) of events start <= event < stop, in order.

        What `changes` gives, at a tenth of its cost: for indexes that read everything once. With `fields`
        those alone, which costs next to nothing for the others.
        """
        low, high = self._between(start, stop)
        codes = self._change_field[low:high]
        names = map(self._fields.__getitem__, codes)
        columns = (self._change_event, self._change_object, self._change_before)
        if fields is None:
            event, handle, before = (column[low:high] for column in columns)
            return zip(event, handle, names, before, strict=True)
        chosen = codes.translate(self._by_field(dict.fromkeys(fields, 1)))
        if 1 not in chosen:
            return iter(())
        places = list(compress(range(low, high), chosen))
        events, handles, befores = (map(column.__getitem__, places) for column in columns)
        return zip(events, handles, compress(names, chosen), befores, strict=True)

    def note_columns(
        self, start: int, stop: int, marks: Mapping[str, int]
    ) -> tuple[Sequence[int], Sequence[int], bytes]:
        """Events, handles and marks of the changes of events start <= event < stop, in order.

        The mark of a change is that of its field in `marks` (1 to 255), 0 for a field that is not there.
        """
        low, high = self._between(start, stop)
        codes = self._change_field[low:high].translate(self._by_field(marks))
        return self._change_event[low:high], self._change_object[low:high], bytes(codes)

    def _by_field(self, marks: Mapping[str, int]) -> bytes:
        """The marks of fields by their codes, 0 for fields without one."""
        table = bytearray(256)
        for field, mark in marks.items():
            if field in self._field_codes:
                table[self._field_codes[field]] = mark
        return bytes(table)

    def _change(self, number: int) -> Change:
        handle = self._change_object[number]
        return Change(
            self._change_event[number],
            type(self.objects[handle]),
            object_id(self.objects[handle]),
            self._fields[self._change_field[number]],
            self._change_before[number],
        )

    def existing(self, kind: type[Object], event: int) -> int:
        """How many objects of a kind exist at `event`."""
        return bisect_right(self.collections[kind].born, event)


def object_id(value: Object) -> str:
    """The id of any graph object."""
    return cast(str, getattr(value, ID_FIELDS[type(value)]))


class ItemColumns:
    """What is known of conversation items beside their state, by creation number from 0.

    `listed` is the event at which an item entered its thread's list (0: not yet).
    `source` is the payload an item was first read from and its place in that list.
    `name` is the tool name of a call item. `by_thread` holds creation numbers.
    """

    def __init__(self) -> None:
        self.listed = array("I")
        self.source_payload: list[str | None] = []
        self.source_index = array("I")
        self.name: list[str | None] = []
        self.by_thread: dict[str, array[int]] = {}

    def add(self, thread_id: str, payload_id: str | None, index: int, name: str | None) -> int:
        """Add the row of the next item; returns its creation number."""
        number = len(self.name)
        self.listed.append(0)
        self.source_payload.append(payload_id)
        self.source_index.append(index)
        self.name.append(name)
        self.by_thread.setdefault(thread_id, array("I")).append(number)
        return number


def item_id(number: int) -> str:
    """The id of the item with creation number `number` (from 0); format section 5."""
    return f"conversation_item:{number + 1}"


def item_number(conversation_item_id: str) -> int:
    """The creation number (from 0) of an item id."""
    return int(conversation_item_id.rpartition(":")[2]) - 1
