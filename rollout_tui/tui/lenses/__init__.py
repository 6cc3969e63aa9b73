"""The lenses: what the middle pane can show, one module each, and the inspector beside it."""

from __future__ import annotations

from rollout_tui.tui.keys import LENS_NAMES
from rollout_tui.tui.lens import Lens, LensFunction, LensLines, LineList, View
from rollout_tui.tui.lenses.findings import findings
from rollout_tui.tui.lenses.raw import raw


def _plain(name: str) -> LensFunction:
    def lines(view: View, width: int) -> LensLines:
        return LineList(name, (), empty="Nothing to show here.")

    return lines


FUNCTIONS: dict[str, LensFunction] = {
    "context": _plain("context"),
    "diff": _plain("diff"),
    "cells": _plain("cells"),
    "agents": _plain("agents"),
    "tokens": _plain("tokens"),
    "terminals": _plain("terminals"),
    "findings": findings,
    "raw": raw,
}

LENSES: tuple[Lens, ...] = tuple(
    Lens(key, name, description, FUNCTIONS[name]) for key, name, description in LENS_NAMES
)
