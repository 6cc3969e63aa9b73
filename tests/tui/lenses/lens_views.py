"""Views of recordings for tests of the lenses, and lenses as plain text."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from recordings_at_hand import CORPUS

from rollout_tui import open_trace
from rollout_tui.debugger.findings.findings import Findings
from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.spans.spans import Spans
from rollout_tui.printable import cells, printable
from rollout_tui.recording import Trace
from rollout_tui.tui.drawing.lens import LensLines, View
from rollout_tui.tui.drawing.targets import Target
from rollout_tui.tui.lenses import LENSES
from rollout_tui.tui.lenses.inspector import inspector

LENS_FUNCTIONS = {lens.name: lens.lines for lens in LENSES} | {"inspector": inspector}


@cache
def opened(folder: Path) -> tuple[Trace, Findings]:
    """A bundle, all of it reduced, with its findings."""
    trace = open_trace(folder)
    findings = Findings(trace)
    findings.update()
    return trace, findings


def corpus(name: str) -> Path:
    """A bundle of the shared corpus; skips the test where it is absent."""
    folder = CORPUS / "schema2" / name
    if not folder.is_dir():
        pytest.skip(f"the shared corpus is not at {CORPUS}")
    return folder


def view_at(folder: Path, seq: int, **more: Any) -> View:
    """What a pane gets with the cursor on `seq`."""
    trace, findings = opened(folder)
    spans = index_of(trace.history, Spans)
    event = trace.ordinal(seq)
    snapshot = trace.snapshot(event)
    values: dict[str, Any] = {"thread_id": spans.thread_of(event), "now_ms": snapshot.time_ms} | more
    return View(trace, spans, findings, snapshot, event, **values)


def rows(content: LensLines) -> list[str]:
    """Every row as text."""
    return [printable(content.line(number).text) for number in range(len(content))]


def shown(name: str, folder: Path, seq: int, width: int = 78, **more: Any) -> list[str]:
    """The rows of a lens with the cursor on `seq`, blanks at their end left out."""
    content = LENS_FUNCTIONS[name](view_at(folder, seq, **more), width)
    return [row.rstrip() for row in rows(content)]


def row_with(content: LensLines, words: str) -> str:
    """The first row that holds these words."""
    return next(row for row in rows(content) if words in row)


def target_of(content: LensLines, words: str) -> Target | None:
    """Where the first row that holds these words leads."""
    return content.line(next(number for number, row in enumerate(rows(content)) if words in row)).target


def widths(content: LensLines) -> list[int]:
    """Width of every row in cells."""
    return [cells(row) for row in rows(content)]
