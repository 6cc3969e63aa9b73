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
from typing import TYPE_CHECKING, NamedTuple

from textual.app import SuspendNotSupported

from rollout_tui.printable import printable
from rollout_tui.system_errors import reason_of
from rollout_tui.tui.chosen import chosen_value

if TYPE_CHECKING:
    from rollout_tui.tui.actions.desk import Desk


class Program(NamedTuple):
    """A program of the user's: the variables that may name it, the one where none does, a last word on it."""

    variables: tuple[str, ...]
    otherwise: str
    afterwards: str = ""


PAGER = Program(("PAGER",), "less")
EDITOR = Program(("VISUAL", "EDITOR"), "vi", "; the copy is gone (an editor that runs on needs its --wait)")


def page_outside(desk: Desk) -> None:
    """Show the selected value in `$PAGER`, control characters made visible; then come back."""
    name, data = chosen_value(desk)
    shown = printable(data.decode(errors="replace"), keep_newlines=True).encode(errors="replace")
    _show(desk, PAGER, name, shown)


def edit_outside(desk: Desk) -> None:
    """Open a copy of the selected value, as recorded, in `$VISUAL` or `$EDITOR`; then come back."""
    _show(desk, EDITOR, *chosen_value(desk))


def _show(desk: Desk, program: Program, name: str, data: bytes) -> None:
    wanted = next(filter(None, map(os.environ.get, program.variables)), program.otherwise)
    if not data:
        desk.say("nothing to show on this line")
        return
    try:
        words = shlex.split(wanted)
        with _private_copy(data) as copy, desk.app.suspend(), _interrupts_for_the_other():
            trouble = _trouble([*words, str(copy)])
    except SuspendNotSupported:
        desk.say("this terminal cannot be handed over; :write FILE writes the value", "warning")
        return
    except (OSError, ValueError) as problem:
        trouble = reason_of(problem)
    if trouble:
        desk.say(f"{program.variables[-1]}={wanted!r}: {trouble}; :write FILE writes the value", "warning")
    else:
        desk.say(f"back from {name}{program.afterwards}")
    desk.repaint()


def _trouble(words: list[str]) -> str:
    """Run a program; what went wrong. It raises nothing: that would leave a suspended app suspended."""
    try:
        status = subprocess.run(words, check=False).returncode
    except OSError as problem:
        return reason_of(problem)
    return f"ended with status {status}" if status else ""


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
