"""JSON text as the reference reducer rewrites it (format section 7.1, `json` part)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from rollout_tui.trace.nesting import DEEPEST

SUMMARY_BYTES = 240

_ESCAPED = re.compile(r'["\\\x00-\x1f]')
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


class Number(str):
    """A number, as the text it was written with."""

    __slots__ = ()


def number(text: str) -> Number:
    """Number text as written, but with `e+`/`e-` for exponents and `0` for `-0`."""
    if text == "-0":
        return Number("0")
    mantissa, exponent, power = text.replace("E", "e").partition("e")
    if exponent and power[0] not in "+-":
        power = "+" + power
    return Number(mantissa + exponent + power)


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(parse_float=number, parse_int=number, parse_constant=_refuse)


def parsed(text: str) -> Any:
    """The JSON value of a whole text; numbers as `Number`.

    Raises ValueError where the reference parser would: NaN, lone surrogates, nesting
    deeper than 127.
    """
    try:
        value = _DECODER.decode(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    text.encode()
    if "\\u" in text or text.count("[") + text.count("{") > DEEPEST:
        compact(value)
    return value


def compact(value: Any, *, sort: bool = False, depth: int = 1) -> str:
    """Compact JSON text of a parsed value; object keys in source order or sorted."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, str):
        return quoted(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if depth > DEEPEST:
        raise ValueError("nested too deeply")
    if isinstance(value, list):
        return "[" + ",".join([compact(one, sort=sort, depth=depth + 1) for one in value]) + "]"
    pairs = sorted(value.items()) if sort else value.items()
    inner = [f"{quoted(key)}:{compact(one, sort=sort, depth=depth + 1)}" for key, one in pairs]
    return "{" + ",".join(inner) + "}"


def beginning(value: Any) -> str:
    """The first characters of `compact(value)`: all of them, or more than a summary holds."""
    pieces: list[str] = []
    size = 0
    for piece in _pieces(value):
        pieces.append(piece)
        size += len(piece)
        if size > SUMMARY_BYTES:
            break
    return "".join(pieces)


def _pieces(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        between = "["
        for one in value:
            yield between
            yield from _pieces(one)
            between = ","
        yield "]" if value else "[]"
    elif isinstance(value, dict):
        between = "{"
        for key, one in value.items():
            yield f"{between}{quoted(key[: SUMMARY_BYTES + 1])}:"
            yield from _pieces(one)
            between = ","
        yield "}" if value else "{}"
    elif isinstance(value, str) and not isinstance(value, Number):
        yield quoted(value[: SUMMARY_BYTES + 1])
    else:
        yield compact(value)


def quoted(text: str) -> str:
    """A JSON string; raises ValueError (UnicodeEncodeError) for a lone surrogate."""
    text.encode()
    return '"' + _ESCAPED.sub(_escape, text) + '"'


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    return _ESCAPES.get(character) or f"\\u{ord(character):04x}"


def summary(text: str) -> str:
    """`text` cut to 240 bytes of UTF-8, at a character, with `...` where something was cut."""
    data = text.encode()
    if len(data) <= SUMMARY_BYTES:
        return text
    return data[:SUMMARY_BYTES].decode(errors="ignore") + "..."


def content_sha256(value: Any) -> str:
    """Hex SHA-256 of a value as compact JSON with sorted keys (7.1, `payload_ref`)."""
    import hashlib

    return hashlib.sha256(compact(value, sort=True).encode()).hexdigest()
