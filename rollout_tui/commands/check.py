"""`rollout-tui check`: whether the recording itself is sound."""

from __future__ import annotations

import argparse

from rollout_tui.commands.answer import say_json, say_lines
from rollout_tui.commands.arguments import Parser, add_json, add_trace
from rollout_tui.commands.loading import load, place
from rollout_tui.commands.outcome import FAILED, FINE
from rollout_tui.debugger.findings.check import as_json, check

_EXAMPLES = """\
  rollout-tui check trace-01a2        every line, every seq, every payload file, the end mark
  rollout-tui check trace-01a2 --json"""


def parser() -> Parser:
    """The arguments of `rollout-tui check`."""
    made = Parser(
        "rollout-tui check",
        "Check the recording, not the agent: lines that are no events, gaps in seq, payload files that are\n"
        "missing or no JSON, events after the end. What never ended is a note. Exit 1 when it is not sound.",
        examples=_EXAMPLES,
    )
    add_trace(made)
    add_json(made)
    return made


def run(options: argparse.Namespace) -> int:
    """Print what is wrong; 1 where something is."""
    found = check(load(place(options.trace).path))
    if options.json:
        say_json(as_json(found))
    else:
        from rollout_tui.export.check import check_text
        from rollout_tui.export.table import room

        say_lines(check_text(found, room()))
    return FINE if found.sound else FAILED
