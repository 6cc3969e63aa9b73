"""The lenses: what the middle pane can show, one module each, and the inspector beside it."""

from __future__ import annotations

from rollout_tui.tui.keys import LENS_NAMES
from rollout_tui.tui.lens import Lens, LensFunction, LensLines, LineList, View
from rollout_tui.tui.lenses.context import context
from rollout_tui.tui.lenses.diff import diff
from rollout_tui.tui.lenses.findings import findings
from rollout_tui.tui.lenses.life_line import life_line
from rollout_tui.tui.lenses.raw import raw
from rollout_tui.tui.lenses.terminals import terminals
from rollout_tui.tui.lenses.tokens import tokens


def _plain(name: str) -> LensFunction:
    def lines(view: View, width: int) -> LensLines:
        return LineList(name, (), empty="Nothing to show here.")

    return lines


FUNCTIONS: dict[str, LensFunction] = {
    "context": context,
    "diff": diff,
    "cells": _plain("cells"),
    "agents": _plain("agents"),
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
