"""Output files: written aside, private to their owner, put in place whole or not at all.

A file is written under a name of its own beside its place and renamed when it is complete, so that an error,
a full disk or a signal leaves what was there before. Nothing is ever written through a link: a link in the
place of the output is an existing file like any other, and replacing it replaces the link.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from rollout_tui.system_errors import reason_of

_BUNDLE_NAMES = frozenset(("trace.jsonl", "manifest.json", "payloads", "state.json"))
# Of all that may have the name already nothing is opened, nor what a link leads to.
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
# Pieces of some kilobytes, written one by one, take the system three times as long.
_AT_ONCE = 1 << 18


class Sink(Protocol):
    """What bytes of an answer are written to: a file, a pipe, a terminal."""

    def write(self, data: bytes | bytearray | memoryview, /) -> object:
        """Take all of it."""


class OutputProblem(Exception):
    """The output cannot be written. The text is one line that names the path; what was there is unchanged."""


@contextlib.contextmanager
def output_file(path: Path, *, force: bool) -> Iterator[BinaryIO]:
    """A file to write, readable by its owner alone, that becomes `path` when the block ends without an error.

    An existing `path` is kept unless `force`, and even then it must be a regular file or a link. Raises
    OutputProblem.
    """
    _check_free(path, force, stat.S_ISREG, "a regular file")
    aside, is_ours = _aside(path), True
    try:
        try:
            file = new_file(aside)
        except OSError as error:
            is_ours = False
            raise _problem(path, error) from error
        try:
            with file as out:
                yield out
            _put(aside, path, force)
        except OSError as error:
            raise _problem(path, error) from error
    finally:
        if is_ours:
            aside.unlink(missing_ok=True)


@contextlib.contextmanager
def output_folder(path: Path, *, force: bool) -> Iterator[Path]:
    """A folder to fill, open to its owner alone, that becomes `path` when the block ends without an error.

    An existing `path` is kept unless `force`, and even then it must be an empty folder or a trace bundle:
    nothing else is ever removed. Raises OutputProblem.
    """
    _check_free(path, force, stat.S_ISDIR, "a folder")
    if force and not _replaceable(path):
        raise OutputProblem(f"{path} is not a trace bundle; it is not replaced, choose another place")
    aside, is_ours = _aside(path), True
    try:
        try:
            aside.mkdir(mode=0o700)
        except OSError as error:
            is_ours = False
            raise _problem(path, error) from error
        try:
            yield aside
            _put_folder(aside, path)
        except OSError as error:
            raise _problem(path, error) from error
    finally:
        if is_ours:
            import shutil

            shutil.rmtree(aside, ignore_errors=True)


def new_file(path: Path) -> BinaryIO:
    """A file to write, readable by its owner alone. Raises OSError, also where `path` is there already."""
    return open(os.open(path, _NEW, 0o600), "wb", buffering=_AT_ONCE)


def write_file(path: Path, data: bytes) -> None:
    """Make the file `path` in a folder of `output_folder`. Raises OSError."""
    with new_file(path) as out:
        out.write(data)


def _aside(path: Path) -> Path:
    return path.with_name(f".{path.name[:80]}.{os.urandom(6).hex()}.part")


def _check_free(path: Path, force: bool, replaceable: Callable[[int], bool], kind: str) -> None:
    if path.name in ("", "..") or str(path) == ".":
        raise OutputProblem(f"{path} is no name for an output; name {kind} to make")
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise _problem(path, error) from error
    if not force:
        raise OutputProblem(f"{path} exists; choose another name or give --force to replace it")
    if not (stat.S_ISLNK(mode) or replaceable(mode)):
        raise OutputProblem(f"{path} exists and is not {kind}; it is not replaced")


def _put(aside: Path, path: Path, force: bool) -> None:
    """Give the finished file its name; without `force` never in the place of another."""
    if force:
        aside.replace(path)
        return
    try:
        os.link(aside, path)
    except FileExistsError:
        raise OutputProblem(f"{path} exists; choose another name or give --force to replace it") from None
    except OSError:
        # A file system without hard links: a moment is left in which another program can make the file.
        _check_free(path, False, stat.S_ISREG, "a regular file")
        aside.replace(path)


def _replaceable(path: Path) -> bool:
    """Whether `path` is absent, a link, an empty folder or holds a trace bundle and nothing else."""
    if path.is_symlink() or not path.exists():
        return True
    names = {entry.name for entry in os.scandir(path)}
    return not names or ("trace.jsonl" in names and names <= _BUNDLE_NAMES)


def _put_folder(aside: Path, path: Path) -> None:
    """Give the finished folder its name, then remove what had it before."""
    if not os.path.lexists(path):
        aside.rename(path)
        return
    before = _aside(path)
    path.rename(before)
    try:
        aside.rename(path)
    except OSError:
        before.rename(path)
        raise
    if before.is_symlink():
        before.unlink()
    else:
        import shutil

        shutil.rmtree(before, ignore_errors=True)


def _problem(path: Path, error: Exception) -> OutputProblem:
    return OutputProblem(f"{path} cannot be written: {reason_of(error)}")
