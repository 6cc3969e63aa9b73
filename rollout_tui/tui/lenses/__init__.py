"""The lenses: what the middle pane can show, one module each, and the inspector beside it."""

from __future__ import annotations

from rollout_tui.tui.keys import LENS_NAMES
from rollout_tui.tui.lens import Lens, LensFunction
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
