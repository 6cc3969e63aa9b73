"""Nothing is sent anywhere, and nothing is written but where it was asked for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from recordings_at_hand import recording

# What the interpreter itself says it does: every file opened, every socket, every program started.
WATCHED = """
import json, os, sys
seen = []
def hook(name, arguments):
    if name == "open":
        path, mode, flags = arguments
        writes = (flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
        if writes and not isinstance(path, int) and str(path) not in ("/dev/null", "/dev/tty"):
            seen.append(f"open {path}")
    elif name in ("os.mkdir", "os.rename", "os.link", "os.symlink", "os.chmod", "os.truncate"):
        seen.append(f"{name} {arguments[0]}")
    elif name.startswith(("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "urllib",
                          "http.", "ftplib", "smtplib", "subprocess.Popen", "os.exec", "os.posix_spawn")):
        seen.append(f"{name} {arguments!r:.200}")
sys.dont_write_bytecode = True
sys.addaudithook(hook)
from rollout_tui.cli import main
status = main(sys.argv[2:])
with open(sys.argv[1], "w") as file:
    json.dump([status, seen], file)
"""
COMMANDS = (
    ("reduce",),
    ("reduce", "--each-event"),
    ("context", "--json"),
    ("findings",),
    ("blocked",),
    ("summary", "--json"),
    ("check",),
    ("export", "--format", "md", "-o", "-"),
    ("export", "--format", "perfetto", "-o", "-"),
)


def watched(tmp_path: Path, *arguments: str | Path) -> tuple[int, list[str]]:
    """The exit status of a command, and what it wrote, sent or started."""
    told = tmp_path / "told.json"
    home = tmp_path / "home"
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(home), "TERM": "xterm"}
    home.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, told, *arguments],
        input=b"3\nn\ns\n/echo\nquit\n",
        capture_output=True,
        timeout=60,
        env=environment,
    )
    assert told.exists(), done.stderr.decode()
    status, seen = json.loads(told.read_bytes())
    return status, [one for one in seen if one != f"open {told}"]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_writes_and_sends_nothing(command: tuple[str, ...], tmp_path: Path) -> None:
    name, *options = command
    assert watched(tmp_path, name, recording("two-cells-interleaved"), *options) == (0, [])
    assert not list((tmp_path / "home").iterdir())


@pytest.mark.parametrize(
    "options", [("--format", "md"), ("--format", "bundle"), ("--format", "bundle", "--redact")], ids=" ".join
)
def test_an_export_writes_where_it_is_told_to_alone(options: tuple[str, ...], tmp_path: Path) -> None:
    out = tmp_path / "exported" / "out"
    out.parent.mkdir()
    status, seen = watched(tmp_path, "export", recording("two-cells-interleaved"), *options, "-o", str(out))
    assert status == 0 and out.exists() and [path.name for path in out.parent.iterdir()] == ["out"]
    for one in seen:
        what, _, path = one.partition(" ")
        assert what in ("open", "os.mkdir", "os.rename", "os.link") and path.startswith(str(out.parent)), one
    for path in (out, *out.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


def test_the_interface_writes_its_memory_alone_and_that_can_be_switched_off(tmp_path: Path) -> None:
    trace = recording("two-cells-interleaved")
    status, seen = watched(tmp_path, trace, "--plain")
    state = tmp_path / "home" / ".local" / "state"
    assert status == 0 and seen
    for one in seen:
        assert one.partition(" ")[2].startswith(str(tmp_path / "home")), one
    written = [path for path in state.rglob("*") if path.is_file()]
    assert written and all(path.stat().st_mode & 0o077 == 0 for path in written)
    (tmp_path / "home" / ".config" / "rollout-tui").mkdir(parents=True)
    (tmp_path / "home" / ".config" / "rollout-tui" / "config.toml").write_text("memory = false\n")
    assert watched(tmp_path, trace, "--plain") == (0, [])
