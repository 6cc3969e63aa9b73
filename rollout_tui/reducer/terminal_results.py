"""What terminal operations gave, in the bodies that tell it (format section 9.6)."""

from typing import Any

import msgspec
from msgspec import Raw

from rollout_tui.graph.objects import TerminalOperation
from rollout_tui.graph.values import PayloadReference, TerminalResult
from rollout_tui.reducer import canonical
from rollout_tui.reducer.content import string
from rollout_tui.reducer.reduction import Reduction
from rollout_tui.trace.event_values import Unsigned
from rollout_tui.trace.payloads import PayloadProblem


class _ExecEnd(msgspec.Struct, gc=False):
    exit_code: int
    process_id: str | None = None
    aggregated_output: str = ""


_EXEC_END = msgspec.json.Decoder(_ExecEnd)


class _EndDecoder:
    """Makes results and process ids of exec end bodies; raises ValueError."""

    def decode(self, data: bytes, /) -> tuple[TerminalResult, str | None]:
        body = _EXEC_END.decode(data)
        if not -(2**31) <= body.exit_code < 2**31:
            raise ValueError("exit_code does not fit 32 bits")
        return TerminalResult(body.exit_code, body.aggregated_output, ""), body.process_id


_END = _EndDecoder()


def result_of(
    r: Reduction, operation: TerminalOperation, reference: PayloadReference
) -> tuple[TerminalResult | None, str | None]:
    """What an operation gave, and its process id."""
    try:
        return r.decoded(reference, _END)
    except PayloadProblem as problem:
        r.unreadable(reference, problem)
        return None, None
    except ValueError as error:
        reason: Exception = error
    if operation.kind == "write_stdin":
        try:
            return r.decoded(reference, _DISPATCHED), None
        except (ValueError, PayloadProblem) as error:
            reason = error
    r.refuse(
        "bad_terminal_result",
        f"terminal result {reference.raw_payload_id}: {reason}",
        operation.operation_id,
        reference.raw_payload_id,
    )
    return _partial_result(r, reference), None


class _Loose(msgspec.Struct, gc=False):
    exit_code: Raw = Raw()
    aggregated_output: Raw = Raw()


_LOOSE = msgspec.json.Decoder(_Loose)


def _partial_result(r: Reduction, reference: PayloadReference) -> TerminalResult | None:
    """What can be told of a body that lacks fields (12)."""
    try:
        body = r.decoded(reference, _LOOSE)
    except (ValueError, PayloadProblem):
        return None
    return TerminalResult(None, string(body.aggregated_output) or "", "")


class _Dispatch(msgspec.Struct, gc=False):
    type: str
    response_item: Raw = Raw()
    value: Raw = Raw()
    error: Raw = Raw()


class _CodeModeValue(msgspec.Struct, gc=False):
    output: str
    exit_code: int | None = None
    original_token_count: Unsigned | None = None
    chunk_id: str | None = None


class _Item(msgspec.Struct, gc=False):
    output: Raw = Raw()


_DISPATCH = msgspec.json.Decoder(_Dispatch)
_VALUE = msgspec.json.Decoder(_CodeModeValue)
_RESPONSE_ITEM = msgspec.json.Decoder(_Item)


def _dispatch_result(data: bytes) -> TerminalResult:
    """A write_stdin result as the dispatcher writes it (9.6); raises ValueError for other bodies."""
    body = _DISPATCH.decode(data)
    if body.type == "direct_response":
        text = _response_text(body.response_item)
        return TerminalResult(None, text, "", text)
    if body.type == "code_mode_response":
        try:
            value = _VALUE.decode(body.value)
        except ValueError:
            text = _value_text(body.value)
            return TerminalResult(None, text, "", text)
        return TerminalResult(
            value.exit_code, value.output, "", value.output, value.original_token_count, value.chunk_id
        )
    if body.type == "error":
        error = string(body.error)
        if error is None:
            raise ValueError("error without text")
        return TerminalResult(None, "", error, error)
    raise ValueError(f"result of type {body.type}")


class _DispatchDecoder:
    """Makes results of dispatch bodies; raises ValueError."""

    def decode(self, data: bytes, /) -> TerminalResult:
        return _dispatch_result(data)


_DISPATCHED = _DispatchDecoder()


def _response_text(item: Raw) -> str:
    """The text of a response item's output; the item itself where it has none."""
    whole = canonical.parsed(bytes(item).decode())
    try:
        output = _RESPONSE_ITEM.decode(item).output
    except ValueError:
        return canonical.compact(whole)
    if bytes(output) in (b"", b"null"):
        return canonical.compact(whole)
    value = canonical.parsed(bytes(output).decode())
    if isinstance(value, list):
        texts = [one["text"] for one in value if isinstance(one, dict) and _is_text(one.get("text"))]
        return "\n".join(texts) if texts else canonical.compact(whole)
    return _text_of(value)


def _value_text(raw: Raw) -> str:
    return _text_of(canonical.parsed(bytes(raw).decode() or "null"))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and not isinstance(value, canonical.Number)


def _text_of(value: Any) -> str:
    return str(value) if _is_text(value) else canonical.compact(value)
