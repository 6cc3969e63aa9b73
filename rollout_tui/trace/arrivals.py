"""Bundles that turn up in a folder, and those of it that are being written."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from rollout_tui.trace.bundle import bundle_folders, by_start
from rollout_tui.trace.glance import glance
from rollout_tui.trace.identity import SPINE_NAME
from rollout_tui.trace.writer_watch import grew_lately, states_of

_UNSURE_NS = 60 * 10**9
"""So long after it has changed a folder is looked into again: a bundle's folder is there before its spine."""


class Arrivals:
    """The bundles that appear in `root` after the first look.

    Looking at a folder that rests costs one stat.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known: set[Path] | None = None
        self._changed_ns = -1

    def look(self) -> list[Path]:
        """Bundles that were not there at the last look, the one started last first. Raises OSError."""
        changed_ns = self.root.stat().st_mtime_ns
        settled = time.time_ns() - changed_ns > _UNSURE_NS
        if self._known is not None and settled and changed_ns == self._changed_ns:
            return []
        self._changed_ns = changed_ns
        found = set(bundle_folders(self.root))
        new = found - self._known if self._known is not None else set()
        self._known = found
        return sorted(new, key=by_start, reverse=True)


def running_bundles(root: Path) -> list[Path]:
    """The bundles inside `root` that are being written, the one started last first. Raises OSError."""
    return sorted(_running(list(bundle_folders(root))), key=by_start, reverse=True)


def is_running(folder: Path) -> bool:
    """Whether this bundle is being written."""
    return any(_running([folder]))


def _running(folders: list[Path]) -> Iterator[Path]:
    for folder, state in zip(folders, states_of([one / SPINE_NAME for one in folders]), strict=True):
        if state == "writing" or (state == "unknown" and _seems_to_run(folder)):
            yield folder


def _seems_to_run(folder: Path) -> bool:
    try:
        modified_ns = (folder / SPINE_NAME).stat().st_mtime_ns
    except OSError:
        return False
    return grew_lately(modified_ns / 10**6, time.time() * 1000) and not glance(folder).ended
