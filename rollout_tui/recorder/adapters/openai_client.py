"""Record a home-made loop around an OpenAI-compatible client as a rollout trace.

    create = recorded(client.chat.completions.create)      # or client.responses.create, sync or async
    with record("traces") as recording, recording.root.turn():
        answer = create(model="m", messages=messages)
        for call in answer.choices[0].message.tool_calls or []:
            with tool_call(call) as tool:
                tool.completed(run(call))

`recorded` adds nothing but the record: same arguments, same results, same exceptions, streams included. It
works on anything that takes `messages` or `input` and answers as OpenAI's API does, objects or plain dicts;
the `openai` package itself is not needed.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from rollout_tui.recorder import Inference, ToolCall, Turn, current_turn
from rollout_tui.recorder.adapters.chat import chat_items, chat_response, chat_tool_call, chat_usage
from rollout_tui.recorder.adapters.streams import AsyncRecordedStream, RecordedStream
from rollout_tui.recorder.plain_values import plain_value

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")

_FIRST = ("model", "stream", "instructions")
_INTERNAL = ("messages", "input", "extra_headers", "extra_query", "timeout")


def recorded(
    create: Callable[Parameters, Answer], *, turn: Turn | None = None, provider_name: str = "openai"
) -> Callable[Parameters, Answer]:
    """Return a function like `create` which records each call as a model call of the turn.

    The turn is `turn`, else the one whose `with` block surrounds the call. Pass arguments by name, as the
    client asks for.
    """

    def begin(arguments: dict[str, Any]) -> Inference:
        now = turn or current_turn()
        return now.inference(lambda: request_of(arguments), provider_name=provider_name)

    @functools.wraps(create)
    def call(*arguments: Parameters.args, **named: Parameters.kwargs) -> Answer:
        attempt = begin(named)
        try:
            answer = create(*arguments, **named)
        except BaseException as error:
            end_with_error(attempt, error)
            raise
        if inspect.isawaitable(answer):
            return cast(Answer, _awaited(answer, attempt, named))
        return cast(Answer, _received(answer, attempt, named))

    @functools.wraps(create)
    async def call_later(*arguments: Parameters.args, **named: Parameters.kwargs) -> Any:
        attempt = begin(named)
        return await _awaited(cast(Any, create(*arguments, **named)), attempt, named)

    return cast("Callable[Parameters, Answer]", call_later) if inspect.iscoroutinefunction(create) else call


def tool_call(call: object, *, turn: Turn | None = None) -> ToolCall:
    """Start the tool call that the model asked for: an entry of `tool_calls`, or an item of `output`."""
    now = turn or current_turn()
    return now.tool_call_for(chat_tool_call(call)) if now.recording else now.tool_call_for(call)


def request_of(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the request that a client's arguments stand for, in the order of the Codex CLI's requests."""
    body = {name: value for name, value in arguments.items() if name not in _INTERNAL}
    items = chat_items(arguments["messages"]) if "messages" in arguments else arguments.get("input")
    first: dict[str, Any] = {name: body.pop(name) for name in _FIRST if name in body}
    return {**first, "input": items, **body}


def end_with_error(attempt: Inference, error: BaseException) -> None:
    """End a model call with what its client raised."""
    request_id = getattr(error, "request_id", None)
    if isinstance(error, Exception):
        attempt.failed(error, upstream_request_id=request_id)
    else:
        attempt.cancelled(f"{type(error).__name__}", upstream_request_id=request_id)


async def _awaited(answer: Any, attempt: Inference, named: dict[str, Any]) -> Any:
    try:
        received = await answer
    except BaseException as error:
        end_with_error(attempt, error)
        raise
    return _received(received, attempt, named)


def _received(answer: Any, attempt: Inference, named: dict[str, Any]) -> Any:
    if not attempt.recording:
        return answer
    if named.get("stream"):
        if hasattr(answer, "__aiter__"):
            return AsyncRecordedStream(answer, aiter(answer), attempt)
        return RecordedStream(answer, iter(answer), attempt)
    try:
        attempt.completed(lambda: _output(answer), **_about(answer))
    except Exception as error:
        attempt.failed(f"the answer could not be recorded: {type(error).__name__}")
    return answer


def _output(answer: Any) -> Any:
    data = answer if isinstance(answer, dict) else plain_value(answer)
    if "choices" not in data:
        return data.get("output")
    return [
        item
        for choice in data["choices"][:1]
        for item in chat_response(choice.get("message"), data.get("id"))
    ]


def _about(answer: Any) -> dict[str, Any]:
    data = answer if isinstance(answer, dict) else vars(answer)
    usage = data.get("usage")
    return {
        "response_id": data.get("id"),
        "upstream_request_id": getattr(answer, "_request_id", None),
        "usage": chat_usage(usage) or usage,
    }
