"""Ids, statuses, durations and errors as the format writes them."""

from __future__ import annotations

import asyncio
from typing import Literal, get_args

ExecutionStatus = Literal["completed", "failed", "cancelled", "aborted"]

_STATUSES: dict[str, ExecutionStatus] = {status: status for status in get_args(ExecutionStatus)}
_INTERRUPTIONS = (KeyboardInterrupt, SystemExit, GeneratorExit, asyncio.CancelledError)


def id_text(value: object) -> str | None:
    """Return an id as text; None stays None."""
    return value if value is None or type(value) is str else str(value)


def allowed_status(status: str) -> ExecutionStatus:
    """Return a status the format knows; what it does not know counts as failed."""
    return _STATUSES.get(status, "failed")


def rollout_status(status: str) -> str:
    """Return the status of a thread or rollout: it can be aborted, where a turn is cancelled."""
    known = allowed_status(status)
    return "aborted" if known == "cancelled" else known


def status_of(error: BaseException | None) -> ExecutionStatus:
    """Return the status of a span whose `with` block ended with this exception, or with none."""
    if error is None:
        return "completed"
    return "cancelled" if isinstance(error, _INTERRUPTIONS) else "failed"


def duration(milliseconds: int) -> dict[str, int]:
    """Return a duration as the format writes it."""
    return {"secs": milliseconds // 1000, "nanos": milliseconds % 1000 * 1_000_000}


def described(error: BaseException | str | None) -> str:
    """Return an error as text, `Type: message` for exceptions."""
    if error is None:
        return "no error was given"
    if isinstance(error, str):
        return error
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:
        return type(error).__name__
