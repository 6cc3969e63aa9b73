"""The traces that were looked at last, as a list to choose from."""

from __future__ import annotations

from pathlib import Path

import msgspec

from rollout_tui.remembered.store import MOST_TRACES, Figures, Remembered, Store, archive_there, is_bundle
from rollout_tui.trace.roots import BundleList, BundleRow, BundleStatus

_UNKNOWN = Figures(started_at_unix_ms=0, size_bytes=0, ended=False, whole=False, turns=0, failures=0)


class RecentTraces(BundleList):
    """What was left last first, what is gone last.

    Folders are looked at; of what lies in an archive, and of what is gone, the figures are those of the last
    visit.
    """

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store

    def rows(self) -> list[BundleRow]:
        """The traces, each path once."""
        recent: dict[Path, Remembered] = {}
        for one in self._store.recent(MOST_TRACES):
            recent.setdefault(Path(one.path), one)
        looked_at = {row.folder: row for row in self.look(filter(is_bundle, recent))}
        rows = [looked_at.get(path) or _as_left(path, one) for path, one in recent.items()]
        return sorted(rows, key=lambda row: row.status == "gone")


def _as_left(path: Path, left: Remembered) -> BundleRow:
    """What is not looked at."""
    figures = left.figures or _UNKNOWN
    status: BundleStatus = "gone"
    name, reason = path.name, f"{path.name} is no longer there"
    if (archive := archive_there(path)) is not None:
        name, reason = str(path.relative_to(archive.parent)), ""
        status = "packed" if left.figures is None else "ended" if figures.ended else "stopped"
    known = msgspec.structs.asdict(figures)
    return BundleRow(
        path, None, **known, name=name, status=status, unreadable=reason, writer="none", related=()
    )
