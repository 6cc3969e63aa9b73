"""`rollout-tui context`: what the model saw at an event."""

from __future__ import annotations

import argparse

from rollout_tui.commands.answer import say_json, say_lines
from rollout_tui.commands.arguments import Parser, add_at, add_json, add_thread, add_trace
from rollout_tui.commands.loading import look, thread_at
from rollout_tui.commands.outcome import FINE
from rollout_tui.debugger.context import as_json

_EXAMPLES = """\
  rollout-tui context trace-01a2 --at 30               what request 3 carried, what came since
  rollout-tui context trace-01a2 --thread /root/alpha  what a child had in front of it
  rollout-tui context trace-01a2 --json | jq '.items[] | select(.status == "dropped") | .text'"""


def parser() -> Parser:
    """The arguments of `rollout-tui context`."""
    made = Parser(
        "rollout-tui context",
        "List what a thread had in its context at an event, in order, then what is accepted but in no\n"
        "request yet, pending (known at runtime only), or dropped. Marks: + new with this event, ~ changed,\n"
        "- left.\n"
        "With --json every text is whole.",
        examples=_EXAMPLES,
    )
    add_trace(made)
    add_at(made)
    add_thread(made)
    add_json(made)
    return made


def run(options: argparse.Namespace) -> int:
    """Print the context."""
    trace, snapshot, query = look(options.trace, options.at)
    wanted = query.get("thread") if options.thread is None else options.thread
    thread_id = thread_at(snapshot, wanted)
    if options.json:
        say_json(as_json(trace, snapshot, thread_id))
    else:
        from rollout_tui.export.context import context_text
        from rollout_tui.export.table import room

        say_lines(context_text(trace, snapshot, thread_id, room()))
    return FINE
