"""Bundles that come packed: unpacked for as long as the command runs, gone when it ends."""

from __future__ import annotations

from pathlib import Path

from rollout_tui.commands.outcome import CommandFailure, complain
from rollout_tui.trace.packed import Unpacked, archive_of

LARGE_BYTES = 8 << 20
"""From this size on it takes so long that it is said."""

UNPACKED = Unpacked()
"""What this command has unpacked."""


def unpacked_if_packed(path: Path) -> Path:
    """The bundle, or the folder of bundles, that `path` means inside an archive; `path` where there is none.

    The folder is private and temporary: it is there until `UNPACKED` is closed. Raises CommandFailure.
    """
    from rollout_tui.trace.bundle import BundleProblem

    try:
        archive = archive_of(path)
        if archive is None:
            return path
        if (packed_bytes := archive.stat().st_size) >= LARGE_BYTES:
            from rollout_tui.words import size

            complain(f"rollout-tui: unpacking {archive.name}, {size(packed_bytes)} ...")
        return UNPACKED.find(path)
    except BundleProblem as problem:
        raise CommandFailure(f"rollout-tui: {problem}") from problem
