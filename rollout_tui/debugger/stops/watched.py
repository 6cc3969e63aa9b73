"""State that a watch can look at: recorded tokens, the size and text of the context, what is open."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from rollout_tui.debugger.context.context_index import context_ids
from rollout_tui.debugger.context.item_text import short_text, whole_text
from rollout_tui.debugger.indexes import created, index_of
from rollout_tui.debugger.names import Names
from rollout_tui.debugger.spans.span_tree import CELL, TOOL
from rollout_tui.debugger.spans.spans import Spans
from rollout_tui.debugger.stops.expressions import Clause, Expression, Field
from rollout_tui.debugger.stops.open_counts import OpenCounts
from rollout_tui.debugger.tokens import latest_usage
from rollout_tui.graph.history import History, item_number
from rollout_tui.graph.objects import ConversationItem
from rollout_tui.trace.events import EVENT_TYPES

if TYPE_CHECKING:
    from rollout_tui.recording import Trace

_CALL = frozenset(name for name in EVENT_TYPES if name.startswith("inference_"))
_CONTEXT = _CALL | {"compaction_installed"}
_CELLS = frozenset(name for name in EVENT_TYPES if name.startswith("code_cell_")) | _CONTEXT
_THREADS = frozenset(("thread_started", "thread_ended", "thread_resumed"))

FIELDS: dict[str, Field] = {
    "input_tokens": Field("number", "recorded input tokens of the thread's latest call", _CALL),
    "cached_tokens": Field("number", "recorded cached input tokens of the thread's latest call", _CALL),
    "output_tokens": Field("number", "recorded output tokens of the thread's latest call", _CALL),
    "context_items": Field("number", "items in the context of the thread", _CONTEXT),
    "text": Field("text", "text of the items in the context of the thread", _CONTEXT),
    "open_calls": Field(
        "number", "tool calls of the thread that run", frozenset(("tool_call_started", "tool_call_ended"))
    ),
    "open_cells": Field(
        "number", "code cells of the thread that have not ended", _CELLS | {"codex_turn_ended"}
    ),
    "agents": Field("number", "agent threads that have started and not ended", _THREADS),
    "thread": Field("text", "only this thread: its id or the beginning of it, or its agent path"),
}

COUNTED = {"open_calls": TOOL, "open_cells": CELL}
"""Fields that count open spans of a kind."""
TEXTS_AT_ONCE = 2000


class Watched:
    """What one watch looks at. `types` are the event types at which its answer can change."""

    def __init__(self, trace: Trace, expression: Expression) -> None:
        self._trace = trace
        self._edge = expression.edge
        self._threads = [clause for clause in expression.clauses if clause.field == "thread"]
        self._clauses = [clause for clause in expression.clauses if clause.field != "thread"]
        spans = index_of(trace.history, Spans)
        self._open = {
            clause.field: OpenCounts(spans, COUNTED[clause.field])
            for clause in self._clauses
            if clause.field in COUNTED
        }
        self._texts = {clause: _Texts(trace, clause) for clause in self._clauses if clause.field == "text"}
        self.types: frozenset[str] = frozenset().union(
            *(FIELDS[clause.field].types or frozenset() for clause in self._clauses)
        )

    def prepare(self) -> Iterator[int | None]:
        """Count what is over, look at the texts of items that are not known yet, a slice at a time.

        Yields the event of an item whose text took too long.
        """
        index_of(self._trace.history, Spans)
        for counts in self._open.values():
            while counts.take():
                yield None
        for texts in self._texts.values():
            yield from texts.update()

    def stops_at(self, event: int) -> bool:
        """Whether the answer changes at an event, in the direction that was asked for."""
        history = self._trace.history
        kind = history.events.type(event)
        thread_id = history.events.thread_id(event)
        if thread_id is None and kind not in _THREADS:
            return False
        if thread_id is not None and self._threads:
            names = (thread_id, index_of(history, Names).thread(thread_id))
            if not all(clause.holds(names) for clause in self._threads):
                return False
        if self._edge == "changes":
            return self._values(thread_id, event - 1) != self._values(thread_id, event)
        before, after = (self._holds(thread_id, at) for at in (event - 1, event))
        return after and not before if self._edge == "enters" else before and not after

    def _holds(self, thread_id: str | None, event: int) -> bool:
        return all(self._answer(clause, thread_id, event) for clause in self._clauses)

    def _answer(self, clause: Clause, thread_id: str | None, event: int) -> bool:
        texts = self._texts.get(clause)
        if texts is not None:
            return texts.in_context(thread_id or "", event)
        return clause.holds(self._value(clause, thread_id or "", event))

    def _value(self, clause: Clause, thread_id: str, event: int) -> Any:
        counts = self._open.get(clause.field)
        if counts is not None:
            return counts.at(thread_id, event)
        return _VALUES[clause.field](self._trace.history, thread_id, event)

    def _values(self, thread_id: str | None, event: int) -> list[Any]:
        return [
            self._answer(clause, thread_id, event)
            if clause.op
            else self._value(clause, thread_id or "", event)
            for clause in self._clauses
        ]


class _Texts:
    """The items whose text passes a clause: each is looked at once."""

    def __init__(self, trace: Trace, clause: Clause) -> None:
        self._trace = trace
        self._taken = 0
        self._found: set[int] = set()
        # `text !~ x` holds where no item has it, so items are looked for that do.
        self._negative = clause.op.startswith("!")
        self._looked_for = clause._replace(op=clause.op.removeprefix("!") or "=")

    def update(self) -> Iterator[int | None]:
        pattern = self._looked_for.operand.pattern
        for number, event, item in created(self._trace.history, ConversationItem, self._taken):
            given_up = pattern.given_up if pattern else 0
            self._taken = number + 1
            if self._passes(item):
                self._found.add(number)
            if pattern and pattern.given_up > given_up:
                yield event
            elif self._taken % TEXTS_AT_ONCE == 0:
                yield None

    def _passes(self, item: ConversationItem) -> bool:
        text = short_text(item)
        if self._looked_for.holds(text):
            return True
        return text.endswith("...") and self._looked_for.holds(whole_text(self._trace, item))

    def in_context(self, thread_id: str, event: int) -> bool:
        """Whether the clause holds for the context of a thread."""
        found = self._found
        inside = bool(found) and any(
            item_number(item_id) in found for item_id in context_ids(self._trace.history, thread_id, event)
        )
        return inside != self._negative


# -- numbers -----------------------------------------------------------------------------


def _usage(name: str) -> Callable[[History, str, int], int | None]:
    def value(history: History, thread_id: str, event: int) -> int | None:
        usage = latest_usage(history, thread_id, event)
        return None if usage is None else int(getattr(usage, name))

    return value


def _items(history: History, thread_id: str, event: int) -> int:
    return len(context_ids(history, thread_id, event))


def _threads_open(history: History, thread_id: str, event: int) -> int:
    return index_of(history, Spans).threads_open(event)


_VALUES: Mapping[str, Callable[[History, str, int], Any]] = {
    "input_tokens": _usage("input_tokens"),
    "cached_tokens": _usage("cached_input_tokens"),
    "output_tokens": _usage("output_tokens"),
    "context_items": _items,
    "agents": _threads_open,
}
