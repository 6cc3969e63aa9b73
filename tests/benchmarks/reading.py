"""What is on our screen: the parts that benchmarks look for."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.benchmarks.screen import Screen
from tests.benchmarks.terminal import Terminal

HEADER = re.compile(r"^ rollout\s+\S+.*schema \d")
POSITION = re.compile(r"#(\d+)/(\d+)")
CONTEXT = re.compile(r"context \S+ +[\d,]+ items?")
LOADING = "LOADING"
BODY = slice(1, -4)

Shows = Callable[[Screen], bool]


def position(screen: Screen) -> tuple[int, int] | None:
    """(seq of the cursor, seq of the head) as the header has them."""
    found = POSITION.search(screen.rows[0])
    return (int(found[1]), int(found[2])) if found else None


def useful(last: int) -> Shows:
    """Header, last rows of the file and a context are painted."""
    row = re.compile(rf"#{last}\b")

    def shows(screen: Screen) -> bool:
        rows = screen.rows
        if not HEADER.match(rows[0]):
            return False
        body = "\n".join(rows[BODY])
        return bool(CONTEXT.search(body)) and bool(row.search(body) or position(screen) == (last, last))

    return shows


def ready(last: int) -> Shows:
    """Everything up to the last event is reduced."""

    def shows(screen: Screen) -> bool:
        at = position(screen)
        return at is not None and at[1] == last and LOADING not in screen.rows[0]

    return shows


def cursor_at(seq: int) -> Shows:
    """The header says that the cursor is there."""

    def shows(screen: Screen) -> bool:
        at = position(screen)
        return at is not None and at[0] == seq

    return shows


def lens_shown(title: str) -> Shows:
    """The pane in the middle has this title."""
    return lambda screen: title in screen.rows[1]


def cursor(terminal: Terminal) -> int:
    """The seq of the cursor. Raises LookupError when the header has none."""
    found = position(terminal.screen)
    if found is None:
        raise LookupError("the header names no event")
    return found[0]
