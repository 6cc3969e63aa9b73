"""Finding the thread that someone means by an id, the beginning of one, or an agent path."""

from __future__ import annotations

from itertools import islice
from typing import cast

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
    threads = _threads(snapshot)
    found = [one for one in threads if one.agent_path == wanted]
    found = found or [one for one in threads if wanted and one.thread_id.startswith(wanted)]
    if len(found) == 1:
        return found[0].thread_id
    problem = f"names {len(found)} threads" if found else "names no thread"
    raise UnknownThread(
        f"{wanted[:_LONGEST]!r} {problem} at seq {snapshot.seq}; {_allowed(found or threads)}"
    )


def _threads(snapshot: Snapshot) -> list[Thread]:
    """The threads that have started, with their latest fields."""
    history = snapshot.history
    order = history.collections[Thread].order
    return [cast(Thread, history.objects[handle]) for handle in islice(order, len(snapshot.threads))]


def _allowed(threads: list[Thread]) -> str:
    if not threads:
        return "no thread has started there"
    named = ", ".join(f"{one.thread_id} ({one.agent_path})" for one in threads[:_NAMED])
    return f"threads: {named}{', and more' if len(threads) > _NAMED else ''}"
