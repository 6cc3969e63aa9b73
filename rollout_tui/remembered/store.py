"""A small file for each trace, readable by its owner alone, in a folder of bounded size."""

from __future__ import annotations

import contextlib
import hashlib
import os
from itertools import islice
from pathlib import Path

import msgspec

from rollout_tui.export.output import OutputProblem, output_file
from rollout_tui.immutable import Immutable
from rollout_tui.trace.bundle import BundleProblem
from rollout_tui.trace.identity import SPINE_NAME, Identity
from rollout_tui.trace.packed import archive_of
from rollout_tui.trace.regular_files import read_regular

MOST_TRACES = 200
MOST_NOTES = MOST_MARKS = 500
LONGEST_NOTE = 1000
MOST_BYTES = 1 << 20

_SUFFIX = ".json"


class Note(Immutable):
    """What somebody wrote down at the event `seq`."""

    seq: int
    text: str


class Figures(Immutable, kw_only=True):
    """What a list tells of a recording that it cannot look at, as of the last visit (see Glance)."""

    started_at_unix_ms: int
    size_bytes: int
    ended: bool
    whole: bool
    turns: int
    failures: int


class Remembered(Immutable, kw_only=True):
    """One trace: who it is, the path it was opened by, and how it was left.

    The path of what lies in an archive leads through that. `seq` is the place (None: it followed the end),
    `marks` are seqs too, the one that counts last. `figures` are None where an earlier release wrote this.
    """

    rollout_id: str
    trace_id: str
    path: str
    seq: int | None = None
    lens: str = "context"
    marks: tuple[int, ...] = ()
    notes: tuple[Note, ...] = ()
    figures: Figures | None = None


class Store:
    """The files in `folder`. What cannot be read counts as not there, what cannot be written is let go."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, identity: Identity) -> Remembered | None:
        """What is remembered of the trace with this identity."""
        found = _read(self._file(identity.rollout_id, identity.trace_id))
        same = found is not None and (found.rollout_id, found.trace_id) == (
            identity.rollout_id,
            identity.trace_id,
        )
        return found if same else None

    def save(self, remembered: Remembered) -> bool:
        """Remember this in place of what was remembered of the trace; False when it could not be written."""
        notes = (Note(one.seq, _text(one.text[:LONGEST_NOTE])) for one in remembered.notes[-MOST_NOTES:])
        kept = msgspec.structs.replace(
            remembered,
            path=_text(remembered.path),
            marks=remembered.marks[-MOST_MARKS:],
            notes=tuple(notes),
        )
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            target = self._file(kept.rollout_id, kept.trace_id)
            with output_file(target, force=True) as out:
                out.write(msgspec.json.encode(kept))
            self._forget_oldest()
        except (OSError, OutputProblem, UnicodeEncodeError):
            return False
        return True

    def recent(self, most: int) -> list[Remembered]:
        """The traces that were left last, the latest first."""
        found = (_read(file) for file in self._files()[:most])
        return [one for one in found if one is not None]

    def recent_traces(self, most: int = MOST_TRACES) -> list[Path]:
        """The paths of `most` of these that are still there: bundle folders, archives, what is in one."""
        paths = dict.fromkeys(Path(one.path) for one in self.recent(MOST_TRACES))
        return list(islice(filter(_is_there, paths), most))

    def _file(self, rollout_id: str, trace_id: str) -> Path:
        name = hashlib.sha256(f"{rollout_id}\0{trace_id}".encode(errors="surrogatepass")).hexdigest()
        return self.folder / f"{name[:32]}{_SUFFIX}"

    def _files(self) -> list[Path]:
        """Files, the one written last first."""
        dated: list[tuple[int, Path]] = []
        with contextlib.suppress(OSError), os.scandir(self.folder) as entries:
            for entry in entries:
                if entry.name.endswith(_SUFFIX) and entry.is_file(follow_symlinks=False):
                    dated.append((entry.stat(follow_symlinks=False).st_mtime_ns, Path(entry.path)))
        return [path for _, path in sorted(dated, reverse=True)]

    def _forget_oldest(self) -> None:
        for file in self._files()[MOST_TRACES:]:
            file.unlink(missing_ok=True)


def is_bundle(path: Path) -> bool:
    """Whether a bundle folder is still there."""
    return (path / SPINE_NAME).is_file()


def archive_there(path: Path) -> Path | None:
    """The archive that a path leads to or into, None where that is no longer there."""
    try:
        return archive_of(path)
    except BundleProblem:
        return None


def _is_there(path: Path) -> bool:
    return is_bundle(path) or archive_there(path) is not None


def _text(text: str) -> str:
    """Text that a file can hold: bytes of a path that are no UTF-8 become question marks."""
    return text.encode(errors="replace").decode()


def _read(file: Path) -> Remembered | None:
    try:
        data = read_regular(file, MOST_BYTES + 1)
        return msgspec.json.decode(data, type=Remembered) if len(data) <= MOST_BYTES else None
    except (OSError, ValueError, RecursionError):
        return None
