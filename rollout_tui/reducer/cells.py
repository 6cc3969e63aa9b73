"""Code cells: starts, lifecycle, waits (format sections 9.1 to 9.4)."""

import msgspec
from msgspec import UNSET, Raw

from rollout_tui.graph.history import item_id
from rollout_tui.graph.ids import Ids, extended, with_id
from rollout_tui.graph.objects import CodeCell, CodexTurn, ToolCall
from rollout_tui.graph.values import CodeCellProducer, CodeCellRequester, ExecutionStatus, Window
from rollout_tui.reducer import conversation
from rollout_tui.reducer.content import string
from rollout_tui.reducer.invocations import Invocation
from rollout_tui.reducer.queues import QueuedCell
from rollout_tui.reducer.reduction import Reduction, byte_order
from rollout_tui.trace.event_payloads import (
    CodeCellEnded,
    CodeCellInitialResponse,
    CodeCellStarted,
    ToolCallStarted,
)
from rollout_tui.trace.event_values import CodeCellRuntimeStatus
from rollout_tui.trace.events import Event

EXECUTION_OF: dict[CodeCellRuntimeStatus, ExecutionStatus] = {
    "starting": "running",
    "running": "running",
    "yielded": "running",
    "completed": "completed",
    "failed": "failed",
    "terminated": "cancelled",
}
AT_TURN_END: dict[ExecutionStatus, CodeCellRuntimeStatus] = {
    "cancelled": "terminated",
    "aborted": "terminated",
    "failed": "failed",
}
"""How a cell that still runs ends when its turn does."""
SOURCE = frozenset(("custom_tool_call",))
OUTPUT = frozenset(("custom_tool_call_output",))


def cell_id(call_id: str) -> str:
    """The id of the cell that a model-visible call starts (format section 5)."""
    return f"code_cell:{call_id}"


def started(r: Reduction, event: Event, payload: CodeCellStarted) -> None:
    """A cell runs; it enters the graph once its source item is known (9.1)."""
    cell = cell_id(payload.model_visible_call_id)
    thread_id, turn_id = r.context(event, f"code cell start {cell}", cell)
    key = (thread_id, payload.runtime_cell_id)
    mapped = r.cells.by_runtime_id.get(key, cell)
    if mapped != cell:
        r.refuse(
            "runtime_cell_remapped",
            f"runtime code cell {payload.runtime_cell_id} stands for both {mapped} and {cell}",
            mapped,
            cell,
        )
    r.cells.by_runtime_id[key] = cell
    if r.find(CodeCell, cell) is not None:
        _duplicate(r, cell)
        return
    queued = QueuedCell(
        cell,
        payload.model_visible_call_id,
        thread_id,
        turn_id,
        payload.runtime_cell_id,
        payload.source_js,
        r.time,
        r.seq,
    )
    if _materialise(r, queued):
        return
    if cell in r.cells.queued:
        _duplicate(r, cell)
        return
    r.cells.queued[cell] = queued


def _duplicate(r: Reduction, cell: str) -> None:
    r.refuse("duplicate_code_cell", f"duplicate code cell start for {cell}", cell)


def materialise_queued(r: Reduction) -> None:
    """Try the starts whose source item may have come since, in byte order (9.2)."""
    if not r.cells.called:
        return
    called = byte_order(r.cells.called)
    r.cells.called.clear()
    for cell in called:
        queued = r.cells.queued.get(cell)
        if queued is not None and _materialise(r, queued):
            del r.cells.queued[cell]


def _materialise(r: Reduction, queued: QueuedCell) -> bool:
    """Create the cell if its source item is there (9.2)."""
    sources = conversation.thread_items_of_call(r, queued.thread_id, queued.call_id, SOURCE)
    if not sources:
        return False
    cell = queued.cell_id
    if r.find(CodeCell, cell) is not None:
        _duplicate(r, cell)
        return True
    turn_id = _turn_of(r, queued, sources[0])
    outputs = conversation.thread_items_of_call(r, queued.thread_id, queued.call_id, OUTPUT)
    handle = r.history.create(
        cell,
        CodeCell(
            code_cell_id=cell,
            model_visible_call_id=queued.call_id,
            thread_id=queued.thread_id,
            codex_turn_id=turn_id,
            source_item_id=item_id(sources[0]),
            output_item_ids=extended((), map(item_id, outputs)),
            runtime_cell_id=queued.runtime_cell_id,
            execution=Window(queued.time, queued.seq),
            source_js=queued.source_js,
            nested_tool_call_ids=extended((), byte_order(r.cells.nested.get(cell, ()))),
        ),
    )
    r.open_cells.setdefault(turn_id, set()).add(handle)
    for number in outputs:
        conversation.add_producer(r, number, CodeCellProducer(cell))
    conversation.relink(r, queued.call_id, besides=queued.thread_id)
    for tool in r.tools_by_call.get(queued.call_id, ()):
        _mark_started(r, tool, cell)
    for time, seq, payload in queued.later:
        _live(r, handle, time, seq, payload)
    return True


def _turn_of(r: Reduction, queued: QueuedCell, source: int) -> str:
    """The turn that a cell runs in: the one it names, else that of its source item."""
    what = f"code cell start {queued.cell_id}"
    if queued.turn_id is None:
        r.refuse("no_turn", f"{what} names no codex turn", queued.cell_id)
        return conversation.item_at(r, source).codex_turn_id or ""
    r.thread_or_placeholder(queued.thread_id, what)
    turn: CodexTurn = r.objects[r.turn_or_placeholder(queued.turn_id, queued.thread_id, what)]
    if turn.thread_id != queued.thread_id:
        r.refuse("thread_mismatch", f"{what} names a codex turn of thread {turn.thread_id}", queued.cell_id)
    return queued.turn_id


def _mark_started(r: Reduction, tool: int, cell: str) -> None:
    """Schema 2: the model's `exec` call of the same turn that started a cell names it (9.3)."""
    called: ToolCall = r.objects[tool]
    handle = r.find(CodeCell, cell)
    if r.schema == 1 or called.kind.type != "other" or called.kind.name != "exec" or handle is None:
        return
    if isinstance(called.requester, CodeCellRequester):
        return
    if called.started_by_codex_turn_id in (None, r.objects[handle].codex_turn_id):
        r.history.set(tool, "started_code_cell_id", cell)


def kind_replaced(r: Reduction, tool: int) -> None:
    """Only a call that is `exec` to the last names the cell it started (9.3)."""
    called: ToolCall = r.objects[tool]
    if called.started_code_cell_id is not UNSET:
        r.history.set(tool, "started_code_cell_id", UNSET)
    if called.model_visible_call_id is not None:
        _mark_started(r, tool, cell_id(called.model_visible_call_id))


# -- lifecycle -----------------------------------------------------------------


def initial_response(r: Reduction, event: Event, payload: CodeCellInitialResponse) -> None:
    """What a cell first gave back (9.3)."""
    _later(r, event, payload, "initial response")


def ended(r: Reduction, event: Event, payload: CodeCellEnded) -> None:
    """A cell's end (9.3)."""
    _later(r, event, payload, "end")


def _later(r: Reduction, event: Event, payload: CodeCellInitialResponse | CodeCellEnded, what: str) -> None:
    runtime_id = payload.runtime_cell_id
    thread_id, _ = r.context(event, f"code cell {what} of {runtime_id}")
    cell = r.cells.by_runtime_id.get((thread_id, runtime_id))
    handle = r.find(CodeCell, cell)
    if handle is not None:
        _live(r, handle, r.time, r.seq, payload)
    elif cell is not None and cell in r.cells.queued:
        r.cells.queued[cell].later.append((r.time, r.seq, payload))
    else:
        r.refuse(
            "unknown_code_cell",
            f"code cell {what} names unknown runtime cell {runtime_id} in thread {thread_id}",
            runtime_id,
        )


def _live(
    r: Reduction, handle: int, time: int, seq: int, payload: CodeCellInitialResponse | CodeCellEnded
) -> None:
    reference = payload.response_payload
    payload_id = None if reference is None else reference.raw_payload_id
    if isinstance(payload, CodeCellEnded):
        _end(r, handle, time, seq, payload.status)
        r.history.set(handle, "raw_result_payload_id", payload_id)
        return
    cell: CodeCell = r.objects[handle]
    r.history.set(handle, "runtime_cell_id", payload.runtime_cell_id)
    r.history.set(handle, "runtime_status", payload.status)
    if cell.initial_response_status is None:
        r.history.set(handle, "initial_response_at_unix_ms", time)
        r.history.set(handle, "initial_response_seq", seq)
        r.history.set(handle, "initial_response_status", payload.status)
        r.history.set(handle, "raw_initial_response_payload_id", payload_id)
    if payload.status == "yielded":
        r.history.set(handle, "yielded_at_unix_ms", time)
        r.history.set(handle, "yielded_seq", seq)


def _end(r: Reduction, handle: int, time: int, seq: int, status: CodeCellRuntimeStatus) -> None:
    cell: CodeCell = r.objects[handle]
    if cell.initial_response_seq is None:
        r.history.set(handle, "initial_response_at_unix_ms", time)
        r.history.set(handle, "initial_response_seq", seq)
    execution = EXECUTION_OF[status]
    r.history.set(handle, "execution", cell.execution.ended(time, seq, execution))
    r.history.set(handle, "runtime_status", status)
    if execution != "running":
        r.open_cells.get(cell.codex_turn_id, set()).discard(handle)


def turn_ended(r: Reduction, turn: CodexTurn, status: ExecutionStatus) -> None:
    """Close the running cells of a turn that did not complete (format section 11)."""
    if status in AT_TURN_END:
        for handle in sorted(r.open_cells.pop(turn.codex_turn_id, ())):
            _end(r, handle, r.time, r.seq, AT_TURN_END[status])


# -- tool calls of and on cells --------------------------------------------------


class _FunctionPayload(msgspec.Struct, gc=False):
    arguments: Raw = Raw()


class _WaitArguments(msgspec.Struct, gc=False):
    cell_id: Raw = Raw()


_FUNCTION = msgspec.json.Decoder(_FunctionPayload)
_WAIT = msgspec.json.Decoder(_WaitArguments)


def waited_cell(
    r: Reduction, payload: ToolCallStarted, thread_id: str, invocation: Invocation | None
) -> int | None:
    """The cell that a `wait` call waits for, when it is known and in the graph (9.4)."""
    if invocation is None or string(invocation.tool_name) != "wait":
        return None
    where = payload.invocation_payload.raw_payload_id if payload.invocation_payload else ""
    try:
        arguments = string(_FUNCTION.decode(invocation.payload).arguments)
    except (ValueError, RecursionError):
        arguments = None
    if arguments is None:
        r.refuse("wait_arguments", f"wait call in {where} has no function arguments", payload.tool_call_id)
        return None
    try:
        runtime_id = string(_WAIT.decode(arguments.encode()).cell_id)
    except (ValueError, RecursionError):
        r.refuse(
            "wait_arguments", f"wait call in {where} has arguments that are no JSON", payload.tool_call_id
        )
        return None
    if runtime_id is None:
        r.refuse("wait_arguments", f"wait call in {where} names no cell_id", payload.tool_call_id)
        return None
    r.history.named_cells[payload.tool_call_id] = runtime_id
    return r.find(CodeCell, r.cells.by_runtime_id.get((thread_id, runtime_id)))


def tool_started(r: Reduction, handle: int, waited: int | None) -> None:
    """Link a tool call to the cell that asked for it, waits for it or is run by it (8.2, 9.4)."""
    tool: ToolCall = r.objects[handle]
    if isinstance(tool.requester, CodeCellRequester):
        owner = tool.requester.code_cell_id
        r.cells.nested.setdefault(owner, []).append(tool.tool_call_id)
        cell = r.find(CodeCell, owner)
        if cell is not None:
            before: Ids = r.objects[cell].nested_tool_call_ids
            r.history.set(cell, "nested_tool_call_ids", extended(before, (tool.tool_call_id,)))
    if waited is not None:
        waits: Ids = r.objects[waited].wait_tool_call_ids
        r.history.set(waited, "wait_tool_call_ids", with_id(waits, tool.tool_call_id))
    if tool.model_visible_call_id is not None and tool.kind.name == "exec":
        _mark_started(r, handle, cell_id(tool.model_visible_call_id))
