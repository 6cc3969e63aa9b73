"""The lenses: what the middle pane can show, one module each, and the inspector beside it.

Lens functions are pure and cheap: they look up what is visible at the cursor and leave the rest to be made
when a row is painted. Their lines may hold text of the trace as it is, for the pane makes it printable when
it paints; whatever is measured or cut to a width is made printable first.
"""

from __future__ import annotations

from rollout_tui.tui.drawing.lens import Lens, LensFunction
from rollout_tui.tui.keys import LENS_NAMES
from rollout_tui.tui.lenses.agents import agents
from rollout_tui.tui.lenses.cells import cells
from rollout_tui.tui.lenses.context import context
from rollout_tui.tui.lenses.diff import diff
from rollout_tui.tui.lenses.findings import findings
from rollout_tui.tui.lenses.life_line import life_line
from rollout_tui.tui.lenses.raw import raw
from rollout_tui.tui.lenses.terminals import terminals
from rollout_tui.tui.lenses.tokens import tokens

FUNCTIONS: dict[str, LensFunction] = {
    "context": context,
    "diff": diff,
    "cells": cells,
    "agents": agents,
    "tokens": tokens,
    "terminals": terminals,
    "findings": findings,
    "raw": raw,
    "life_line": life_line,
}

LENSES: tuple[Lens, ...] = (
    *(Lens(key, name, description, FUNCTIONS[name]) for key, name, description in LENS_NAMES),
    Lens("L", "life_line", "where a text came from, and when the model saw and lost it", life_line),
)
