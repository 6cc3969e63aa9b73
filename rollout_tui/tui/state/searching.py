"""A search that runs in the background while one walks its hits."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from rollout_tui.debugger.context.item_search import FoundItem
from rollout_tui.debugger.searching.search import GivenUp, Hit, Scanned, search
from rollout_tui.debugger.searching.search_query import Query
from rollout_tui.words import count

if TYPE_CHECKING:
    from rollout_tui.recording import Trace
    from rollout_tui.tui.state.places import Place

TELL_S = 0.05
"""So often at most the screen is told of progress."""
MOST_EXCERPTS = 20_000
FARTHER = 1 << 16
"""Events that room is made for at once."""


class LostSearch(NamedTuple):
    """A search in what the model lost between two contexts: done at once, its hits are items of the diff."""

    text: str
    place: Place
    found: tuple[FoundItem, ...]
    searched: int

    @property
    def words(self) -> str:
        """`"AGENTS.md"  2 of 14 lost items`."""
        return f'"{self.text}"  {len(self.found):,} of {count(self.searched, "lost item")}'


class Search:
    """What is searched for, the hits so far, and the place to go back to.

    `given_up` is the seq of an event that it took too long on.
    `first` is the hit to go to by itself: of the stretch searched first the next one after the cursor.
    `events` counts the events with a hit, `excerpts` has the text of those found first. One thread adds,
    another reads.
    """

    def __init__(self, query: Query, place: Place) -> None:
        self.query = query
        self.place = place
        self.events = 0
        self.first: int | None = None
        # A byte for each event: whatever is searched for, adding costs the same, and finding is one scan.
        self._marked = bytearray(1)
        self.given_up: int | None = None
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
        told = 0.0
        try:
            for found in search(trace, self.query, near):
                if self._stopping.is_set():
                    return
                if isinstance(found, GivenUp):
                    self.given_up = trace.history.events.seqs[found.event]
                    continue
                if not isinstance(found, Scanned):
                    self._add(found)
                    continue
                if self.first is None and self.events:
                    self.first = near if self.is_hit(near) else self.next(near) or self.previous(near)
                self.share = found.bytes / found.total if found.total else 1.0
                # Not after each hit: the nearest of a stretch may come later than the first.
                if time.monotonic() - told >= TELL_S:
                    told = time.monotonic()
                    tell()
        except OSError:
            pass
        finally:
            self.done = True
            tell()

    def _add(self, hit: Hit) -> None:
        self.hits += hit.occurrences
        if hit.event >= len(self._marked):
            self._marked.extend(bytes(hit.event + FARTHER - len(self._marked)))
        if not self._marked[hit.event]:
            if len(self.excerpts) < MOST_EXCERPTS:
                self.excerpts[hit.event] = hit.excerpt
            self._marked[hit.event] = 1
            self.events += 1

    def is_hit(self, event: int) -> bool:
        """Whether the event has a hit."""
        return event < len(self._marked) and bool(self._marked[event])

    def next(self, event: int) -> int | None:
        """The next event with a hit."""
        found = self._marked.find(1, event + 1)
        return found if found >= 0 else None

    def previous(self, event: int) -> int | None:
        """The previous event with a hit."""
        found = self._marked.rfind(1, 0, event)
        return found if found >= 0 else None

    def words(self, event: int) -> str:
        """`"echo" 3 of 17 events, 41 %`."""
        at = self._marked.count(1, 0, event + 1) if self.is_hit(event) else 0
        which = f"{at:,} of {self.events:,}" if at else count(self.events, "hit")
        rest = "" if self.done else f", {self.share:.0%} searched"
        slow = "" if self.given_up is None else f", took too long on #{self.given_up}: narrow it"
        return f'"{self.text}"  {which}{rest}{slow}'
