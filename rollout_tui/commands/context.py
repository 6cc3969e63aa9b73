"""`rollout-tui context`: what the model saw at an event."""

from __future__ import annotations

import argparse
from functools import partial
from typing import TYPE_CHECKING

from rollout_tui.commands.answer import say
from rollout_tui.commands.arguments import Parser, add_at, add_json, add_thread, add_trace
from rollout_tui.commands.loading import look, thread_at
from rollout_tui.commands.outcome import FINE, CommandFailure
from rollout_tui.export.context import context_json, context_text

if TYPE_CHECKING:
    from rollout_tui.graph.snapshot import Snapshot
    from rollout_tui.recording import Trace

_DESCRIPTION = """\
List what a thread had in its context at an event, in order, then what is accepted but in no
request yet, pending (known at runtime only), or dropped. Marks: + new with this event, ~ changed,
- left.
With --json every text is whole.
With --item the life line of one item, call, command or cell: bytes at every place it
passed, when requests carried it, and what dropped it."""
_EXAMPLES = """\
  rollout-tui context trace-01a2 --at 30               what request 3 carried, what came since
  rollout-tui context trace-01a2 --thread /root/alpha  what a child had in front of it
  rollout-tui context trace-01a2 --item call_ls        whether the model saw that output
  rollout-tui context trace-01a2 --json | jq '.items[] | select(.status == "dropped") | .text'"""


def parser() -> Parser:
    """The arguments of `rollout-tui context`."""
    made = Parser("rollout-tui context", _DESCRIPTION, add_trace, add_at, add_thread, examples=_EXAMPLES)
    made.add_argument(
        "--item", metavar="ID", help="an item (its number will do), a tool call, a command or a code cell"
    )
    add_json(made)
    return made


def run(options: argparse.Namespace) -> int:
    """Print the context."""
    trace, snapshot, query = look(options.trace, options.at)
    if options.item is not None:
        return _life_line(trace, snapshot, options.item, options.json)
    wanted = query.get("thread") if options.thread is None else options.thread
    thread_id = thread_at(snapshot, wanted)
    shown = (trace, snapshot, thread_id)
    say(options.json, partial(context_json, *shown), partial(context_text, *shown))
    return FINE


def _life_line(trace: Trace, snapshot: Snapshot, wanted: str, as_json: bool) -> int:
    """Print the life line of one thing."""
    from rollout_tui.debugger.stories.lifeline import life_line
    from rollout_tui.export.life_line import life_line_json, life_line_text

    object_id = f"conversation_item:{wanted}" if wanted.isdecimal() else wanted
    found = life_line(trace, object_id, snapshot.event)
    if found is None:
        count = len(snapshot.conversation_items)
        items = f"items are 1 to {count}" if count else "there is no item yet"
        raise CommandFailure(
            f"rollout-tui: --item {wanted[:80]!r} names nothing at seq {snapshot.seq}; {items}, or give "
            "the id of a tool call, a terminal operation or a code cell"
        )
    say(as_json, partial(life_line_json, trace, found), partial(life_line_text, trace, found))
    return FINE
