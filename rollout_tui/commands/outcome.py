"""How a command ends: exit statuses, and the one line that says why.

Everything said on standard error goes through `complain`, which makes trace text safe to show.
"""

from __future__ import annotations

import sys

FINE = 0
FAILED = 1
WRONG_USAGE = 2
INTERRUPTED = 130
BY_SIGNAL = 128


kept: list[object] = []
"""What takes long to take apart, and need not be before the process ends."""


class CommandFailure(Exception):
    """A command cannot go on: `status` is its exit status, the text one line for standard error."""

    def __init__(self, message: str, status: int = WRONG_USAGE) -> None:
        super().__init__(message)
        self.status = status


def complain(message: str) -> None:
    """Write one line to standard error, control characters made visible."""
    from rollout_tui.printable import printable

    line = " ".join(printable(part) for part in message.splitlines() if part.strip())
    # A closed or full standard error is no reason to end differently.
    try:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()
    except OSError:
        pass
