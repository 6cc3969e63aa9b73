"""The project's recordings as bytes, and histories made of them in one way or another."""

from __future__ import annotations

import io
import json
import os
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import settings
from recordings_at_hand import RECORDINGS

from rollout_tui.export.state import write_state
from rollout_tui.graph.history import History
from rollout_tui.graph.snapshot import Snapshot
from rollout_tui.recording import Trace
from rollout_tui.trace.bundle import open_bundle

STARTS = {
    "thread_started": "thread_id",
    "codex_turn_started": "codex_turn_id",
    "inference_started": "inference_call_id",
    "tool_call_started": "tool_call_id",
    "compaction_request_started": "compaction_request_id",
    "compaction_installed": "compaction_id",
}
"""Events that create an object at once, and the field with its id."""

COLLECTIONS = {
    "thread_started": "threads",
    "codex_turn_started": "codex_turns",
    "inference_started": "inference_calls",
    "tool_call_started": "tool_calls",
    "compaction_request_started": "compaction_requests",
    "compaction_installed": "compactions",
}


def examples(count: int) -> settings:
    """So many examples, times $ROLLOUT_TUI_EXAMPLES for a longer look."""
    return settings(deadline=None, max_examples=count * int(os.environ.get("ROLLOUT_TUI_EXAMPLES", "1")))


class Recording(NamedTuple):
    """A bundle of the project: its folder and the lines of its spine, LF included."""

    folder: Path
    lines: tuple[bytes, ...]

    def __repr__(self) -> str:
        return f"<{self.folder.name}, {len(self.lines)} lines>"


@cache
def recordings(largest: int = 80) -> tuple[Recording, ...]:
    """Those of at most so many lines, the smallest first, so that what fails is small."""
    found = []
    for manifest in (RECORDINGS).rglob("manifest.json"):
        spine = (manifest.parent / "trace.jsonl").read_bytes()
        lines = tuple(spine.splitlines(keepends=True))
        if len(lines) <= largest:
            found.append(Recording(manifest.parent, lines))
    return tuple(sorted(found, key=lambda one: (len(one.lines), one.folder.name)))


def contents(history: History) -> dict[str, Any]:
    """All that a history holds, as values that can be compared."""
    log = history.events
    return {
        "columns": [log.seqs, log.times, log.types, log.offsets],
        "contexts": [(log.thread_id(event), log.codex_turn_id(event)) for event in range(len(log) + 1)],
        "changes": list(history.changes(0, history.head + 1)),
        "objects": history.objects,
        "listed": history.items.listed,
        "sources": [history.items.source_payload, history.items.source_index, history.items.name],
        "implicit": history.implicit,
        "payloads": [
            [(one, history.payloads.get(one, event)) for one in sorted(history.payloads.ids(event))]
            for event in (0, history.head // 2, history.head)
        ],
    }


def state_of(history: History, event: int | None = None) -> dict[str, Any]:
    """The reduced state as of an event."""
    out = io.BytesIO()
    write_state(Snapshot(history, history.head if event is None else event), out)
    state: dict[str, Any] = json.loads(out.getvalue())
    return state


def whole(recording: Recording) -> Trace:
    """The recording as it is."""
    return _whole(recording.folder)


@cache
def _whole(folder: Path) -> Trace:
    return Trace(open_bundle(folder)).load()
