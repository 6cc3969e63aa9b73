"""The selected value in a program of the user's: their pager, their editor."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from rollout_tui.printable import printable
from rollout_tui.tui.chosen import chosen_value

if TYPE_CHECKING:
    from rollout_tui.tui.actions.desk import Desk

PAGER, EDITOR = (("PAGER",), "less"), (("VISUAL", "EDITOR"), "vi")


def page_outside(desk: Desk) -> None:
    """Show the selected value in `$PAGER`, control characters made visible; then come back."""
    name, data = chosen_value(desk)
    shown = printable(data.decode(errors="replace"), keep_newlines=True).encode(errors="replace")
    _show(desk, PAGER, name, shown)


def edit_outside(desk: Desk) -> None:
    """Open a copy of the selected value, as recorded, in `$VISUAL` or `$EDITOR`; then come back."""
    _show(desk, EDITOR, *chosen_value(desk))


def _show(desk: Desk, program: tuple[tuple[str, ...], str], name: str, data: bytes) -> None:
    variables, otherwise = program
    wanted = next(filter(None, map(os.environ.get, variables)), otherwise)
    if not data:
        desk.say("nothing to show on this line")
        return
    try:
        words = shlex.split(wanted)
        with _private_copy(data) as copy, desk.app.suspend(), _interrupts_for_the_other():
            status = subprocess.run([*words, str(copy)], check=False).returncode
    except SuspendNotSupported:
        desk.say("this terminal cannot be handed over; :write FILE writes the value", "warning")
    except (OSError, ValueError) as problem:
        said = problem.strerror if isinstance(problem, OSError) else problem
        desk.say(f"{variables[-1]}={wanted!r}: {said}; :write FILE writes the value", "warning")
    else:
        desk.say(f"back from {name}" if not status else f"{words[0]} ended with status {status}")
    desk.repaint()


@contextmanager
def _private_copy(data: bytes) -> Iterator[Path]:
    """A file that is gone afterwards, in a folder that only the user can enter."""
    with tempfile.TemporaryDirectory(prefix="rollout-tui-") as folder:
        path = Path(folder) / ("value.json" if data[:1] in (b"{", b"[") else "value.txt")
        path.write_bytes(data)
        yield path


@contextmanager
def _interrupts_for_the_other() -> Iterator[None]:
    """Ctrl+C reaches every program of the terminal: here it means the one that is shown."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
