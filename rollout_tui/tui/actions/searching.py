"""Searching, and filtering the findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rollout_tui.debugger.findings import SEVERITIES

if TYPE_CHECKING:
    from rollout_tui.tui.actions.desk import Desk


def ask(desk: Desk) -> None:
    """Open the search prompt."""
    desk.ask("/")


def filter_findings(desk: Desk) -> None:
    """List errors only, errors and warnings, or all."""
    session = desk.session
    at = SEVERITIES.index(session.severity) if session.severity in SEVERITIES else 0
    session.severity = SEVERITIES[(at + 1) % len(SEVERITIES)]
    shown = {"error": "errors only", "warning": "errors and warnings", "note": "all findings"}
    desk.say(f"findings: {shown[session.severity]}")
    desk.repaint()
