"""`rollout-tui findings`: what failed and what is odd."""

from __future__ import annotations

import argparse
from functools import partial

from rollout_tui.commands.answer import say
from rollout_tui.commands.arguments import Parser, add_json, add_trace
from rollout_tui.commands.loading import load, place
from rollout_tui.commands.outcome import FAILED, FINE
from rollout_tui.debugger.findings.finding_codes import SEVERITIES, at_least
from rollout_tui.debugger.findings.findings import find_all
from rollout_tui.export.findings import finding_json, findings_text

_DESCRIPTION = """\
List what failed, was lost or never ended, and what is wrong with the recording.
The exit status is 1 where an error is among all findings, whatever --severity shows."""
_EXAMPLES = """\
  rollout-tui findings trace-01a2                     all, with where each came from
  rollout-tui findings trace-01a2 --severity error    errors alone
  rollout-tui findings trace-01a2 --json | jq '.[].code'"""


def parser() -> Parser:
    """The arguments of `rollout-tui findings`."""
    made = Parser("rollout-tui findings", _DESCRIPTION, add_trace, examples=_EXAMPLES)
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
    shown = at_least(options.severity)
    say(
        options.json,
        lambda: (finding_json(finding) for finding in found if finding.severity in shown),
        partial(findings_text, trace, found, options.severity),
    )
    return FAILED if any(finding.severity == "error" for finding in found) else FINE
