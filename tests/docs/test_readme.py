"""What README.md says is so: tables, commands with their output, options, codes, lenses, keys, links."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from recordings_at_hand import FIXTURES
from tables import README, filled

from rollout_tui.cli import COMMANDS, OPEN
from rollout_tui.commands.completion import options_of
from rollout_tui.commands.outcome import CommandFailure
from rollout_tui.debugger.findings.finding_codes import CODES
from rollout_tui.settings import read_settings
from rollout_tui.settings.reading import Default
from rollout_tui.tui.command_line import BY_WORD
from rollout_tui.tui.keys import DEFAULTS
from rollout_tui.tui.lens_names import LENSES_BY_NAME

ROOT = README.parent
TEXT = README.read_text()
SECONDS = 60
_FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_COMMANDS = {command.name: command for command in COMMANDS}


def fenced(kind: str) -> list[str]:
    return [body for language, body in _FENCED.findall(TEXT) if language == kind]


class Shown(NamedTuple):
    """A command and the output that the README shows for it."""

    command: str
    output: str


def console() -> Iterator[Shown]:
    for block in fenced("console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield Shown(command, output)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the fixtures in it and the program on the path."""
    (tmp_path / "fixtures").symlink_to(FIXTURES)
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, words in (("rollout-tui", "-m rollout_tui"), ("python", "")):
        program = programs / name
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {words} "$@"\n')
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.delenv("CODEX_ROLLOUT_TRACE_ROOT", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def pattern(shown: str) -> re.Pattern[str]:
    """What is printed may be: a line of three dots stands for any lines, dots at its end for the rest."""
    parts = []
    for line in shown.splitlines():
        if line == "...":
            parts.append(r"(?:[^\n]*\n)*")
        elif line.endswith("..."):
            parts.append(r"\s*" + re.escape(line[:-3].strip()) + r"[^\n]*\n")
        else:
            parts.append(re.escape(line.rstrip()) + r" *\n")
    return re.compile("".join(parts))


@pytest.mark.parametrize("shown", console(), ids=lambda shown: shown.command[:60])
def test_commands_print_what_is_shown(shown: Shown, checkout: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", shown.command],
        cwd=checkout,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    printed = done.stdout
    assert done.returncode in (0, 1), printed
    assert "Traceback" not in printed
    if not printed.endswith("\n"):
        printed += "\n"
    assert pattern(shown.output).fullmatch(printed), f"README.md shows something else:\n{printed}"


def test_commands_that_open_the_screen_are_understood() -> None:
    lines = [line for block in fenced("sh") for line in block.splitlines()]
    inline = [words.replace("\n", " ") for words in re.findall(r"`(rollout-tui [^`]+)`", TEXT)]
    assert len(lines) > 5
    for line in lines + inline:
        words = shlex.split(line, comments=True)[1:]
        if any(word.isupper() for word in words):
            continue
        name = words[0] if words and words[0] in _COMMANDS else OPEN
        arguments = words if name == OPEN else words[1:]
        try:
            _COMMANDS[name].module.parser().parse_args(arguments)
        except (CommandFailure, SystemExit) as problem:
            raise AssertionError(f"README.md says {line!r}: {problem}") from problem


def test_python_is_true(checkout: Path) -> None:
    (block,) = fenced("pycon")
    test = doctest.DocTestParser().get_doctest(block, {}, "README.md", "README.md", 0)
    assert not doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test).failed


def test_settings_are_taken(tmp_path: Path) -> None:
    (block,) = fenced("toml")
    (tmp_path / "config.toml").write_text(block)
    actions = {one.id: Default(one.keys, one.when) for one in DEFAULTS}
    assert read_settings(tmp_path / "config.toml", actions).keys["quit"] == ("Q",)


def test_python_versions_are_those_that_are_declared() -> None:
    declared = set(re.findall(r"Python :: (3\.\d+)", (ROOT / "pyproject.toml").read_text()))
    (line,) = [line for line in TEXT.splitlines() if line.startswith("- Tried on Linux")]
    assert set(re.findall(r"3\.\d+", line)) == declared


def test_tables_are_those_of_the_program() -> None:
    assert filled(TEXT) == TEXT, "run python tests/docs/tables.py"


def test_options_exist_and_are_named() -> None:
    known = {
        option
        for command in COMMANDS
        for one in options_of(command.module.parser())
        for option in one.names
        if option.startswith("--")
    }
    said = "\n".join([re.sub(r"<!--.*?-->", "", _FENCED.sub("", TEXT)), *fenced("sh")])
    said += "\n".join(shown.command for shown in console())
    named = set(re.findall(r"(?<![\w/-])--[a-z][a-z-]*", said))
    assert named - known == set(), "README.md names options that do not exist"
    assert known - named - {"--help"} == set(), "README.md does not name these options"


def test_commands_exist_and_are_named() -> None:
    named = set(re.findall(r"rollout-tui ([a-z]{3,})\b(?![/-])", TEXT)) - {"traces"}
    assert named <= set(_COMMANDS)
    assert all(f"`{name}`" in TEXT for name in _COMMANDS if name != OPEN)


def test_finding_codes_and_lenses_and_words_exist() -> None:
    assert all(f"`{code}`" in TEXT for code in CODES)
    assert all(f"| {name}: " in TEXT for name in LENSES_BY_NAME)
    told = {
        word for word in re.findall(r"^:([a-z]+)|`:([a-z]+)\b", TEXT, re.MULTILINE) for word in word if word
    }
    places = {"turn", "request", "tool", "cell", "wait", "failure"}
    assert told - places == set(BY_WORD) - {"q"}


def test_links_lead_somewhere() -> None:
    headings = {
        re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-")
        for heading in re.findall(r"^#+ (.*)$", TEXT, re.MULTILINE)
    }
    for target in re.findall(r"\]\(([^)]+)\)", TEXT):
        if target.startswith("#"):
            assert target[1:] in headings, target
        else:
            assert (ROOT / target).exists(), target


def test_files_exist() -> None:
    for name in re.findall(r"`((?:tests|trace|tui|recorder|end_to_end)/[\w/]+\.py)`", TEXT):
        assert (ROOT / name).exists() or (ROOT / "tests" / name).exists(), name


def test_nothing_names_a_host() -> None:
    assert not re.search(r"https?://", TEXT)


def live_rows() -> list[str]:
    """What the rows of the table of live trials name as their test."""
    table = TEXT.partition("<!-- live -->")[2].partition("<!-- /live -->")[0]
    return [line.split("|")[3].strip(" `") for line in table.strip().splitlines()[2:]]


@pytest.mark.parametrize("named", live_rows())
def test_every_live_trial_names_a_test_that_there_is(named: str) -> None:
    file, _, test = named.partition("::")
    text = (ROOT / "tests" / file).read_text()
    assert re.search(rf"^(async def |def |){re.escape(test)}\b", text, re.MULTILINE), named
