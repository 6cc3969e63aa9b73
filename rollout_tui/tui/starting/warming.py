"""Imports what the first screen does not need, one module a time, once the screen has nothing else to do.

Whoever looks at a lens or opens the command line for the first time waits for no import then.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator

PAUSE_S = 0.05
_LATER = (
    "answers",
    "offers",
    "lenses.context",
    "lenses.cells",
    "lenses.agents",
    "lenses.diff",
    "lenses.tokens",
    "lenses.terminals",
    "lenses.findings",
    "lenses.raw",
    "lenses.life_line",
    "actions.looking",
    "actions.handing_out",
    "screens.help",
)


def warm_up(later: Callable[[float, Callable[[], None]], object]) -> None:
    """Import all of it; `later` calls a function after so many seconds."""
    names = iter(_LATER)
    later(PAUSE_S, lambda: _next(names, later))


def _next(names: Iterator[str], later: Callable[[float, Callable[[], None]], object]) -> None:
    name = next(names, None)
    if name is not None:
        importlib.import_module(f"rollout_tui.tui.{name}")
        later(PAUSE_S, lambda: _next(names, later))
