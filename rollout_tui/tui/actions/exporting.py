"""A recording for others: an account, lanes and spans, or a bundle, up to the cursor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rollout_tui.tui.actions.options import options_of
from rollout_tui.tui.state.exporting import Export

if TYPE_CHECKING:
    from rollout_tui.tui.actions.desk import Desk

FORMATS = {"md": "an account", "perfetto": "a Perfetto trace", "bundle": "a bundle"}
OPTIONS = ("--redact", "--force")
USAGE = f":export {' or '.join(FORMATS)}, {' and '.join(OPTIONS)} if wanted, and a FILE (bundle: a folder)"


def export(desk: Desk) -> None:
    """Ask where to write an account of the recording."""
    desk.ask(":", "export md ")


def export_to(desk: Desk, argument: str) -> None:
    """`:export FORMAT FILE` writes all up to the cursor, in the background; a file that is there stays."""
    options, rest = options_of(argument)
    form, _, name = rest.partition(" ")
    if form not in FORMATS or not name.strip() or not options <= set(OPTIONS):
        desk.say(f"write {USAGE}", "warning")
        return
    path = Path(name.strip()).expanduser().absolute()
    desk.running.export(Export(FORMATS[form], path, [*_words(desk, form), f"--output={path}", *options]))


def _words(desk: Desk, form: str) -> list[str]:
    """What the command is to write: what one sees of the recording."""
    session = desk.session
    words = [str(session.trace.bundle.folder.absolute()), f"--format={form}"]
    whole = session.event == session.head and not session.growing
    if session.event and not (whole and form == "bundle"):
        words.append(f"--to={session.seq}")
    if session.place.held_thread is not None and form != "bundle":
        words.append(f"--thread={session.place.held_thread}")
    return words
