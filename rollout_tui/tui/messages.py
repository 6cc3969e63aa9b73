"""What the reading and the searching thread tell the screen, through its mailbox."""

from __future__ import annotations

from textual.message import Message

from rollout_tui.trace.ending import Ending
from rollout_tui.trace.tail import Change
from rollout_tui.trace.writer import WriterState
from rollout_tui.tui.panes.loading import LoadProgress
from rollout_tui.tui.reading import Reading


class Mail(Message):
    """There is something in the mailbox of the screen."""


class Opened(Message):
    """The bundle is found; its events are being reduced from here on. `ending` is the end of a long one."""

    def __init__(self, reading: Reading, ending: Ending | None) -> None:
        super().__init__()
        self.reading = reading
        self.ending = ending


class Advanced(Message):
    """More events are reduced; `progress` is None once all that was there is."""

    def __init__(self, reading: Reading, progress: LoadProgress | None) -> None:
        super().__init__()
        self.reading = reading
        self.progress = progress


class FileChanged(Message):
    """Something unusual happened to the spine file; `reason` tells it in plain words."""

    def __init__(self, change: Change, reason: str) -> None:
        super().__init__()
        self.change = change
        self.reason = reason


class PayloadsCame(Message):
    """Payloads that were missing or half written are there; everything was reduced anew with them."""

    def __init__(self, paths: list[str]) -> None:
        super().__init__()
        self.paths = paths


class WriterSeen(Message):
    """Whether a process holds the spine file open for writing."""

    def __init__(self, writer: WriterState) -> None:
        super().__init__()
        self.writer = writer


class Failed(Message):
    """The trace cannot be opened, or reading it broke; `problem` is one line."""

    def __init__(self, problem: str) -> None:
        super().__init__()
        self.problem = problem


class Waiting(Message):
    """There is no trace yet; `problem` says what is looked for."""

    def __init__(self, problem: str) -> None:
        super().__init__()
        self.problem = problem


class SearchAdvanced(Message):
    """More was searched, or another hit was found."""
