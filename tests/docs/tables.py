"""Parts of README.md that are made from the program's tables: `python tests/docs/tables.py` writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from rollout_tui.cli import COMMANDS, OPEN
from rollout_tui.commands.completion import options_of
from rollout_tui.debugger.findings.finding_codes import CODES, SEVERITIES
from rollout_tui.debugger.stops import event_facts, watched
from rollout_tui.export.schemas import SCHEMAS
from rollout_tui.tui.command_line import COMMANDS as LINE_COMMANDS
from rollout_tui.tui.keys import GROUPS, help_rows

README = Path(__file__).parents[2] / "README.md"


def keys() -> Iterator[str]:
    """Every action, a row for it and its opposite."""
    yield "| keys | opposite | |"
    yield "|---|---|---|"
    for group in GROUPS:
        yield f"| | | **{group}** |"
        for row in help_rows(group):
            yield f"| {_code(row.keys)} | {_code(row.opposite)} | {row.description} |"


def line() -> Iterator[str]:
    """The words of the command line."""
    yield "| command | |"
    yield "|---|---|"
    for command in LINE_COMMANDS:
        words = f":{command.word} {command.argument}".strip()
        yield f"| `{words}` | {command.description} |"


def fields() -> Iterator[str]:
    """What breakpoints and watches can name."""
    yield f"Fields of `:break` and `&` (`type` is `event`): {_listed(event_facts.FIELDS)}."
    yield f"Fields of `:watch`: {_listed(watched.FIELDS)}."


def commands() -> Iterator[str]:
    """Every command with its options."""
    yield "| command | answers | options |"
    yield "|---|---|---|"
    for command in COMMANDS:
        options = [option for one in options_of(command.module.parser()) for option in one.names]
        shown = [option for option in options if option not in ("-h", "--help")]
        name = "rollout-tui" if command.name == OPEN else command.name
        yield f"| `{name}` | {command.summary} | {_listed(shown)} |"


def schemas() -> Iterator[str]:
    """The names of the JSON schemas."""
    yield _listed(SCHEMAS)


def findings() -> Iterator[str]:
    """Every finding code, the gravest first."""
    yield "| severity | code | |"
    yield "|---|---|---|"
    for severity in SEVERITIES:
        for code in CODES.values():
            if code.severity == severity:
                of = f"{severity}, of the recording" if code.of_recording else severity
                yield f"| {of} | `{code.code}` | {code.explanation} |"


TABLES: tuple[Callable[[], Iterator[str]], ...] = (keys, line, fields, commands, schemas, findings)


def filled(text: str) -> str:
    """The text with every table as the program has it."""
    for table in TABLES:
        begin, end = f"<!-- {table.__name__} -->", f"<!-- /{table.__name__} -->"
        lines = "\n".join(table())
        inner = lines if table is schemas else f"\n\n{lines}\n\n"
        text, found = re.subn(
            f"{begin}.*?{end}", lambda _, new=f"{begin}{inner}{end}": new, text, flags=re.DOTALL
        )
        assert found == 1, f"README.md has {found} places for {table.__name__}"
    return text


def _code(keys_shown: str) -> str:
    return " ".join(f"`{key}`" for key in keys_shown.split())


def _listed(names: object) -> str:
    return ", ".join(f"`{name}`" for name in names)  # type: ignore[attr-defined]


if __name__ == "__main__":
    README.write_text(filled(README.read_text()))
