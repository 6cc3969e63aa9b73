"""Working indexes and queues of the rule families, as plain data."""

from __future__ import annotations

from array import array
from collections import deque

from msgspec import Struct, field

from rollout_tui.graph.ids import Ids
from rollout_tui.graph.numbered import FirstSeen
from rollout_tui.graph.objects import PendingEdge
from rollout_tui.reducer.normal import Key, NormalItem
from rollout_tui.trace.event_payloads import CodeCellEnded, CodeCellInitialResponse

CHUNK = 262_144
"""Bytes of a request that are compared with the one before in one go."""


class ItemIndexes(Struct):
    """Where conversation items are found without looking through them (section 7).

    Items go by creation number. `content` and `encoded` number equal contents; 0 is none.
    `by_call` is keyed by call id over all threads, `by_responses_id` by thread and Responses id,
    `receipts` by both together, `addressed` by (thread, author, text). `response_of` gives the
    inference calls whose responses hold an item. `relink` are call ids, by thread, whose items must
    be looked at again when a request of that thread carries them. `last_said` is the assistant message
    with the latest first sight, by thread and turn. `repeated` are threads in which
    a response repeated a known item. `compared` counts item comparisons, for tests of the
    growth of the work.
    """

    numbers: dict[Key, int] = field(default_factory=dict)
    content: array[int] = field(default_factory=lambda: array("I"))
    encoded: array[int] = field(default_factory=lambda: array("I"))
    by_call: dict[str, list[int]] = field(default_factory=dict)
    by_responses_id: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    receipts: dict[tuple[str, str], int] = field(default_factory=dict)
    accepted: dict[str, FirstSeen] = field(default_factory=dict)
    addressed: dict[tuple[str, str, str], list[int]] = field(default_factory=dict)
    edge_targets: set[int] = field(default_factory=set)
    response_of: dict[int, list[int]] = field(default_factory=dict)
    relink: dict[str, set[str]] = field(default_factory=dict)
    repeated: set[str] = field(default_factory=set)
    last_said: dict[tuple[str, str], int] = field(default_factory=dict)
    compared: int = 0

    def number_of(self, key: Key) -> int:
        """The number of a content, given out on first sight."""
        return self.numbers.setdefault(key, len(self.numbers) + 1)


class RollingRequest(Struct):
    """The last full request of a thread, so that the next one need only be read where it differs.

    `data` are its bytes, `ends` the offset behind each raw item, `places` how many items
    (skipped ones left out) lie before each raw item's end, `ids` what they became.
    `trusted` raw items may be taken over by their bytes alone.
    """

    data: bytearray = field(default_factory=bytearray)
    ends: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    ids: Ids = ()
    trusted: int = 0


class RequestCaches(Struct):
    """Rolling requests by thread, least recently used first, and response ids to inference calls.

    `of_compaction` are ids of compaction requests by compaction. `known` are items read lately, by their
    bytes. `chunk` is where a stretch of a file is read to for a comparison. `decoded` counts the bytes of
    requests that were decoded, for tests of the growth of the work.
    """

    rolling: dict[str, RollingRequest] = field(default_factory=dict)
    by_response_id: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    of_compaction: dict[str, list[str]] = field(default_factory=dict)
    known: dict[bytes, NormalItem] = field(default_factory=dict)
    chunk: bytearray = field(default_factory=lambda: bytearray(CHUNK))
    decoded: int = 0


class QueuedCell(Struct):
    """A code cell start that waits for its source item (9.1), with its later events."""

    cell_id: str
    call_id: str
    thread_id: str
    turn_id: str | None
    runtime_cell_id: str
    source_js: str
    time: int
    seq: int
    later: list[tuple[int, int, CodeCellInitialResponse | CodeCellEnded]] = field(default_factory=list)


class CellQueues(Struct):
    """`by_runtime_id` is keyed by (thread, runtime cell id); `nested` are tool call ids by cell.

    `called` are cells for which an item came that can be their source, while starts are queued.
    """

    by_runtime_id: dict[tuple[str, str], str] = field(default_factory=dict)
    queued: dict[str, QueuedCell] = field(default_factory=dict)
    called: set[str] = field(default_factory=set)
    nested: dict[str, list[str]] = field(default_factory=dict)


class TerminalIndexes(Struct):
    """Sessions by (thread, process id); the process id of each operation."""

    sessions: dict[tuple[str, str], str] = field(default_factory=dict)
    process_ids: dict[str, str] = field(default_factory=dict)


class AgentQueues(Struct):
    """Pending edges by id (in arrival order) and by (target thread, author, text)."""

    waiting: dict[str, PendingEdge] = field(default_factory=dict)
    by_message: dict[tuple[str, str, str], deque[str]] = field(default_factory=dict)
    edges_of_tool: dict[str, list[str]] = field(default_factory=dict)
