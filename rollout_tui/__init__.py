"""A replay debugger for the rollout traces of coding agents.

`open_trace(path)` opens a trace bundle for programs and notebooks; the command
`rollout-tui` opens it for people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rollout_tui.recording import Trace, UnknownSeq, open_trace

__version__ = "0.1.0"
__all__ = ["Trace", "UnknownSeq", "__version__", "open_trace"]


def __getattr__(name: str) -> Any:
    """Import the library on first use, so that commands which need little start fast."""
    if name in ("Trace", "UnknownSeq", "open_trace"):
        from rollout_tui import recording

        return getattr(recording, name)
    raise AttributeError(name)
