"""What the inspector tells of conversation items, model requests and compactions."""

from __future__ import annotations

from collections.abc import Iterator

from rollout_tui.debugger.context.carried import Carried
from rollout_tui.debugger.context.context_index import ContextIndex
from rollout_tui.debugger.context.item_text import size_bytes
from rollout_tui.debugger.context.item_words import agent_message
from rollout_tui.debugger.indexes import index_of
from rollout_tui.graph.history import item_number
from rollout_tui.graph.objects import (
    Compaction,
    CompactionRequest,
    Conversation,
    ConversationItem,
    InferenceCall,
    ToolCall,
)
from rollout_tui.graph.values import ToolProducer
from rollout_tui.tui.drawing.targets import ToObject
from rollout_tui.tui.objects.facts import Facts, Field
from rollout_tui.tui.objects.item_words import producer_link
from rollout_tui.tui.objects.labels import label
from rollout_tui.tui.objects.subject import born, find
from rollout_tui.words import count, percent, size


def item_fields(facts: Facts, item: ConversationItem) -> Iterator[Field]:
    """State, way to the model, who made it, where it lies."""
    carried = index_of(facts.history, Carried)
    event = facts.view.event
    channel = f"  {item.channel}" if item.channel else ""
    yield Field("role", f"{item.role}  {item.kind}{channel}")
    if (between := agent_message(item)) is not None:
        yield Field("from", f"{between.author} to {between.recipient}", "agent")
    yield Field("size", size(size_bytes(facts.view.trace, item)))
    yield Field("state", *_item_state(facts, item))
    yield from facts.at("in graph", born(facts.history, ConversationItem, item.item_id))
    if isinstance(item.accepted_seq, int):
        yield from facts.at_seq("accepted", item.accepted_seq)
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
        made = producer_link(producer)
        yield from facts.link("made by", made.kind, made.id)
    if item.call_id is not None:
        tool = find(facts.view.snapshot, ToolCall, item.call_id)
        if tool and not any(isinstance(one, ToolProducer) for one in item.produced_by):
            yield from facts.link("call", ToolCall, item.call_id)
        elif not tool:
            yield Field("call", item.call_id)
    yield from facts.place(item.thread_id, item.codex_turn_id)
    yield from facts.payload("source", facts.history.items.source_payload[item_number(item.item_id)])


def _item_state(facts: Facts, item: ConversationItem) -> tuple[str, str]:
    index = index_of(facts.history, ContextIndex)
    event, number = facts.view.event, item_number(item.item_id)
    left = index.left_at(number, event)
    if left is not None:
        by = (
            "compaction"
            if facts.history.events.type(left) == "compaction_installed"
            else "a request without it"
        )
        return f"dropped at {facts.seq(left)} by {by}", "warning"
    entered = index.entered_at(number)
    if entered is not None and entered <= event and index.replaced_at(item.thread_id, event) is None:
        return "in context", "ok"
    return "accepted, in no request yet", "note"


def inference_fields(facts: Facts, call: InferenceCall) -> Iterator[Field]:
    """Times, usage, what it was given and gave."""
    yield from facts.ran(call.execution)
    yield Field("model", f"{call.model}  {call.provider_name}")
    carried = index_of(facts.history, Carried)
    event = born(facts.history, InferenceCall, call.inference_call_id)
    request = carried.request_at(call.thread_id, event)
    items = count(len(call.request_item_ids), "item")
    kept = f", {request.kept} as before" if request and request.kept else ""
    yield Field("request", f"{items}{kept}")
    usage = call.usage
    if usage is not None:
        of_input = percent(usage.cached_input_tokens, usage.input_tokens)
        cached = f"{usage.cached_input_tokens:,} cached"
        yield Field("tokens", f"{usage.input_tokens:,} in  {usage.output_tokens:,} out")
        yield Field("", f"{cached} ({of_input})" if usage.input_tokens else cached)
        if usage.reasoning_output_tokens:
            yield Field("", f"{usage.reasoning_output_tokens:,} of it reasoning")
    yield from facts.links("gave", ConversationItem, call.response_item_ids)
    yield from facts.links("calls", ToolCall, call.tool_call_ids_started_by_response)
    yield from facts.payload("asked", call.raw_request_payload_id)
    yield from facts.payload("answer", call.raw_response_payload_id)
    yield from facts.place(call.thread_id, call.codex_turn_id)
    for name, text in (("response", call.response_id), ("upstream", call.upstream_request_id)):
        if text:
            yield Field(name, text, "dim")


def compaction_fields(facts: Facts, one: Compaction) -> Iterator[Field]:
    """What became of the items before."""
    yield from facts.at("installed", born(facts.history, Compaction, one.compaction_id))
    before, after = len(one.input_item_ids), len(one.replacement_item_ids)
    yield Field("items", f"{before} became {after}")
    yield from facts.links("new", ConversationItem, one.replacement_item_ids)
    yield from facts.links("requests", CompactionRequest, one.request_ids)
    if one.marker_item_id:
        yield from facts.link("marker", ConversationItem, one.marker_item_id)
    yield from facts.place(one.thread_id, one.codex_turn_id)


def compaction_request_fields(facts: Facts, one: CompactionRequest) -> Iterator[Field]:
    """Times and payloads."""
    yield from facts.ran(one.execution)
    yield Field("model", f"{one.model}  {one.provider_name}")
    yield from facts.payload("asked", one.raw_request_payload_id)
    yield from facts.payload("answer", one.raw_response_payload_id)
    if find(facts.view.snapshot, Compaction, one.compaction_id):
        yield from facts.link("compaction", Compaction, one.compaction_id)
    yield from facts.place(one.thread_id, one.codex_turn_id)


def conversation_fields(facts: Facts, one: Conversation) -> Iterator[Field]:
    """How long it is, and what replaces it."""
    yield Field("items", f"{len(one.snapshot):,}")
    if one.replacement is not None:
        yield Field("next", f"{count(len(one.replacement), 'item')} of a compaction", "note")
    yield from facts.link("request", InferenceCall, one.last_request)
    yield from facts.place(one.thread_id, None)
