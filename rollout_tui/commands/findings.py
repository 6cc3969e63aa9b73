"""`rollout-tui findings`: what failed and what is odd."""

from __future__ import annotations

import argparse

from rollout_tui.commands.answer import say_json, say_lines
from rollout_tui.commands.arguments import Parser, add_json, add_trace
from rollout_tui.commands.loading import load, place
from rollout_tui.commands.outcome import FAILED, FINE
from rollout_tui.debugger.findings.findings import SEVERITIES, as_json, at_least, find_all

_EXAMPLES = """\
  rollout-tui findings trace-01a2                     all, with where each came from
  rollout-tui findings trace-01a2 --severity error    errors alone
  rollout-tui findings trace-01a2 --json | jq '.[].code'"""


def parser() -> Parser:
    """The arguments of `rollout-tui findings`."""
    made = Parser(
        "rollout-tui findings",
        "List what failed, was lost or never ended, and what is wrong with the recording.\n"
        "The exit status is 1 where an error is among all findings, whatever --severity shows.",
        examples=_EXAMPLES,
    )
    add_trace(made)
    made.add_argument(
        "--severity",
        choices=SEVERITIES,
        default="note",
        help="the least grave to show; default: note, which is all",
    )
    add_json(made)
    return made


def run(options: argparse.Namespace) -> int:
    """Print findings; 1 where one of them is an error."""
    trace = load(place(options.trace).path)
    found = find_all(trace)
    if options.json:
        shown = at_least(options.severity)
        say_json(as_json(finding) for finding in found if finding.severity in shown)
    else:
        from rollout_tui.export.findings import findings_text
        from rollout_tui.export.table import room

        say_lines(findings_text(trace, found, options.severity, room()))
    return FAILED if any(finding.severity == "error" for finding in found) else FINE
