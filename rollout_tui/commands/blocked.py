"""`rollout-tui blocked`: what each thread is waiting for at an event."""

from __future__ import annotations

import argparse
from functools import partial

from rollout_tui.commands.answer import say
from rollout_tui.commands.arguments import Parser, add_at, add_json, add_trace
from rollout_tui.commands.loading import look
from rollout_tui.commands.outcome import FINE
from rollout_tui.debugger.waiting.blocked import blocked
from rollout_tui.export.blocked import blocked_text, waits_json

_DESCRIPTION = (
    "Say for every thread what its running turn waits for, innermost last, and what runs beside it."
)
_EXAMPLES = """\
  rollout-tui blocked trace-01a2              at the last event: what hangs
  rollout-tui blocked trace-01a2 --at 45      the turn, its wait, the cell, the command in it"""


def parser() -> Parser:
    """The arguments of `rollout-tui blocked`."""
    return Parser("rollout-tui blocked", _DESCRIPTION, add_trace, add_at, add_json, examples=_EXAMPLES)


def run(options: argparse.Namespace) -> int:
    """Print what threads wait for."""
    trace, snapshot, _ = look(options.trace, options.at)
    found = blocked(trace, snapshot)
    say(options.json, lambda: map(waits_json, found), partial(blocked_text, snapshot.seq, found))
    return FINE
