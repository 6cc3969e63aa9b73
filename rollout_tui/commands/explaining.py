"""What a word means: everything that any of the program's tables or pages knows of it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from importlib import resources

PAGES = {
    "screen": "words and signs on the screen",
    "state": "how the model-visible state is derived, and where a recording cannot tell",
    "tolerance": "what happens to evidence that does not fit, code by code",
}
"""Longer explanations by name: the texts of rollout_tui/help."""
_DIAGNOSTICS = "<!-- diagnostics -->"
_MOST_PASSAGES = 4


def explained(word: str) -> Iterator[str]:
    """What is known of a word: where nothing is, where the pages speak of it. Nothing for an unknown one."""
    if not word.strip():
        return
    found = False
    for source in (
        *(_page, _command, _lens, _finding, _diagnostic),
        *(_actions, _line_command, _fields, _options),
    ):
        for line in source(word):
            found = True
            yield line
    if not found:
        yield from _passages(word)


def near(word: str) -> list[str]:
    """Known words that look like it."""
    from rollout_tui.cli import COMMANDS
    from rollout_tui.debugger.findings.finding_codes import CODES
    from rollout_tui.tui.command_line import BY_WORD
    from rollout_tui.tui.keys import ACTIONS
    from rollout_tui.tui.lens_names import LENSES_BY_NAME

    commands = (command.name for command in COMMANDS)
    actions = (action.id for action in ACTIONS)
    known = dict.fromkeys((*PAGES, *commands, *LENSES_BY_NAME, *CODES, *actions, *BY_WORD))
    return difflib.get_close_matches(word, known, 4, 0.6)


def _page(word: str) -> Iterator[str]:
    """A page; where it asks for the diagnostics stands the table of what is made of each."""
    from rollout_tui.reducer.diagnostics import CODES

    for line in _text(word).splitlines() if word in PAGES else ():
        if line != _DIAGNOSTICS:
            yield line
            continue
        for code in CODES:
            yield from _diagnostic(code)


def _text(page: str) -> str:
    return (resources.files("rollout_tui") / "help" / f"{page}.md").read_text(encoding="utf-8")


def _command(word: str) -> Iterable[str]:
    from rollout_tui.cli import COMMANDS, OPEN

    for command in COMMANDS:
        if command.name == word != OPEN:
            yield from command.module.parser().format_help().splitlines()


def _lens(word: str) -> Iterator[str]:
    from rollout_tui.tui.lens_names import LENSES_BY_NAME

    lens = LENSES_BY_NAME.get(word)
    if lens is not None:
        yield f"lens {lens.key} {word}: {lens.explanation} (rollout-tui --lens {word}, or key {lens.key})"


def _finding(word: str) -> Iterator[str]:
    from rollout_tui.debugger.findings.finding_codes import CODES

    if word in CODES:
        yield f"finding {word} ({CODES[word].severity}): {CODES[word].explanation}"


def _diagnostic(word: str) -> Iterator[str]:
    from rollout_tui.reducer.diagnostics import CODES

    rule = CODES.get(word)
    if rule is not None:
        schemas = " and ".join(map(str, rule.refused_in))
        yield f"{word}  (refused in schema {schemas})"
        yield f"  {rule.found}: {rule.instead}"


def _actions(word: str) -> Iterator[str]:
    """Actions by id, and by key as people or the settings write it."""
    from rollout_tui.commands.configuring import use_settings
    from rollout_tui.tui.keys import ACTIONS, key_label

    use_settings()
    for action in ACTIONS:
        labels = [key_label(key) for key in action.keys]
        names = [label.lower() for label in labels if len(label) > 1]
        if word == action.id or word in action.keys or word.lower() in names:
            state = f" during a {action.when}" if action.when else ""
            yield f"key {' or '.join(labels)}{state}: {action.description} ({action.id})"


def _line_command(word: str) -> Iterator[str]:
    from rollout_tui.tui.command_line import COMMANDS

    for command in COMMANDS:
        if word.removeprefix(":") == command.word:
            yield f":{command.word} {command.argument}".rstrip() + f": {command.description}"


def _fields(word: str) -> Iterator[str]:
    from rollout_tui.debugger.stops import event_facts, watched

    for fields, used in ((event_facts.FIELDS, ":break and &"), (watched.FIELDS, ":watch")):
        if word in fields:
            yield f"field {word} of {used}: {fields[word].explanation}"


def _options(word: str) -> Iterator[str]:
    """Options, with the commands that have them."""
    from rollout_tui.cli import COMMANDS, OPEN
    from rollout_tui.commands.completion import PROGRAM, options_of

    told: dict[str, list[str]] = {}
    for command in COMMANDS:
        name = PROGRAM if command.name == OPEN else command.name
        for option in options_of(command.module.parser()):
            if f"--{word.lstrip('-')}" in option.names:
                told.setdefault(f"option {' '.join(option.names)}: {option.summary}", []).append(name)
    for line, names in told.items():
        yield f"{line} ({', '.join(names)})"


def _passages(word: str) -> Iterator[str]:
    """Paragraphs, list items and rows of tables of the pages that use the word."""
    spoken = re.escape(word.replace("_", " ")).replace(r"\ ", "[ _]")
    used = re.compile(rf"(?<!\w){spoken}(?!\w)", re.IGNORECASE)
    for page in PAGES:
        parts = re.split(r"\n(?=\s*\n|- |\d+\. |  [a-z]+(?: [a-z]+)*  )", _text(page))
        passages = [part.strip("\n") for part in parts if used.search(part)]
        if passages:
            yield f"rollout-tui help {page}:"
        for passage in passages[:_MOST_PASSAGES]:
            yield from passage.splitlines()
