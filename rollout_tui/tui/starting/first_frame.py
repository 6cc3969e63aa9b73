"""A first frame before Textual is there: the end of the recording, painted while the program still starts.

Importing Textual takes longer than reading the end of a recording. Whatever happens until Textual has the
terminal, it is given back as it was.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from rollout_tui.trace.ending import Ending, read_ending
from rollout_tui.tui.drawing.dark import COLOURS
from rollout_tui.tui.drawing.rows import Row
from rollout_tui.tui.drawing.sgr import Depth, colour_depth, sgr
from rollout_tui.tui.starting.early_keys import EarlyKeys
from rollout_tui.tui.starting.first_screen import first_screen, typed_row

THEME = "textual-dark"
"""The theme whose colours are known without Textual."""
LEAST_COLUMNS, LEAST_ROWS = 40, 12
_BEGIN, _END = "\x1b[?2026h", "\x1b[?2026l"
_ALTERNATE, _HIDE_CURSOR = "\x1b[?1049h", "\x1b[?25l"
BACK = "\x1b[0m\x1b[?25h\x1b[?1049l"
# Mouse, focus, paste and key reports, should Textual have asked for them and not come to take that back.
REPORTS = "\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[?2048l\x1b[<u\x1b[?7h"


class FirstFrame:
    """The terminal from the first frame to the end of the program.

    `ending` is what was painted. `attributes` are those of the terminal before (of `termios`): whoever takes
    the terminal over gives them back, and stops and takes the `keys` first. `started` and `stopped` are told
    by who did. While `covering` is set the frame is still what is to be seen: what takes its place is not
    whole yet. `echo` is what shows in it what was typed so far.
    """

    def __init__(
        self, ending: Ending, attributes: list[Any], keys: EarlyKeys, echo: Callable[[str], str]
    ) -> None:
        self.ending = ending
        self.attributes = attributes
        self.keys = keys
        self.echo = echo
        self.held = self.covering = True
        self.running = False

    def started(self) -> None:
        """Somebody else has the terminal now."""
        self.held, self.running = False, True

    def stopped(self) -> None:
        """It was given back."""
        self.running = False


@contextlib.contextmanager
def first_frame(folder: Path | None, theme: str | None) -> Iterator[FirstFrame | None]:
    """Paint the end of the recording in `folder` while the program starts in the block; None where not.

    Not without a folder (what will be shown is to be chosen first) or a terminal that can do it, nor in
    another `theme` than Textual's dark one: its colours are not known yet. Keys that are typed meanwhile are
    shown in the last row.
    """
    size = _size() if theme in (None, THEME) else None
    ending = read_ending(folder) if size is not None and folder is not None else None
    if size is None or ending is None:
        yield None
        return
    import termios

    descriptor = sys.__stdin__.fileno()  # type: ignore[union-attr]
    depth = colour_depth(os.environ)

    def echo(typed: str) -> str:
        return f"{_BEGIN}\x1b[{size[1]};1H{_coloured(typed_row(typed, size[0]), depth)}{_END}"

    keys = EarlyKeys(descriptor, lambda typed: _write(echo(typed)))
    frame = FirstFrame(ending, termios.tcgetattr(descriptor), keys, echo)
    rows = first_screen(ending, *size)
    try:
        termios.tcsetattr(descriptor, termios.TCSANOW, _quiet(frame.attributes))
        _write(painted(rows, depth))
        frame.keys.start()
        yield frame
    finally:
        frame.keys.stop()
        with contextlib.suppress(OSError):
            if frame.held or frame.running:
                _write((REPORTS if frame.running else "") + BACK)
        with contextlib.suppress(OSError, termios.error):
            termios.tcsetattr(descriptor, termios.TCSANOW, frame.attributes)


def painted(rows: list[Row], depth: Depth) -> str:
    """What makes a terminal show `rows` on its other screen."""
    parts = [_BEGIN, _ALTERNATE, _HIDE_CURSOR]
    for number, row in enumerate(rows, 1):
        parts.append(f"\x1b[{number};1H{_coloured(row, depth)}")
    return "".join((*parts, "\x1b[1;1H", _END))


def _coloured(row: Row, depth: Depth) -> str:
    return "".join(f"{sgr(piece.style, COLOURS, depth)}{piece.text}\x1b[0m" for piece in row)


def _size() -> tuple[int, int] | None:
    """Columns and rows of a terminal that can show a frame."""
    if "TEXTUAL_DRIVER" in os.environ or os.environ.get("TERM", "dumb") in ("dumb", "unknown", "linux-basic"):
        return None
    if os.name != "posix" or any(name in os.environ for name in ("COLUMNS", "LINES")):
        return None
    try:
        streams = (sys.__stdin__, sys.__stdout__, sys.__stderr__)
        if not all(stream is not None and stream.isatty() for stream in streams):
            return None
        columns, rows = os.get_terminal_size(2)
    except (OSError, ValueError):
        return None
    return (columns, rows) if columns >= LEAST_COLUMNS and rows >= LEAST_ROWS else None


def _quiet(attributes: list[Any]) -> list[Any]:
    """The same terminal without echo, keys one by one as they are; Ctrl+C still interrupts."""
    import termios

    input_flags, output, control, local, input_speed, output_speed, characters = attributes
    characters = list(characters)
    off = os.fpathconf(0, "PC_VDISABLE").to_bytes(1, "little")
    for name in (termios.VSUSP, termios.VQUIT):
        characters[name] = off
    characters[termios.VMIN] = b"\x01"
    return [
        input_flags & ~(termios.ICRNL | termios.INLCR | termios.IGNCR | termios.IXON | termios.IXOFF),
        output,
        control,
        local & ~(termios.ECHO | termios.ICANON | termios.IEXTEN),
        input_speed,
        output_speed,
        characters,
    ]


def _write(text: str) -> None:
    """To the terminal by the way that Textual takes."""
    data = text.encode()
    while data:
        data = data[os.write(2, data) :]
