"""Finding the thread that someone means by an id, the beginning of one, or an agent path."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import compress
from operator import attrgetter, methodcaller

from rollout_tui.graph.objects import Thread
from rollout_tui.graph.snapshot import Snapshot

AT_ONCE = 8_192
"""Threads that are gone through in one step: a few milliseconds."""
_NAMED = 6
_LONGEST = 80


class UnknownThread(LookupError):
    """No thread, or more than one, is meant; the message says which ones there are."""


class _Found:
    """How many threads are meant in one way, and the first of them."""

    def __init__(self) -> None:
        self.count = 0
        self.first: list[Thread] = []

    def add(self, threads: list[Thread]) -> None:
        self.count += len(threads)
        self.first += threads[: _NAMED + 1 - len(self.first)]


class ThreadSearch:
    """Looks for the thread that `wanted` names: an id, an agent path, or a unique beginning of an id.

    Iterating over it looks, a step of a few milliseconds each time; then it can be asked for the `result`.
    """

    def __init__(self, snapshot: Snapshot, wanted: str) -> None:
        self.wanted = wanted
        self._snapshot = snapshot
        self._by_path, self._by_id, self._all = _Found(), _Found(), _Found()
        self._steps = self._look()

    def __iter__(self) -> Iterator[None]:
        return self._steps

    def _look(self) -> Iterator[None]:
        snapshot, wanted = self._snapshot, self.wanted
        if wanted in snapshot.threads:
            return
        objects, order = snapshot.history.objects, snapshot.history.collections[Thread].order
        count = len(snapshot.threads)
        path_of, is_path = attrgetter("agent_path"), wanted.__eq__
        id_of, begins_so = attrgetter("thread_id"), methodcaller("startswith", wanted)
        for start in range(0, count, AT_ONCE):
            threads: list[Thread] = [*map(objects.__getitem__, order[start : min(start + AT_ONCE, count)])]
            self._all.add(threads)
            self._by_path.add([*compress(threads, map(is_path, map(path_of, threads)))])
            if wanted:
                self._by_id.add([*compress(threads, map(begins_so, map(id_of, threads)))])
            yield

    @property
    def result(self) -> str:
        """The id of the thread, once all are looked at. Raises UnknownThread."""
        if self.wanted in self._snapshot.threads:
            return self.wanted
        found = self._by_path if self._by_path.count else self._by_id
        if found.count == 1:
            return found.first[0].thread_id
        problem = f"names {found.count:,} threads" if found.count else "names no thread"
        allowed = _allowed((found if found.count else self._all).first)
        raise UnknownThread(f"{self.wanted[:_LONGEST]!r} {problem} at seq {self._snapshot.seq}; {allowed}")


def thread_named(snapshot: Snapshot, wanted: str) -> str:
    """The id of the thread that `wanted` names (see `ThreadSearch`), at once. Raises UnknownThread."""
    search = ThreadSearch(snapshot, wanted)
    for _ in search:
        pass
    return search.result


def _allowed(threads: list[Thread]) -> str:
    if not threads:
        return "no thread has started there"
    named = ", ".join(f"{one.thread_id} ({one.agent_path})" for one in threads[:_NAMED])
    return f"threads: {named}{', and more' if len(threads) > _NAMED else ''}"
