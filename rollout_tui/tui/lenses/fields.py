"""What the inspector tells of each kind of object: named values, most of them leading somewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from msgspec import UNSET

from rollout_tui.debugger.carried import Carried
from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.item_text import size_bytes
from rollout_tui.debugger.names import tool_name
from rollout_tui.graph.history import History
from rollout_tui.graph.objects import (
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
from rollout_tui.graph.values import (
    CodeCellProducer,
    CompactionProducer,
    ExecCommandRequest,
    InferenceProducer,
    ItemAnchor,
    SpawnedOrigin,
    ThreadAnchor,
    ToolAnchor,
    ToolProducer,
    Window,
)
from rollout_tui.tui.lens import View
from rollout_tui.tui.lenses.labels import label, payload_name, requester
from rollout_tui.tui.lenses.subject import find
from rollout_tui.tui.lines import Target, ToEvent, ToObject, ToPayload
from rollout_tui.tui.words import clock, count, duration, size

MOST_LINKS = 12
"""Of longer lists the rest is told as a number."""


class Field(NamedTuple):
    """A named value; a row without a name continues the one above."""

    name: str
    text: str
    style: str = ""
    target: Target | None = None


@dataclass(frozen=True)
class Facts:
    """What fields are made from."""

    view: View

    @property
    def history(self) -> History:
        """The history."""
        return self.view.snapshot.history

    def seq(self, event: int) -> str:
        """`#49`."""
        return f"#{self.history.events.seqs[event]}"

    def at(self, name: str, event: int | None, more: str = "") -> Iterator[Field]:
        """An event to go to."""
        if event:
            yield Field(name, f"{self.seq(event)}{more}", "link", ToEvent(event))

    def at_seq(self, name: str, seq: int | None, more: str = "") -> Iterator[Field]:
        """An event to go to, by its seq."""
        if seq is not None:
            yield from self.at(name, self.history.events.ordinal_of(seq), more)

    def link(self, name: str, kind: type[Object], object_id: str | None, more: str = "") -> Iterator[Field]:
        """Another object, if it is there by now."""
        if object_id is None:
            return
        target = ToObject(kind, object_id)
        words = label(self.history, target)
        yield Field(name, f"{words.text}{more}", f"{words.style} link", target)

    def links(self, name: str, kind: type[Object], ids: Iterable[str]) -> Iterator[Field]:
        """Several objects, one a row."""
        listed = list(ids)
        for number, one in enumerate(listed[:MOST_LINKS]):
            yield from self.link("" if number else name, kind, one)
        if len(listed) > MOST_LINKS:
            yield Field("", f"and {len(listed) - MOST_LINKS} more", "dim")

    def payload(self, name: str, raw_payload_id: str | None) -> Iterator[Field]:
        """A payload to open."""
        if raw_payload_id is not None:
            yield Field(name, payload_name(raw_payload_id), "link", ToPayload(raw_payload_id))

    def ran(self, window: Window) -> Iterator[Field]:
        """When and how long something ran, or how long it has been running."""
        events = self.history.events
        start = events.ordinal_of(window.started_seq) or 1
        if window.ended_at_unix_ms is None or window.ended_seq is None:
            age = max(0, self.view.now_ms - window.started_at_unix_ms)
            yield Field("running", f"{duration(age)} since #{window.started_seq}", "running", ToEvent(start))
            return
        took = max(0, window.ended_at_unix_ms - window.started_at_unix_ms)
        yield Field(
            "ran", f"{duration(took)}  #{window.started_seq} - #{window.ended_seq}", "", ToEvent(start)
        )

    def place(self, thread_id: str | None, codex_turn_id: str | None) -> Iterator[Field]:
        """Thread and turn."""
        if thread_id and find(self.view.snapshot, Thread, thread_id):
            yield from self.link("thread", Thread, thread_id)
        if codex_turn_id and find(self.view.snapshot, CodexTurn, codex_turn_id):
            yield from self.link("turn", CodexTurn, codex_turn_id)


Fields = Callable[[Facts, Any], Iterator[Field]]


def fields(facts: Facts, found: Object) -> Iterator[Field]:
    """The fields of any object of the graph."""
    yield from _FIELDS[type(found)](facts, found)


def _item(facts: Facts, item: ConversationItem) -> Iterator[Field]:
    carried = index_of(facts.history, Carried)
    event = facts.view.event
    channel = f"  {item.channel}" if item.channel else ""
    yield Field("role", f"{item.role}  {item.kind}{channel}")
    if item.agent_message is not UNSET and item.agent_message is not None:
        message = cast(Any, item.agent_message)
        yield Field("from", f"{message.author} to {message.recipient}", "agent")
    yield Field("size", size(size_bytes(facts.view.trace, item)))
    yield Field("state", *_item_state(facts, item))
    yield from facts.at("in graph", facts.history.born(_handle(facts, ConversationItem, item.item_id)))
    if item.accepted_seq is not UNSET and item.accepted_seq is not None:
        yield from facts.at_seq("accepted", cast(int, item.accepted_seq))
    first = carried.first_carried(item.item_id)
    if first and first <= event:
        request = carried.request_at(item.thread_id, first)
        if request:
            words = label(facts.history, ToObject(InferenceCall, request.inference_call_id)).text
            yield from facts.at("carried", first, f" by {words} first")
        last = carried.last_carried(item.thread_id, item.item_id, event)
        if last and last != first:
            yield from facts.at("", last, " last")
    else:
        yield Field("carried", "by no request yet", "warning")
    for producer in item.produced_by:
        yield from facts.link("made by", *_producer(producer))
    if item.call_id is not None:
        tool = find(facts.view.snapshot, ToolCall, item.call_id)
        if tool and not any(isinstance(one, ToolProducer) for one in item.produced_by):
            yield from facts.link("call", ToolCall, item.call_id)
        elif not tool:
            yield Field("call", item.call_id)
    yield from facts.place(item.thread_id, item.codex_turn_id)
    number = int(item.item_id.rpartition(":")[2]) - 1
    yield from facts.payload("source", facts.history.items.source_payload[number])


def _item_state(facts: Facts, item: ConversationItem) -> tuple[str, str]:
    conversation = find(facts.view.snapshot, Conversation, item.thread_id)
    if conversation is None:
        return "not in context", "dim"
    if conversation.replacement is not None and item.item_id in conversation.replacement:
        return "accepted, for the next request", "note"
    if conversation.replacement is None and item.item_id in conversation.snapshot:
        return "in context", "ok"
    left = index_of(facts.history, Carried).left_out(item.item_id)
    if left is not None and left <= facts.view.event:
        return f"dropped, not in the request of {facts.seq(left)}", "removed"
    if conversation.replacement is not None and item.item_id in conversation.snapshot:
        return "dropped by compaction", "removed"
    return "accepted, in no request yet", "note"


def _handle(facts: Facts, kind: type[Object], object_id: str) -> int:
    return cast(int, facts.history.handle(kind, object_id))


def _producer(producer: Any) -> tuple[type[Object], str]:
    if isinstance(producer, InferenceProducer):
        return InferenceCall, producer.inference_call_id
    if isinstance(producer, ToolProducer):
        return ToolCall, producer.tool_call_id
    if isinstance(producer, CodeCellProducer):
        return CodeCell, producer.code_cell_id
    return Compaction, cast(CompactionProducer, producer).compaction_id


def _tool(facts: Facts, tool: ToolCall) -> Iterator[Field]:
    yield from facts.ran(tool.execution)
    yield Field("tool", tool_name(tool.kind))
    yield Field("id", tool.tool_call_id)
    asked = requester(facts.history, tool)
    if asked:
        yield from facts.link("asked by", asked.kind, asked.id)
    yield from facts.links("call", ConversationItem, tool.model_visible_call_item_ids)
    if isinstance(tool.started_code_cell_id, str):
        yield from facts.link("cell", CodeCell, tool.started_code_cell_id)
    for waited in _waited(facts, tool):
        yield from facts.link("waits for", CodeCell, waited)
    operation = find(facts.view.snapshot, TerminalOperation, tool.terminal_operation_id)
    if operation is not None:
        yield from _exit(operation)
        yield from facts.link("terminal", TerminalOperation, operation.operation_id)
    yield from facts.payload("given", tool.raw_invocation_payload_id)
    yield from facts.payload("result", tool.raw_result_payload_id)
    for one in tool.raw_runtime_payload_ids:
        yield from facts.payload("runtime", one)
    if tool.model_visible_output_item_ids:
        yield from facts.links("model saw", ConversationItem, tool.model_visible_output_item_ids)
    elif tool.execution.ended_seq is not None and asked and asked.kind is InferenceCall:
        yield Field("model saw", "nothing of it yet", "warning")
    if tool.mcp_call_id:
        yield Field("mcp call", tool.mcp_call_id)
    yield from facts.place(tool.thread_id, tool.started_by_codex_turn_id)


def _waited(facts: Facts, tool: ToolCall) -> Iterator[str]:
    spans = facts.view.spans
    handle = facts.history.handle(ToolCall, tool.tool_call_id)
    number = spans.by_handle(handle) if handle is not None else None
    cell = spans.waited_cells.get(number) if number is not None else None
    if cell is not None:
        yield cast(CodeCell, facts.history.objects[cell]).code_cell_id


def _inference(facts: Facts, call: InferenceCall) -> Iterator[Field]:
    yield from facts.ran(call.execution)
    yield Field("model", f"{call.model}  {call.provider_name}")
    carried = index_of(facts.history, Carried)
    born = facts.history.born(_handle(facts, InferenceCall, call.inference_call_id))
    request = carried.request_at(call.thread_id, born)
    items = count(len(call.request_item_ids), "item")
    kept = f", {request.kept} as before" if request and request.kept else ""
    yield Field("request", f"{items}{kept}")
    usage = call.usage
    if usage is not None:
        share = f" ({100 * usage.cached_input_tokens // usage.input_tokens} %)" if usage.input_tokens else ""
        yield Field("tokens", f"{usage.input_tokens:,} in  {usage.output_tokens:,} out")
        yield Field("", f"{usage.cached_input_tokens:,} cached{share}")
        if usage.reasoning_output_tokens:
            yield Field("", f"{usage.reasoning_output_tokens:,} of it reasoning")
    yield from facts.links("gave", ConversationItem, call.response_item_ids)
    yield from facts.links("calls", ToolCall, call.tool_call_ids_started_by_response)
    yield from facts.payload("asked", call.raw_request_payload_id)
    yield from facts.payload("answer", call.raw_response_payload_id)
    yield from facts.place(call.thread_id, call.codex_turn_id)
    for name, text in (("response", call.response_id), ("request id", call.upstream_request_id)):
        if text:
            yield Field(name, text, "dim")


def _cell(facts: Facts, cell: CodeCell) -> Iterator[Field]:
    yield from facts.ran(cell.execution)
    yield Field("source", f"js {size(len(cell.source_js.encode(errors='surrogatepass')))}")
    yield from facts.link("call", ToolCall, cell.model_visible_call_id)
    yield from facts.at_seq("answered", cell.initial_response_seq, f" {cell.initial_response_status or ''}")
    yield from facts.at_seq("yielded", cell.yielded_seq)
    yield from facts.links("nested", ToolCall, cell.nested_tool_call_ids)
    yield from facts.links("waits", ToolCall, cell.wait_tool_call_ids)
    yield from facts.payload("first gave", cell.raw_initial_response_payload_id)
    yield from facts.payload("result", cell.raw_result_payload_id)
    yield from facts.links("model saw", ConversationItem, cell.output_item_ids)
    if cell.source_item_id:
        yield from facts.link("written in", ConversationItem, cell.source_item_id)
    yield from facts.place(cell.thread_id, cell.codex_turn_id)


def _exit(operation: TerminalOperation) -> Iterator[Field]:
    if operation.result is not None:
        code = operation.result.exit_code
        shown = "no exit code" if code is None else f"exit {code}"
        yield Field("ended", shown, "ok" if code == 0 else "dim" if code is None else "error")


def _operation(facts: Facts, operation: TerminalOperation) -> Iterator[Field]:
    yield from facts.ran(operation.execution)
    yield from _exit(operation)
    request = operation.request
    if isinstance(request, ExecCommandRequest):
        yield Field("in", request.cwd)
    limits = [
        words
        for words in (
            f"yields after {duration(request.yield_time_ms)}" if request.yield_time_ms is not None else "",
            f"at most {request.max_output_tokens:,} tokens" if request.max_output_tokens is not None else "",
        )
        if words
    ]
    if limits:
        yield Field("limits", ", ".join(limits), "dim")
    result = operation.result
    if result is not None:
        whole = len((result.stdout + result.stderr).encode(errors="surrogatepass"))
        tokens = f", {result.original_token_count:,} tokens" if result.original_token_count else ""
        yield Field("output", f"{size(whole)}{tokens}")
    yield from facts.link("call", ToolCall, operation.tool_call_id)
    yield from facts.link("terminal", TerminalSession, operation.terminal_id)
    for seen in operation.model_observations:
        yield from facts.links("model saw", ConversationItem, seen.output_item_ids)
    for one in operation.raw_payload_ids:
        yield from facts.payload("payload", one)


def _session(facts: Facts, session: TerminalSession) -> Iterator[Field]:
    yield from facts.ran(session.execution)
    yield from facts.links("did", TerminalOperation, session.operation_ids)
    yield from facts.place(session.thread_id, None)


def _thread(facts: Facts, thread: Thread) -> Iterator[Field]:
    yield from facts.ran(thread.execution)
    if isinstance(thread.origin, SpawnedOrigin):
        origin = thread.origin
        yield from facts.link("parent", Thread, origin.parent_thread_id)
        yield Field("task", origin.task_name)
        if origin.agent_role:
            yield Field("as", origin.agent_role)
        if find(facts.view.snapshot, InteractionEdge, origin.spawn_edge_id):
            yield from facts.link("by", InteractionEdge, origin.spawn_edge_id)
    if thread.nickname:
        yield Field("nickname", thread.nickname)
    if thread.default_model:
        yield Field("model", thread.default_model)
    yield Field("history", count(len(thread.conversation_item_ids), "item"))
    yield Field("id", thread.thread_id, "dim")


def _turn(facts: Facts, turn: CodexTurn) -> Iterator[Field]:
    yield from facts.ran(turn.execution)
    yield from facts.links("input", ConversationItem, turn.input_item_ids)
    yield from facts.place(turn.thread_id, None)
    yield Field("id", turn.codex_turn_id, "dim")


def _compaction(facts: Facts, one: Compaction) -> Iterator[Field]:
    yield from facts.at("installed", facts.history.born(_handle(facts, Compaction, one.compaction_id)))
    before, after = len(one.input_item_ids), len(one.replacement_item_ids)
    yield Field("items", f"{before} became {after}")
    yield from facts.links("new", ConversationItem, one.replacement_item_ids)
    yield from facts.links("requests", CompactionRequest, one.request_ids)
    if one.marker_item_id:
        yield from facts.link("marker", ConversationItem, one.marker_item_id)
    yield from facts.place(one.thread_id, one.codex_turn_id)


def _compaction_request(facts: Facts, one: CompactionRequest) -> Iterator[Field]:
    yield from facts.ran(one.execution)
    yield Field("model", f"{one.model}  {one.provider_name}")
    yield from facts.payload("asked", one.raw_request_payload_id)
    yield from facts.payload("answer", one.raw_response_payload_id)
    if find(facts.view.snapshot, Compaction, one.compaction_id):
        yield from facts.link("compaction", Compaction, one.compaction_id)
    yield from facts.place(one.thread_id, one.codex_turn_id)


def _edge(facts: Facts, edge: InteractionEdge) -> Iterator[Field]:
    for name, anchor in (("from", edge.source), ("to", edge.target)):
        yield from _anchor(facts, name, anchor)
    took = edge.ended_at_unix_ms
    if took is not None:
        yield Field("took", duration(max(0, took - edge.started_at_unix_ms)))
    yield Field("sent", clock(edge.started_at_unix_ms), "dim")
    yield from facts.links("carried", ConversationItem, edge.carried_item_ids)
    for one in edge.carried_raw_payload_ids:
        yield from facts.payload("payload", one)


def _anchor(facts: Facts, name: str, anchor: Any) -> Iterator[Field]:
    if isinstance(anchor, ItemAnchor):
        yield from facts.link(name, ConversationItem, anchor.item_id)
    elif isinstance(anchor, ToolAnchor):
        yield from facts.link(name, ToolCall, anchor.tool_call_id)
    elif isinstance(anchor, ThreadAnchor):
        yield from facts.link(name, Thread, anchor.thread_id)


def _pending(facts: Facts, edge: PendingEdge) -> Iterator[Field]:
    yield Field("state", "under way, not yet seen" if edge.waiting else "arrived", "note")
    yield from _anchor(facts, "from", edge.source)
    yield from facts.link("to", Thread, edge.target_thread_id)
    for one in edge.carried_raw_payload_ids:
        yield from facts.payload("payload", one)


def _conversation(facts: Facts, one: Conversation) -> Iterator[Field]:
    yield Field("items", f"{len(one.snapshot):,}")
    if one.replacement is not None:
        yield Field("next", f"{count(len(one.replacement), 'item')} of a compaction", "note")
    yield from facts.link("request", InferenceCall, one.last_request)
    yield from facts.place(one.thread_id, None)


def _rollout(facts: Facts, one: Rollout) -> Iterator[Field]:
    yield Field("status", one.status)
    if one.ended_at_unix_ms is not None:
        yield Field("took", duration(max(0, one.ended_at_unix_ms - one.started_at_unix_ms)))
    yield Field("complete", "yes" if one.recording_complete else "no end mark yet", "" if one.recording_complete else "note")
    yield Field("began", clock(one.started_at_unix_ms), "dim")
    yield from facts.link("root", Thread, one.root_thread_id)
    yield Field("id", one.rollout_id, "dim")
    yield Field("trace", one.trace_id, "dim")


_FIELDS: dict[type[Object], Fields] = {
    Rollout: _rollout,
    Thread: _thread,
    CodexTurn: _turn,
    ConversationItem: _item,
    InferenceCall: _inference,
    CodeCell: _cell,
    ToolCall: _tool,
    TerminalSession: _session,
    TerminalOperation: _operation,
    Compaction: _compaction,
    CompactionRequest: _compaction_request,
    InteractionEdge: _edge,
    PendingEdge: _pending,
    Conversation: _conversation,
}
