"""`rollout-tui export`: a recording for others, as an account, as a Perfetto trace, or as a bundle."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

from rollout_tui.commands.answer import STANDARD_OUTPUT, destination
from rollout_tui.commands.arguments import Parser, add_force, add_thread, add_trace, seq
from rollout_tui.commands.loading import bundle, event_at, load, place, thread_at
from rollout_tui.commands.outcome import FAILED, FINE, CommandFailure, complain
from rollout_tui.export.wanted import Said, Wanted

FORMATS = ("md", "perfetto", "bundle")
TELL_S = 0.1
"""So often at most it is said how far the work is."""
_LEFT_OUT_SHOWN = 5

_EXAMPLES = """\
  rollout-tui export trace-01a2 --format md --from 30 --to 45 -o stuck-cell.md
  rollout-tui export trace-01a2 --format perfetto -o run.json     open at ui.perfetto.dev
  rollout-tui export trace-01a2 --format bundle --redact -o shareable/"""

_DESCRIPTION = """\
Write a recording, or the events --from..--to of it, for others to look at:
  md        a readable account: turns, requests, calls, cells, findings
  perfetto  lanes, spans and flow arrows as Chrome JSON trace
  bundle    a trace bundle. A slice brings along what began before it and is referred to, and
            the last request of its threads, which holds the whole context.
--redact replaces what was said: texts, paths, host and user names; ids, sizes and shape stay."""


def parser() -> Parser:
    """The arguments of `rollout-tui export`."""
    made = Parser("rollout-tui export", _DESCRIPTION, add_trace, examples=_EXAMPLES)
    made.add_argument("--format", choices=FORMATS, required=True, help="what to write")
    made.add_argument(
        "--from", dest="first", metavar="SEQ", type=seq, help="the first event; default: the first"
    )
    made.add_argument("--to", dest="last", metavar="SEQ", type=seq, help="the last event; default: the last")
    add_thread(made)
    made.add_argument("--redact", action="store_true", help="replace what was said, keep shape and sizes")
    made.add_argument(
        "-o", "--output", metavar="OUT", help="where to; a file, of a bundle a folder; - prints"
    )
    add_force(made)
    made.add_argument("--progress", action="store_true", help="say on standard error how far it is")
    return made


def run(options: argparse.Namespace) -> int:
    """Write OUT."""
    path = place(options.trace).path
    if options.output is None:
        raise CommandFailure("rollout-tui export: name the output with -o OUT")
    if options.format == "bundle":
        return _bundle(path, options)
    trace = load(path, _teller("reading", options.progress))
    first = 1 if options.first is None else event_at(trace, options.first)
    last = event_at(trace, options.last)
    if first > last and trace.history.head:
        raise CommandFailure(f"rollout-tui export: --from {options.first} lies after --to {options.last}")
    thread_id = None if options.thread is None else thread_at(trace.snapshot(last), options.thread)
    said: Said = str
    if options.redact:
        from rollout_tui.export.redaction import Redactor

        said = Redactor().text
    wanted = Wanted(trace, first, last, thread_id, said, _teller("writing", options.progress))
    with destination(options.output, force=options.force) as out:
        if options.format == "md":
            from rollout_tui.export.markdown import account

            for line in account(wanted):
                out.write(line.encode() + b"\n")
        else:
            from rollout_tui.export.perfetto import write_perfetto

            write_perfetto(wanted, out)
    return FINE


def _bundle(path: Path, options: argparse.Namespace) -> int:
    """Write a bundle folder."""
    from rollout_tui.export.bundle import SliceProblem, write_bundle
    from rollout_tui.export.output import OutputProblem, output_folder
    from rollout_tui.export.redaction import Redactor

    if options.output == STANDARD_OUTPUT:
        raise CommandFailure("rollout-tui export: a bundle is a folder; name it with -o OUT")
    if options.thread is not None:
        raise CommandFailure("rollout-tui export: --thread goes with --format md or perfetto")
    found = bundle(path)
    try:
        with output_folder(Path(options.output), force=options.force) as folder:
            done = write_bundle(
                found,
                folder,
                first_seq=options.first,
                last_seq=options.last,
                redactor=Redactor() if options.redact else None,
                told=_teller("writing", options.progress),
            )
    except SliceProblem as problem:
        raise CommandFailure(f"rollout-tui export: {problem}") from problem
    except OutputProblem as problem:
        raise CommandFailure(f"rollout-tui: {problem}", FAILED) from problem
    for reason in done.left_out[:_LEFT_OUT_SHOWN]:
        complain(f"left out: {reason}")
    if len(done.left_out) > _LEFT_OUT_SHOWN:
        complain(f"left out: {len(done.left_out) - _LEFT_OUT_SHOWN} more")
    complain(f"{done.events:,} events and {done.payloads:,} payloads in {options.output}")
    return FINE


def _teller(doing: str, on: bool) -> Callable[[float], object]:
    """What says a line now and then of how far it is: `reading 41 %`."""
    told = 0.0

    def tell(share: float) -> None:
        nonlocal told
        if time.monotonic() - told >= TELL_S:
            told = time.monotonic()
            complain(f"{doing} {100 * share:.0f} %")

    return tell if on else float
