"""What a command prints: one text or one JSON document on standard output, safe to show."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rollout_tui.commands.outcome import FAILED, CommandFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rollout_tui.export.output import Sink

STANDARD_OUTPUT = "-"


def say(as_json: bool, document: Callable[[], Any], text: Callable[[int], Iterable[str]]) -> None:
    """Print an answer: its JSON document, or its lines of text, which are told how many cells they have."""
    if as_json:
        say_json(document())
    else:
        from rollout_tui.export.table import room

        say_lines(text(room()))


def say_lines(lines: Iterable[str]) -> None:
    """Print lines of text, controls made visible. A line holds no newline of its own."""
    from rollout_tui.printable import printable

    out = sys.stdout.buffer
    for line in lines:
        out.write(printable(line.rstrip()).encode() + b"\n")
    out.flush()


def say_json(document: Any) -> None:
    """Print one JSON document with controls, bidi and invisible characters escaped: indented by two, UTF-8.

    Lists of the document and of its object may be iterators: entries are printed as they come.
    """
    from rollout_tui.printable import json_printable

    out = sys.stdout.buffer
    for piece in _json_pieces(document):
        out.write(json_printable(piece).encode())
    out.write(b"\n")
    out.flush()


def _json_pieces(value: Any, margin: str = "\n") -> Iterator[str]:
    """The text of a JSON value, of lists and of the outermost object entry by entry."""
    import json

    if isinstance(value, dict) and margin == "\n":
        lead = "{"
        for name, inner in value.items():
            yield f"{lead}{margin}  {json.dumps(name, ensure_ascii=False)}: "
            yield from _json_pieces(inner, margin + "  ")
            lead = ","
        yield "{}" if lead == "{" else margin + "}"
    elif isinstance(value, (list, Iterator)):
        lead = "["
        for entry in value:
            # No string of a JSON text holds a line end: those there are its layout.
            text = json.dumps(entry, ensure_ascii=False, indent=2).replace("\n", margin + "  ")
            yield f"{lead}{margin}  {text}"
            lead = ","
        yield "[]" if lead == "[" else margin + "]"
    else:
        yield json.dumps(value, ensure_ascii=False, indent=2).replace("\n", margin)


@contextlib.contextmanager
def destination(name: str | None, *, force: bool) -> Iterator[Sink]:
    """Where bytes go: standard output for None and `-`, else a file written aside. Raises CommandFailure.

    A terminal gets controls escaped; a file or a pipe gets exactly the bytes.
    """
    if name is None or name == STANDARD_OUTPUT:
        if sys.stdout.isatty():
            terminal = Terminal()
            yield terminal
            terminal.end()
        else:
            yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    from rollout_tui.export.output import OutputProblem, output_file

    try:
        with output_file(Path(name), force=force) as out:
            yield out
    except OutputProblem as problem:
        raise CommandFailure(f"rollout-tui: {problem}", FAILED) from problem


class Terminal:
    """A terminal to write JSON bytes to: what would control it is escaped, line by line."""

    def __init__(self) -> None:
        self._unfinished = b""

    def write(self, data: bytes | bytearray | memoryview, /) -> None:
        """Take bytes of UTF-8 text; what follows the last newline is kept for later."""
        data = bytes(data)
        whole, newline, rest = data.rpartition(b"\n")
        if newline:
            self._show(self._unfinished + whole + newline)
            self._unfinished = rest
        else:
            self._unfinished += data

    def end(self) -> None:
        """Show what is left, ending with a newline."""
        if self._unfinished:
            self._show(self._unfinished + b"\n")
            self._unfinished = b""

    def _show(self, data: bytes) -> None:
        from rollout_tui.printable import json_printable

        sys.stdout.buffer.write(json_printable(data.decode(errors="replace")).encode())
