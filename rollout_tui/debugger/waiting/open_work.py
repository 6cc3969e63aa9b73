"""The open spans of an event by thread and parent, and who waits for which of them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple, cast

from rollout_tui.debugger.kinds import CELL_OVER
from rollout_tui.debugger.spans.span_tree import CELL, OPERATION, THREAD, TURN
from rollout_tui.debugger.spans.spans import Spans
from rollout_tui.debugger.spans.waits import Wait, wait_of
from rollout_tui.graph.objects import CodeCell, Object, Thread, ToolCall
from rollout_tui.graph.values import CodeCellRequester, SpawnedOrigin

MOST_OPEN = 1_000
"""Open spans that a screen looks at: more than agents ever have, though a hostile recording can."""


class _Open(NamedTuple):
    """Open spans by thread and by the span around them; `cut` is whether there are more."""

    by_thread: dict[int, list[int]]
    by_parent: dict[int, list[int]]
    cut: bool


class OpenWork:
    """What runs as of `event`. Spans go by number; objects are as of the event.

    Of what is open, and of threads, the first `most` spans are looked at, all for None.
    """

    def __init__(self, spans: Spans, event: int, most: int | None = None) -> None:
        self.spans = spans
        self.event = event
        self.most = most
        self._objects: dict[int, Object] = {}
        self._agents: dict[str, list[int]] | None = None

    @cached_property
    def _open(self) -> _Open:
        """What is open, looked for once and not before somebody asks."""
        by_thread: dict[int, list[int]] = {}
        by_parent: dict[int, list[int]] = {}
        opened = self.spans.open_at(self.event)
        for number in islice(opened, self.most):
            is_work = self.spans.kinds[number] >= TURN
            if is_work and not self._left_behind(number) and self.is_running(number):
                by_thread.setdefault(self.spans.threads[number], []).append(number)
                by_parent.setdefault(self.parent(number), []).append(number)
        return _Open(by_thread, by_parent, next(opened, None) is not None)

    @property
    def cut(self) -> bool:
        """Whether more is open than is looked at."""
        return self._open.cut

    def _left_behind(self, number: int) -> bool:
        """Whether something hangs directly on a turn that is over: nobody waits for it any more."""
        parent = self.spans.parents[number]
        kinds = self.spans.kinds
        direct = kinds[parent] == TURN and kinds[number] != CELL
        return direct and not self.spans.windows.is_open(parent, self.event)

    def parent(self, number: int) -> int:
        """The span around a span, of those that had begun by the event: a parent can turn up late."""
        parent = self.spans.parents[number]
        while self.spans.windows.begins[parent] > self.event:
            parent = self.spans.parents[parent]
        return parent

    def object(self, number: int) -> Object | None:
        """The object of a span, None while the graph does not have it."""
        found = self._objects.get(number)
        if found is None:
            handle = self.spans.handles[number]
            if not handle or self.spans.history.born(handle) > self.event:
                return None
            found = self._objects[number] = self.spans.history.as_of(handle, self.event)
        return found

    def is_running(self, number: int) -> bool:
        """Whether the object of a span is there and running."""
        found = self.object(number)
        return found is not None and cast(Any, found).execution.status == "running"

    # -- spans of a thread -----------------------------------------------------------

    def open_in(self, thread: int, kind: int) -> list[int]:
        """The open spans of a kind in the thread with that span, in the order they began."""
        spans = self.spans
        return [
            one for one in self._open.by_thread.get(spans.threads[thread], ()) if spans.kinds[one] == kind
        ]

    def open_children(self, number: int) -> list[int]:
        """The open spans directly inside a span."""
        return self._open.by_parent.get(number, [])

    def of_turn(self, turn: int) -> list[int]:
        """What a turn waits for: open calls of the model, and a cell that has not answered yet.

        Schema 1 records no call around a cell: until its first answer the turn waits for it.
        """
        found = []
        for number in self.open_children(turn):
            cell = self.object(number)
            if not isinstance(cell, CodeCell) or cell.initial_response_seq is None:
                found.append(number)
        return found

    def unattended(self, thread: int) -> Iterator[int]:
        """Open work that can go on without anybody: cells, commands whose call is over, forgotten calls."""
        spans = self.spans
        running = set(self.open_in(thread, TURN))
        for number in self._open.by_thread.get(spans.threads[thread], ()):
            made = self.object(number)
            if spans.kinds[number] == OPERATION:
                alone = not self.is_running(self.parent(number))
            elif isinstance(made, CodeCell):
                # One that has answered with its result is at work no more: its end comes an event later.
                alone = made.runtime_status not in CELL_OVER
            else:
                nested = isinstance(made, ToolCall) and isinstance(made.requester, CodeCellRequester)
                alone = nested and spans.turn_of(number) in running
            if alone:
                yield number

    # -- who waits for what ------------------------------------------------------------

    def wait(self, tool: ToolCall) -> Wait | None:
        """What a call waits for, None for a call that is no wait."""
        return wait_of(self.spans.history, tool)

    def awaited_cell(self, number: int) -> int | None:
        """The span of the cell a wait call names, whether it still runs or not."""
        handle = self.spans.waited_cells.get(number)
        cell = None if handle is None else self.spans.by_handle(handle)
        return None if cell is None or self.object(cell) is None else cell

    def awaited_agents(self, tool: ToolCall, wait: Wait) -> list[int]:
        """The threads a `wait_agent` call waits for: those it names, else all its thread has at work."""
        children = self._children_of(tool.thread_id)
        if not wait.targets:
            return [one for one in children if self.at_work(one)]
        return [one for one in children if self._is_named(cast(Thread, self.object(one)), wait.targets)]

    def agents_at_work(self, thread: int) -> list[int]:
        """The child threads with a running turn, or not yet at their first."""
        made = cast(Thread, self.object(thread))
        return [one for one in self._children_of(made.thread_id) if self.at_work(one)]

    def at_work(self, thread: int) -> bool:
        """Whether a thread has a running turn, or none yet."""
        made = cast(Thread, self.object(thread))
        if made.execution.ended_seq is not None:
            return False
        return bool(self.open_in(thread, TURN)) or not self._had_a_turn(thread)

    def _had_a_turn(self, thread: int) -> bool:
        turns = self.spans.of_kind(TURN, self.spans.threads[thread])
        return bool(turns) and self.spans.windows.begins[turns[0]] <= self.event

    def _children_of(self, thread_id: str) -> list[int]:
        if self._agents is None:
            self._agents = {}
            for number in islice(self.spans.of_kind(THREAD), self.most):
                if self.spans.windows.begins[number] > self.event:
                    break
                made = self.object(number)
                if isinstance(made, Thread) and isinstance(made.origin, SpawnedOrigin):
                    self._agents.setdefault(made.origin.parent_thread_id, []).append(number)
        return self._agents.get(thread_id, [])

    @staticmethod
    def _is_named(thread: Thread, targets: tuple[str, ...]) -> bool:
        names = (thread.thread_id, thread.agent_path, thread.agent_path.rpartition("/")[2], thread.nickname)
        return any(target in names for target in targets)
