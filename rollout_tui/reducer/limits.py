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

_PIECE = 1 << 20
"""Bytes that are looked at in one go, for other threads wait meanwhile."""
_FEW_STRINGS = 50_000
# The inside of a string, and as far as the next comma that is in none. Possessive throughout: each byte is
# looked at once.
_INSIDE = rb'[^"\\]*+(?:\\.[^"\\]*+)*+'
_IN_STRING = re.compile(_INSIDE, re.DOTALL)
_TO_COMMA = re.compile(rb'[^",]*+(?:"' + _INSIDE + rb'(?:"|\\?\Z)[^",]*+)*+,', re.DOTALL)


def too_many_values(data: bytes | bytearray | str) -> bool:
    """Whether JSON text holds more than MOST_VALUES values; raises nothing for text that is no JSON."""
    if isinstance(data, str):
        return data.count(",") >= MOST_VALUES and too_many_values(data.encode(errors="surrogatepass"))
    count = 0
    for at in range(0, len(data), _PIECE):
        count += data.count(b",", at, at + _PIECE)
        if count >= MOST_VALUES:
            return _commas(data) >= MOST_VALUES
    return False


def _commas(data: bytes | bytearray) -> int:
    """How many commas stand outside strings, counted until there are MOST_VALUES."""
    count = at = strings = 0
    while count < MOST_VALUES and at < len(data) and strings < _FEW_STRINGS:
        quote = data.find(b'"', at, at + _PIECE)
        stop = at + _PIECE if quote < 0 else quote
        count += data.count(b",", at, stop)
        at = stop if quote < 0 else _string_end(data, quote + 1)
        strings += quote >= 0
    # Where there are many strings, to go from comma to comma is quicker.
    while count < MOST_VALUES and (found := _TO_COMMA.match(data, at)) is not None:
        at = found.end()
        count += 1
    return count


def _string_end(data: bytes | bytearray, at: int) -> int:
    """Where the string ends whose inside begins at `at`."""
    while (found := _IN_STRING.match(data, at, at + _PIECE)) is not None:
        end = found.end()
        if end == at or data[end : end + 1] == b'"':
            break
        at = end
    return end + 1
