"""JSON of values that can be as large as a recording makes them."""

from __future__ import annotations

from typing import Any

import msgspec

_ENCODER = msgspec.json.Encoder()


def json_text(value: Any, encoder: msgspec.json.Encoder = _ENCODER) -> bytearray:
    """Compact JSON of a value. Raises MemoryError where memory does not last for it.

    What makes `bytes` of it, `encode`, ends the whole process there.
    """
    text = bytearray()
    encoder.encode_into(value, text)
    return text
