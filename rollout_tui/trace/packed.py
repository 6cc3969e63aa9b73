"""Paths that lead into archives: what they mean is unpacked for a while, and is called as it was given."""

from __future__ import annotations

import stat
from _thread import allocate_lock
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

_GIVEN: dict[Path, Path] = {}
"""What was given, by the folder that is there in its place."""


def archive_of(path: Path) -> Path | None:
    """The archive that `path` is, or leads into as if it were a folder: `traces.zip/trace-1a2b`.

    None where there is none. Raises BundleProblem where there is one that is not unpacked here.
    """
    file = _file_of(path)
    if file is None or ".." in path.relative_to(file).parts:
        return None
    # Only imported where a file is named.
    from rollout_tui.trace.archive import is_archive

    return file if is_archive(file) else None


def as_given(path: Path) -> Path:
    """A path below a folder that was unpacked, by the name of the archive; any other path as it is."""
    for folder, given in list(_GIVEN.items()):
        if path.is_relative_to(folder):
            return given / path.relative_to(folder)
    return path


def around(folder: Path) -> Path:
    """The folder of recordings that a bundle lies in; of one that came alone that around its archive."""
    alone = is_unpacked(folder) and not is_unpacked(folder.parent)
    return as_given(folder).parent if alone else folder.parent


def is_unpacked(path: Path) -> bool:
    """Whether what is at `path` came out of an archive: nothing in it grows."""
    return as_given(path) != path


class Unpacked:
    """Archives that were opened, each unpacked once, into private temporary folders: gone when it is closed.

    Threads may share it.
    """

    def __init__(self) -> None:
        self._folders = ExitStack()
        self._by_file: dict[tuple[int, ...], Path] = {}
        self._lock = allocate_lock()
        self._closings = 0

    def find(self, path: Path, given_up: Callable[[], bool] = bool) -> Path:
        """Where what `path` means lies: in an unpacked folder if it leads into an archive, else there.

        Raises BundleProblem, also once `given_up` says that nobody waits for it any more.
        """
        closings = self._closings
        archive = archive_of(path)
        if archive is None:
            return path
        from rollout_tui.trace.archive import unpacked
        from rollout_tui.trace.bundle import not_reachable

        def in_vain() -> bool:
            # It may be closed before this is begun: one at a time is unpacked.
            return self._closings != closings or given_up()

        with self._lock:
            try:
                status = archive.stat()
            except OSError as error:
                raise not_reachable(path, error) from error
            file = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
            if file not in self._by_file:
                folder = self._folders.enter_context(unpacked(archive, given_up=in_vain))
                self._by_file[file] = folder = folder.resolve()
                _GIVEN[folder] = archive
                self._folders.callback(_GIVEN.pop, folder)
            return self._by_file[file] / path.relative_to(archive)

    def close(self) -> None:
        """Take away every folder that was made; one that is being unpacked is given up."""
        self._closings += 1
        with self._lock:
            self._folders.close()
            self._by_file.clear()


def _file_of(path: Path) -> Path | None:
    """The regular file that `path` is or has in the place of one of its folders."""
    for one in (path, *path.parents):
        try:
            mode = one.stat().st_mode
        except NotADirectoryError:
            continue
        except (OSError, ValueError):
            return None
        return one if stat.S_ISREG(mode) else None
    return None
