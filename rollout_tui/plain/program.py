"""The program: reads lines, tells what they lead to."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator

from rollout_tui.commands.answer import say_lines
from rollout_tui.commands.outcome import FINE, CommandFailure, complain
from rollout_tui.plain.commands import first_words, run_line
from rollout_tui.plain.desk import PlainDesk
from rollout_tui.recording import TIMER_S, Trace
from rollout_tui.trace.bundle import Bundle, BundleProblem, open_bundle
from rollout_tui.trace.writer_watch import WriterWatch
from rollout_tui.tui.following.reading import Reading
from rollout_tui.tui.remembering import remember
from rollout_tui.tui.starting.opening import NotThere, Opening, begin, settle
from rollout_tui.tui.state.places import LENS
from rollout_tui.tui.state.session import Session


def run(opening: Opening) -> int:
    """Open a trace and do what the lines of standard input say, until they end or one says `quit`.

    Raises CommandFailure where there is no trace, or not the place that was asked for.
    """
    bundle = _bundle(opening)
    for note in bundle.notes:
        complain(f"rollout-tui: {note}")
    with Trace(bundle) as trace:
        reading = Reading(trace)
        desk = PlainDesk(Session(reading))
        watch = WriterWatch(bundle.spine)
        begin(desk.session, opening)
        _take_in(desk, watch)
        try:
            said = settle(desk.session, opening, growing=desk.session.growing)
        except NotThere as problem:
            raise CommandFailure(f"rollout-tui: {problem}") from problem
        say_lines(desk.where())
        if opening.lens:
            desk.focus_pane(LENS)
            say_lines(desk.pane_lines(LENS))
        say_lines(filter(None, (said, first_words())))
        try:
            for typed in _typed():
                before = desk.begin_command()
                _take_in(desk, watch)
                say_lines(run_line(desk, typed, before))
                if desk.leaving:
                    break
        finally:
            if lost := remember(desk.session, opening):
                complain(f"rollout-tui: {lost}")
    return FINE


def _bundle(opening: Opening) -> Bundle:
    told = False
    while True:
        try:
            return open_bundle(opening.unpacked.find(opening.path))
        except BundleProblem as problem:
            if not opening.wait:
                raise CommandFailure(f"rollout-tui: {problem}") from problem
            if not told:
                complain(f"rollout-tui: waiting: {problem}")
            told = True
            time.sleep(TIMER_S)


def _typed() -> Iterator[str]:
    """Lines of standard input; in a terminal with a prompt and a history."""
    if not sys.stdin.isatty():
        yield from sys.stdin
        return
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401
    while True:
        try:
            yield input("> ")
        except EOFError:
            return


def _take_in(desk: PlainDesk, watch: WriterWatch) -> None:
    """Read what has been recorded since the last command."""
    session = desk.session
    reading = session.reading
    while reading.advance().more:
        pass
    if not reading.ended:
        desk.writer = watch.state()
    reading.live = not reading.ended and reading.is_written(desk.writer, time.time_ns() // 1_000_000)
    if not reading.ended and desk.writer == "none":
        reading.take_held_line()
    reading.resolve()
    reading.find()
    session.growing = desk.standing.growing
    session.grown()
