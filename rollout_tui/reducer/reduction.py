"""What the rules of every family work on: the evidence, the history, indexes of their own.

Nothing here is part of the visible graph; it exists at the head only.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from rollout_tui.graph.history import History
from rollout_tui.graph.objects import (
    CodexTurn,
    CompactionRequest,
    Conversation,
    InferenceCall,
    Object,
    Thread,
    ToolCall,
)
from rollout_tui.graph.values import ExecutionStatus, RootOrigin, Window
from rollout_tui.reducer.evidence import Evidence, Payloads
from rollout_tui.reducer.queues import AgentQueues, CellQueues, ItemIndexes, RequestCaches, TerminalIndexes
from rollout_tui.trace.events import Event
from rollout_tui.trace.memory import MemoryBudget

T = TypeVar("T")
MOST_SHARED = 512
UNKNOWN: dict[type[Object], tuple[str, str]] = {
    Thread: ("unknown_thread", "thread"),
    CodexTurn: ("unknown_turn", "codex turn"),
    InferenceCall: ("unknown_inference", "call"),
    ToolCall: ("unknown_tool_call", "call"),
    CompactionRequest: ("unknown_compaction_request", "request"),
}
"""The code and the noun of a refusal, where an event names an object that was never announced."""


class Reduction(Evidence):
    """The state of one fold: beside the evidence the objects, and indexes that exist at the head only.

    Every rule takes it first, as `r`. `time` (ms since 1970) and `seq` are those of the event in hand.
    """

    def __init__(
        self,
        history: History,
        payloads: Payloads,
        *,
        strict: bool = False,
        budget: MemoryBudget | None = None,
    ) -> None:
        super().__init__(history, payloads, strict=strict, budget=budget)
        self.items = ItemIndexes()
        self.requests = RequestCaches()
        self.cells = CellQueues()
        self.terminals = TerminalIndexes()
        self.agents = AgentQueues()
        self.tools_by_call: dict[str, list[int]] = {}
        # Thread and turn of the last tool call start, which are known to belong together.
        self.last_context: tuple[str, str | None] | None = None
        self.open_calls: dict[str, set[int]] = {}
        self.open_cells: dict[str, set[int]] = {}
        # By handle, as of now; what is taken from it is annotated where it is bound.
        self.objects = history.objects
        self._indexes = {kind: one.index for kind, one in history.collections.items()}
        self.time = 0
        self._values: dict[Any, Any] = {}

    # -- objects -------------------------------------------------------------

    def shared(self, value: T) -> T:
        """One and the same object for equal values, as long as there are few of them."""
        if len(self._values) > MOST_SHARED:
            self._values.clear()
        shared: T = self._values.setdefault(value, value)
        return shared

    def find(self, kind: type[Object], object_id: str | None) -> int | None:
        """The handle of an object, None where there is none."""
        return self._indexes[kind].get(object_id)  # type: ignore[arg-type]

    def handle(self, kind: type[Object], object_id: str) -> int:
        """The handle of an object that is there for certain. Raises KeyError."""
        return self._indexes[kind][object_id]

    def known(self, kind: type[Object], object_id: str, what: str) -> int | None:
        """The handle of an object that an event names, `what` says which; an unknown one is refused."""
        handle = self._indexes[kind].get(object_id)
        if handle is None:
            code, noun = UNKNOWN[kind]
            self.refuse(code, f"{what} names unknown {noun} {object_id}", object_id)
        return handle

    def conversation(self, thread_id: str) -> int:
        """The handle of a thread's conversation, created when missing."""
        handle = self.history.handle(Conversation, thread_id)
        return self.history.create(thread_id, Conversation(thread_id)) if handle is None else handle

    def window(self) -> Window:
        """A window that opens at this event."""
        return Window(self.time, self.seq)

    def close(self, handle: int, status: ExecutionStatus) -> None:
        """End an object's window at this event."""
        window = self.objects[handle].execution
        self.history.set(handle, "execution", window.ended(self.time, self.seq, status))

    # -- placeholders for what was never announced (section 12) ----------------

    def thread_or_placeholder(self, thread_id: str, what: str) -> int:
        """The thread; when unknown, say so and create one marked implicit."""
        handle = self.known(Thread, thread_id, what)
        if handle is None:
            handle = self.implicit_thread(thread_id)
        return handle

    def implicit_thread(self, thread_id: str) -> int:
        """A thread nobody announced."""
        root = self.history.rollout.root_thread_id
        path = "/root" if thread_id == root else ""
        self.history.implicit[thread_id] = self.history.event
        return self.history.create(
            thread_id, Thread(thread_id, path, None, RootOrigin(), self.window(), None)
        )

    def turn_or_placeholder(self, turn_id: str, thread_id: str, what: str) -> int:
        """The turn; when unknown, say so and create one marked implicit on `thread_id`."""
        handle = self.known(CodexTurn, turn_id, what)
        if handle is None:
            self.thread_or_placeholder(thread_id, what)
            self.history.implicit[turn_id] = self.history.event
            handle = self.history.create(turn_id, CodexTurn(turn_id, thread_id, self.window()))
        return handle

    def context(self, event: Event, what: str, *ids: str) -> tuple[str, str | None]:
        """Thread and turn an event belongs to (8.2, 9.1): the envelope's thread, else its turn's."""
        turn_id = event.codex_turn_id
        turn = self.find(CodexTurn, turn_id)
        thread_id = event.thread_id
        if thread_id is None and turn is not None:
            thread_id = self.objects[turn].thread_id
        if thread_id is None:
            self.refuse("no_thread", f"{what} names no thread and no known codex turn", *ids)
            thread_id = self.history.rollout.root_thread_id
        return thread_id, turn_id


def byte_order(ids: Iterable[str]) -> list[str]:
    """Ids in byte order, the order of every map of the reduced state (that of code points)."""
    return sorted(ids)
