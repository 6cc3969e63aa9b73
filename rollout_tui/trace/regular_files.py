"""Files of a bundle, opened only where they are regular files, and system errors in plain words."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from rollout_tui.system_errors import reason_of

# O_NONBLOCK: opening a FIFO without a writer would wait for ever. It means nothing for regular files.
OPEN_FILE = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY
"""Flags to open a file that may be something else, never through a link."""

_KINDS = {
    stat.S_IFLNK: "a link",
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
_REASONS = {
    errno.ENOENT: "it is not there",
    errno.EACCES: "no permission to read it",
    errno.EPERM: "no permission to read it",
    errno.ELOOP: "it is a link",
    errno.ENOTDIR: "its folder is not a folder",
}


def open_regular(path: Path, *, follow: bool = False) -> int:
    """A read-only descriptor of a regular file, which the caller closes.

    Raises OSError: links are refused (ELOOP) unless `follow`, a FIFO or a device without waiting for it.
    """
    descriptor = os.open(path, OPEN_FILE & ~os.O_NOFOLLOW if follow else OPEN_FILE)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is not a regular file")
    return descriptor


def read_regular(path: Path, most: int, *, offset: int = 0, follow: bool = False) -> bytes:
    """At most `most` bytes of a regular file from byte `offset`.

    Raises OSError: links are refused (ELOOP) unless `follow`, a FIFO or a device without waiting for it.
    """
    descriptor = open_regular(path, follow=follow)
    try:
        parts: list[bytes] = []
        while most > 0 and (part := os.pread(descriptor, most, offset)):
            parts.append(part)
            offset += len(part)
            most -= len(part)
        return b"".join(parts)
    finally:
        os.close(descriptor)


def file_kind(mode: int) -> str:
    """What a mode says that is no regular file: `a folder`, `a FIFO`."""
    return _KINDS.get(stat.S_IFMT(mode), "something")


def plain_reason(error: OSError) -> str:
    """A system error in a few plain words."""
    return _REASONS.get(error.errno or 0) or reason_of(error, "it cannot be read")
