"""Files of a bundle, opened only where they are regular files, and system errors in plain words."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


def open_regular(path: Path, *, follow: bool = False) -> int:
    """A read-only descriptor of a regular file, which the caller closes.

    Raises OSError: links are refused (ELOOP) unless `follow`, a FIFO or a device without waiting for it.
    """
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY | (0 if follow else os.O_NOFOLLOW)
    descriptor = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a regular file")
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


def plain_reason(error: OSError) -> str:
    """A system error in a few plain words."""
    words = {
        errno.ENOENT: "it is not there",
        errno.EACCES: "no permission to read it",
        errno.EPERM: "no permission to read it",
        errno.ELOOP: "it is a link",
        errno.ENOTDIR: "its folder is not a folder",
    }
    return words.get(error.errno or 0, (error.strerror or "it cannot be read").lower())
