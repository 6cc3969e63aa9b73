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

# A string, and as far as the next comma that is in none. Possessive throughout: each byte is looked at once.
_STRING = rb'"[^"\\]*+(?:\\.?[^"\\]*+)*+(?:"|\Z)'
_STRINGS = re.compile(_STRING, re.DOTALL)
_TO_COMMA = re.compile(rb'[^",]*+(?:' + _STRING + rb'[^",]*+)*+,', re.DOTALL)
_FEW_QUOTES = 100_000


def too_many_values(data: bytes | bytearray | str) -> bool:
    """Whether JSON text holds more than MOST_VALUES values; raises nothing for text that is no JSON."""
    if isinstance(data, str):
        return data.count(",") >= MOST_VALUES and too_many_values(data.encode(errors="surrogatepass"))
    return data.count(b",") >= MOST_VALUES and _commas(data) >= MOST_VALUES


def _commas(data: bytes | bytearray) -> int:
    """How many commas stand outside strings; where there are many strings, counted up to MOST_VALUES."""
    if data.count(b'"') < _FEW_QUOTES:
        return data.count(b",") - sum(found[0].count(b",") for found in _STRINGS.finditer(data))
    count = at = 0
    while count < MOST_VALUES and (found := _TO_COMMA.match(data, at)) is not None:
        at = found.end()
        count += 1
    return count
