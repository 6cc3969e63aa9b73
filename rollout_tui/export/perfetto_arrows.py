"""The arrows of a Perfetto trace: from who asked to what was asked for, from who gave to who got it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from rollout_tui.debugger.context.carried import Carried
from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.names import Names
from rollout_tui.debugger.spans.span_tree import CELL, INFERENCE, THREAD, TOOL, TURN
from rollout_tui.debugger.spans.spans import Spans
from rollout_tui.graph.objects import ToolCall
from rollout_tui.graph.snapshot import Snapshot
from rollout_tui.graph.values import Anchor, InferenceProducer, ItemAnchor, ToolAnchor

SHORTEST_US = 1
"""How long what took no time is drawn."""


class Slice(NamedTuple):
    """Where a span is drawn: process, lane, from when to when in microseconds."""

    process: int
    lane: int
    begin: int
    end: int


class Arrows:
    """Arrows between slices, which go by the kind (its code) and the id of what they are of."""

    def __init__(self, snapshot: Snapshot, spans: Spans, slices: Mapping[tuple[int, str], Slice]) -> None:
        self._snapshot = snapshot
        self._spans = spans
        self._slices = slices
        self._names = index_of(snapshot.history, Names)
        self._carried = index_of(snapshot.history, Carried)
        self._count = 0

    def all(self) -> Iterator[dict[str, Any]]:
        """Two rows for each arrow."""
        for kind, tool_id in list(self._slices):
            if kind == TOOL:
                yield from self._of_call(self._snapshot.tool_calls[tool_id])
        for edge in self._snapshot.interaction_edges.values():
            yield from self._arrow(edge.kind, self._end_of(edge.source), self._end_of(edge.target))
        for number, handle in self._spans.waited_cells.items():
            cell = self._spans.by_handle(handle)
            if cell is not None:
                yield from self._arrow(
                    "waits for",
                    self._place(TOOL, self._spans.span(number).id),
                    self._place(CELL, self._spans.span(cell).id),
                )

    def _of_call(self, tool: ToolCall) -> Iterator[dict[str, Any]]:
        """From the request that asked for a call, and to the one that carried its output."""
        here = self._place(TOOL, tool.tool_call_id)
        asked = self._names.requested_by(tool)
        if asked is not None:
            yield from self._arrow("asks for", self._place(INFERENCE, asked), here)
        for item_id in tool.model_visible_output_item_ids[:1]:
            yield from self._arrow("output to", here, self._carrier(tool.thread_id, item_id))

    def _carrier(self, thread_id: str, item_id: str) -> Slice | None:
        """The slice of the request that first carried an item."""
        event = self._carried.first_carried(item_id)
        request = None if event is None else self._carried.request_at(thread_id, event)
        return None if request is None else self._place(INFERENCE, request.inference_call_id)

    def _end_of(self, anchor: Anchor) -> Slice | None:
        """The slice at one end of an edge between agents."""
        if isinstance(anchor, ToolAnchor):
            return self._place(TOOL, anchor.tool_call_id)
        if isinstance(anchor, ItemAnchor):
            item = self._snapshot.conversation_items.get(anchor.item_id)
            if item is None:
                return None
            for producer in item.produced_by:
                if isinstance(producer, InferenceProducer):
                    return self._place(INFERENCE, producer.inference_call_id)
            return self._carrier(item.thread_id, item.item_id)
        number = self._spans.number(THREAD, anchor.thread_id)
        turns = (
            [] if number is None else self._spans.of_kind(TURN, self._spans.thread_number(anchor.thread_id))
        )
        return self._place(TURN, self._spans.span(turns[0]).id) if turns else None

    def _place(self, kind: int, object_id: str) -> Slice | None:
        return self._slices.get((kind, object_id))

    def _arrow(self, name: str, source: Slice | None, target: Slice | None) -> Iterator[dict[str, Any]]:
        """An arrow from the end of one slice to the beginning of another, never back in time."""
        if source is None or target is None or source.begin > target.end:
            return
        self._count += 1
        leaves = max(source.begin, min(source.end - SHORTEST_US, target.begin))
        arrives = max(target.begin, leaves)
        common = {"name": name, "cat": "flow", "id": self._count}
        yield {"ph": "s", "pid": source.process, "tid": source.lane, "ts": leaves, **common}
        yield {"ph": "f", "bp": "e", "pid": target.process, "tid": target.lane, "ts": arrives, **common}
