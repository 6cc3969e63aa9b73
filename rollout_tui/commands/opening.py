"""`rollout-tui [TRACE]`: walk through a recording in the terminal."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rollout_tui.commands.answer import say_lines
from rollout_tui.commands.arguments import Parser, add_at, add_thread, add_trace
from rollout_tui.commands.loading import Place, default_trace, place
from rollout_tui.commands.outcome import FINE, WRONG_USAGE, CommandFailure, complain
from rollout_tui.commands.screen import why_no_screen
from rollout_tui.commands.unpacking import UNPACKED
from rollout_tui.trace.bundle import BundleProblem, is_folder_of_bundles, open_bundle
from rollout_tui.tui.lens_names import LENS_NAMES, LENSES_BY_NAME

if TYPE_CHECKING:
    from rollout_tui.settings import Settings
    from rollout_tui.tui.starting.opening import Opening

HINT = (
    "No TRACE given and $CODEX_ROLLOUT_TRACE_ROOT is not set. To record one:",
    "  export CODEX_ROLLOUT_TRACE_ROOT=~/codex-traces; codex ...; rollout-tui",
    "Beside a running codex it follows. A scripted agent instead: rollout-tui demo",
)

NOTHING_YET = (
    " (that is where $CODEX_ROLLOUT_TRACE_ROOT points; before codex has started: rollout-tui --wait, to see "
    "a scripted agent: rollout-tui demo)"
)

MOST_RECENT = 3

_DESCRIPTION = (
    "Walk through a recording, forward and back. Every pane shows the state as of one event, the cursor."
)
_EXAMPLES = """\
  rollout-tui ~/codex-traces --latest         follow the newest recording
  rollout-tui trace-01a2 --at 45 --lens cells  start at event 45, with the code cells
  rollout-tui 'trace-01a2#45?lens=cells'       the same, as a link to pass on"""


def parser() -> Parser:
    """The arguments of `rollout-tui` without a command."""
    made = Parser("rollout-tui", _DESCRIPTION, add_trace, add_at, examples=_EXAMPLES)
    made.add_argument(
        "--follow",
        action=argparse.BooleanOptionalAction,
        help="stay on the last event of a recording that grows",
    )
    made.add_argument(
        "--latest", action="store_true", help="of a folder of bundles open the newest, do not ask"
    )
    made.add_argument(
        "--recent", action="store_true", help="choose among the recordings that were looked at last"
    )
    made.add_argument("--wait", action="store_true", help="wait for TRACE to appear")
    add_thread(made)
    made.add_argument("--lens", metavar="NAME", help=f"the lens to start with: {', '.join(LENSES_BY_NAME)}")
    made.add_argument(
        "--theme",
        metavar="NAME",
        help="the colours: a Textual theme such as textual-light, high-contrast or high-contrast-light",
    )
    made.add_argument("--plain", action="store_true", help="text, one command at a time, for screen readers")
    return made


def run(options: argparse.Namespace) -> int:
    """Open the terminal interface; 2 where there is no recording or no terminal."""
    if options.recent:
        return _choose_recent(options)
    if options.trace is None and default_trace() is None:
        for line in (*HINT, *_recent()):
            complain(line)
        return WRONG_USAGE
    where = place(options.trace)
    lens = lens_name(options.lens or where.query.get("lens"))
    if not options.wait:
        _check_there(where, by_default=options.trace is None)
    if not options.plain and (reason := why_no_screen()):
        raise CommandFailure(f"rollout-tui: {reason}")
    from rollout_tui.commands.configuring import memory, use_settings

    settings = use_settings()
    at = where.seq if options.at is None else options.at
    thread = where.query.get("thread") if options.thread is None else options.thread

    def opening() -> Opening:
        """Made when the program is there that draws."""
        from rollout_tui.tui.starting.opening import Opening
        from rollout_tui.tui.state.places import LENS, TIMELINE

        asked_for = (where.path, at, options.follow, options.wait, thread, lens, memory(settings))
        pane = TIMELINE if lens is None else LENS
        return Opening(*asked_for, latest=options.latest, pane=pane, unpacked=UNPACKED)

    if options.plain:
        from rollout_tui.plain.program import run as run_plain

        return run_plain(opening())
    theme, theme_place = _theme(options, settings)
    head = None if at or thread or lens or options.wait else _bundle(where, latest=options.latest)
    from rollout_tui.tui.starting.first_frame import first_frame

    with first_frame(head, theme) as frame:
        # From here on the program is imported that draws; meanwhile the frame is there.
        return _drawing_program()(opening(), theme=theme, theme_place=theme_place, frame=frame)


def _theme(options: argparse.Namespace, settings: Settings) -> tuple[str | None, str]:
    """The theme, None for the program's own, and the place in a file that names it."""
    return (options.theme, "") if options.theme else (settings.theme, settings.theme_place)


def _drawing_program() -> Callable[..., int]:
    """`rollout_tui.tui.app.run`, imported in three quarters of the time.

    Looking for garbage among what was just imported finds none, and what is imported stays.
    """
    from rollout_tui.trace.memory import no_collection

    with no_collection(keep=True):
        from rollout_tui.tui.app import run
    return run


def _bundle(where: Place, *, latest: bool) -> Path | None:
    """The folder of the bundle that will be shown; None where that is to be chosen first."""
    try:
        if is_folder_of_bundles(where.path) and not latest:
            return None
        return open_bundle(where.path).folder
    except BundleProblem:
        return None


def _choose_recent(options: argparse.Namespace) -> int:
    """Choose among what was looked at last; with --plain or without a screen list it."""
    from rollout_tui.commands.configuring import memory, use_settings

    settings = use_settings()
    store = memory(settings)
    if store is None:
        raise CommandFailure("rollout-tui: --recent: nothing is remembered about traces (memory = false)")
    if options.plain or why_no_screen():
        say_lines(map(str, store.recent_traces()))
        return FINE
    from rollout_tui.tui.app import run as run_app
    from rollout_tui.tui.starting.opening import Opening

    theme, theme_place = _theme(options, settings)
    opening = Opening(Path(), lens=lens_name(options.lens), memory=store, unpacked=UNPACKED)
    return run_app(opening, theme=theme, theme_place=theme_place, recent=True)


def _recent() -> Iterator[str]:
    """The traces that were looked at last and are still there."""
    from rollout_tui.commands.configuring import memory, use_settings

    store = memory(use_settings())
    if store is not None and (there := store.recent_traces(MOST_RECENT)):
        yield f"Looked at last: {'   '.join(f'rollout-tui {shlex.quote(str(one))}' for one in there)}"


def lens_name(wanted: str | None) -> str | None:
    """The name of a lens given by name or number. Raises CommandFailure."""
    if wanted is None or wanted in LENSES_BY_NAME:
        return wanted
    if wanted.isdecimal() and 1 <= int(wanted) <= len(LENS_NAMES):
        return LENS_NAMES[int(wanted) - 1].name
    raise CommandFailure(
        f"rollout-tui: no lens is called {wanted[:40]!r}; allowed: {', '.join(LENSES_BY_NAME)}"
    )


def _check_there(where: Place, *, by_default: bool) -> None:
    """Refuse early, in one line, what cannot be opened; a folder of bundles becomes the picker."""
    try:
        if not is_folder_of_bundles(where.path):
            open_bundle(where.path)
    except BundleProblem as problem:
        raise CommandFailure(f"rollout-tui: {problem}{NOTHING_YET if by_default else ''}") from problem
