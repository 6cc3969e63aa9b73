"""The graph as of one event: a cheap, read-only value that panes and commands ask."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Generic, TypeVar, cast

from rollout_tui.graph.history import Change, History, item_id, object_id
from rollout_tui.graph.objects import (
    STATE_COLLECTIONS,
    CodeCell,
    CodexTurn,
    Compaction,
    CompactionRequest,
    Conversation,
    ConversationItem,
    InferenceCall,
    InteractionEdge,
    Object,
    PendingEdge,
    Rollout,
    TerminalOperation,
    TerminalSession,
    Thread,
    ToolCall,
)
from rollout_tui.graph.values import PayloadReference, ThreadAnchor
from rollout_tui.words import count

T = TypeVar("T", bound=Object)
MOST_NAMED = 5
"""Objects named where a collection is printed."""


class Objects(Mapping[str, T], Generic[T]):
    """The objects of one kind as of an event: id to object, in creation order.

    Looking one up costs a copy of its fields; `last(n)` and `ids()` touch no objects.
    """

    def __init__(self, history: History, kind: type[T], event: int) -> None:
        self._history = history
        self._collection = history.collections[kind]
        self._event = event

    def __repr__(self) -> str:
        named = [repr(one) for one in islice(self, MOST_NAMED)]
        more = ["..."] if len(self) > MOST_NAMED else []
        return f"<{len(self):,} {self._collection.kind.__name__}: {', '.join(named + more) or 'none'}>"

    def __len__(self) -> int:
        return bisect_right(self._collection.born, self._event)

    def __iter__(self) -> Iterator[str]:
        kind = self._collection.kind
        for handle in self._collection.order[: len(self)]:
            if kind is not TerminalSession or self._alive(handle):
                yield object_id(self._history.objects[handle])

    def _alive(self, handle: int) -> bool:
        return bool(cast(TerminalSession, self._history.as_of(handle, self._event)).operation_ids)

    def __contains__(self, key: object) -> bool:
        handle = self._collection.index.get(cast(str, key))
        return handle is not None and self._history.born(handle) <= self._event

    def __getitem__(self, key: str) -> T:
        handle = self._collection.index[key]
        if self._history.born(handle) > self._event:
            raise KeyError(key)
        return self._at(handle)

    def _at(self, handle: int) -> T:
        found = self._history.as_of(handle, self._event)
        if type(found) is Thread:
            found.conversation_item_ids = tuple(listed_items(self._history, found.thread_id, self._event))
        return cast(T, found)

    def nth(self, number: int) -> T:
        """The object created as number `number` (from 0, negative counts from the end)."""
        count = len(self)
        at = number + count if number < 0 else number
        if not 0 <= at < count:
            raise IndexError(number)
        return self._at(self._collection.order[at])

    def last(self, count: int) -> list[T]:
        """The `count` objects created last, newest first."""
        total = len(self)
        return [self.nth(at) for at in range(total - 1, max(-1, total - 1 - count), -1)]

    def born(self, key: str) -> int:
        """The event (ordinal) that created an object."""
        return self._history.born(self._collection.index[key])


def listed_items(history: History, thread_id: str, event: int) -> list[str]:
    """Ids of the items in a thread's list as of `event`, in creation order (7.4)."""
    listed = history.items.listed
    numbers = history.items.by_thread.get(thread_id, ())
    return [item_id(number) for number in list(numbers) if 0 < listed[number] <= event]


# The edges of the state are more than those: see `Snapshot.interaction_edges`.
_COLLECTIONS: dict[str, type[Object]] = {
    name.replace("interaction_edges", "resolved_edges"): kind for name, kind in STATE_COLLECTIONS.items()
} | {"conversations": Conversation}


class Snapshot:
    """The reduced state as of event `event` (ordinal; 0 is before the first).

    Raises nothing by itself; unknown ids raise KeyError from the mappings.
    """

    threads: Objects[Thread]
    codex_turns: Objects[CodexTurn]
    conversation_items: Objects[ConversationItem]
    inference_calls: Objects[InferenceCall]
    code_cells: Objects[CodeCell]
    tool_calls: Objects[ToolCall]
    terminal_sessions: Objects[TerminalSession]
    terminal_operations: Objects[TerminalOperation]
    compactions: Objects[Compaction]
    compaction_requests: Objects[CompactionRequest]
    resolved_edges: Objects[InteractionEdge]
    conversations: Objects[Conversation]

    def __init__(self, history: History, event: int) -> None:
        self.history = history
        self.event = event
        for name, kind in _COLLECTIONS.items():
            setattr(self, name, Objects(history, kind, event))

    def __repr__(self) -> str:
        shown = (
            count(len(self.threads), "thread"),
            count(len(self.codex_turns), "turn"),
            count(len(self.inference_calls), "inference call"),
            count(len(self.tool_calls), "tool call"),
        )
        return f"<Snapshot seq {self.seq}: {', '.join(shown)}>"

    @property
    def seq(self) -> int:
        """The seq of the event."""
        return self.history.events.seqs[self.event]

    @property
    def time_ms(self) -> int:
        """Wall-clock time of the event, milliseconds since 1970."""
        return self.history.events.times[self.event]

    @property
    def event_type(self) -> str:
        """Type of the event, e.g. `tool_call_started`."""
        return self.history.events.type(self.event)

    @property
    def rollout(self) -> Rollout:
        """Identity and status of the recording."""
        return cast(Rollout, self.history.as_of(self.history.rollout_handle, self.event))

    @property
    def interaction_edges(self) -> dict[str, InteractionEdge]:
        """Edges by id, those included that only the end of a replay makes (10.5)."""
        edges = {one.edge_id: one for one in self.resolved_edges.values()}
        for pending in Objects(self.history, PendingEdge, self.event).values():
            edge = provisional_edge(pending)
            if edge and edge.edge_id not in edges and pending.spawn_child in self.threads:
                edges[edge.edge_id] = edge
        return edges

    def payload(self, raw_payload_id: str) -> PayloadReference | None:
        """The payload reference with that id, if an event up to here named it."""
        return self.history.payloads.get(raw_payload_id, self.event)

    def payload_ids(self) -> Iterator[str]:
        """Ids of the payloads named up to here."""
        return self.history.payloads.ids(self.event)

    def touched(self) -> list[Change]:
        """What this event created and changed."""
        return self.history.touched(self.event)


def provisional_edge(pending: PendingEdge) -> InteractionEdge | None:
    """The edge to the child thread that an unresolved spawn becomes at the end (10.5)."""
    if not pending.waiting or pending.spawn_child is None:
        return None
    return InteractionEdge(
        pending.edge_id,
        pending.kind,
        pending.source,
        ThreadAnchor(pending.spawn_child),
        pending.started_at_unix_ms,
        pending.ended_at_unix_ms,
        (),
        pending.carried_raw_payload_ids,
    )
