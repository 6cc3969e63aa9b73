"""Conversation items: creating, matching, placing and listing them (format section 7)."""

from __future__ import annotations

from msgspec import UNSET

from rollout_tui.graph.history import item_id, item_number
from rollout_tui.graph.ids import Ids, with_id
from rollout_tui.graph.objects import CodeCell, ConversationItem, ToolCall
from rollout_tui.graph.values import (
    Body,
    CodeCellProducer,
    EncodedPart,
    Part,
    Producer,
    SummaryPart,
    TextPart,
    ToolProducer,
)
from rollout_tui.reducer import agents, cells, terminals
from rollout_tui.reducer.normal import CALL_KINDS, OUTPUT_KINDS, NormalItem, content_key
from rollout_tui.reducer.reduction import Reduction


def item_at(r: Reduction, number: int) -> ConversationItem:
    """The item with that creation number, as of now."""
    found: ConversationItem = r.objects[r.history.collections[ConversationItem].order[number]]
    return found


def handle_of(r: Reduction, number: int) -> int:
    """The handle of the item with that creation number."""
    return r.history.collections[ConversationItem].order[number]


# -- creating and listing ------------------------------------------------------


def create_item(
    r: Reduction,
    normal: NormalItem,
    thread_id: str,
    turn_id: str | None,
    payload_id: str | None,
    index: int,
    produced_by: tuple[Producer, ...] = (),
) -> int:
    """Create the next item; returns its creation number."""
    number = r.history.items.add(thread_id, payload_id, index, normal.name)
    responses_id = normal.responses_id if r.schema != 1 else None
    created = ConversationItem(
        item_id(number),
        UNSET if responses_id is None else responses_id,
        UNSET,
        UNSET,
        thread_id,
        turn_id,
        r.time,
        normal.role,
        normal.channel,
        normal.kind,
        normal.agent_message,
        Body(normal.parts),
        normal.call_id,
        produced_by,
    )
    r.history.create(created.item_id, created)
    indexes = r.items
    indexes.content.append(indexes.number_of(normal.key))
    indexes.encoded.append(0 if normal.encoded_key is None else indexes.number_of(normal.encoded_key))
    if normal.call_id is not None:
        if r.cells.queued:
            r.cells.called.add(cells.cell_id(normal.call_id))
        indexes.by_call.setdefault(normal.call_id, []).append(number)
    if responses_id is not None:
        named(r, number, thread_id, responses_id)
    agents.said(r, number, created)
    agents.addressed(r, number, created)
    if r.schema == 1:
        list_item(r, number)
    return number


def named(r: Reduction, number: int, thread_id: str, responses_id: str) -> None:
    """An item has a Responses id: index it and give it an acceptance already recorded (7.5)."""
    r.items.by_responses_id.setdefault(thread_id, {}).setdefault(responses_id, []).append(number)
    accepted = r.items.accepted.get(thread_id)
    event = None if accepted is None else accepted.get(responses_id)
    if event is not None:
        mark_accepted(r, number, event)


def mark_accepted(r: Reduction, number: int, event: int) -> None:
    """The item was accepted at `event` (7.5)."""
    handle = handle_of(r, number)
    r.history.set(handle, "accepted_at_unix_ms", r.history.events.times[event])
    r.history.set(handle, "accepted_seq", r.history.events.seqs[event])
    list_item(r, number)


def list_item(r: Reduction, number: int) -> None:
    """The item enters its thread's list (7.4), unless it is in it already."""
    if not r.history.items.listed[number]:
        r.history.items.listed[number] = r.history.event


# -- equality (7.2, 7.3) ---------------------------------------------------------


def matches(r: Reduction, number: int, normal: NormalItem, content: int, encoded: int) -> bool:
    """Whether an incoming item is the one with that creation number (7.2)."""
    same = r.items.content[number] == content or (encoded and r.items.encoded[number] == encoded)
    if not same:
        return False
    if r.schema == 1 or normal.responses_id is None:
        return True
    own = item_at(r, number).responses_item_id
    return own is UNSET or own == normal.responses_id


def numbers(r: Reduction, normal: NormalItem) -> tuple[int, int]:
    """Content number and encoded number (0: none) of an item (7.2)."""
    encoded = 0 if normal.encoded_key is None else r.items.number_of(normal.encoded_key)
    return r.items.number_of(normal.key), encoded


def check_call_id(r: Reduction, thread_id: str, normal: NormalItem, content: int) -> None:
    """Refuse a call id that stands for different contents in one thread (7.3)."""
    if normal.call_id is None or (r.schema != 1 and normal.kind in OUTPUT_KINDS):
        return
    for number in r.items.by_call.get(normal.call_id, ()):
        if r.items.content[number] != content:
            item = item_at(r, number)
            if item.thread_id == thread_id and item.kind == normal.kind:
                r.once(
                    "call_id_reused",
                    f"model-visible call id {normal.call_id} was reused with different content",
                    normal.call_id,
                )
                return


def receipt_for(r: Reduction, thread_id: str, normal: NormalItem) -> int | None:
    """The receipt an incoming agent message stands for, by id alone (7.5)."""
    if normal.responses_id is None or normal.agent_message is UNSET:
        return None
    return r.items.receipts.get((thread_id, normal.responses_id))


# -- placing (7.4) ---------------------------------------------------------------


def place(r: Reduction, number: int, normal: NormalItem, producer: Producer | None, *, listed: bool) -> None:
    """What follows each placing of an item, created or reused, in the order of 7.4."""
    item = item_at(r, number)
    if listed:
        list_item(r, number)
    adopt(r, number, item, normal)
    merge_reasoning(r, number, item, normal)
    if producer is not None:
        add_producer(r, number, producer)
    if item.call_id is not None:
        attach_to_tool(r, number, item)
        attach_to_cell(r, number, item)
    agents.resolve(r, number, item)


def adopt(r: Reduction, number: int, item: ConversationItem, normal: NormalItem) -> None:
    """An item without Responses id takes that of its later sighting (7.2)."""
    if r.schema == 1 or normal.responses_id is None:
        return
    key = (item.thread_id, normal.responses_id)
    if item.responses_item_id is UNSET:
        r.history.set(handle_of(r, number), "responses_item_id", normal.responses_id)
        named(r, number, item.thread_id, normal.responses_id)
    elif r.items.receipts.get(key) == number and normal.agent_message is not UNSET:
        del r.items.receipts[key]
        replace_parts(r, number, item, normal.parts)


def merge_reasoning(r: Reduction, number: int, item: ConversationItem, normal: NormalItem) -> None:
    """Fill in readable text of a reasoning item matched by its encrypted part (7.4)."""
    if item.kind != "reasoning" or normal.kind != "reasoning" or item.body.parts == normal.parts:
        return
    kept: tuple[Part, ...] = ()
    for kind in (TextPart, SummaryPart):
        own = tuple(part for part in item.body.parts if isinstance(part, kind))
        kept += own or tuple(part for part in normal.parts if isinstance(part, kind))
    encoded = tuple(part for part in item.body.parts if isinstance(part, EncodedPart))
    replace_parts(r, number, item, kept + encoded)


def replace_parts(r: Reduction, number: int, item: ConversationItem, parts: tuple[Part, ...]) -> None:
    """Give an item another body and number its content anew."""
    r.history.set(handle_of(r, number), "body", Body(parts))
    head = (item.role, item.channel, item.kind, item.agent_message, item.call_id)
    r.items.content[number] = r.items.number_of(content_key(head, parts))
    agents.addressed(r, number, item_at(r, number))


def add_producer(r: Reduction, number: int, producer: Producer) -> None:
    """Note who made an item, once."""
    item = item_at(r, number)
    if producer not in item.produced_by:
        r.history.set(handle_of(r, number), "produced_by", (*item.produced_by, producer))


def tool_for_call(r: Reduction, call_id: str, thread_id: str) -> int | None:
    """The tool call an item with that call id belongs to: of several, the thread's latest (12)."""
    handles = r.tools_by_call.get(call_id)
    if not handles:
        return None
    own = [handle for handle in handles if r.objects[handle].thread_id == thread_id]
    return (own or handles)[-1]


def attach_to_tool(r: Reduction, number: int, item: ConversationItem) -> None:
    """Link a call or output item to its tool call (8.4)."""
    handle = tool_for_call(r, item.call_id or "", item.thread_id)
    if handle is None:
        return
    tool: ToolCall = r.objects[handle]
    if item.kind in CALL_KINDS:
        r.history.set(
            handle, "model_visible_call_item_ids", with_id(tool.model_visible_call_item_ids, item.item_id)
        )
        link_started(r, handle)
    elif item.kind in OUTPUT_KINDS:
        r.history.set(
            handle, "model_visible_output_item_ids", with_id(tool.model_visible_output_item_ids, item.item_id)
        )
        add_producer(r, number, ToolProducer(tool.tool_call_id))
    terminals.observe(r, handle)


def link_started(r: Reduction, tool: int) -> None:
    """Tell every inference call whose response asked for a tool call that it started it (8.4)."""
    called: ToolCall = r.objects[tool]
    for one in called.model_visible_call_item_ids:
        for inference in r.items.response_of.get(item_number(one), ()):
            started: Ids = r.objects[inference].tool_call_ids_started_by_response
            r.history.set(
                inference, "tool_call_ids_started_by_response", with_id(started, called.tool_call_id)
            )


def relink(r: Reduction, call_id: str, *, besides: str | None = None) -> None:
    """Items are tied to what has their call id when requests carry them again (8.4).

    Not those of the thread `besides`, which are tied at once.
    """
    for number in r.items.by_call.get(call_id, ()):
        thread_id = item_at(r, number).thread_id
        if thread_id != besides:
            r.items.relink.setdefault(thread_id, set()).add(call_id)


def attach_to_cell(r: Reduction, number: int, item: ConversationItem) -> None:
    """Link an output item to the code cell its call started (9.3)."""
    if item.kind != "custom_tool_call_output":
        return
    cell_id = cells.cell_id(item.call_id or "")
    handle = r.find(CodeCell, cell_id)
    if handle is not None:
        outputs: Ids = r.objects[handle].output_item_ids
        r.history.set(handle, "output_item_ids", with_id(outputs, item.item_id))
        add_producer(r, number, CodeCellProducer(cell_id))


def thread_items_of_call(r: Reduction, thread_id: str, call_id: str, kinds: frozenset[str]) -> list[int]:
    """Creation numbers of a thread's items with that call id and kind.

    In order of creation; in schema 1 in byte order of their ids.
    """
    found = [
        number
        for number in r.items.by_call.get(call_id, ())
        if (item := item_at(r, number)).thread_id == thread_id and item.kind in kinds
    ]
    return sorted(found, key=lambda number: str(number + 1)) if r.schema == 1 else sorted(found)
