"""Ways to come by what a reducer says of evidence that does not fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scripted import Json, Script

OTHER = {"type": "other", "name": "x"}

Case = Callable[[Script], Any]
Way = tuple[Case, Callable[[Json], object]]
CASES: dict[str, list[Way]] = {}


def case(code: str, shown: Callable[[Json], object] = bool) -> Callable[[Case], Case]:
    """A way to come by a code; `shown` looks for what must be in the state all the same.

    The function writes the events and returns the seq of the one that the code is said of (None: the last).
    """

    def noted(write: Case) -> Case:
        CASES.setdefault(code, []).append((write, shown))
        return write

    return noted
