"""What threads tell the screen, through its mailbox."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, TypeAlias

from rollout_tui.trace.ending import Ending
from rollout_tui.trace.tail import Change
from rollout_tui.trace.writer_watch import WriterState
from rollout_tui.tui.following.reading import Reading
from rollout_tui.tui.panes.loading import LoadProgress


class Opened(NamedTuple):
    """The bundle is found; its events are being reduced from here on. `ending` is the end of a long one."""

    reading: Reading
    ending: Ending | None


class Advanced(NamedTuple):
    """More events are reduced; `progress` is None once all that was there is."""

    reading: Reading
    progress: LoadProgress | None


class FileChanged(NamedTuple):
    """Something unusual happened to the spine file; `reason` tells it in plain words."""

    change: Change
    reason: str


class PayloadsCame(NamedTuple):
    """Payloads that were missing or half written are there; everything was reduced anew with them."""

    paths: list[str]


class WriterSeen(NamedTuple):
    """Whether a process holds the spine file open for writing."""

    writer: WriterState


class Failed(NamedTuple):
    """The trace cannot be opened, or reading it broke; `problem` is one line."""

    problem: str


class Waiting(NamedTuple):
    """There is no trace yet; `problem` says what is looked for."""

    problem: str


class Arrived(NamedTuple):
    """A bundle has appeared in the folder of recordings.

    `role` is what its agent was started for, empty for a person's.
    """

    folder: Path
    role: str


class RunningFound(NamedTuple):
    """The next recording that is being written; None when there is no other, `problem` says why not."""

    folder: Path | None
    problem: str = ""


class SearchAdvanced(NamedTuple):
    """More was searched, or another hit was found."""


class Made(NamedTuple):
    """Something large that the screen shows the beginning of has been read."""


class Exporting(NamedTuple):
    """An export went on, or came to its end."""


News: TypeAlias = (
    Opened
    | Advanced
    | FileChanged
    | PayloadsCame
    | WriterSeen
    | Failed
    | Waiting
    | Arrived
    | RunningFound
    | SearchAdvanced
    | Made
    | Exporting
)
