"""The life line of an item: born, accepted, first and last carried, dropped; and what was cut on its way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple, cast

from rollout_tui.debugger.context.carried import Carried
from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.names import cell_label, tool_name
from rollout_tui.debugger.stories.hops import AsOf, Hop, cell_hops, model_hop, through_cell, tool_hops
from rollout_tui.graph.objects import (
    CodeCell,
    Compaction,
    ConversationItem,
    InteractionEdge,
    PendingEdge,
    TerminalOperation,
    ToolCall,
)
from rollout_tui.graph.values import (
    CodeCellProducer,
    CodeCellRequester,
    CompactionProducer,
    InferenceProducer,
    ItemAnchor,
    ToolProducer,
)

if TYPE_CHECKING:
    from rollout_tui.recording import Trace


class Moment(NamedTuple):
    """Something that happened to it: `what` in words, at `event`; `id` is what did it."""

    what: str
    event: int
    id: str | None


class LifeLine(NamedTuple):
    """All that is known of where a text came from and whether the model saw it.

    `item_id` is None while (or because) nothing of it is in the conversation. `first_carried` is None when no
    request has carried it: the model has not seen it.
    """

    title: str
    thread_id: str
    item_id: str | None
    hops: tuple[Hop, ...]
    moments: tuple[Moment, ...]
    first_carried: int | None
    last_carried: int | None
    dropped: int | None
    dropped_by: str | None


def life_line(trace: Trace, object_id: str, event: int) -> LifeLine | None:
    """The life line of an item, or of the result of a call, a command, a cell or an agent, as of `event`.

    None for an id of anything else, or one that does not exist by then.
    """
    at = AsOf(trace, event)
    item = at.get(ConversationItem, object_id)
    if item is not None:
        return _of_item(at, item)
    operation = at.get(TerminalOperation, object_id)
    tool = at.get(ToolCall, operation.tool_call_id if operation else object_id)
    if tool is not None:
        return _of_tool(at, tool)
    cell = at.get(CodeCell, object_id)
    if cell is not None:
        item_id = cell.output_item_ids[0] if cell.output_item_ids else None
        title = f"output of {cell_label(cell)}"
        return _line(at, title, cell.thread_id, item_id, tuple(cell_hops(at, cell)), [])
    return _of_report(at, object_id)


# -- where it starts ---------------------------------------------------------------------


def _of_item(at: AsOf, item: ConversationItem) -> LifeLine:
    for producer in item.produced_by:
        if isinstance(producer, ToolProducer):
            tool = at.get(ToolCall, producer.tool_call_id)
            if tool is not None:
                return _of_tool(at, tool, item.item_id)
        if isinstance(producer, CodeCellProducer):
            cell = at.get(CodeCell, producer.code_cell_id)
            if cell is not None:
                title = f"output of {cell_label(cell)}"
                return _line(at, title, item.thread_id, item.item_id, tuple(cell_hops(at, cell)), [])
    hop = model_hop(at, item.item_id, None)
    return _line(at, f"{item.role} {item.kind}", item.thread_id, item.item_id, (hop,) if hop else (), [])


def _of_tool(at: AsOf, tool: ToolCall, item_id: str | None = None) -> LifeLine:
    hops = list(tool_hops(at, tool))
    if isinstance(tool.requester, CodeCellRequester):
        hops += through_cell(at, tool)
        item_id = hops[-1].id if hops and hops[-1].place == "model" else None
    else:
        outputs = tool.model_visible_output_item_ids
        item_id = item_id or (outputs[0] if outputs else None)
        last = model_hop(at, item_id, hops[-1] if hops else None)
        hops += [last] if last else []
    ended = at.ordinal(tool.execution.ended_seq)
    moments = [Moment("produced", ended, tool.tool_call_id)] if ended else []
    return _line(at, f"output of {tool_name(tool.kind)}", tool.thread_id, item_id, tuple(hops), moments)


def _of_report(at: AsOf, edge_id: str) -> LifeLine | None:
    """What one agent gave another."""
    pending, edge = at.get(PendingEdge, edge_id), at.get(InteractionEdge, edge_id)
    if pending is None and edge is None:
        return None
    born = at.born(PendingEdge, edge_id) if pending else at.born(InteractionEdge, edge_id)
    target = edge.target if edge else None
    item_id = target.item_id if isinstance(target, ItemAnchor) else None
    item = at.get(ConversationItem, item_id)
    thread_id = pending.target_thread_id if pending else item.thread_id if item else ""
    hop = model_hop(at, item_id, None)
    moments = [Moment("sent", born, edge_id)]
    kind = (edge or pending).kind
    return _line(at, kind, thread_id, item_id, (hop,) if hop else (), moments)


# -- what happened to it ---------------------------------------------------------------------


def _line(
    at: AsOf, title: str, thread_id: str, item_id: str | None, hops: tuple[Hop, ...], moments: list[Moment]
) -> LifeLine:
    item = at.get(ConversationItem, item_id)
    if item is None:
        return LifeLine(title, thread_id, None, hops, tuple(moments), None, None, None, None)
    carried = index_of(at.history, Carried)
    first = carried.first_carried(item.item_id)
    first = first if first is not None and first <= at.event else None
    last = carried.last_carried(item.thread_id, item.item_id, at.event)
    dropped, dropped_by = _dropped(at, item, last, carried)
    found = [*moments, *_origin(at, item)]
    if isinstance(item.accepted_seq, int):
        accepted = at.ordinal(item.accepted_seq)
        found += [Moment("accepted", accepted, None)] if accepted else []
    found += [Moment("first carried", first, _request(carried, item, first))] if first else []
    found += [Moment("last carried", last, _request(carried, item, last))] if last else []
    found += [Moment("dropped", dropped, dropped_by)] if dropped else []
    ordered = tuple(sorted(found, key=lambda moment: moment.event))
    return LifeLine(title, item.thread_id, item.item_id, hops, ordered, first, last, dropped, dropped_by)


def _request(carried: Carried, item: ConversationItem, event: int) -> str | None:
    request = carried.request_at(item.thread_id, event)
    return request.inference_call_id if request else None


def _origin(at: AsOf, item: ConversationItem) -> Iterator[Moment]:
    """What brought an item into the conversation: a response, a compaction, else its first sighting."""
    born = at.born(ConversationItem, item.item_id)
    for producer in item.produced_by:
        if isinstance(producer, InferenceProducer):
            yield Moment("written by the model", born, producer.inference_call_id)
            return
        if isinstance(producer, CompactionProducer):
            yield Moment("written by a compaction", born, producer.compaction_id)
            return
    if not any(isinstance(one, (ToolProducer, CodeCellProducer)) for one in item.produced_by):
        yield Moment("first seen", born, None)


def _dropped(
    at: AsOf, item: ConversationItem, last: int | None, carried: Carried
) -> tuple[int | None, str | None]:
    """(event, what did it) of when an item left the context: a compaction, else the request without it."""
    left_out = carried.left_out(item.item_id)
    left_out = left_out if left_out is not None and left_out <= at.event else None
    born = at.born(ConversationItem, item.item_id)
    since = born if last is None else last
    for compaction_id, event in _compactions(at, item.thread_id):
        if since < event and (left_out is None or event <= left_out):
            one = at.get(Compaction, compaction_id)
            if item.item_id not in one.replacement_item_ids:
                return event, compaction_id
    if left_out is not None:
        return left_out, _request(carried, item, left_out)
    if last is None:
        return _never_repeated(at, item, carried, born)
    return None, None


def _never_repeated(
    at: AsOf, item: ConversationItem, carried: Carried, born: int
) -> tuple[int | None, str | None]:
    """An item of a response that no request carried: the request after that response left it out."""
    if not any(isinstance(one, InferenceProducer) for one in item.produced_by):
        return None, None
    requests = carried.requests(item.thread_id)
    at_birth = carried.request_number(item.thread_id, born)
    following = 0 if at_birth is None else at_birth + 1
    if following < len(requests) and requests[following].event <= at.event:
        return requests[following].event, requests[following].inference_call_id
    return None, None


def _compactions(at: AsOf, thread_id: str) -> Iterator[tuple[str, int]]:
    collection = at.history.collections[Compaction]
    for handle, born in zip(collection.order, collection.born, strict=False):
        one = cast(Compaction, at.history.objects[handle])
        if born <= at.event and one.thread_id == thread_id:
            yield one.compaction_id, born
