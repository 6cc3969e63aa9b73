"""A process in whose world no file system tells of changes: where inotify gives out no instances."""

from __future__ import annotations

import shutil
import subprocess

_LIMIT = "/proc/sys/user/max_inotify_instances"
_WORDS = ("unshare", "-r", "sh", "-c", f'echo 0 > {_LIMIT} && exec "$@"', "sh")


def no_change_events() -> tuple[str, ...] | None:
    """Words to put before a command; None where this system does not let us."""
    if shutil.which("unshare") is None:
        return None
    works = subprocess.run([*_WORDS, "true"], capture_output=True, check=False).returncode == 0
    return _WORDS if works else None
