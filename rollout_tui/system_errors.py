"""What the system says of an error, in words that end a sentence."""

from __future__ import annotations


def reason_of(error: BaseException, otherwise: str = "") -> str:
    """E.g. `no space left on device`; where the system says nothing `otherwise`, else what the error says."""
    said = (error.strerror if isinstance(error, OSError) else "") or otherwise or str(error)
    return f"{said[:1].lower()}{said[1:]}"
