"""What the system says of an error, in words that end a sentence."""

from __future__ import annotations

import errno


def reason_of(error: BaseException, otherwise: str = "") -> str:
    """E.g. `no space left on device`; where the system says nothing `otherwise`, else what the error says."""
    said = (error.strerror if isinstance(error, OSError) else "") or otherwise or str(error)
    return f"{said[:1].lower()}{said[1:]}"


def is_without_room(error: BaseException) -> bool:
    """Whether there was no room to write more: a full disk, a quota, a limit of the size of a file."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
