"""What is asked of a text at every look, and costs as much as the text is long."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

T = TypeVar("T")

LARGE = 1 << 16
"""Characters from which on an answer is remembered."""
MOST_REMEMBERED = 4096
_HOW_MUCH = re.compile(r"\d+ (tokens|chars|characters|bytes|lines) (truncated|omitted)")
_CUT = re.compile(r"Warning: truncated output")


def _remembered(ask: Callable[[str], T]) -> Callable[[str], T]:
    """`ask`, which looks at a large text once: by its hash, which Python keeps with it, not by the text."""
    known: dict[tuple[int, int], T] = {}

    @wraps(ask)
    def answer(text: str) -> T:
        if len(text) < LARGE:
            return ask(text)
        key = len(text), hash(text)
        # Another thread may let all of it go at any time.
        try:
            return known[key]
        except KeyError:
            if len(known) >= MOST_REMEMBERED:
                known.clear()
            known[key] = answered = ask(text)
            return answered

    return answer


def utf8_size(text: str) -> int:
    """Bytes of a text in UTF-8."""
    return len(text) if text.isascii() else _encoded_size(text)


@_remembered
def _encoded_size(text: str) -> int:
    return len(text.encode(errors="surrogatepass"))


@_remembered
def cut_mark(text: str) -> str | None:
    """What codex writes where it cut a text: how much is missing, else that something is; None if whole."""
    if "truncated" not in text and "omitted" not in text:
        return None
    found = _HOW_MUCH.search(text) or _CUT.search(text)
    return found[0] if found else None
