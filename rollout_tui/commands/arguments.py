"""Arguments that commands share, and a parser that complains in one line.

A parser prints its help like a manual page: what the command answers, its options, an example with what to
expect from it, and the exit status.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import sys
from collections.abc import Callable, Iterator
from typing import NoReturn

from rollout_tui.commands.outcome import CommandFailure

TRACE_HELP = (
    "a bundle folder, its trace.jsonl, a .zip, .tar.gz or .tgz of it, or a folder of bundles (the newest is "
    "taken); TRACE#SEQ?lens=NAME is accepted. Default: $CODEX_ROLLOUT_TRACE_ROOT"
)
LEAST_MEMORY = 64 << 20
"""Bytes; the program itself takes a third of that."""
_UNITS = ("", "k", "m", "g", "t")
_SIZE = r"(?i)([0-9]{1,15}(?:\.[0-9]{1,6})?)\s*([kmgt]?)(?:i?b)?"
EXIT_STATUS = """\
exit status:
  0 fine   1 what was asked for failed or was found   2 wrong usage or no readable TRACE"""


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """As wide as the terminal.

    A parser makes one for every argument, and where it is not told the width it asks shutil, whose imports
    take longer than all of this.
    """

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)


def _columns() -> int:
    """The width of the terminal, of $COLUMNS where that is set, else 80."""
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return int(told)
    try:
        return (sys.__stdout__ and os.get_terminal_size(sys.__stdout__.fileno()).columns) or 80
    except (OSError, ValueError):
        return 80


@contextlib.contextmanager
def _untranslated() -> Iterator[None]:
    """Let argparse look for no translations: there are none, and looking takes longer than a small trace."""
    translate = argparse._  # type: ignore[attr-defined]
    argparse._ = str  # type: ignore[attr-defined]
    try:
        yield
    finally:
        argparse._ = translate  # type: ignore[attr-defined]


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line and an exit status of 2.

    `shared` add arguments that other commands have too, in the order in which the help tells them.
    """

    def __init__(
        self,
        name: str,
        description: str,
        *shared: Callable[[argparse.ArgumentParser], None],
        examples: str = "",
    ) -> None:
        epilog = f"example:\n{examples}\n\n{EXIT_STATUS}" if examples else EXIT_STATUS
        with _untranslated():
            super().__init__(
                name,
                description=description,
                epilog=epilog,
                formatter_class=_Formatter,
                allow_abbrev=False,
                add_help=False,
            )
        self.add_argument("-h", "--help", action="help", help="show this text")
        for add in shared:
            add(self)

    def error(self, message: str) -> NoReturn:
        """Raise CommandFailure with argparse's complaint and where to look."""
        raise CommandFailure(f"{self.prog}: {message}; see {self.prog} --help")


def add_trace(parser: argparse.ArgumentParser) -> None:
    """TRACE, which may be left out, and what reading it may cost."""
    parser.add_argument("trace", metavar="TRACE", nargs="?", help=TRACE_HELP)
    parser.add_argument(
        "--memory",
        metavar="SIZE",
        type=memory_size,
        help="what all of it may take, e.g. 512MB; beyond it reading stops and says so. Default: 1GB",
    )


def add_at(parser: argparse.ArgumentParser) -> None:
    """`--at SEQ`."""
    parser.add_argument("--at", metavar="SEQ", type=seq, help="the event to look at; default: the last one")


def add_thread(parser: argparse.ArgumentParser) -> None:
    """`--thread T`."""
    parser.add_argument(
        "--thread",
        metavar="T",
        help="a thread id, a prefix of one, or an agent path like /root/alpha; default: the root thread",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """`--json`."""
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def add_force(parser: argparse.ArgumentParser) -> None:
    """`--force`."""
    parser.add_argument("--force", action="store_true", help="replace OUT where it exists")


def memory_size(text: str) -> int:
    """A size as written on a command line, in bytes."""
    found = re.fullmatch(_SIZE, text.strip())
    if found is None:
        raise argparse.ArgumentTypeError(
            f"{text[:40]!r} is not a size, which is a number with k, M, G or nothing behind it, e.g. 512MB"
        )
    size = int(float(found[1]) * 1024 ** _UNITS.index(found[2].lower()))
    if size < LEAST_MEMORY:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is too little; at least {LEAST_MEMORY >> 20}MB")
    return size


def seq(text: str) -> int:
    """A seq as written on a command line."""
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text[:40]!r} is not a seq, which is the number of an event, e.g. 45"
        ) from None
