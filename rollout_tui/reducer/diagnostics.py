"""What the reducer says about evidence that does not fit (format section 12)."""

from __future__ import annotations

from typing import NamedTuple


class Diagnostic(NamedTuple):
    """Something at an event that the rules do not cover.

    `event` is the ordinal of the event line, `seq` its label, `code` a stable name,
    `message` one line of text, `ids` the objects concerned. `refused` says that the
    reference reducer refuses the whole recording for it.
    """

    event: int
    seq: int
    code: str
    message: str
    ids: tuple[str, ...]
    refused: bool


class ReductionRefused(Exception):
    """Strict reduction met something the reference reducer refuses."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(f"line {diagnostic.event}, seq {diagnostic.seq}: {diagnostic.message}")
        self.diagnostic = diagnostic
