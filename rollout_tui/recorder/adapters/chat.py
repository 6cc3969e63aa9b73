"""Chat Completions messages as the items of the trace format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rollout_tui.recorder.items import ROLES, Item, text_message, tool_output
from rollout_tui.recorder.plain_values import plain_value

_PARTS = {
    "text": "input_text",
    "image_url": "input_image",
    "input_audio": "input_audio",
    "file": "input_file",
}
_USAGE = {"prompt_tokens": "input_tokens", "completion_tokens": "output_tokens"}


def chat_items(messages: object) -> list[Item]:
    """Return the items that a list of chat messages (dicts or SDK objects) stands for."""
    if not isinstance(messages, Iterable) or isinstance(messages, str | Mapping):
        messages = [messages]
    return [item for message in messages for item in chat_message(message)]


def chat_message(message: object, item_id: str | None = None) -> list[Item]:
    """Return the items of one chat message: its text and, of an assistant's, each call it makes.

    `item_id` distinguishes the items of a response; a message that is sent carries no id.
    """
    data = message if isinstance(message, dict) else plain_value(message)
    if not isinstance(data, dict):
        return [text_message("user", str(data))]
    role = str(data.get("role") or "assistant")
    if role == "tool":
        return [tool_output(str(data.get("tool_call_id")), _text(data.get("content")))]
    if role != "assistant":
        return [_message(role if role in ROLES else "developer", data.get("content"))]
    items: list[Item] = []
    if data.get("reasoning_content"):
        thought = {"type": "reasoning_text", "text": str(data["reasoning_content"])}
        items.append({"type": "reasoning", "summary": [], "content": [thought]})
    said = data.get("content") if data.get("content") not in (None, "") else data.get("refusal")
    if said:
        items.append(_message("assistant", said))
    calls = data.get("tool_calls") or []
    items += [_call(call) for call in calls if isinstance(call, dict)]
    if item_id is not None:
        items = [{"type": item["type"], "id": f"{item_id}_{n}", **item} for n, item in enumerate(items)]
    return items


def chat_response(message: object, response_id: str | None = None) -> list[Item]:
    """Return the items of a response's message; with ids if the response has one."""
    return chat_message(message, None if response_id is None else f"msg_{response_id}")


def chat_tool_call(call: object) -> Item:
    """Return the item of one entry of a message's `tool_calls`; an item of the Responses API as it is."""
    data = call if isinstance(call, dict) else plain_value(call)
    if not isinstance(data, dict):
        return {"type": "function_call", "name": "unknown", "arguments": str(data), "call_id": None}
    return data if "call_id" in data else _call(data)


def chat_usage(usage: object) -> dict[str, Any] | None:
    """Return the usage of a chat completion under the names of the Responses API."""
    data = usage if isinstance(usage, dict) else plain_value(usage)
    if not isinstance(data, dict) or "prompt_tokens" not in data:
        return None
    return {
        **{ours: data.get(theirs) for theirs, ours in _USAGE.items()},
        "input_tokens_details": data.get("prompt_tokens_details"),
        "output_tokens_details": data.get("completion_tokens_details"),
    }


def _message(role: str, content: object) -> Item:
    if not isinstance(content, list):
        return text_message(role, _text(content))
    names = {**_PARTS, "text": "output_text"} if role == "assistant" else _PARTS
    parts = [
        {**part, "type": names.get(str(part.get("type")), part.get("type"))}
        if isinstance(part, dict)
        else part
        for part in content
    ]
    return {"type": "message", "role": role, "content": parts}


def _text(content: object) -> str:
    if isinstance(content, list):
        return "".join(str(part.get("text", "")) if isinstance(part, dict) else str(part) for part in content)
    return "" if content is None else str(content)


def _call(call: dict[str, Any]) -> Item:
    custom = call.get("custom")
    if isinstance(custom, dict):
        named = {"call_id": call.get("id"), "name": custom.get("name"), "input": custom.get("input", "")}
        return {"type": "custom_tool_call", **named}
    function = call.get("function") or {}
    named = {
        "name": function.get("name"),
        "arguments": function.get("arguments", ""),
        "call_id": call.get("id"),
    }
    return {"type": "function_call", **named}
