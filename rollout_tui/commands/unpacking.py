"""Bundles that come packed: unpacked for as long as the command runs, gone when it ends."""

from __future__ import annotations

import stat
from contextlib import ExitStack
from pathlib import Path

from rollout_tui.commands.outcome import CommandFailure, complain

LARGE_BYTES = 8 << 20
"""From this size on it takes so long that it is said."""

_folders = ExitStack()
_archives: dict[str, str] = {}
"""What was given, by the folder it was unpacked to."""


def unpacked_if_packed(path: Path) -> Path:
    """The bundle, or the folder of bundles, inside the archive `path`; `path` itself where it is no archive.

    The folder is private and temporary: `remove_unpacked` takes it away. Raises CommandFailure.
    """
    found = _regular_file_size(path)
    if found is None:
        return path
    from rollout_tui.trace.archive import is_archive, unpacked
    from rollout_tui.trace.bundle import BundleProblem

    try:
        if not is_archive(path):
            return path
        if found >= LARGE_BYTES:
            from rollout_tui.words import size

            complain(f"rollout-tui: unpacking {path.name}, {size(found)} ...")
        folder = _folders.enter_context(unpacked(path))
    except BundleProblem as problem:
        raise CommandFailure(f"rollout-tui: {problem}") from problem
    _archives[str(folder)] = str(path)
    return folder


def as_given(message: str) -> str:
    """A message with the names of archives in place of the folders they were unpacked to."""
    for folder, archive in _archives.items():
        message = message.replace(folder, archive)
    return message


def remove_unpacked() -> None:
    """Take away every folder that was made."""
    _folders.close()
    _archives.clear()


def _regular_file_size(path: Path) -> int | None:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_size if stat.S_ISREG(found.st_mode) else None
