"""Conversation items in a few words: a label of one line, and who an item came from."""

from __future__ import annotations

import re
from typing import NamedTuple

from msgspec import UNSET

from rollout_tui.debugger.context.headings import message_text, output_parts
from rollout_tui.debugger.context.item_text import short_text
from rollout_tui.debugger.evidence import json_value
from rollout_tui.debugger.indexes import remembered
from rollout_tui.debugger.lookup import latest
from rollout_tui.debugger.names import cell_label
from rollout_tui.debugger.spans.span_words import one_line, patched_file, telling_argument
from rollout_tui.debugger.spans.waits import wait_of
from rollout_tui.graph.history import History, item_number
from rollout_tui.graph.objects import CodeCell, ConversationItem, ToolCall
from rollout_tui.graph.values import (
    Body,
    CodeCellProducer,
    CompactionProducer,
    EncodedPart,
    InferenceProducer,
    PayloadRefPart,
    ToolProducer,
)
from rollout_tui.reducer.agent_messages import older_message
from rollout_tui.reducer.normal import CALL_KINDS, OUTPUT_KINDS
from rollout_tui.words import short_call_id

USER, MODEL, TOOL, CELL, EDGE, COMPACTION, HARNESS = (
    "user",
    "model",
    "tool",
    "code cell",
    "agent edge",
    "compaction",
    "harness",
)

_TAGGED = re.compile(r"\s*<([A-Za-z][\w :.-]{0,60})>(?:.*</\1>\s*)?", re.DOTALL)
# What a person did, though the client wrapped it in a tag.
_BY_HAND = ("user_shell_command",)
_PRAGMA = re.compile(r"\s*// @exec:[^\n]*\n?")


class _Labels(dict[str, tuple[Body, str]]):
    """By item id: the body a label was made for, and the label."""


def item_label(history: History, item: ConversationItem) -> str:
    """What an item is, on one line: `exec  for (let i=0...`, `wait cell 2 8000 ms`, `call_A  cell 1 yielded`.

    Takes only what lies in the graph; made once for a body.
    """
    known = remembered(history, _Labels)
    found = known.get(item.item_id)
    if found is None or found[0] is not item.body:
        found = known[item.item_id] = (item.body, _label(history, item))
    return found[1]


class BetweenAgents(NamedTuple):
    """Who said what to whom; `text` is empty where it is encrypted."""

    author: str
    recipient: str
    text: str


def agent_message(item: ConversationItem) -> BetweenAgents | None:
    """What an agent told another by an item, None for other items.

    Older releases recorded that as JSON in an assistant's text; what the model wrote itself is none.
    """
    if item.agent_message is not UNSET:
        return BetweenAgents(item.agent_message.author, item.agent_message.recipient, short_text(item))
    older = older_message(item)
    if older is None or any(isinstance(one, InferenceProducer) for one in item.produced_by):
        return None
    return BetweenAgents(older.author, older.recipient, older.content)


def provenance(item: ConversationItem, *, by_edge: bool = False) -> str:
    """Who an item came from: user, model, tool, code cell, agent edge, compaction or harness.

    `by_edge` says that an interaction edge is known to end at the item. Where the trace does not say who made
    an item (history of an earlier recording), its role decides.
    """
    kinds = {type(one) for one in item.produced_by}
    for kind, words in _PRODUCERS:
        if kind in kinds:
            return words
    if by_edge or item.agent_message is not UNSET:
        return EDGE
    if item.role == "assistant":
        return MODEL
    if item.role == "tool":
        return TOOL
    tag = _tag(item)
    return USER if item.role == "user" and (tag is None or tag in _BY_HAND) else HARNESS


_PRODUCERS: tuple[tuple[type, str], ...] = (
    (CompactionProducer, COMPACTION),
    (CodeCellProducer, CELL),
    (ToolProducer, TOOL),
    (InferenceProducer, MODEL),
)


def _tag(item: ConversationItem) -> str | None:
    """The tag that holds the whole of a message, e.g. `environment_context`."""
    text = short_text(item)
    found = _TAGGED.match(text)
    return found[1] if found and (found.end() == len(text) or len(item.body.parts) > 1) else None


def _label(history: History, item: ConversationItem) -> str:
    if item.kind == "compaction_marker":
        return "compaction marker"
    if item.kind in CALL_KINDS:
        return _call(history, item)
    if item.kind in OUTPUT_KINDS:
        return _two(short_call_id(item.call_id or "output"), output_words(history, item, short_text(item)))
    text = one_line(short_text(item))
    if item.kind == "reasoning":
        return _two("reasoning", text or "encrypted")
    if (between := agent_message(item)) is not None:
        return _two(f"from {between.author}", one_line(message_text(between.text)) or "encrypted")
    if item.channel == "summary":
        return _two("compaction summary", text or "encrypted")
    tag = None if item.role == "assistant" else _tag(item)
    if tag is not None:
        return tag
    if item.role in ("developer", "system"):
        return _two("instructions", text)
    return text or _unreadable(item)


def _unreadable(item: ConversationItem) -> str:
    """What stands for content that is no text."""
    for part in item.body.parts:
        if isinstance(part, PayloadRefPart):
            return part.label
        if isinstance(part, EncodedPart):
            return "encrypted"
    return "empty"


def _two(first: str, second: str) -> str:
    return f"{first}  {second}" if first and second else first or second


def _call(history: History, item: ConversationItem) -> str:
    name = history.items.name[item_number(item.item_id)] or item.kind
    text = short_text(item)
    if name == "exec":
        return _two(name, one_line(_PRAGMA.sub("", text, count=1)))
    arguments = json_value(text)
    if name == "apply_patch" and (patched := patched_file(arguments, text)):
        return _two(name, patched)
    if not isinstance(arguments, dict):
        return _two(name, one_line(text))
    if name == "wait" and isinstance(arguments.get("cell_id"), str):
        return _wait(arguments)
    if name == "write_stdin":
        return _two(name, _written(arguments))
    return _two(name, telling_argument(arguments) or ("" if not arguments else one_line(text)))


def _wait(arguments: dict[str, object]) -> str:
    words = ["wait cell", str(arguments["cell_id"])]
    if arguments.get("terminate") is True:
        words.append("terminate")
    if isinstance(arguments.get("yield_time_ms"), int):
        words.append(f"{arguments['yield_time_ms']} ms")
    return one_line(" ".join(words))


def _written(arguments: dict[str, object]) -> str:
    """What was written to which terminal session: `'yes\\n' to 9447`, `poll 9447`."""
    chars, session = arguments.get("chars"), arguments.get("session_id")
    what = repr(chars) if chars and isinstance(chars, str) else "poll"
    joint = " to" if what != "poll" else ""
    return one_line(what if session is None else f"{what}{joint} {session}")


def output_words(history: History, item: ConversationItem, text: str) -> str:
    """What an output says: how its cell or command stood by its heading, and the text behind that."""
    state, said = output_parts(text, lambda: _cell_of(history, item))
    return _two(state, one_line(said)) or _unreadable(item)


def _cell_of(history: History, item: ConversationItem) -> str | None:
    for producer in item.produced_by:
        if isinstance(producer, ToolProducer):
            tool = latest(history, ToolCall, producer.tool_call_id)
            named = None if tool is None else cell_of_call(history, tool)
            if named is not None:
                return named
    for producer in item.produced_by:
        if isinstance(producer, CodeCellProducer):
            return _cell_named(history, producer.code_cell_id)
    return None


def cell_of_call(history: History, tool: ToolCall) -> str | None:
    """The cell an `exec` call runs or a `wait` call waits for, as people call it."""
    wait = wait_of(history, tool)
    if wait is not None:
        return f"cell {wait.cell_id}" if wait.cell_id else None
    return _cell_named(history, f"code_cell:{tool.model_visible_call_id}")


def _cell_named(history: History, code_cell_id: str) -> str | None:
    cell = latest(history, CodeCell, code_cell_id)
    return None if cell is None else cell_label(cell)
