"""A search that runs in the background while one walks its hits."""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable
from typing import TYPE_CHECKING

from rollout_tui.debugger.search import Query, Scanned, search
from rollout_tui.words import count

if TYPE_CHECKING:
    from rollout_tui.recording import Trace
    from rollout_tui.tui.session import Place


class Search:
    """What is searched for, the hits so far, and the place to go back to.

    `events` are the events with a hit, in order. One thread adds, another reads.
    """

    def __init__(self, query: Query, place: Place) -> None:
        self.query = query
        self.place = place
        self.events: list[int] = []
        self.excerpts: dict[int, str] = {}
        self.hits = 0
        self.share = 0.0
        self.done = False
        self.arrived = False
        self._stopping = threading.Event()

    @property
    def text(self) -> str:
        """What is searched for."""
        return self.query.text

    def start(self, trace: Trace, near: int, tell: Callable[[], object]) -> None:
        """Search in a thread; `tell` is called from it when there is something to show."""
        threading.Thread(target=self._run, args=(trace, near, tell), name="search", daemon=True).start()

    def stop(self) -> bool:
        """Stop searching; True if it was still running."""
        running = not self.done
        self._stopping.set()
        return running

    def _run(self, trace: Trace, near: int, tell: Callable[[], object]) -> None:
        try:
            for found in search(trace, self.query, near):
                if self._stopping.is_set():
                    return
                if isinstance(found, Scanned):
                    self.share = found.bytes / found.total if found.total else 1.0
                    tell()
                else:
                    self._add(found.event, found.occurrences, found.excerpt)
        except OSError:
            pass
        finally:
            self.done = True
            tell()

    def _add(self, event: int, hits: int, excerpt: str) -> None:
        self.hits += hits
        if event not in self.excerpts:
            self.excerpts[event] = excerpt
            insort(self.events, event)

    def next(self, event: int) -> int | None:
        """The next event with a hit."""
        at = bisect_right(self.events, event)
        return self.events[at] if at < len(self.events) else None

    def previous(self, event: int) -> int | None:
        """The previous event with a hit."""
        at = bisect_left(self.events, event)
        return self.events[at - 1] if at else None

    def words(self, event: int) -> str:
        """`"echo" 3 of 17 events, 41 %`."""
        at = bisect_left(self.events, event)
        here = at < len(self.events) and self.events[at] == event
        which = f"{at + 1} of {len(self.events):,}" if here else count(len(self.events), "hit")
        rest = "" if self.done else f", {self.share:.0%} searched"
        return f'"{self.text}"  {which}{rest}'
