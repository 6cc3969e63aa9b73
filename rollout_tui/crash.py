"""What is said of a mistake in this program: where it happened, and not a word of the trace.

Such lines end up in bug reports. Messages of exceptions, values of variables and arguments can hold anything
a trace holds, so none of them is told: only types, and places in the program's own source. What that takes is
imported when it is needed: it would be a twentieth of the time of a short command that goes well.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from rollout_tui import __version__
from rollout_tui.system_errors import is_without_room, reason_of

TRACEBACK_VARIABLE = "ROLLOUT_TUI_TRACEBACK"
_INSIDE = f"{os.sep}rollout_tui{os.sep}"
_MOST_FRAMES = 30


def problem(error: BaseException) -> str:
    """What went wrong, in one line."""
    if isinstance(error, OSError) and error.strerror:
        where = f" ({error.filename})" if isinstance(error.filename, str) else ""
        said = "; what was written is not whole" if is_without_room(error) else ""
        return f"{reason_of(error)}{where}{said}"
    if isinstance(error, MemoryError):
        return "not enough memory for this recording"
    places = list(_places(error))
    at = f" at {places[-1].partition(' ')[0]}" if places else ""
    return f"a mistake in this program, {type(error).__name__}{at}; {TRACEBACK_VARIABLE}=1 shows more"


def report(error: BaseException) -> str:
    """The line of `problem` and how the program came there, for a bug report."""
    import platform

    lines = [f"rollout-tui: {problem(error)}"]
    if not isinstance(error, (OSError, MemoryError)):
        lines.append(f"  rollout-tui {__version__}, Python {platform.python_version()}, {platform.system()}")
        lines += (f"  {place}" for place in list(_places(error))[-_MOST_FRAMES:])
        lines.append("  Nothing of the trace is in these lines.")
    return "\n".join(lines)


def _places(error: BaseException) -> Iterator[str]:
    """`rollout_tui/tui/app.py:12 in run`, from the outermost in; code of others is passed over."""
    import traceback

    for frame, number in traceback.walk_tb(error.__traceback__):
        _, inside, file = frame.f_code.co_filename.rpartition(_INSIDE)
        if inside:
            yield f"rollout_tui/{file}:{number} in {frame.f_code.co_name}"
