"""`rollout-tui help [WORD ...]`: commands, lenses, keys, finding codes, schemas of JSON output."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from rollout_tui import __version__
from rollout_tui.commands.answer import say_json, say_lines
from rollout_tui.commands.arguments import Parser
from rollout_tui.commands.explaining import PAGES, explained, near
from rollout_tui.commands.outcome import FINE, CommandFailure

_DESCRIPTION = "Explain a command, a lens, a key, a finding code or a schema."
_EXAMPLES = """\
  rollout-tui help reduce                what a command does
  rollout-tui help never_seen_by_model   what a finding code means
  rollout-tui help cells                 what a lens shows
  rollout-tui help w                     what a key does; so for :note, event_next, pending
  rollout-tui help keys                  every action, its keys, and how to change them
  rollout-tui help settings              what a config file can set, and where it lies
  rollout-tui help STOPPED               what a word or a sign on the screen means; help screen: all
  rollout-tui help state                 how the model-visible state is derived
  rollout-tui help schema context        the JSON schema of `context --json`
  eval "$(rollout-tui help completion bash)"   completion in bash, zsh or fish"""
_KEYS_ROOM = 100
_FIRST_LINES = (
    "rollout-tui: walk through what a coding agent did, forward and back",
    "",
    "  rollout-tui [TRACE]          open a recording in the terminal",
    "  rollout-tui COMMAND ...      the same answers without one",
    "",
)
_LAST_LINES = (
    "",
    "TRACE is a bundle folder, its trace.jsonl, an archive of it (.zip, .tar.gz), or a folder of",
    "bundles; one bundle of an archive is written traces.zip/trace-1a2b, a folder named like a",
    "command ./reduce. Without TRACE: $CODEX_ROLLOUT_TRACE_ROOT.",
    "rollout-tui COMMAND --help says more, rollout-tui help WORD explains a word.",
)


def parser() -> Parser:
    """The arguments of `rollout-tui help`."""
    made = Parser("rollout-tui help", _DESCRIPTION, examples=_EXAMPLES)
    made.add_argument("word", metavar="WORD", nargs="*", help="what to explain; default: list the commands")
    made.add_argument("--version", action="store_true", help="print the version")
    return made


def run(options: argparse.Namespace) -> int:
    """Print the explanation."""
    words = options.word
    if options.version:
        say_lines([f"rollout-tui {__version__}"])
    elif not words:
        say_lines([*_FIRST_LINES, *_commands(), "", *_options(), *_LAST_LINES])
    elif words == ["keys"]:
        say_lines(_keys())
    elif words in (["settings"], ["config"]):
        say_lines(_settings())
    elif words[0] == "completion":
        _completion(words[1:])
    elif words[0] == "schema":
        _schema(words[1:])
    else:
        say_lines(_explained(" ".join(words)))
    return FINE


def _commands() -> Iterator[str]:
    from rollout_tui.cli import COMMANDS, OPEN

    for command in COMMANDS:
        if command.name != OPEN:
            yield f"  {command.name:<10}{command.summary}"


def _options() -> list[str]:
    """The options and examples of `rollout-tui` without a command."""
    from rollout_tui.commands.opening import parser as opening_parser

    lines = opening_parser().format_help().splitlines()
    first = lines.index("options:")
    return ["options of rollout-tui [TRACE]:", *lines[first + 1 : lines.index("exit status:") - 1]]


def _keys() -> Iterator[str]:
    """Every action with its keys as they are set, and where to set them."""
    from rollout_tui.commands.configuring import FIXED, use_settings
    from rollout_tui.export.table import room, table
    from rollout_tui.settings import config_file
    from rollout_tui.tui.keys import ACTIONS

    use_settings()
    rows = [(one.id, " ".join(one.keys), one.description) for one in ACTIONS if one.id not in FIXED]
    yield from table(rows, max(room(), _KEYS_ROOM), flexible=2)
    yield ""
    yield f"Other keys are set in {config_file()}; rollout-tui help settings tells how."


def _settings() -> Iterator[str]:
    """What a config file can hold, where it lies, and where what is remembered lies."""
    from rollout_tui.export.table import room, wrapped
    from rollout_tui.settings import EXAMPLE, config_file, state_folder
    from rollout_tui.settings.key_names import ALLOWED

    yield f"Settings: {config_file()}"
    yield f"Remembered places, marks, notes and counts: {state_folder()}"
    yield ""
    yield from (f"    {line}" for line in EXAMPLE.splitlines())
    yield ""
    yield from wrapped(f"A key is {ALLOWED}.", room())


def _completion(shells: list[str]) -> None:
    from rollout_tui.commands.completion import SHELLS, script

    if len(shells) != 1 or shells[0] not in SHELLS:
        raise CommandFailure(f"rollout-tui help completion: name the shell: {', '.join(SHELLS)}")
    say_lines(script(shells[0]))


def _schema(names: list[str]) -> None:
    from rollout_tui.export.schemas import SCHEMAS, schema

    if len(names) != 1 or names[0] not in SCHEMAS:
        raise CommandFailure(f"rollout-tui help: there is a schema for each of {', '.join(SCHEMAS)}")
    say_json(schema(names[0]))


def _explained(word: str) -> Iterator[str]:
    """What a word means. Raises CommandFailure when nobody knows."""
    from rollout_tui.tui.lens_names import LENSES_BY_NAME

    lines = list(explained(word))
    if not lines:
        alike = near(word)
        raise CommandFailure(
            f"rollout-tui help: nothing is known of {word[:60]!r}; "
            + (f"near it: {', '.join(alike)}; " if alike else "")
            + f"words are commands, lenses ({', '.join(LENSES_BY_NAME)}), keys, ids of actions, "
            + "commands with a colon, finding codes such as inference_failed, fields of breakpoints, "
            + f"{', '.join(PAGES)}, keys, settings, completion SHELL, schema NAME"
        )
    return iter(lines)
