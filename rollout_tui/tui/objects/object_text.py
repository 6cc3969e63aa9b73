"""The whole text that belongs to an object: what an item says, a cell's source, a command's output."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple, TypeAlias

from rollout_tui.debugger.context.item_text import whole_text
from rollout_tui.debugger.evidence import result_text, value
from rollout_tui.debugger.text_facts import utf8_size
from rollout_tui.graph.objects import (
    CodeCell,
    ConversationItem,
    Object,
    PendingEdge,
    TerminalOperation,
    ToolCall,
)
from rollout_tui.graph.values import CodePart, EncodedPart, JsonPart
from rollout_tui.tui.drawing.lens import View

Language: TypeAlias = Literal["", "javascript", "json"]


class Text(NamedTuple):
    """`name` is the heading over the text, `language` how it is highlighted."""

    name: str
    text: str
    language: Language = ""

    @property
    def size(self) -> int:
        """Bytes in UTF-8."""
        return utf8_size(self.text)


def object_text(view: View, found: Object) -> Text | None:
    """The text of an object as of the view; None for objects without one."""
    make = _TEXTS.get(type(found))
    return make(view, found) if make else None


def _item(view: View, item: ConversationItem) -> Text | None:
    text = whole_text(view.trace, item)
    if text is None:
        encrypted = [one for one in item.body.parts if isinstance(one, EncodedPart)]
        if not encrypted:
            return None
        return Text("text", "Encrypted by the provider: only the model can read it.")
    language: Language = ""
    if any(isinstance(part, CodePart) for part in item.body.parts):
        language = "javascript"
    elif all(isinstance(part, JsonPart) for part in item.body.parts):
        language = "json"
    return Text("source" if language == "javascript" else "text", text, language)


def _cell(view: View, cell: CodeCell) -> Text | None:
    return Text("source", cell.source_js, "javascript")


def _operation(view: View, operation: TerminalOperation) -> Text | None:
    result = operation.result
    if result is None:
        return None
    output = "\n".join(one for one in (result.stdout, result.stderr) if one)
    return Text("output", output)


def _tool(view: View, tool: ToolCall) -> Text | None:
    text = result_text(value(view.trace, tool.raw_result_payload_id))
    return Text("result", text) if text else None


def _pending(view: View, edge: PendingEdge) -> Text | None:
    return Text("message", edge.text) if edge.text else None


_TEXTS: dict[type[Object], Callable[[View, Any], Text | None]] = {
    ConversationItem: _item,
    CodeCell: _cell,
    TerminalOperation: _operation,
    ToolCall: _tool,
    PendingEdge: _pending,
}
