"""From TRACE, SEQ and T on a command line to a recording, an event and a thread of it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rollout_tui.commands.outcome import CommandFailure, complain
from rollout_tui.commands.unpacking import unpacked_if_packed
from rollout_tui.immutable import Immutable

if TYPE_CHECKING:
    from rollout_tui.graph.snapshot import Snapshot
    from rollout_tui.recording import Trace
    from rollout_tui.trace.bundle import Bundle

ROOT_VARIABLE = "CODEX_ROLLOUT_TRACE_ROOT"
_PERMALINK = r"(?s)(?P<path>.+)#(?P<seq>\d+)?(?:\?(?P<query>[^#]*))?"


class Place(Immutable):
    """What TRACE names: a path and, where it is a permalink, a seq and more (`lens`, `thread`).

    Where TRACE leads into an archive `path` is in the folder that this was unpacked to.
    """

    path: Path
    seq: int | None
    query: dict[str, str]


def default_trace() -> str | None:
    """What `$CODEX_ROLLOUT_TRACE_ROOT` says, None where it says nothing."""
    return os.environ.get(ROOT_VARIABLE) or None


def place(trace: str | None) -> Place:
    """The place that TRACE names; an archive is unpacked until the command ends.

    Raises CommandFailure when there is neither TRACE nor a default, or the archive cannot be unpacked.
    """
    trace = default_trace() if trace is None else trace
    if trace is None:
        raise CommandFailure(
            f"rollout-tui: no TRACE given and ${ROOT_VARIABLE} is not set; TRACE is a bundle folder, its "
            "trace.jsonl or a folder of bundles"
        )
    link = None if os.path.lexists(trace) else re.fullmatch(_PERMALINK, trace)
    if link is None:
        return Place(unpacked_if_packed(Path(trace)), None, {})
    pairs = (pair.partition("=") for pair in (link["query"] or "").split("&") if pair)
    return Place(
        unpacked_if_packed(Path(link["path"])),
        int(link["seq"]) if link["seq"] else None,
        {name: value for name, _, value in pairs},
    )


def bundle(path: Path) -> Bundle:
    """The bundle at `path`; what is odd about it goes to standard error. Raises CommandFailure."""
    from rollout_tui.trace.bundle import BundleProblem, open_bundle

    try:
        found = open_bundle(path)
    except BundleProblem as problem:
        raise CommandFailure(f"rollout-tui: {problem}") from problem
    for note in found.notes:
        complain(f"rollout-tui: {note}")
    return found


def load(path: Path, told: Callable[[float], object] = float) -> Trace:
    """The whole recording at `path`, an unterminated last line included.

    `told` is called with the share that is read. Raises CommandFailure.
    """
    from rollout_tui.recording import Trace

    found = bundle(path)
    size = max(1, found.spine.stat().st_size)
    return Trace(found).load(lambda read: told(min(1.0, read / size)))


def event_at(trace: Trace, seq: int | None) -> int:
    """The ordinal of the event that carries `seq`, of the last one for None. Raises CommandFailure."""
    from rollout_tui.recording import UnknownSeq

    try:
        return trace.history.head if seq is None else trace.ordinal(seq)
    except UnknownSeq as unknown:
        raise CommandFailure(f"rollout-tui: {unknown}") from unknown


def thread_at(snapshot: Snapshot, wanted: str | None) -> str:
    """The id of the thread that `--thread` names, the root thread for None.

    A thread that starts after the snapshot's event is one too: it has nothing yet. Raises CommandFailure.
    """
    from rollout_tui.debugger.thread_names import UnknownThread, thread_named
    from rollout_tui.graph.snapshot import Snapshot

    root = snapshot.rollout.root_thread_id
    if wanted is None or wanted == root:
        return root
    at_the_end = Snapshot(snapshot.history, snapshot.history.head)
    for known in (snapshot, at_the_end):
        try:
            return thread_named(known, wanted)
        except UnknownThread as unknown:
            problem = unknown
    raise CommandFailure(f"rollout-tui: --thread {problem}")


def look(trace: str | None, at: int | None) -> tuple[Trace, Snapshot, dict[str, str]]:
    """The recording that TRACE names, as of `--at` or else the seq of a permalink, and the rest of that link.

    Raises CommandFailure.
    """
    where = place(trace)
    loaded = load(where.path)
    return loaded, loaded.snapshot(event_at(loaded, where.seq if at is None else at)), where.query
