"""Any value as plain data that JSON can hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

MAXIMUM_DEPTH = 96
"""Nesting written as it is; the reference reducer refuses a payload nested 128 deep."""

_REPRESENTATION = 200
"""Characters that are kept of how a value shows itself."""
_INTEGERS = 1 << 63
"""Readers keep integers in 64 bits, with a sign."""


def plain_value(value: object, depth: int = 0) -> Any:
    """Rebuild any value from what JSON can hold: clean text, text keys, bounded depth, no cycles."""
    if isinstance(value, str):
        return _clean(value)
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if -_INTEGERS <= value < _INTEGERS else str(value)
    if depth > MAXIMUM_DEPTH:
        return {"recorder_omitted": "nested too deep"}
    if isinstance(value, Mapping):
        return {_key(key): plain_value(entry, depth + 1) for key, entry in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain_value(entry, depth + 1) for entry in value]
    known = known_form(value)
    if known is not None:
        return plain_value(known, depth + 1)
    try:
        return msgspec.json.decode(msgspec.json.encode(value))
    except Exception:
        return description(value)


def known_form(value: object) -> object | None:
    """Return the fields of a model object (pydantic's `model_dump`), the text of a path, else None."""
    dump = getattr(value, "model_dump", None)
    if callable(dump) and not isinstance(value, type):
        try:
            dumped: object = dump(mode="json", exclude_unset=True, warnings=False)
        except Exception:
            dumped = None
        if dumped is not None:
            return dumped
    if hasattr(value, "__fspath__"):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    return None


def description(value: object) -> dict[str, str]:
    """Return what stands in JSON for a value that JSON cannot hold."""
    try:
        text = repr(value)[:_REPRESENTATION]
    except Exception:
        text = "no representation"
    return {"recorder_unserialisable": type(value).__name__, "representation": _clean(text)}


def _key(key: object) -> str:
    try:
        return _clean(key if isinstance(key, str) else str(key))
    except Exception:
        return f"key of type {type(key).__name__}"


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
