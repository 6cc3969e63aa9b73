"""What payload bodies say in words: results, errors, messages. Read when asked for; nothing raises."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from rollout_tui.debugger.text_facts import utf8_size
from rollout_tui.graph.values import PayloadReference
from rollout_tui.reducer.limits import too_many_values
from rollout_tui.trace.json_text import json_text
from rollout_tui.trace.payloads import PayloadProblem

if TYPE_CHECKING:
    from rollout_tui.recording import Trace

LONGEST_MESSAGE = 240
CUT_MARK = "..."
_BLANKS = re.compile(r"\s+")
_CUT_ESCAPE = re.compile(r"(?<!\\)((?:\\\\)*)\\(?:u[0-9a-fA-F]{0,3})?$")
"""An escape of a JSON string that is not whole, behind those that are."""
_CLOSINGS = ('"}', '"]}', '":null}')
"""What may be missing of an object: its string was a value, one of a list, a name."""


def reference_to(trace: Trace, raw_payload_id: str | None) -> PayloadReference | None:
    """What names a payload, wherever it is named; None when there is none."""
    if raw_payload_id is None:
        return None
    return trace.history.payloads.get(raw_payload_id, trace.history.head)


def body_size(trace: Trace, raw_payload_id: str | None) -> int:
    """Bytes of the body of a payload, 0 when there is none or it cannot be read."""
    reference = reference_to(trace, raw_payload_id)
    try:
        return 0 if reference is None else trace.payloads.size(reference.path)
    except PayloadProblem:
        return 0


def body(trace: Trace, raw_payload_id: str | None) -> bytes | None:
    """The bytes of a payload to be decoded, None when there is none, it cannot be read, or holds too much."""
    if raw_payload_id is None:
        return None
    try:
        data = trace.read_payload(raw_payload_id)
    except PayloadProblem:
        return None
    return None if too_many_values(data) else data


def value(trace: Trace, raw_payload_id: str | None) -> Any:
    """A payload as plain JSON values, None when it cannot be had."""
    data = body(trace, raw_payload_id)
    return None if data is None else _decoded(data)


def json_value(text: str) -> Any:
    """JSON text as plain values, None where it is none or holds more values than one may have."""
    return None if too_many_values(text) else _decoded(text)


def _decoded(data: bytes | str) -> Any:
    try:
        return msgspec.json.decode(data)
    except (ValueError, RecursionError):
        return None


def cut_json_value(text: str) -> Any:
    """The value of a JSON object that was cut within a string and ends in `...` instead; None for others."""
    if not (text.endswith(CUT_MARK) and text.lstrip().startswith("{")):
        return None
    begun = _CUT_ESCAPE.sub(r"\1", text.removesuffix(CUT_MARK)) + CUT_MARK
    ended = (json_value(begun + closing) for closing in _CLOSINGS)
    return next((value for value in ended if value is not None), None)


def line(text: str, most: int = LONGEST_MESSAGE) -> str:
    """`text` as one line of at most `most` characters (not yet printable: it is text of the trace)."""
    text = _BLANKS.sub(" ", text[: most * 8]).strip()
    return text if len(text) <= most else text[: most - len(CUT_MARK)] + CUT_MARK


def error_words(text: str) -> str:
    """The message of an error body: `type: message` where it is the provider's JSON, else its text."""
    if text.lstrip().startswith("{"):
        told = json_value(text)
        error = told.get("error") if isinstance(told, dict) else None
        if isinstance(error, dict) and isinstance(error.get("message"), str):
            kind = error.get("type") or error.get("code")
            return line(f"{kind}: {error['message']}" if isinstance(kind, str) else error["message"])
    return line(text)


def result_texts(result: Any) -> list[str]:
    """The pieces of text that a tool result gives to whoever asked (format section 4)."""
    if not isinstance(result, dict):
        return []
    if isinstance(result.get("error"), str):
        return [result["error"]]
    item = result.get("response_item")
    if isinstance(item, dict):
        return texts_of(item.get("output"))
    given = result.get("value")
    if isinstance(given, dict) and isinstance(given.get("output"), str):
        return [given["output"]]
    return texts_of(given)


def result_text(result: Any) -> str:
    """The text of a tool result, pieces joined by newlines; empty when there is none."""
    return "\n".join(result_texts(result))


def size_of(texts: Iterable[str]) -> int:
    """Bytes of pieces of text."""
    return sum(map(utf8_size, texts))


def texts_of(content: Any) -> list[str]:
    """The pieces of text of an output or of content parts; other values as JSON."""
    if content is None:
        return []
    if isinstance(content, str):
        return [content]
    if isinstance(content, dict):
        for name in ("content", "text", "output"):
            if name in content:
                return texts_of(content[name])
    if isinstance(content, list):
        return [text for one in content for text in texts_of(one)]
    return [json_text(content).decode()]


def tool_error(result: Any) -> str:
    """Why a call failed, as one line: the error, or what follows `Script error:` in a script's output."""
    text = result_text(result)
    _, found, after = text.partition("Script error:")
    return line(after if found else text)


def runtime_error(runtime: Any) -> str:
    """Why the work of a call failed, from its runtime end body."""
    if not isinstance(runtime, dict):
        return ""
    result = runtime.get("result")
    if isinstance(result, dict) and "Err" in result:
        return line("\n".join(texts_of(result["Err"])))
    for name in ("stderr", "error", "aggregated_output", "stdout"):
        if isinstance(runtime.get(name), str) and runtime[name]:
            return line(runtime[name])
    return ""


def cell_result(response: Any) -> dict[str, Any]:
    """The body of a code cell's response, whichever variant it is (`Result`, `Yielded`, `Terminated`)."""
    variants = response.get("response") if isinstance(response, dict) else None
    if isinstance(variants, dict) and len(variants) == 1:
        (inner,) = variants.values()
        if isinstance(inner, dict):
            return inner
    return {}


def protocol_message(body_value: Any) -> str:
    """The `message` of a protocol event."""
    message = body_value.get("message") if isinstance(body_value, dict) else None
    return error_words(message) if isinstance(message, str) else ""
