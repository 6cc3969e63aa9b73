"""The header: which recording, in what state, and where the cursor is."""

from __future__ import annotations

from typing import NamedTuple

from rollout_tui.tui.drawing.lines import Cell, Line, Piece, row


class Header(NamedTuple):
    """What the header says; texts are in words and empty where there is nothing to say."""

    rollout_id: str
    schema: int
    status: str
    status_style: str
    agent_path: str
    turn: str
    inference: str
    position: str
    elapsed: str
    badge: str = ""


def header(facts: Header, width: int) -> Line:
    """One line; in a narrow terminal the least important facts go first."""
    cells = [
        Cell("rollout", "dim", drop=9),
        Cell(facts.rollout_id, "dim", drop=5),
        Cell(f"schema {facts.schema}" if facts.schema else "", "dim", drop=8),
        Cell(f" {facts.status} ", facts.status_style),
        Cell(facts.agent_path, "agent"),
        Cell(facts.turn, "turn", drop=3),
        Cell(facts.inference, "inference", drop=4),
        Cell(facts.position, "strong"),
        Cell(facts.elapsed, "", drop=6),
        Cell(f" {facts.badge} " if facts.badge else "", "badge"),
    ]
    shown = row(width - 1, *(cell for cell in cells if cell.text), gap=2, background="bar")
    return Line((Piece(" "), *shown.pieces), None, "bar")
