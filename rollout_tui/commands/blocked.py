"""`rollout-tui blocked`: what each thread is waiting for at an event."""

from __future__ import annotations

import argparse

from rollout_tui.commands.answer import say_json, say_lines
from rollout_tui.commands.arguments import Parser, add_at, add_json, add_trace
from rollout_tui.commands.loading import look
from rollout_tui.commands.outcome import FINE
from rollout_tui.debugger.waiting.blocked import blocked

_EXAMPLES = """\
  rollout-tui blocked trace-01a2              at the last event: what hangs
  rollout-tui blocked trace-01a2 --at 45      the turn, its wait, the cell, the command in it"""


def parser() -> Parser:
    """The arguments of `rollout-tui blocked`."""
    made = Parser(
        "rollout-tui blocked",
        "Say for every thread what its running turn waits for, innermost last, and what runs beside it.",
        examples=_EXAMPLES,
    )
    add_trace(made)
    add_at(made)
    add_json(made)
    return made


def run(options: argparse.Namespace) -> int:
    """Print what threads wait for."""
    trace, snapshot, _ = look(options.trace, options.at)
    found = blocked(trace, snapshot)
    if options.json:
        say_json(one.as_json() for one in found)
    else:
        from rollout_tui.export.blocked import blocked_text
        from rollout_tui.export.table import room

        say_lines(blocked_text(snapshot.seq, found, room()))
    return FINE
