"""Conversation items as a row names them: who speaks, what is said, who made it."""

from __future__ import annotations

from typing import NamedTuple

from rollout_tui.debugger.context.item_words import item_label, provenance
from rollout_tui.debugger.names import item_name
from rollout_tui.graph.objects import CodeCell, Compaction, ConversationItem, InferenceCall, ToolCall
from rollout_tui.graph.values import CodeCellProducer, InferenceProducer, Producer, ToolProducer
from rollout_tui.tui.drawing.lens import View
from rollout_tui.tui.drawing.lines import Cell
from rollout_tui.tui.drawing.targets import ToObject
from rollout_tui.tui.objects.labels import label
from rollout_tui.tui.objects.subject import find
from rollout_tui.words import role


class ItemWords(NamedTuple):
    """`role` in four letters with its style, `text` what the item says in a line, `name` is `item 7`."""

    role: str
    style: str
    text: str
    name: str


def item_words(view: View, item_id: str) -> ItemWords:
    """Words for an item, of which nothing is known yet if it appears only later."""
    name = item_name(item_id)
    item = find(view.snapshot, ConversationItem, item_id)
    if item is None:
        return ItemWords("", "dim", "not known yet", name)
    shown = role_cell(item.role)
    return ItemWords(shown.text, shown.style, item_label(view.snapshot.history, item), name)


def role_cell(name: str) -> Cell:
    """The column of the role; styles have the names of the roles."""
    return Cell(role(name), name, 4)


def made_by(view: View, item: ConversationItem) -> str:
    """Who produced an item: `inference 3`, `wait cell 1 300 ms`, `compaction 1`, else `user` or `harness`."""
    for producer in item.produced_by:
        return label(view.snapshot.history, producer_link(producer)).text
    return provenance(item)


def producer_link(producer: Producer) -> ToObject:
    """The object that produced an item."""
    if isinstance(producer, InferenceProducer):
        return ToObject(InferenceCall, producer.inference_call_id)
    if isinstance(producer, ToolProducer):
        return ToObject(ToolCall, producer.tool_call_id)
    if isinstance(producer, CodeCellProducer):
        return ToObject(CodeCell, producer.code_cell_id)
    return ToObject(Compaction, producer.compaction_id)
