"""Streams of an OpenAI-compatible client, passed through while what they carry is recorded."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from rollout_tui.recorder import Inference
from rollout_tui.recorder.adapters.chat import chat_response, chat_usage
from rollout_tui.recorder.plain_values import plain_value

_FAILURES = frozenset({"response.failed", "response.incomplete", "error", "response.error"})


class _Heard:
    """What a stream has said so far; ends the model call when it is over."""

    def __init__(self, attempt: Inference) -> None:
        self._attempt = attempt
        self._message: dict[str, Any] = {"role": "assistant", "content": ""}
        self._calls: dict[int, dict[str, Any]] = {}
        self._about: dict[str, Any] = {}
        self._finished = False

    def chunk(self, chunk: Any) -> None:
        """Take in one event of the Responses API or one chunk of a chat completion."""
        if self._attempt.ended:
            return
        try:
            data = chunk if isinstance(chunk, dict) else plain_value(chunk)
            if "choices" in data:
                self._chat(data)
            else:
                self._event(str(data.get("type")), data)
        except Exception as error:
            self._attempt.failed(f"the stream could not be recorded: {type(error).__name__}")

    def over(self, error: BaseException | None) -> None:
        """The stream ended, was closed early (no error, not finished) or broke."""
        if self._attempt.ended:
            return
        output: Any = self._items if self._message["content"] or self._calls else None
        if isinstance(error, Exception):
            self._attempt.failed(error, output_items=output)
        elif error is None and self._finished:
            self._attempt.completed(self._items, **self._about)
        else:
            self._attempt.cancelled("the stream was left before its end", output_items=output)

    def ended(self, error: BaseException) -> None:
        """Asking for more raised this; a stop says that there is no more."""
        if not isinstance(error, (StopIteration, StopAsyncIteration)):
            self.over(error)
        elif not self._finished and not self._message["content"] and not self._calls:
            self.over(ConnectionError("the stream ended without an answer"))
        else:
            self._finished = True
            self.over(None)

    def _chat(self, data: dict[str, Any]) -> None:
        self._about["response_id"] = data.get("id")
        if data.get("usage"):
            self._about["usage"] = chat_usage(data["usage"])
        for choice in data["choices"][:1]:
            delta = choice.get("delta") or {}
            for name in ("content", "refusal", "reasoning_content"):
                if delta.get(name):
                    self._message[name] = (self._message.get(name) or "") + delta[name]
            for part in delta.get("tool_calls") or []:
                self._call(part)
            self._finished = self._finished or bool(choice.get("finish_reason"))

    def _call(self, part: dict[str, Any]) -> None:
        call = self._calls.setdefault(
            part.get("index", len(self._calls)), {"function": {"name": "", "arguments": ""}}
        )
        call["id"] = part.get("id") or call.get("id")
        function = part.get("function") or {}
        call["function"]["name"] += function.get("name") or ""
        call["function"]["arguments"] += function.get("arguments") or ""

    def _items(self) -> list[Any]:
        calls = [self._calls[index] for index in sorted(self._calls)]
        return chat_response({**self._message, "tool_calls": calls}, self._about.get("response_id"))

    def _event(self, kind: str, data: dict[str, Any]) -> None:
        response = data.get("response") or {}
        if kind == "response.output_item.done":
            self._attempt.received(data["item"])
        elif kind == "response.completed":
            output = response.get("output") or None
            self._attempt.completed(output, response_id=response.get("id"), usage=response.get("usage"))
        elif kind in _FAILURES:
            why = response.get("error") or response.get("incomplete_details") or data.get("message") or kind
            self._attempt.failed(str(why))


class _Recorded:
    """A stream of a client and its iterator; everything but the record is the client's own."""

    def __init__(self, stream: Any, chunks: Any, attempt: Inference) -> None:
        self._stream = stream
        self._chunks = chunks
        self._heard = _Heard(attempt)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class RecordedStream(_Recorded):
    """A stream that is iterated over."""

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Any:
        try:
            chunk = next(self._chunks)
        except BaseException as error:
            self._heard.ended(error)
            raise
        self._heard.chunk(chunk)
        return chunk

    def __enter__(self) -> Self:
        if hasattr(self._stream, "__enter__"):
            self._stream.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Any:
        self._heard.over(error)
        return self._stream.__exit__(kind, error, trace) if hasattr(self._stream, "__exit__") else None

    def close(self) -> None:
        """Close the client's stream; a model call that was not over is cancelled."""
        self._heard.over(None)
        self._stream.close()


class AsyncRecordedStream(_Recorded):
    """A stream of an asynchronous client."""

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        try:
            chunk = await anext(self._chunks)
        except BaseException as error:
            self._heard.ended(error)
            raise
        self._heard.chunk(chunk)
        return chunk

    async def __aenter__(self) -> Self:
        if hasattr(self._stream, "__aenter__"):
            await self._stream.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Any:
        self._heard.over(error)
        return (
            await self._stream.__aexit__(kind, error, trace) if hasattr(self._stream, "__aexit__") else None
        )

    async def close(self) -> None:
        """Close the client's stream; a model call that was not over is cancelled."""
        self._heard.over(None)
        await self._stream.close()
