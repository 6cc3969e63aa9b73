"""`rollout-tui diff`: what changed in the context between two events."""

from __future__ import annotations

import argparse
from functools import partial

from rollout_tui.commands.answer import say
from rollout_tui.commands.arguments import Parser, add_json, add_thread, add_trace, seq
from rollout_tui.commands.loading import event_at, load, place, thread_at
from rollout_tui.commands.outcome import FINE
from rollout_tui.debugger.changes.diff import diff
from rollout_tui.export.diff import diff_json, diff_text

_DESCRIPTION = "Compare what a thread had in its context at two events: items that came, went and changed."
_EXAMPLES = """\
  rollout-tui diff trace-01a2 30 36                     between two requests
  rollout-tui diff trace-01a2 88 92 --thread /root/alpha   what a compaction took from a child"""


def parser() -> Parser:
    """The arguments of `rollout-tui diff`."""
    made = Parser("rollout-tui diff", _DESCRIPTION, add_trace, examples=_EXAMPLES)
    made.add_argument("a", metavar="SEQ_A", type=seq, help="the event to compare with")
    made.add_argument("b", metavar="SEQ_B", type=seq, help="the event to look at")
    add_thread(made)
    add_json(made)
    return made


def run(options: argparse.Namespace) -> int:
    """Print the difference."""
    trace = load(place(options.trace).path)
    a, b = event_at(trace, options.a), event_at(trace, options.b)
    thread_id = thread_at(trace.snapshot(max(a, b)), options.thread)
    found = diff(trace, a, b, thread_id)
    say(options.json, partial(diff_json, trace, found), partial(diff_text, trace, found))
    return FINE
