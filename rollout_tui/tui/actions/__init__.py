"""What keys do: a function per action, named in the table of keys, each given the desk it acts on."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, cast

from rollout_tui.tui.keys import BY_ID

if TYPE_CHECKING:
    from rollout_tui.tui.actions.desk import Desk


@cache
def function_of(action_id: str) -> Callable[[Desk], None]:
    """The function of an action. Raises KeyError, ImportError, AttributeError for a broken table."""
    module, _, name = BY_ID[action_id].function.partition(".")
    found = importlib.import_module(f"{__name__}.{module}")
    return cast("Callable[[Desk], None]", getattr(found, name))
