"""`rollout-tui summary`: identity, counts, tokens and where the time went."""

from __future__ import annotations

import argparse

from rollout_tui.commands.answer import say_json, say_lines
from rollout_tui.commands.arguments import Parser, add_json, add_trace
from rollout_tui.commands.loading import load, place
from rollout_tui.commands.outcome import FINE
from rollout_tui.debugger.summary import summary

_EXAMPLES = """\
  rollout-tui summary trace-01a2
  rollout-tui summary trace-01a2 --json | jq .durations_ms"""


def parser() -> Parser:
    """The arguments of `rollout-tui summary`."""
    made = Parser(
        "rollout-tui summary",
        "Tell what a recording holds: who it is, how many of what ended how, tokens, and for every turn\n"
        "how long it was in the model, in tools, in waits, in compaction, and idle.",
        examples=_EXAMPLES,
    )
    add_trace(made)
    add_json(made)
    return made


def run(options: argparse.Namespace) -> int:
    """Print the summary."""
    told = summary(load(place(options.trace).path))
    if options.json:
        say_json(told)
    else:
        from rollout_tui.export.summary import summary_text
        from rollout_tui.export.table import room

        say_lines(summary_text(told, room()))
    return FINE
