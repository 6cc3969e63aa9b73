"""The whole text that belongs to an object: what an item says, a cell's source, a command's output."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple, TypeAlias

from rollout_tui.debugger.context.item_text import read_from, short_text, whole_text
from rollout_tui.debugger.evidence import body_size, reference_to, result_text, value
from rollout_tui.debugger.text_facts import utf8_size
from rollout_tui.graph.history import object_id
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
from rollout_tui.tui.texts.making import making

LARGE_TEXT = 6_000_000
"""Bytes of a body from which on a text is made of it by a thread: dense JSON takes 16 ms a megabyte."""
BEGINNING = 64_000
"""Bytes of it that are shown meanwhile."""
Language: TypeAlias = Literal["", "javascript", "json"]


class Text(NamedTuple):
    """`name` is the heading over the text, `language` how it is highlighted.

    `unread` are the bytes of the body that is read meanwhile: the text is its beginning, 0 for a whole text.
    """

    name: str
    text: str
    language: Language = ""
    unread: int = 0

    @property
    def size(self) -> int:
        """Bytes in UTF-8."""
        return utf8_size(self.text)


def object_text(view: View, found: Object, *, at_once: bool = False) -> Text | None:
    """The text of an object as of the view; None for objects without one.

    Of one that lies in a large body the beginning until that is read, unless it is asked for `at_once`.
    """
    make = _TEXTS.get(type(found))
    if make is None:
        return None
    payload_id = _body_of(view, found)
    reference, size = reference_to(view.trace, payload_id), body_size(view.trace, payload_id)
    if reference is None or not size:
        return make(view, found)
    known = short_text(found) if isinstance(found, ConversationItem) else ""
    key = (view.trace.generation, "text of", reference.path, object_id(found), known)
    made = making(view.trace).get(key, size, lambda: (make(view, found),), large=LARGE_TEXT, at_once=at_once)
    return _beginning(view, reference.path, known, size) if made is None else made[0]


def _body_of(view: View, found: Object) -> str | None:
    """The payload that a text is read from, None where the graph has it."""
    if isinstance(found, ConversationItem):
        return read_from(view.trace, found)
    return found.raw_result_payload_id if isinstance(found, ToolCall) else None


def _beginning(view: View, path: str, known: str, size: int) -> Text:
    """What can be shown at once: what the graph has of it, else the first bytes of the body."""
    if not known:
        known = view.trace.payloads.read_range(path, 0, BEGINNING).decode(errors="backslashreplace")
    return Text("text", known, "", size)


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
