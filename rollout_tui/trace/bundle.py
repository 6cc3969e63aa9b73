"""Finding the bundle that a path on the command line means, and who it is."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from rollout_tui.immutable import Immutable
from rollout_tui.system_errors import reason_of
from rollout_tui.trace.identity import (
    HEAD_BYTES,
    MANIFEST_NAME,
    PAUSES_S,
    SPINE_NAME,
    Identity,
    has_events,
    identity_in_head,
    read_manifest,
)
from rollout_tui.trace.packed import as_given
from rollout_tui.trace.regular_files import file_kind, read_regular

EXPECTED = "expected a bundle folder, its trace.jsonl or a folder of bundles"

_LONGEST_SHOWN = 1000


class BundleProblem(Exception):
    """TRACE cannot be opened. The text is one line that names the path and what was expected."""


class Bundle(Immutable):
    """An openable recording.

    `folder` holds the payloads, `spine` is the file of event lines (nearly always `folder / "trace.jsonl"`),
    and `notes` says in plain words what the reader should know about how the bundle was found. Notes and
    identity can hold text from the trace.
    """

    folder: Path
    spine: Path
    identity: Identity
    notes: tuple[str, ...]


def open_bundle(trace: Path) -> Bundle:
    """The bundle that `trace` means: a bundle folder, its trace.jsonl, or the newest in a folder of bundles.

    The file may have another name where a manifest lies beside it or a `rollout_started` is in it. Identity
    comes from manifest.json, else from the first `rollout_started` within the first MiB. Raises
    BundleProblem.
    """
    try:
        mode = trace.stat().st_mode
    except (OSError, ValueError) as error:
        raise not_reachable(trace, error) from error
    if not stat.S_ISDIR(mode):
        return _open_file(trace)
    if _has_spine(trace):
        return _open_folder(trace, ())
    newest = newest_folder(trace)
    if newest is None:
        raise BundleProblem(
            f"{shown(trace)} has no trace.jsonl in it, nor have the folders in it; {EXPECTED}"
        )
    return _open_folder(
        newest, (f"{shown(trace)} is a folder of bundles; the newest is {_short(newest.name, 160)}",)
    )


def bundle_folders(root: Path) -> Iterator[Path]:
    """The folders directly inside `root` that hold a trace.jsonl, in no order.

    Raises OSError for `root` alone.
    """
    with os.scandir(root) as entries:
        for entry in entries:
            folder = Path(entry.path)
            try:
                if entry.is_dir() and stat.S_ISREG(os.lstat(folder / SPINE_NAME).st_mode):
                    yield folder
            except OSError:
                continue


def is_folder_of_bundles(path: Path) -> bool:
    """Whether there is something to choose from: a folder that is no bundle and holds some."""
    try:
        inside = path.is_dir() and not (path / SPINE_NAME).exists()
        return inside and next(bundle_folders(path), None) is not None
    except OSError:
        return False


def newest_folder(root: Path) -> Path | None:
    """The bundle folder inside `root` that was started last, None if there is none. Raises BundleProblem."""
    try:
        return max(bundle_folders(root), key=by_start, default=None)
    except OSError as error:
        raise not_reachable(root, error) from error


def by_start(folder: Path) -> tuple[int, str]:
    """What bundle folders are sorted by: when they were started, then their names."""
    return started_at(folder), folder.name


def started_at(folder: Path) -> int:
    """When the bundle was started, ms since 1970: from its manifest, else its first event, else file time."""
    identity, _ = read_manifest(folder, wait=False)
    if identity is not None:
        return identity.started_at_unix_ms
    try:
        identity = identity_in_head(read_regular(folder / SPINE_NAME, 1 << 16))
        return identity.started_at_unix_ms if identity else int(folder.stat().st_mtime * 1000)
    except OSError:
        return 0


def _has_spine(folder: Path) -> bool:
    """Whether `folder` is a bundle folder.

    Waits for a recorder that has written the manifest only: it opens trace.jsonl right afterwards.
    """
    try:
        names = _names(folder)
        for pause in PAUSES_S:
            if SPINE_NAME in names or MANIFEST_NAME not in names:
                break
            time.sleep(pause)
            names = _names(folder)
    except OSError as error:
        # A folder that may be entered but not listed still gives up the one name that matters.
        if not os.access(folder / SPINE_NAME, os.R_OK):
            raise not_reachable(folder, error) from error
        return True
    return SPINE_NAME in names


def _names(folder: Path) -> set[str]:
    with os.scandir(folder) as entries:
        return {entry.name for entry in entries}


def _open_folder(folder: Path, notes: tuple[str, ...]) -> Bundle:
    return _identify(folder, folder / SPINE_NAME, notes, named=True)


def _open_file(trace: Path) -> Bundle:
    """The bundle around the file that was named.

    A link to it is followed: it is the user's, not the trace's.
    """
    try:
        spine = trace.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise not_reachable(trace, error) from error
    return _identify(spine.parent, spine, (), named=spine.name == SPINE_NAME)


def _identify(folder: Path, spine: Path, notes: tuple[str, ...], *, named: bool) -> Bundle:
    """Read the head of the spine and the manifest, and settle who this is."""
    try:
        mode = os.lstat(spine).st_mode
        if not stat.S_ISREG(mode):
            raise BundleProblem(f"{shown(spine)} is {file_kind(mode)}, not a regular file; {EXPECTED}")
        head = read_regular(spine, HEAD_BYTES)
    except OSError as error:
        raise not_reachable(spine, error) from error
    told = identity_in_head(head)
    identity, problem = read_manifest(folder)
    if told is None and not named and not has_events(head):
        raise BundleProblem(f"{shown(spine)} is not a trace: no event in it; {EXPECTED}")
    if identity is not None:
        return Bundle(folder, spine, identity, notes + _contradictions(identity, told))
    if told is not None:
        return Bundle(folder, spine, told, (*notes, f"{problem}; who this is comes from rollout_started"))
    raise BundleProblem(
        f"{shown(folder)} is not a bundle that says who it is: {problem} and {_short(spine.name)} "
        "has no rollout_started; expected one of the two"
    )


def _contradictions(manifest: Identity, told: Identity | None) -> tuple[str, ...]:
    """What the manifest and the trace's own rollout_started disagree on. The manifest wins."""
    if told is None:
        return ()
    return tuple(
        f"{field} is {_short(ours)} in manifest.json, {_short(theirs)} in rollout_started; the first is used"
        for field in ("schema_version", "trace_id", "rollout_id", "root_thread_id")
        if (ours := getattr(manifest, field)) != (theirs := getattr(told, field))
    )


def shown(path: Path) -> str:
    """A path as it was given, as it can be put into a message; names of files can hold anything."""
    from rollout_tui.printable import printable

    return printable(str(as_given(path))[:_LONGEST_SHOWN])


def _short(value: object, longest: int = 60) -> str:
    from rollout_tui.printable import one_line

    return one_line(str(value), longest)


def not_reachable(
    path: Path,
    error: Exception,
    *,
    what: str = "opened",
    otherwise: str = "not a path this system can open",
    expected: str = EXPECTED,
) -> BundleProblem:
    """Says that a path cannot be `what`, and why: `otherwise` where the system does not tell."""
    if isinstance(error, FileNotFoundError):
        return BundleProblem(f"{shown(path)} does not exist; {expected}")
    if isinstance(error, PermissionError):
        return BundleProblem(f"{shown(path)}: no permission to read it; {expected}")
    return BundleProblem(f"{shown(path)} cannot be {what}: {reason_of(error, otherwise)}; {expected}")
