"""Every lens drawn by the widget that shows it, in a narrow and in a wide pane."""

from __future__ import annotations

from typing import Any

import pytest
from lens_views import DEMO, LENS_FUNCTIONS, view_at
from textual.app import App, ComposeResult

from rollout_tui.graph.objects import ConversationItem
from rollout_tui.tui.line_view import LineView
from rollout_tui.tui.lines import ToObject

SIZES = {"narrow": (48, 24), "wide": (120, 36)}
AN_OUTPUT = ToObject(ConversationItem, "conversation_item:8")

# Where the demo has something to show in a lens.
MOMENTS: dict[str, tuple[int, dict[str, Any]]] = {
    "context": (98, {}),
    "diff": (100, {}),
    "cells": (80, {}),
    "agents": (97, {}),
    "tokens": (85, {}),
    "terminals": (80, {"hindsight": True}),
    "findings": (30, {}),
    "raw": (83, {}),
    "life_line": (100, {"selection": AN_OUTPUT}),
    "inspector": (82, {}),
}


class LensApp(App[None]):
    """One pane with one lens."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, name: str) -> None:
        super().__init__()
        self.lens_name = name

    def compose(self) -> ComposeResult:
        yield LineView()

    def on_mount(self) -> None:
        self.call_after_refresh(self.show_lens)

    def show_lens(self) -> None:
        pane = self.query_one(LineView)
        seq, more = MOMENTS[self.lens_name]
        content = LENS_FUNCTIONS[self.lens_name](view_at(DEMO, seq, **more), pane.room)
        pane.show(content, row=content.focus)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", MOMENTS)
def test_lens_looks_the_same(snap_compare: Any, name: str, size: str) -> None:
    assert snap_compare(LensApp(name), terminal_size=SIZES[size])
