"""How deep JSON text is nested: the reference parser refuses what goes deeper than `DEEPEST`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

DEEPEST = 127
LONGEST_KEPT = 64 << 20
"""Bytes of a text that the next one is compared with."""
_PIECE = 1 << 16
"""Bytes that are looked at in one go, for other threads wait meanwhile."""
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


class _Mark(NamedTuple):
    """A place in a text: in bytes, whether inside a string, and how deep."""

    at: int = 0
    inside: bool = False
    depth: int = 0


def outside_strings(
    data: bytes | bytearray, at: int = 0, inside: bool = False
) -> Iterator[tuple[bytes, int, bool]]:
    """JSON text without what stands in its strings, from byte `at` on, which is `inside` a string or not.

    Piece by piece, each with where the next one begins and whether that is inside a string. Raises nothing
    for text that is no JSON.
    """
    while at < len(data):
        piece = data[at : at + _PIECE].replace(b"\\\\", b"")
        # What a backslash at the end escapes is passed over.
        at += _PIECE + piece.endswith(b"\\")
        parts = piece.replace(b'\\"', b"").split(b'"')
        text = b"".join(parts[inside::2])
        inside ^= len(parts) % 2 == 0
        yield text, at, inside


def is_deep(data: bytes | bytearray) -> bool:
    """Whether JSON text is nested deeper than the reference parser goes."""
    if data.count(b"{") + data.count(b"[") <= DEEPEST:
        return False
    return any(mark.depth > DEEPEST for mark in _marks(data, _Mark()))


class GrowingTexts:
    """Texts of which each begins as the one before, as requests do: what they share is looked at once."""

    def __init__(self) -> None:
        self._before = b""
        self._marks = [_Mark()]

    def is_deep(self, data: bytes) -> bool:
        """Whether the next text is nested deeper than the reference parser goes."""
        if len(data) <= _PIECE or len(data) > LONGEST_KEPT:
            return is_deep(data)
        marks = self._shared(data)
        for mark in _marks(data, marks[-1]):
            if mark.depth > DEEPEST:
                return True
            marks.append(mark)
        self._before, self._marks = data, marks
        return False

    def _shared(self, data: bytes) -> list[_Mark]:
        """The marks up to which a text is the one before."""
        shared = [_Mark()]
        for mark in self._marks[1:]:
            start = shared[-1].at
            if mark.at > len(self._before) or not data.startswith(self._before[start : mark.at], start):
                break
            shared.append(mark)
        return shared


def _marks(data: bytes | bytearray, mark: _Mark) -> Iterator[_Mark]:
    """A mark at the end of each piece; where a text goes too deep its depth there, as the last one."""
    depth = mark.depth
    for text, at, inside in outside_strings(data, mark.at, mark.inside):
        for bracket in text.translate(None, _NO_BRACKETS):
            depth += 1 if bracket in b"[{" else -1
            if depth > DEEPEST:
                yield _Mark(at, inside, depth)
                return
        yield _Mark(at, inside, depth)
