"""Scripts that make a shell complete `rollout-tui`, made from the parsers of the commands."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from rollout_tui.commands.explaining import PAGES
from rollout_tui.export.schemas import SCHEMAS
from rollout_tui.tui.lens_names import LENSES_BY_NAME

PROGRAM = "rollout-tui"


class Option(NamedTuple):
    """An option: how it is written, what it does, the values it takes (None: it takes no value)."""

    names: tuple[str, ...]
    summary: str
    values: tuple[str, ...] | None


class Completed(NamedTuple):
    """A command (empty name: without one), what it does, its options, the words that can follow it.

    `further` are the words that can follow one of these.
    """

    name: str
    summary: str
    options: tuple[Option, ...]
    words: tuple[str, ...] = ()
    further: Mapping[str, tuple[str, ...]] = {}


def script(shell: str) -> Iterator[str]:
    """The lines of the script for `shell`, a key of `SHELLS`."""
    return SHELLS[shell](tuple(_commands()))


def _commands() -> Iterator[Completed]:
    from rollout_tui.cli import COMMANDS, OPEN

    names = tuple(command.name for command in COMMANDS if command.name != OPEN)
    for command in COMMANDS:
        options = tuple(options_of(command.module.parser()))
        if command.name == OPEN:
            yield Completed("", command.summary, options, names)
        else:
            words = _help_words(names) if command.name == "help" else ()
            further = {"schema": tuple(SCHEMAS), "completion": tuple(SHELLS)} if words else {}
            yield Completed(command.name, command.summary, options, words, further)


def _help_words(commands: tuple[str, ...]) -> tuple[str, ...]:
    known = (*commands, *LENSES_BY_NAME, *PAGES, "keys", "settings", "schema", "completion")
    return tuple(dict.fromkeys(known))


def options_of(parser: argparse.ArgumentParser) -> Iterator[Option]:
    """The options of a command, as argparse keeps them."""
    for action in parser._actions:
        if action.option_strings:
            known = (
                tuple(LENSES_BY_NAME) if "--lens" in action.option_strings else tuple(action.choices or ())
            )
            summary = re.sub(r"\s+", " ", action.help or "").partition(";")[0]
            yield Option(tuple(action.option_strings), summary, None if action.nargs == 0 else known)


# -- bash --------------------------------------------------------------------------


_BASH_BEFORE = r"""_rollout_tui() {
    local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"
    local options="" words="" values=""
    if [ "$current" = "=" ]; then
        current=""
    elif [ "$previous" = "=" ] && [ "$COMP_CWORD" -gt 2 ]; then
        previous="${COMP_WORDS[COMP_CWORD-2]}"
    fi
    case "${COMP_WORDS[1]}" in"""
_BASH_AFTER = r"""    esac
    [ "$COMP_CWORD" -eq 1 ] && words="{first}"
    if [ -n "$values" ] && [ "$values" != "-" ]; then
        COMPREPLY=($(compgen -W "$values" -- "$current"))
    elif [ "${current:0:1}" = "-" ]; then
        COMPREPLY=($(compgen -W "$options" -- "$current"))
    else
        local IFS=$'\n'
        COMPREPLY=($(IFS=" "; compgen -W "$words" -- "$current") $(compgen -f -- "$current"))
    fi
}"""


def _bash(commands: tuple[Completed, ...]) -> Iterator[str]:
    yield f'# bash completion of {PROGRAM}: eval "$({PROGRAM} help completion bash)"'
    yield from _BASH_BEFORE.splitlines()
    for command in (*commands[1:], commands[0]):
        at_first = command.name or "*"
        yield f"        {at_first})"
        yield f'            options="{_all_names(command)}"'
        if command.words and command.name:
            yield f'            words="{" ".join(command.words)}"'
        yield '            case "$previous" in'
        for option in command.options:
            if option.values is not None:
                told = f'values="{" ".join(option.values)}"' if option.values else 'values="-"'
                yield f"                {'|'.join(option.names)}) {told} ;;"
        for word, more in command.further.items():
            yield f'                {word}) values="{" ".join(more)}" ;;'
        yield "            esac ;;"
    yield from _BASH_AFTER.replace("{first}", " ".join(commands[0].words)).splitlines()
    yield f"complete -o filenames -F _rollout_tui {PROGRAM}"


def _all_names(command: Completed) -> str:
    return " ".join(name for option in command.options for name in option.names)


# -- zsh ---------------------------------------------------------------------------


_ZSH_BETWEEN = r"""    )
    if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
        _describe 'command' commands
        _files
        return
    fi
    case $words[2] in"""
_ZSH_AFTER = r"""    esac
}
if [ "$funcstack[1]" = "_rollout_tui" ]; then
    _rollout_tui "$@"
else"""


def _zsh(commands: tuple[Completed, ...]) -> Iterator[str]:
    yield f"#compdef {PROGRAM}"
    yield f"# zsh completion of {PROGRAM}: a file _{PROGRAM} in a folder of $fpath, or"
    yield f'#   eval "$({PROGRAM} help completion zsh)"'
    yield "_rollout_tui() {"
    yield "    local -a commands"
    yield "    commands=("
    for command in commands[1:]:
        yield f"        {_zsh_word(f'{command.name}:{command.summary}')}"
    yield from _ZSH_BETWEEN.splitlines()
    for command in (*commands[1:], commands[0]):
        yield f"        {command.name or '*'})"
        rest = f"({' '.join(command.words)})" if command.name and command.words else "_files"
        for word, more in command.further.items():
            chosen = f"compadd {' '.join(more)}; return"
            yield f"            if [[ $words[3] == {word} ]] && (( CURRENT == 4 )); then {chosen}; fi"
        parts = [part for option in command.options for part in _zsh_option(option)]
        yield "            _arguments \\"
        for part in parts:
            yield f"                {part} \\"
        yield f"                {_zsh_word(f'*:what:{rest}')}"
        yield "            ;;"
    yield from _ZSH_AFTER.splitlines()
    yield f"    compdef _rollout_tui {PROGRAM}"
    yield "fi"


def _zsh_option(option: Option) -> Iterator[str]:
    summary = re.sub(r"([\[\]:\\])", r"\\\1", option.summary)
    for name in option.names:
        value = "" if option.values is None else f":value:({' '.join(option.values)})"
        if option.values == ():
            value = ":value:_files"
        joined = "=" if value and name.startswith("--") else ""
        yield _zsh_word(f"{name}{joined}[{summary}]{value}")


def _zsh_word(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


# -- fish --------------------------------------------------------------------------


def _fish(commands: tuple[Completed, ...]) -> Iterator[str]:
    yield f"# fish completion of {PROGRAM}: {PROGRAM} help completion fish | source"
    names = " ".join(commands[0].words)
    for command in commands[1:]:
        what = _fish_word(command.summary)
        yield f"complete -c {PROGRAM} -n '__fish_use_subcommand' -a {command.name} -d {what}"
    for command in commands:
        seen = "__fish_seen_subcommand_from"
        when = f"{seen} {command.name}" if command.name else f"not {seen} {names}"
        for option in command.options:
            flags = " ".join(_fish_flag(name) for name in option.names)
            value = "" if option.values is None else " -r"
            if option.values:
                value = f" -x -a '{' '.join(option.values)}'"
            yield f"complete -c {PROGRAM} -n '{when}' {flags}{value} -d {_fish_word(option.summary)}"
        if command.name and command.words:
            first = " ".join(command.further)
            at_first = f"{when}; and not {seen} {first}"
            yield f"complete -c {PROGRAM} -n '{at_first}' -f -a '{' '.join(command.words)}'"
        for word, more in command.further.items():
            yield f"complete -c {PROGRAM} -n '{when}; and {seen} {word}' -f -a '{' '.join(more)}'"


def _fish_flag(name: str) -> str:
    return f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}"


def _fish_word(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


SHELLS: dict[str, Callable[[tuple[Completed, ...]], Iterator[str]]] = {
    "bash": _bash,
    "zsh": _zsh,
    "fish": _fish,
}
