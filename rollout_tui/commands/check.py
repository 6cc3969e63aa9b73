"""`rollout-tui check`: whether the recording itself is sound."""

from __future__ import annotations

import argparse
from functools import partial

from rollout_tui.commands.answer import say
from rollout_tui.commands.arguments import Parser, add_json, add_trace
from rollout_tui.commands.loading import load, place
from rollout_tui.commands.outcome import FAILED, FINE
from rollout_tui.debugger.findings.check import check
from rollout_tui.export.check import check_json, check_text

_DESCRIPTION = """\
Check the recording, not the agent: lines that are no events, gaps in seq, payload files that are
missing or no JSON, events after the end. What never ended is a note. Exit 1 when it is not sound."""
_EXAMPLES = """\
  rollout-tui check trace-01a2        every line, every seq, every payload file, the end mark
  rollout-tui check trace-01a2 --json"""


def parser() -> Parser:
    """The arguments of `rollout-tui check`."""
    return Parser("rollout-tui check", _DESCRIPTION, add_trace, add_json, examples=_EXAMPLES)


def run(options: argparse.Namespace) -> int:
    """Print what is wrong; 1 where something is."""
    found = check(load(place(options.trace).path))
    say(options.json, partial(check_json, found), partial(check_text, found))
    return FINE if found.sound else FAILED
