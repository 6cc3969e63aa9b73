"""Conversation items in the form the trace format knows (format section 7.1).

A harness sends what its API accepts: plain texts, chat-style messages, SDK objects, item types that no
reducer knows. These functions return equal plain items that every reducer accepts; an item that is already
in form is returned as it is, so that requests repeat the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from rollout_tui.recorder.plain_values import plain_value

Item = dict[str, Any]

ROLES = frozenset({"system", "developer", "user", "assistant", "tool"})
_CALLS = frozenset({"function_call", "custom_tool_call"})
_OUTPUTS = frozenset({"function_call_output", "custom_tool_call_output"})
_WHOLE = frozenset(
    {
        "additional_tools",
        "tool_search_call",
        "tool_search_output",
        "web_search_call",
        "image_generation_call",
        "local_shell_call",
        "mcp_tool_call_output",
    }
)
_COMPACTIONS = frozenset({"compaction", "compaction_summary", "context_compaction"})


def text_message(role: str, text: str, *, item_id: str | None = None, phase: str | None = None) -> Item:
    """Return a message item with one text part."""
    item: Item = {"type": "message"}
    if item_id is not None:
        item["id"] = item_id
    item["role"] = role
    item["content"] = [{"type": "output_text" if role == "assistant" else "input_text", "text": text}]
    if phase is not None:
        item["phase"] = phase
    return item


def agent_message(author: str, recipient: str, text: str, *, item_id: str) -> Item:
    """Return the item with which one agent's message stands in another agent's conversation."""
    content = [{"type": "input_text", "text": text}]
    return {
        "type": "agent_message",
        "id": item_id,
        "author": author,
        "recipient": recipient,
        "content": content,
    }


def tool_output(call_id: str, output: object, *, custom: bool = False) -> Item:
    """Return the item that carries a tool's output back; `custom` if a `custom_tool_call` asked for it."""
    kind = "custom_tool_call_output" if custom else "function_call_output"
    return {"type": kind, "call_id": call_id, "output": output}


def items_in_form(items: object) -> list[Item]:
    """Return a list of items every reducer accepts, for a request's `input` or a response's output."""
    if isinstance(items, str):
        return [text_message("user", items)]
    if items is None:
        return []
    if isinstance(items, Mapping) or not isinstance(items, Iterable):
        items = [items]
    return [item_in_form(item) for item in items]


def item_in_form(item: object) -> Item:
    """Return one item as plain data of a type every reducer accepts."""
    if type(item) is not dict:
        item = text_message("user", item) if isinstance(item, str) else plain(item)
    kind = item.get("type")
    if kind is None and "role" in item:
        kind = "message"
    if kind == "message":
        return _message(item)
    if kind in _CALLS or kind in _OUTPUTS or kind in _WHOLE:
        return item
    if kind == "reasoning":
        return _reasoning(item)
    if kind == "agent_message":
        return item if _is_agent_message(item) else _unknown(item)
    if kind in _COMPACTIONS and isinstance(item.get("encrypted_content"), str):
        return item
    return _unknown(item)


def plain(value: object) -> Item:
    """Return an object (of an SDK, say) as a dict of plain data."""
    data = plain_value(value)
    return data if isinstance(data, dict) else {"type": "unknown", "value": data}


def _message(item: Item) -> Item:
    role, content = item.get("role"), item.get("content")
    if (
        item.get("type") == "message"
        and isinstance(role, str)
        and role in ROLES
        and isinstance(content, list)
    ):
        return item
    role = {"function": "tool"}.get(str(role), role if role in ROLES else "developer")
    if not isinstance(content, list):
        text = content if isinstance(content, str) else "" if content is None else _json_text(content)
        content = text_message(str(role), text)["content"]
    rest = {name: value for name, value in item.items() if name not in ("type", "role", "content")}
    return {"type": "message", "role": role, "content": content, **rest}


def _reasoning(item: Item) -> Item:
    """Give a reasoning item the lists the reducer wants and at least one part."""
    summary, content = item.get("summary"), item.get("content")
    if isinstance(summary, list) and (summary or isinstance(item.get("encrypted_content"), str)):
        return item
    fixed = {**item, "summary": summary if isinstance(summary, list) else []}
    if not fixed["summary"] and not content and not isinstance(item.get("encrypted_content"), str):
        fixed["summary"] = [{"type": "summary_text", "text": ""}]
    return fixed


def _is_agent_message(item: Item) -> bool:
    content = item.get("content")
    return (
        all(isinstance(item.get(name), str) for name in ("author", "recipient"))
        and isinstance(item.get("id", ""), str | None)
        and isinstance(content, list)
        and bool(content)
        and all(
            isinstance(part, dict)
            and isinstance(
                part.get({"input_text": "text"}.get(str(part.get("type")), str(part.get("type")))), str
            )
            and part.get("type") in ("input_text", "encrypted_content")
            for part in content
        )
    )


def _unknown(item: Item) -> Item:
    """Keep the content of an item type no reducer knows, under the nearest type that they know."""
    kind, call_id = str(item.get("type")), item.get("call_id")
    rest = {name: value for name, value in item.items() if name not in ("type", "id", "call_id", "status")}
    known = {"id": item["id"]} if isinstance(item.get("id"), str) else {}
    if isinstance(call_id, str) and kind.endswith("_output"):
        output = {"type": "function_call_output", **known, "call_id": call_id, "output": _json_text(rest)}
        return {**output, "original_type": kind}
    if kind.endswith("_call"):
        call = {"type": "function_call", **known, "name": kind.removesuffix("_call"), "call_id": call_id}
        return {**call, "arguments": _json_text(rest), "original_type": kind}
    message = text_message("assistant", _json_text(rest), item_id=known.get("id"))
    return {**message, "original_type": kind}


def _json_text(value: object) -> str:
    return msgspec.json.encode(plain_value(value)).decode()
