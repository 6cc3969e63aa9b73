"""Payload files of one bundle, opened so that a hostile trace cannot reach anything else.

An event names a payload by a path relative to the bundle folder (format section 2.1). The path comes from the
trace, so it is not trusted: every folder on the way and the file itself are opened relative to a descriptor
of the one before and never through a link. Links that stay inside the bundle are refused as well: the
recorder writes none, and one simple rule is easier to be sure of.
"""

from __future__ import annotations

import errno
import os
import stat
from _thread import allocate_lock
from pathlib import Path
from typing import Literal

from rollout_tui.system_errors import reason_of
from rollout_tui.trace.regular_files import OPEN_FILE, file_kind

MIB = 1 << 20

PayloadCode = Literal["payload_missing", "payload_unreadable", "payload_outside_bundle", "payload_too_large"]

# Descriptors that are only passed as dir_fd need search permission alone (O_PATH), where the system has it.
_SEARCH_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_CLOEXEC
_OPEN_INNER_FOLDER = _SEARCH_FOLDER | os.O_NOFOLLOW

_LONGEST_PATH = 4096
_PATH_SHOWN = 120


class PayloadProblem(Exception):
    """A payload that cannot be had.

    `code` is a finding code (`payload_missing`, `payload_unreadable`, `payload_outside_bundle`,
    `payload_too_large`), `path` the path as the trace gives it (untrusted text), `reason` one line in plain
    words.
    """

    def __init__(self, code: PayloadCode, path: str, reason: str) -> None:
        shown = path if len(path) <= _PATH_SHOWN else path[:_PATH_SHOWN] + "..."
        super().__init__(f"payload {shown!r}: {reason}")
        self.code: PayloadCode = code
        self.path = path
        self.reason = reason


class PayloadStore:
    """Read-only access to the payload files below one bundle folder.

    `folder` may itself be a link; nothing below it may. `largest` bounds what `read` and `read_range` return,
    in bytes. Folder descriptors are opened on first use and kept; when the bundle folder was removed and has
    come back the next miss finds the new one. All methods may be called from any thread.
    """

    def __init__(self, folder: Path, *, largest: int = 256 * MIB) -> None:
        self.folder = folder
        self.largest = largest
        self._lock = allocate_lock()
        self._parent = ""
        self._parent_descriptor = -1

    def open(self, path: str) -> int:
        """Open the regular file `path` and return a read-only descriptor, which the caller closes.

        Raises PayloadProblem.
        """
        return self._open(path)[0]

    def read(self, path: str) -> bytes:
        """The whole file. Raises PayloadProblem, `payload_too_large` above `largest` bytes."""
        descriptor, size = self._open(path)
        try:
            if size > self.largest:
                raise _too_large(path, size, self.largest)
            # One byte more than the size: a read that comes back shorter has seen the end of the file.
            data = os.read(descriptor, size + 1)
            if len(data) == size:
                return data
            return self._read_rest(descriptor, path, data)
        except OSError as error:
            raise _problem(path, error) from error
        finally:
            os.close(descriptor)

    def read_range(self, path: str, offset: int, size: int) -> bytes:
        """At most `size` bytes from byte `offset`, fewer at the end of the file. Raises PayloadProblem."""
        if size > self.largest:
            raise _too_large(path, size, self.largest)
        descriptor, _ = self._open(path)
        try:
            return os.pread(descriptor, max(size, 0), max(offset, 0))
        except OSError as error:
            raise _problem(path, error) from error
        finally:
            os.close(descriptor)

    def size(self, path: str) -> int:
        """Size of the file in bytes. Raises PayloadProblem."""
        descriptor, size = self._open(path)
        os.close(descriptor)
        return size

    def close(self) -> None:
        """Give the folder descriptors back. The store can still be used and then opens the folder afresh."""
        with self._lock:
            self._forget_parent()

    def __del__(self) -> None:
        self.close()

    def _open(self, path: str) -> tuple[int, int]:
        """A descriptor of the regular file `path` and its size in bytes."""
        parent, _, name = path.rpartition("/")
        try:
            with self._lock:
                if self._parent_descriptor < 0 or parent != self._parent:
                    self._enter_parent(path, parent)
                _check_name(path, name)
                try:
                    descriptor = os.open(name, OPEN_FILE, dir_fd=self._parent_descriptor)
                except FileNotFoundError:
                    # The folder may have been removed and made again since its descriptor was opened.
                    self._enter_parent(path, parent)
                    descriptor = os.open(name, OPEN_FILE, dir_fd=self._parent_descriptor)
        except (OSError, ValueError) as error:
            raise _problem(path, error) from error
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            os.close(descriptor)
            raise PayloadProblem(
                "payload_unreadable", path, f"it is {file_kind(status.st_mode)}, not a regular file"
            )
        return descriptor, status.st_size

    def _enter_parent(self, path: str, parent: str) -> None:
        """Walk from the bundle folder down to `parent` and keep a descriptor of it."""
        self._forget_parent()
        if len(path) > _LONGEST_PATH:
            raise PayloadProblem("payload_unreadable", path, f"its path has {len(path):,} characters")
        names = parent.split("/") if parent or path.startswith("/") else []
        for name in names:
            _check_name(path, name)
        descriptor = os.open(self.folder, _SEARCH_FOLDER)
        for name in names:
            above = descriptor
            try:
                descriptor = _open_inner_folder(path, name, above)
            finally:
                os.close(above)
        self._parent, self._parent_descriptor = parent, descriptor

    def _forget_parent(self) -> None:
        if self._parent_descriptor >= 0:
            os.close(self._parent_descriptor)
            self._parent_descriptor = -1

    def _read_rest(self, descriptor: int, path: str, first: bytes) -> bytes:
        """Read on to the end of a file that changes size, or whose read came back short."""
        parts, total = [first], len(first)
        while part := os.read(descriptor, MIB):
            parts.append(part)
            total += len(part)
            if total > self.largest:
                raise _too_large(path, total, self.largest)
        return b"".join(parts)


def _open_inner_folder(path: str, name: str, above: int) -> int:
    try:
        return os.open(name, _OPEN_INNER_FOLDER, dir_fd=above)
    except NotADirectoryError:
        # Linux answers the same for a link and for a plain file.
        if stat.S_ISLNK(os.stat(name, dir_fd=above, follow_symlinks=False).st_mode):
            raise PayloadProblem("payload_outside_bundle", path, f"its folder {name!r} is a link") from None
        raise


def _check_name(path: str, name: str) -> None:
    """Refuse a path component that is not plainly the name of something in its folder."""
    if not name or name == ".." or name == ".":
        if path.startswith("/"):
            reason = "it is an absolute path, payloads lie inside the bundle"
        elif not path:
            reason = "the path is empty"
        else:
            reason = f"it has the part {name!r}, payloads are named plainly inside the bundle"
        raise PayloadProblem("payload_outside_bundle", path, reason)
    if not name.isprintable():
        raise PayloadProblem("payload_unreadable", path, "its name has invisible or control characters")


def _too_large(path: str, size: int, largest: int) -> PayloadProblem:
    return PayloadProblem("payload_too_large", path, f"{size:,} bytes, more than the limit of {largest:,}")


def _problem(path: str, error: OSError | ValueError) -> PayloadProblem:
    """Say a system error in the words of the findings."""
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.ENOENT:
        return PayloadProblem("payload_missing", path, "the file is not there")
    if number == errno.ELOOP:
        return PayloadProblem("payload_outside_bundle", path, "it is a link")
    if number in (errno.EACCES, errno.EPERM):
        return PayloadProblem("payload_unreadable", path, "no permission to read it")
    if number == errno.ENOTDIR:
        return PayloadProblem("payload_missing", path, "what should be its folder is a file")
    if number in (errno.ENXIO, errno.EOPNOTSUPP):
        return PayloadProblem("payload_unreadable", path, "it is a socket or a device, not a regular file")
    return PayloadProblem("payload_unreadable", path, reason_of(error, "not a name this system can open"))
