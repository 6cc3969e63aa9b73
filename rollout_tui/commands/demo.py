"""`rollout-tui demo`: a process of its own writes a trace as an agent would, and the app follows it."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rollout_tui.commands.answer import say_lines
from rollout_tui.commands.arguments import Parser
from rollout_tui.commands.outcome import FAILED, FINE, CommandFailure
from rollout_tui.commands.screen import why_no_screen

_DESCRIPTION = (
    "Watch a scripted agent: a cell that yields, waits, a nested tool, a failing command, a child agent."
)
_EXAMPLES = """\
  rollout-tui demo                   a minute of an agent at work; q quits
  rollout-tui demo --pace 0.3        the same in a third of the time
  rollout-tui demo --headless /tmp/d write the recording at once and print its folder"""
_LONGEST_COMPLAINT = 400


def parser() -> Parser:
    """The arguments of `rollout-tui demo`."""
    made = Parser("rollout-tui demo", _DESCRIPTION, examples=_EXAMPLES)
    made.add_argument(
        "root", metavar="FOLDER", nargs="?", type=Path, help="where to write; default: a temporary folder"
    )
    made.add_argument(
        "--pace",
        metavar="X",
        type=_pace,
        help="seconds of real time per second of the script: 1 is life, 0 at once",
    )
    made.add_argument(
        "--headless", action="store_true", help="write the recording, print its folder, show nothing"
    )
    return made


def run(options: argparse.Namespace) -> int:
    """Write and follow the demo; without a screen write it and say where."""
    headless = options.headless or why_no_screen()
    root = options.root or Path(tempfile.mkdtemp(prefix="rollout-tui-demo-"))
    to_remove = options.root is None
    try:
        if not headless:
            return _followed(root, 1.0 if options.pace is None else options.pace)
        written = _written(root, 0.0 if options.pace is None else options.pace)
        to_remove = False
        say_lines([written])
        return FINE
    finally:
        if to_remove:
            shutil.rmtree(root, ignore_errors=True)


def _pace(text: str) -> float:
    try:
        pace = float(text)
    except ValueError:
        pace = -1.0
    if not 0 <= pace <= 1000:
        raise argparse.ArgumentTypeError(
            f"{text[:40]!r} is not a pace; 1 is real time, 0.5 twice as fast, 0 at once"
        )
    return pace


def _command(root: Path, pace: float) -> list[str]:
    return [sys.executable, "-m", "rollout_tui.demo", str(root), "--pace", str(pace)]


def _written(root: Path, pace: float) -> str:
    """The folder of a demo recording that is complete. Raises CommandFailure."""
    done = subprocess.run(_command(root, pace), capture_output=True, text=True, check=False)
    if done.returncode:
        complaint = done.stderr.strip().rpartition("\n")[2].removeprefix("rollout_tui.demo: ")
        complaint = complaint[:_LONGEST_COMPLAINT]
        raise CommandFailure(f"rollout-tui: the demo could not be written to {root}: {complaint}", FAILED)
    return done.stdout.strip()


def _followed(root: Path, pace: float) -> int:
    """Show the demo while it is written."""
    from rollout_tui.commands.configuring import use_settings
    from rollout_tui.tui.app import run as run_app
    from rollout_tui.tui.starting.opening import Opening

    settings = use_settings()
    writer = subprocess.Popen(
        _command(root, pace), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        return run_app(
            Opening(root, follow=True, latest=True, wait=True),
            theme=settings.theme,
            theme_place=settings.theme_place,
        )
    finally:
        writer.terminate()
        writer.wait()
