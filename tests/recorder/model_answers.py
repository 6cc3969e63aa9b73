"""Answers of a model server as the tests' transports give them."""

from __future__ import annotations

import json

from recorded import Json


def completion(n: int, text: str | None = None, *calls: tuple[str, Json]) -> Json:
    """Answer `n` of the chat completions API: a text, and the tools it calls with their arguments."""
    wanted = [
        {
            "id": f"call_{n}_{k}",
            "type": "function",
            "function": {"name": name, "arguments": json.dumps(arguments)},
        }
        for k, (name, arguments) in enumerate(calls)
    ]
    said = {"role": "assistant", "content": text, "tool_calls": wanted or None}
    choice = {"index": 0, "finish_reason": "stop", "message": said}
    usage = {"prompt_tokens": 10, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 4}}
    return {
        "id": f"chatcmpl-{n}",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [choice],
        "usage": {**usage, "total_tokens": 13},
    }


def response(n: int, *output: Json) -> Json:
    """Answer `n` of the responses API: what the model put out."""
    usage = {
        "input_tokens": 10,
        "input_tokens_details": {"cached_tokens": 2},
        "output_tokens": 3,
        "output_tokens_details": {"reasoning_tokens": 1},
        "total_tokens": 13,
    }
    return {
        "id": f"resp_{n}",
        "object": "response",
        "created_at": 1,
        "model": "m",
        "parallel_tool_calls": True,
        "status": "completed",
        "output": list(output),
        "tools": [],
        "tool_choice": "auto",
        "usage": usage,
    }


def output_message(n: int, text: str) -> Json:
    """A message among what the model put out."""
    content = [{"type": "output_text", "text": text, "annotations": []}]
    return {
        "type": "message",
        "id": f"msg_{n}",
        "role": "assistant",
        "status": "completed",
        "content": content,
    }
