"""`rollout-tui summary`: identity, counts, tokens and where the time went."""

from __future__ import annotations

import argparse
from functools import partial

from rollout_tui.commands.answer import say
from rollout_tui.commands.arguments import Parser, add_json, add_trace
from rollout_tui.commands.loading import load, place
from rollout_tui.commands.outcome import FINE
from rollout_tui.debugger.summary import summary
from rollout_tui.export.summary import summary_text

_DESCRIPTION = """\
Tell what a recording holds: who it is, how many of what ended how, tokens, and for every turn
how long it was in the model, in tools, in waits, in compaction, and idle."""
_EXAMPLES = """\
  rollout-tui summary trace-01a2
  rollout-tui summary trace-01a2 --json | jq .durations_ms"""


def parser() -> Parser:
    """The arguments of `rollout-tui summary`."""
    return Parser("rollout-tui summary", _DESCRIPTION, add_trace, add_json, examples=_EXAMPLES)


def run(options: argparse.Namespace) -> int:
    """Print the summary."""
    told = summary(load(place(options.trace).path))
    say(options.json, lambda: told, partial(summary_text, told))
    return FINE
