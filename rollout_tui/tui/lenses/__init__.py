"""The lenses: what the middle pane can show, one module each, and the inspector beside it.

Lens functions are pure and cheap: they look up what is visible at the cursor and leave the rest to be made
when a row is painted. Their lines may hold text of the trace as it is, for the pane makes it printable when
it paints; whatever is measured or cut to a width is made printable first.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import cast

from rollout_tui.tui.drawing.lens import Lens, LensFunction, LensLines, View
from rollout_tui.tui.lens_names import LENS_NAMES


@cache
def _function(name: str) -> LensFunction:
    """The lens of that name, in the module of that name."""
    return cast("LensFunction", getattr(importlib.import_module(f"{__name__}.{name}"), name))


def _lens(key: str, name: str, description: str) -> Lens:
    """A lens whose module is imported when it is first looked at: most are not, in the first second."""

    def lines(view: View, room: int) -> LensLines:
        return _function(name)(view, room)

    return Lens(key, name, description, lines)


LENSES: tuple[Lens, ...] = (
    *(_lens(one.key, one.name, one.description) for one in LENS_NAMES),
    _lens("L", "life_line", "where a text came from, and when the model saw and lost it"),
)
