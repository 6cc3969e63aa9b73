"""A folder of bundles: which there are, how they are doing, how they belong together."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal, NamedTuple

from rollout_tui.trace.bundle import bundle_folders
from rollout_tui.trace.glance import Glance, glance
from rollout_tui.trace.identity import SPINE_NAME
from rollout_tui.trace.writer_watch import WriterState, grew_lately, states_of

BundleStatus = Literal["running", "ended", "stopped", "damaged", "packed", "gone"]


class Relation(NamedTuple):
    """How a bundle belongs to another one, e.g. `resumes`, `forked from`, `review of`."""

    words: str
    folder: Path


@dataclass(frozen=True, kw_only=True)
class BundleRow(Glance):
    """One bundle of a root: what a glance at it shows, how it is doing and how it belongs to the others.

    `status`: `running`, `ended` (an end mark is in it), `stopped` (no end mark and no writer), `packed` (in
    an archive of which no more is known), or `damaged` and `gone` (not to be opened: `unreadable` says why).
    Times are ms since 1970, 0 where that is not known. `name` is what to call it.
    """

    name: str
    started_at_unix_ms: int
    status: BundleStatus
    writer: WriterState
    related: tuple[Relation, ...]

    @property
    def is_known(self) -> bool:
        """Whether more is known of it than where it lies."""
        return bool(self.started_at_unix_ms or self.size_bytes)


class BundleList(ABC):
    """Bundles looked at again and again; those that have not changed are not read again."""

    def __init__(self) -> None:
        self._glances: dict[Path, tuple[object, Glance]] = {}

    @abstractmethod
    def rows(self) -> list[BundleRow]:
        """The bundles in the order to list them. Raises OSError when they cannot be listed."""

    def look(self, folders: Iterable[Path]) -> list[BundleRow]:
        """The bundles in these folders, the one started last first."""
        glances: dict[Path, tuple[object, Glance]] = {}
        for folder in folders:
            state = _file_state(folder)
            known = self._glances.get(folder)
            # A bundle that could not be identified is looked at again: its manifest may be on its way.
            fresh = known is None or known[0] != state or known[1].identity is None
            glances[folder] = (state, glance(folder)) if fresh or known is None else known
        self._glances = glances
        return _rows([seen for _, seen in glances.values()])


class TraceRoot(BundleList):
    """The bundles directly inside a folder."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.root = root

    def rows(self) -> list[BundleRow]:
        """The bundles, the one started last first. Raises OSError when they cannot be listed."""
        return self.look(bundle_folders(self.root))


def _file_state(folder: Path) -> object:
    """Changes when the spine does; None when it cannot be told."""
    try:
        status = (folder / SPINE_NAME).stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _rows(glances: list[Glance]) -> list[BundleRow]:
    open_ended = [seen for seen in glances if not seen.ended and not seen.unreadable]
    writers = dict(
        zip(
            (seen.folder for seen in open_ended),
            states_of([seen.folder / SPINE_NAME for seen in open_ended]) if open_ended else (),
            strict=True,
        )
    )
    related = _relations(glances)
    rows = [_row(seen, writers.get(seen.folder, "none"), related[seen.folder]) for seen in glances]
    return sorted(rows, key=lambda row: (row.started_at_unix_ms, row.folder.name), reverse=True)


def _row(seen: Glance, writer: WriterState, related: tuple[Relation, ...]) -> BundleRow:
    return BundleRow(
        **vars(seen),
        name=seen.folder.name,
        started_at_unix_ms=seen.identity.started_at_unix_ms if seen.identity else seen.modified_at_unix_ms,
        status=_status(seen, writer),
        writer=writer,
        related=related,
    )


def _status(seen: Glance, writer: WriterState) -> BundleStatus:
    if seen.unreadable or (seen.bad_lines and not seen.events):
        return "damaged"
    if seen.ended:
        return "ended"
    if writer == "unknown":
        return "running" if grew_lately(seen.modified_at_unix_ms, time.time() * 1000) else "stopped"
    return "running" if writer == "writing" else "stopped"


def _relations(glances: list[Glance]) -> dict[Path, tuple[Relation, ...]]:
    """For each bundle the others of the same session, rollout or fork, earliest first."""
    related: dict[Path, list[Relation]] = {seen.folder: [] for seen in glances}
    named = sorted(
        (seen for seen in glances if seen.identity),
        key=lambda seen: (seen.identity.started_at_unix_ms if seen.identity else 0, seen.folder.name),
    )
    by_rollout: dict[str, list[Glance]] = {}
    for seen in named:
        if seen.identity:
            by_rollout.setdefault(seen.identity.rollout_id, []).append(seen)
    for same in by_rollout.values():
        for earlier, later in pairwise(same):
            copied = earlier.identity == later.identity
            words, words_back = ("copy of", "copied to") if copied else ("resumes", "resumed by")
            related[later.folder].append(Relation(words, earlier.folder))
            related[earlier.folder].append(Relation(words_back, later.folder))
    for seen in named:
        for origin, words, words_back in _links(seen):
            for other in by_rollout.get(origin, ()):
                if other.folder != seen.folder and _began_before(other, seen):
                    related[seen.folder].append(Relation(words, other.folder))
                    related[other.folder].append(Relation(words_back, seen.folder))
    return {folder: tuple(relations) for folder, relations in related.items()}


def _links(seen: Glance) -> list[tuple[str, str, str]]:
    """(rollout id of another bundle, how this one belongs to it, how that one belongs to this)."""
    own = seen.identity.rollout_id if seen.identity else ""
    role = seen.role or "agent"
    links = []
    parent = seen.parent_thread_id or (seen.session_id if seen.role else "")
    if parent and parent != own:
        links.append((parent, f"{role} of", f"has {role}"))
    if seen.forked_from_id and seen.forked_from_id != own:
        links.append((seen.forked_from_id, "forked from", "forked into"))
    return links


def _began_before(other: Glance, seen: Glance) -> bool:
    """A parent is no younger than its child; of several recordings of one session some are."""
    if other.identity is None or seen.identity is None:
        return False
    return other.identity.started_at_unix_ms <= seen.identity.started_at_unix_ms
