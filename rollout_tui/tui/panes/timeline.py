"""The timeline as an outline: spans with their states and times, the future dimmed."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from rollout_tui.debugger.names import command_line, tool_name
from rollout_tui.debugger.spans.span_tree import (
    CELL,
    COMPACTION_REQUEST,
    INFERENCE,
    OPERATION,
    THREAD,
    TOOL,
    TURN,
)
from rollout_tui.debugger.spans.span_words import call_label, short_call
from rollout_tui.debugger.spans.spans import Spans
from rollout_tui.graph.objects import CodeCell, InferenceCall, TerminalOperation, Thread, ToolCall
from rollout_tui.tui.drawing.lens import MadeLines, View
from rollout_tui.tui.drawing.lines import FLEXIBLE, Cell, Line, restyled, row
from rollout_tui.tui.drawing.targets import ToEvent
from rollout_tui.tui.keys import with_keys
from rollout_tui.tui.panes.flat import EMPTY
from rollout_tui.tui.panes.outline import Outline
from rollout_tui.words import duration

if TYPE_CHECKING:
    from rollout_tui.graph.history import History

STYLES = {
    THREAD: "agent",
    TURN: "turn",
    INFERENCE: "inference",
    COMPACTION_REQUEST: "compaction",
    TOOL: "tool",
    CELL: "cell",
    OPERATION: "tool",
}
STATE_STYLES = {
    "failed": "error",
    "cancelled": "warning",
    "aborted": "warning",
    "terminated": "warning",
    "yielded": "cell",
}
ROOMY = 44
"""From this width on a level is indented by two cells."""
NO_SPAN = "No turn has begun. {outline} lists every event, {event_next} goes through them."
QUIET = ("completed", "running", "")


class SpanState(NamedTuple):
    """A span as of an event: its status (empty where it has none) and how long it took or takes."""

    status: str
    length_ms: int
    open: bool


def timeline(view: View, outline: Outline, width: int) -> MadeLines:
    """The rows of the outline, that of the cursor in focus."""
    spans = outline.spans

    def make(number: int) -> Line:
        span, depth = outline.span_at(number)
        return span_line(view, outline, span, depth, width)

    focus = focus_row(spans, outline, view.event) if 0 < view.event <= spans.head else None
    empty = with_keys(NO_SPAN if view.trace.history.head else EMPTY)
    return MadeLines("timeline", len(outline), make, "", empty, focus)


def focus_row(spans: Spans, outline: Outline, event: int) -> int:
    """The row of an event; of one that belongs to no row (the rollout's own) that of the last span begun."""
    row = outline.row_of(spans.span_of(event))
    if row is None:
        row = outline.row_of(bisect_right(spans.windows.begins, event) - 1)
    return row or 0


def span_line(view: View, outline: Outline, number: int, depth: int, width: int) -> Line:
    """The row of a span, of the cell or terminal operation that shares it too."""
    spans = outline.spans
    kind = spans.kinds[number]
    shared = shared_span(spans, number, CELL)
    future = spans.windows.begins[number] > view.event
    state = state_of(view, number if shared is None else shared, future=future)
    fold = " "
    if outline.has_children(number):
        fold = ">" if outline.is_closed(number) else "v"
    status = "" if state.status in QUIET else state.status
    exit_words = "" if future or status else exit_code(view, number)
    time = f">>> {duration(state.length_ms)}" if state.open else duration(state.length_ms)
    said = Cell(exit_words or status, "warning" if exit_words else STATE_STYLES.get(state.status, "dim"))
    shown = row(
        width,
        Cell(" " * (depth * (2 if width >= ROOMY else 1)) + fold, "dim"),
        Cell(label(spans, number), STYLES[kind], FLEXIBLE, least=8, keep_end=kind == THREAD),
        *((said,) if said.text else ()),
        Cell(time, "running" if state.open else "dim", align="right", drop=1),
        target=ToEvent(max(1, spans.windows.begins[number])),
    )
    return restyled(shown, "future") if future else shown


def shared_span(spans: Spans, number: int, kind: int) -> int | None:
    """The code cell or terminal operation inside a call: it shares the call's row."""
    if spans.kinds[number] != TOOL:
        return None
    return next((one for one in spans.children(number) if spans.kinds[one] == kind), None)


def exit_code(view: View, number: int) -> str:
    """`exit 7` for a call whose command ended so by the cursor; empty for 0."""
    operation = shared_span(view.spans, number, OPERATION)
    if operation is None:
        return ""
    found = view.snapshot.history.as_of(view.spans.handles[operation], view.event)
    result = cast(TerminalOperation, found).result
    return f"exit {result.exit_code}" if result and result.exit_code else ""


def state_of(view: View, number: int, *, future: bool) -> SpanState:
    """How a span stands at the cursor; one that lies after it: how it ends."""
    spans, history = view.spans, view.snapshot.history
    head = history.head
    at = head if future else view.event
    begin, end = spans.windows.begins[number], spans.windows.end_of(number)
    over = end is not None and end <= at
    times = history.events.times
    until = times[end] if over and end is not None else (times[head] if future else view.now_ms)
    length = max(0, until - times[max(1, begin)])
    return SpanState(_status(history, spans, number, at), length, not over)


def _status(history: History, spans: Spans, number: int, event: int) -> str:
    handle = spans.handles[number]
    if not handle or history.born(handle) > event:
        return ""
    found = cast(Any, history.as_of(handle, event))
    return str(found.runtime_status if isinstance(found, CodeCell) else found.execution.status)


def label(spans: Spans, number: int) -> str:
    """What a row is called."""
    kind, history = spans.kinds[number], spans.history
    handle = spans.handles[number]
    made = history.objects[handle] if handle else None
    if kind == TURN:
        return f"turn {spans.position(number)}"
    if isinstance(made, InferenceCall):
        outputs = len(made.response_item_ids)
        return f"inference {spans.position(number)}" + (f"  {outputs} out" if outputs > 1 else "")
    if isinstance(made, Thread):
        return made.agent_path
    if isinstance(made, ToolCall):
        return tool_label(spans, number, made)
    if isinstance(made, CodeCell):
        return f"cell {made.runtime_cell_id or '?'}"
    if isinstance(made, TerminalOperation):
        return command_line(made)
    return "compaction" if kind == COMPACTION_REQUEST else "cell"


def tool_label(spans: Spans, number: int, tool: ToolCall) -> str:
    """`wait cell 2 8000 ms`, `cell 1  exec call_A`, `$ echo fromA`, `web Rust book`."""
    cell = shared_span(spans, number, CELL)
    if cell is not None:
        return f"{label(spans, cell)}  {tool_name(tool.kind)} {short_call(tool)}"
    operation = shared_span(spans, number, OPERATION)
    if operation is not None:
        return f"$ {label(spans, operation)}"
    return call_label(spans.history, tool)
