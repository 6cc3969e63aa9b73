"""Whether there is a screen to draw on."""

from __future__ import annotations

import os
import sys

_NO_TERMINAL = (
    "the terminal interface needs a terminal; without one use reduce, context, diff, findings, blocked, "
    "summary, check or export (rollout-tui help)"
)
_DUMB = "TERM=dumb cannot place text on the screen; --plain needs no more"


def why_no_screen() -> str:
    """Why nothing can be drawn here; empty where there is a terminal, or a browser in place of one."""
    if "TEXTUAL_DRIVER" in os.environ:
        return ""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return _NO_TERMINAL
    return _DUMB if os.environ.get("TERM") == "dumb" else ""
