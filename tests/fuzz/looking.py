"""Every lens over a recording, and every command: what they must never do, whatever the recording is."""

from __future__ import annotations

import contextlib
import io
import random
import sys
from pathlib import Path

from rollout_tui.cli import main
from rollout_tui.debugger.findings.findings import Findings
from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.spans.spans import Spans
from rollout_tui.printable import cells, printable
from rollout_tui.recording import Trace
from rollout_tui.tui.drawing.lens import View
from rollout_tui.tui.lenses import LENSES
from rollout_tui.tui.lenses.inspector import inspector

ROOM = 58
ROWS = 200
COMMANDS = (
    ("context",),
    ("context", "--json"),
    ("findings",),
    ("findings", "--json"),
    ("blocked", "--json"),
    ("summary",),
    ("check", "--json"),
    ("export", "--format", "md", "-o", "-"),
    ("export", "--format", "md", "--redact", "-o", "-"),
    ("export", "--format", "perfetto", "-o", "-"),
    ("reduce",),
)
STATUSES = (0, 1, 2)
PROGRAM_MISTAKE = "a mistake in this program"


def look(trace: Trace, events: set[int]) -> None:
    """Show each of these events in every lens: the rows fit and hold nothing but text."""
    findings = Findings(trace)
    findings.update()
    spans = index_of(trace.history, Spans)
    for event in events:
        snapshot = trace.snapshot(event)
        view = View(trace, spans, findings, snapshot, event, spans.thread_of(event), snapshot.time_ms)
        for make in (*(lens.lines for lens in LENSES), inspector):
            content = make(view, ROOM)
            for number in range(min(len(content), ROWS)):
                row = printable(content.line(number).text)
                assert cells(row) <= ROOM and row.isprintable(), (make, ascii(row))


def command(rng: random.Random, folder: Path) -> None:
    """Run a command: it ends with a status of its own and does not call itself mistaken."""
    name, *options = rng.choice(COMMANDS)
    out, errors = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        status = main([name, str(folder), *options])
        sys.stdout.flush()
    assert status in STATUSES and PROGRAM_MISTAKE not in errors.getvalue(), (name, errors.getvalue())
