"""JSON that can be as large as a recording makes it: made of values, and told from what is none."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Raw

_ENCODER = msgspec.json.Encoder()
_WHOLE = msgspec.json.Decoder(Raw)


def json_text(value: Any, encoder: msgspec.json.Encoder = _ENCODER) -> bytearray:
    """Compact JSON of a value. Raises MemoryError where memory does not last for it.

    What makes `bytes` of it, `encode`, ends the whole process there.
    """
    text = bytearray()
    encoder.encode_into(value, text)
    return text


def check_json(data: bytes) -> None:
    """Raise what speaks against `data` being JSON: ValueError, RecursionError. Makes no values of it."""
    _WHOLE.decode(data)
    if not data.isascii():
        data.decode()
