"""How much of a payload is taken in, so that a hostile one cannot fill the memory.

Far above what recordings hold. What is larger is named, with its size, and its file can still be looked at.
"""

from __future__ import annotations

from rollout_tui.trace.nesting import outside_strings

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
    count = 0
    for text, _, _ in outside_strings(data):
        count += text.count(b",")
        if count >= MOST_VALUES:
            break
    return count
