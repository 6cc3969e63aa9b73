"""What one takes along: the selected value, the pane, a link to this place."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rollout_tui.export.output import OutputProblem, output_file
from rollout_tui.trace.packed import as_given
from rollout_tui.tui.actions.options import options_of
from rollout_tui.tui.chosen import chosen_value
from rollout_tui.words import size

if TYPE_CHECKING:
    from rollout_tui.tui.actions.desk import Desk

FORCE = "--force"
MOST_COPIED = 100_000
"""Terminals drop longer ones (bytes)."""


def copy(desk: Desk) -> None:
    """Copy the selected value."""
    name, data = chosen_value(desk)
    if not data:
        desk.say("nothing to copy on this line")
        return
    _copy(desk, name, data)


def copy_pane(desk: Desk) -> None:
    """Copy the pane that has the focus as it is shown: its title and the rows one sees."""
    _copy(desk, f"the pane {desk.pane}", desk.line_view(desk.pane).seen.encode(errors="surrogatepass"))


def _copy(desk: Desk, name: str, data: bytes) -> None:
    desk.app.copy_to_clipboard(data.decode(errors="replace"))
    doubt = (
        "too long for most terminals"
        if len(data) > MOST_COPIED
        else "a terminal never says whether it took it"
    )
    desk.say(f"copied {name}, {size(len(data))} ({doubt}; :write FILE writes it)")


def link(desk: Desk, argument: str) -> None:
    """`:link` copies what the command line needs to come back here."""
    session = desk.session
    where = f"{as_given(session.trace.bundle.folder)}#{session.seq}?lens={session.place.lens}"
    if session.place.held_thread is not None:
        where += f"&thread={session.place.held_thread}"
    desk.app.copy_to_clipboard(where)
    desk.say(where)


def write(desk: Desk, argument: str) -> None:
    """`:write FILE` writes the selected value; a file that is there stays, but for `--force`."""
    name, data = chosen_value(desk)
    options, file = options_of(argument)
    if not file or not data or not options <= {FORCE}:
        usage = f"write where? :write FILE, {FORCE} to replace one"
        desk.say(usage if data else "nothing to write on this line", "warning")
        return
    path = Path(file).expanduser()
    try:
        with output_file(path, force=FORCE in options) as out:
            out.write(data)
    except (OutputProblem, OSError) as problem:
        desk.say(str(problem), "warning")
        return
    desk.say(f"wrote {name}, {size(len(data))}, to {path}")
