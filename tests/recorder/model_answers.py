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
