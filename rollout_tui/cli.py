"""The program `rollout-tui`: which command is meant, how it ends, nothing else."""

from __future__ import annotations

import contextlib
import importlib
import os
import re
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any, NoReturn

from rollout_tui.commands.outcome import (
    FAILED,
    FINE,
    INTERRUPTED,
    CommandFailure,
    complain,
    kept,
)
from rollout_tui.commands.signals import ended_by_signals
from rollout_tui.commands.unpacking import UNPACKED
from rollout_tui.crash import TRACEBACK_VARIABLE, problem

OPEN = "open"
OPENS = (OPEN, "serve")
"""Commands that show a screen, which starts other programs."""
_COMMAND_LIKE = "[a-z]{3,16}"


class Command:
    """A command: its name, what it answers in one line, and the module that does it.

    The module has `parser() -> Parser` and `run(options) -> int`, and is imported when the command is used.
    """

    def __init__(self, name: str, summary: str) -> None:
        self.name = name
        self.summary = summary

    @property
    def module(self) -> ModuleType:
        """The module of the command."""
        name = "opening" if self.name == OPEN else self.name
        return importlib.import_module(f"rollout_tui.commands.{name}")


COMMANDS = tuple(
    Command(name, summary)
    for name, summary in (
        (OPEN, "walk through a recording in the terminal (the command when none is named)"),
        ("demo", "watch a scripted agent write a live trace"),
        ("reduce", "the reduced state, as the reference reducer prints it, at any event"),
        ("context", "what the model saw at an event"),
        ("diff", "what changed in the context between two events"),
        ("findings", "what failed and what is odd"),
        ("blocked", "what each thread is waiting for at an event"),
        ("summary", "identity, counts, tokens and where the time went"),
        ("check", "whether the recording itself is sound"),
        ("export", "a readable account, a Perfetto trace, or a redacted bundle"),
        ("serve", "the same app in a browser on this machine"),
        ("help", "what a command, a lens, a key or a finding code means"),
    )
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `rollout-tui ARGUMENTS` and return its exit status: 0 fine, 1 failed or found, 2 wrong usage."""
    try:
        return _status(list(sys.argv[1:] if arguments is None else arguments))
    finally:
        kept.clear()


def _status(words: list[str], *, alone: bool = False) -> int:
    try:
        return _run(words, alone)
    except CommandFailure as failure:
        complain(str(failure))
        return failure.status
    except BrokenPipeError:
        # Whoever read the output has had enough. Nothing is left to be flushed at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return FINE
    except KeyboardInterrupt:
        return INTERRUPTED
    except MemoryError:
        from rollout_tui.trace.memory import used_up

        complain(f"rollout-tui: {used_up()}")
        return FAILED
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else FINE
    except Exception as error:
        if os.environ.get(TRACEBACK_VARIABLE):
            raise
        complain(f"rollout-tui: {problem(error)}")
        return FAILED
    finally:
        UNPACKED.close()


def program() -> NoReturn:
    """`rollout-tui` as a process of its own, which ends without taking its memory apart piece by piece."""
    _open_closed_streams()
    status = _status(sys.argv[1:], alone=True)
    threading = sys.modules.get("threading")
    if threading is not None and threading.active_count() > 1:
        sys.exit(status)
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(status)


def _open_closed_streams() -> None:
    """Lead standard streams that are closed nowhere: a file of the recording would get their numbers."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = open(os.devnull, mode, encoding="utf-8")  # noqa: SIM115
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)


def _run(words: list[str], alone: bool) -> int:
    """Run a command, in a process that is there for it `alone` with no more memory than it may take."""
    command, words = _command(words)
    with ended_by_signals(), contextlib.ExitStack() as bounds:
        module = _loaded(command, alone)
        run: Callable[[Any], int] = module.run
        options = module.parser().parse_args(words)
        if hasattr(options, "memory"):
            from rollout_tui.trace.memory import allow, confined

            if options.memory is not None:
                allow(options.memory)
            if alone and command.name not in OPENS:
                bounds.enter_context(confined())
        status = run(options)
        sys.stdout.flush()
    return status


def _loaded(command: Command, alone: bool) -> ModuleType:
    """The module of a command, imported in three quarters of the time.

    msgspec imports typing_extensions, and that a good part of the standard library, for two names that
    typing has as well. Looking for garbage among what was just imported finds none; in a process that is
    `alone` there is nothing else yet, and it stays.
    """
    from rollout_tui.trace.memory import no_collection

    with no_collection(keep=alone):
        absent = sys.modules.setdefault("typing_extensions", None) is None  # type: ignore[arg-type]
        try:
            import msgspec  # noqa: F401
        finally:
            if absent:
                sys.modules.pop("typing_extensions", None)
        return command.module


def _command(words: list[str]) -> tuple[Command, list[str]]:
    """The command that the first word names, and the words after it; without one, `open` and all words."""
    if words in (["--version"], ["-V"]):
        return _named("help"), ["--version"]
    if words in (["--help"], ["-h"]):
        return _named("help"), []
    named = [command for command in COMMANDS if words and command.name == words[0] != OPEN]
    if named:
        return named[0], words[1:]
    if words and _is_mistyped(words[0], alone=len(words) == 1) and "--wait" not in words:
        raise CommandFailure(
            f"rollout-tui: no command {words[0]!r} and no such path; commands: {', '.join(_names())}"
        )
    return _named(OPEN), words


def _is_mistyped(word: str, *, alone: bool) -> bool:
    """Whether a word was rather meant as a command than as a path; `alone` it has to look like one."""
    if not re.fullmatch(_COMMAND_LIKE, word) or os.path.lexists(word):
        return False
    import difflib

    return not alone or bool(difflib.get_close_matches(word, _names(), 1))


def _names() -> list[str]:
    return [command.name for command in COMMANDS if command.name != OPEN]


def _named(name: str) -> Command:
    return next(command for command in COMMANDS if command.name == name)
