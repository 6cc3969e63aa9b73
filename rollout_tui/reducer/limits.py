"""How much of a payload is taken in, so that a hostile one cannot fill the memory.

Far above what recordings hold. What is larger is named, with its size, and its file can still be looked at.
"""

from __future__ import annotations

import re

MIB = 1 << 20
LARGEST_BODY = 128 * MIB
"""Bytes of a payload that is decoded; decoded text can take four times as much."""
MOST_VALUES = 1_000_000
"""JSON values in a payload or in a text that is JSON; each takes up to 150 bytes while it is decoded."""
MOST_ITEMS = 100_000
"""Items in a request, a response or a checkpoint."""
MOST_PARTS = 10_000
"""Parts of an item."""

# As far as the next comma that is in no string. Possessive throughout: each byte is looked at once.
_TO_COMMA = r'[^",]*+(?:"[^"\\]*+(?:\\.?[^"\\]*+)*+(?:"|\Z)[^",]*+)*+,'
_IN_BYTES = re.compile(_TO_COMMA.encode(), re.DOTALL)
_IN_TEXT = re.compile(_TO_COMMA, re.DOTALL)


def too_many_values(data: bytes | bytearray | str) -> bool:
    """Whether JSON text holds more than MOST_VALUES values; raises nothing for text that is no JSON."""
    if isinstance(data, str):
        return data.count(",") >= MOST_VALUES and _commas(data) >= MOST_VALUES
    return data.count(b",") >= MOST_VALUES and _commas(data) >= MOST_VALUES


def _commas(data: bytes | bytearray | str) -> int:
    """How many commas stand outside strings, counted up to MOST_VALUES."""
    count = at = 0
    while count < MOST_VALUES:
        found = _IN_TEXT.match(data, at) if isinstance(data, str) else _IN_BYTES.match(data, at)
        if found is None:
            break
        at = found.end()
        count += 1
    return count
