"""Finding the thread that someone means by an id, the beginning of one, or an agent path."""

from __future__ import annotations

from collections.abc import Callable
from itertools import compress
from operator import attrgetter, methodcaller

from rollout_tui.graph.objects import Thread
from rollout_tui.graph.snapshot import Snapshot

_NAMED = 6
_LONGEST = 80


class UnknownThread(LookupError):
    """No thread, or more than one, is meant; the message says which ones there are."""


def thread_named(snapshot: Snapshot, wanted: str) -> str:
    """The id of the thread that `wanted` names: an id, an agent path, or a unique beginning of an id.

    Raises UnknownThread.
    """
    if wanted in snapshot.threads:
        return wanted
    found = _having(snapshot, attrgetter("agent_path"), wanted.__eq__)
    if not found and wanted:
        found = _having(snapshot, attrgetter("thread_id"), methodcaller("startswith", wanted))
    if len(found) == 1:
        return found[0].thread_id
    problem = f"names {len(found)} threads" if found else "names no thread"
    raise UnknownThread(
        f"{wanted[:_LONGEST]!r} {problem} at seq {snapshot.seq}; {_allowed(found or _threads(snapshot))}"
    )


def _threads(snapshot: Snapshot) -> list[Thread]:
    """The threads that have started, with their latest fields."""
    objects = snapshot.history.objects
    order = snapshot.history.collections[Thread].order
    return list(map(objects.__getitem__, order[: len(snapshot.threads)]))


def _having(
    snapshot: Snapshot, field: Callable[[Thread], str], is_meant: Callable[[str], object]
) -> list[Thread]:
    """The threads with a field that is meant; a million are gone through in a moment."""
    threads = _threads(snapshot)
    return list(compress(threads, map(is_meant, map(field, threads))))


def _allowed(threads: list[Thread]) -> str:
    if not threads:
        return "no thread has started there"
    named = ", ".join(f"{one.thread_id} ({one.agent_path})" for one in threads[:_NAMED])
    return f"threads: {named}{', and more' if len(threads) > _NAMED else ''}"
