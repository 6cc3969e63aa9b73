"""Regular expressions that somebody typed, put to text that somebody else wrote.

One that backtracks without end would hold the interpreter until it is done, the screen and Ctrl+C with it:
`re` cannot be stopped. `regex` can, and lets other threads go on meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import AnyStr, Generic

import regex

WHILE_SHOWN_S, IN_BACKGROUND_S = 0.1, 0.5
"""Seconds of processor time for one text: where the screen waits for it, and where it does not."""
MOST_GIVEN_UP = 10
"""Texts given up on, after which an expression is not tried any more."""


class PatternProblem(ValueError):
    """What is no regular expression; the text says why."""


class Pattern(Generic[AnyStr]):
    """A regular expression that gives a text up when it takes too long: as if it held nothing.

    `longest_s` is in seconds of processor time, `given_up` counts those texts. Raises PatternProblem.
    """

    def __init__(self, text: AnyStr, *, any_case: bool, longest_s: float = WHILE_SHOWN_S) -> None:
        self.given_up = 0
        self._longest_s = longest_s
        try:
            self._compiled: regex.Pattern[AnyStr] = regex.compile(
                text, regex.VERSION0 | (regex.IGNORECASE if any_case else 0)
            )
        except (regex.error, ValueError, RecursionError, OverflowError) as error:
            raise PatternProblem(str(error)) from error

    def found_in(self, text: AnyStr) -> tuple[int, int] | None:
        """Start and end of the first match."""
        return next(self.spans(text, 0, len(text)), None)

    def spans(self, text: AnyStr, start: int, stop: int) -> Iterator[tuple[int, int]]:
        """Start and end of all matches in a part of a text, in order."""
        if self.given_up >= MOST_GIVEN_UP:
            return
        try:
            for match in self._compiled.finditer(text, start, stop, timeout=self._longest_s):
                yield match.span()
        except TimeoutError:
            self.given_up += 1


def too_slow(seq: int) -> str:
    """What is said of an expression that gave a text up."""
    return f"the expression took too long on #{seq}, which is left out; narrow it"
