"""Completion scripts: every command and option is in them, and bash completes with its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from in_time import PATIENCE_S
from running import run

from rollout_tui.cli import COMMANDS
from rollout_tui.commands.completion import SHELLS, options_of
from rollout_tui.tui.lens_names import LENSES_BY_NAME


@pytest.mark.parametrize("shell", SHELLS)
def test_every_command_and_every_option_is_completed(shell: str) -> None:
    script = run("help", "completion", shell).text
    for command in COMMANDS:
        assert command.name == "open" or command.name in script
        for one in options_of(command.module.parser()):
            for option in one.names:
                written = (
                    option if shell != "fish" else f"-{'l' if option[1] == '-' else 's'} {option.lstrip('-')}"
                )
                assert written in script, (command.name, option)
    assert all(lens in script for lens in LENSES_BY_NAME)


def test_another_shell_is_refused_with_those_there_are() -> None:
    done = run("help", "completion", "tcsh")
    assert done.status == 2 and "bash, zsh, fish" in done.err
    assert run("help", "completion").status == 2


def completed(tmp_path: Path, *words: str) -> list[str]:
    """What bash offers for the last of `words`."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("no bash here")
    (tmp_path / "script").write_text(run("help", "completion", "bash").text)
    line = (
        f"set -u; source {tmp_path}/script; complete -p rollout-tui >/dev/null || exit 9\n"
        'COMP_WORDS=(rollout-tui "$@"); COMP_CWORD=$#; _rollout_tui; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        [bash, "-c", line, "bash", *words], capture_output=True, text=True, cwd=tmp_path, timeout=PATIENCE_S
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split("\n")[:-1]


def test_bash_completes(tmp_path: Path) -> None:
    (tmp_path / "reduced trace").mkdir()
    assert completed(tmp_path, "red") == ["reduce", "reduced trace"]
    assert completed(tmp_path, "context", "--th") == ["--thread"]
    assert completed(tmp_path, "--lens", "ce") == ["cells"]
    assert completed(tmp_path, "some-trace", "--lens", "to") == ["tokens"]
    assert completed(tmp_path, "export", "--format", "") == ["md", "perfetto", "bundle"]
    assert completed(tmp_path, "findings", "--severity", "w") == ["warning"]
    assert completed(tmp_path, "summary", "reduced") == ["reduced trace"]
    assert completed(tmp_path, "help", "compl") == ["completion"]
    assert completed(tmp_path, "help", "schema", "co") == ["context"]
    assert completed(tmp_path, "help", "completion", "") == ["bash", "zsh", "fish"]
    assert completed(tmp_path, "help", "to") == ["tokens", "tolerance"]
    assert completed(tmp_path, "--lens", "=", "ce") == ["cells"]
    assert completed(tmp_path, "export", "--format", "=") == ["md", "perfetto", "bundle"]
    assert completed(tmp_path, "export", "-o", "reduced") == ["reduced trace"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_other_shells_take_their_script(tmp_path: Path, shell: str) -> None:
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"no {shell} here")
    script = tmp_path / "script"
    script.write_text(run("help", "completion", shell).text)
    done = subprocess.run([found, "-n", script], capture_output=True, text=True, timeout=PATIENCE_S)
    assert (done.returncode, done.stderr) == (0, "")


def test_fish_completes(tmp_path: Path) -> None:
    fish = shutil.which("fish")
    if fish is None:
        pytest.skip("no fish here")
    (tmp_path / "script.fish").write_text(run("help", "completion", "fish").text)
    (tmp_path / "reduced").mkdir()

    def offered(line: str) -> list[str]:
        command = f"source script.fish; complete -C {line!r}"
        environment = {**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
        done = subprocess.run(
            [fish, "-c", command],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=environment,
            timeout=PATIENCE_S,
        )
        assert done.returncode == 0, done.stderr
        return [one.partition("\t")[0] for one in done.stdout.splitlines()]

    assert offered("rollout-tui con") == ["context"]
    assert offered("rollout-tui context --th") == ["--thread"]
    assert offered("rollout-tui --lens ce") == ["cells"]
    assert sorted(offered("rollout-tui export --format ")) == ["bundle", "md", "perfetto"]
    assert offered("rollout-tui summary red") == ["reduced/"]
    assert offered("rollout-tui help compl") == ["completion"]
    assert offered("rollout-tui help completion ") == ["bash", "fish", "zsh"]
    assert offered("rollout-tui help schema co") == ["context"]
