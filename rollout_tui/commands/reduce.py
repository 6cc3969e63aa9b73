"""`rollout-tui reduce`: the reduced state, as the reference reducer prints it (format section 0)."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from rollout_tui.commands.answer import destination
from rollout_tui.commands.arguments import Parser, add_force, add_trace, seq
from rollout_tui.commands.loading import bundle, event_at, place
from rollout_tui.commands.outcome import FAILED, FINE, CommandFailure, complain, kept
from rollout_tui.export.state import state_line, write_state
from rollout_tui.recording import Trace
from rollout_tui.reducer.diagnostics import Diagnostic, ReductionRefused

_DESCRIPTION = """\
Print the reduced state exactly as the reference reducer of the recording's schema does.
Without --strict what that reducer refuses is said on standard error, and reduction goes on."""
_EXAMPLES = """\
  rollout-tui reduce trace-01a2 -o state.json     the whole recording
  rollout-tui reduce trace-01a2 --at 45           as if it stopped after seq 45
  rollout-tui reduce trace-01a2 --each-event      {"seq": 1, "state": {...}} and so on"""


def parser() -> Parser:
    """The arguments of `rollout-tui reduce`."""
    made = Parser("rollout-tui reduce", _DESCRIPTION, add_trace, examples=_EXAMPLES)
    made.add_argument("-o", "--output", metavar="FILE", help="write to FILE instead of standard output")
    add_force(made)
    made.add_argument(
        "--strict", action="store_true", help="refuse what the reference reducer refuses: exit 1"
    )
    made.add_argument(
        "--at", metavar="SEQ", type=seq, action="append", help="the state after this event; may be repeated"
    )
    made.add_argument("--each-event", action="store_true", help="a line with the state after each event")
    return made


def run(options: argparse.Namespace) -> int:
    """Print states; 1 where `--strict` refuses."""
    where = place(options.trace)
    wanted = options.at or ([where.seq] if where.seq is not None else [])
    if options.each_event and wanted:
        raise CommandFailure("rollout-tui reduce: --at and --each-event exclude each other")
    head_only = not wanted and not options.each_event
    trace = Trace(bundle(where.path), strict=options.strict, head_only=head_only)
    kept.append(trace)
    refusal, sound = _load(trace)
    one_a_line = options.each_event or len(wanted) > 1
    last = 0
    events = _events(trace, wanted, options.each_event, refusal)
    with destination(options.output, force=options.force) as out:
        for event in events:
            if refusal is not None and event > sound:
                raise CommandFailure(f"rollout-tui: refused: {in_words(refusal)}", FAILED)
            if one_a_line:
                out.write(state_line(trace.snapshot(event)))
            else:
                write_state(trace.snapshot(event), out)
            last = max(last, event)
    for diagnostic in trace.diagnostics:
        if diagnostic.event <= last:
            complain(in_words(diagnostic))
    return FINE


def _load(trace: Trace) -> tuple[Diagnostic | None, int]:
    """Read everything; what strict reduction refused, and the last event (ordinal) before that."""
    try:
        trace.load()
        return None, trace.history.head
    except ReductionRefused as refused:
        diagnostic = refused.diagnostic
    if diagnostic.code == "recording_cut":
        return diagnostic, trace.history.head
    # A payload is found missing at the end; a recording that stops before it was named is sound.
    born = [trace.history.payloads.born(one) for one in diagnostic.ids]
    return diagnostic, min(event for event in (diagnostic.event, *born) if event is not None) - 1


def _events(trace: Trace, wanted: list[int], each_event: bool, refusal: Diagnostic | None) -> Sequence[int]:
    """The events (ordinals) asked for; one that strict reduction did not reach lies beyond the end.

    Raises CommandFailure for an unknown seq, before any state is printed.
    """
    beyond = trace.history.head + 1
    if each_event:
        return range(1, beyond if refusal is None else beyond + 1)
    if not wanted:
        return (trace.history.head if refusal is None else beyond,)
    found = []
    for one in wanted:
        event = trace.history.events.ordinal_of(one)
        reached = event is not None and event < beyond
        found.append(event_at(trace, one) if reached or refusal is None else beyond)
    return found


def in_words(diagnostic: Diagnostic) -> str:
    """A diagnostic as one line."""
    return f"line {diagnostic.event} seq {diagnostic.seq}: {diagnostic.code}: {diagnostic.message}"
