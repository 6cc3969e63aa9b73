"""What threads wait for, as text, a sentence and the open things under it, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rollout_tui.debugger.waiting.blocked import ThreadWaits, Waiting, in_words
from rollout_tui.export.table import table, wrapped
from rollout_tui.words import duration

_INDENT = "  "
_FIELDS = ("kind", "id", "label", "since_seq", "age_ms", "parent")


def blocked_text(seq: int, threads: Sequence[ThreadWaits], width: int) -> Iterator[str]:
    """Every thread that has started and not ended: what it waits for, what else is at work."""
    yield f"at #{seq}"
    if not threads:
        yield "no thread has started and not ended"
    for waits in threads:
        yield ""
        yield from wrapped(in_words(waits), width)
        yield from _entries(waits.blocked_on, width)
        if waits.background:
            yield "nobody waits for:"
            yield from _entries(waits.background, width)


def waits_json(waits: ThreadWaits) -> dict[str, Any]:
    """An entry of `blocked --json`."""
    lists = {"blocked_on": waits.blocked_on, "background": waits.background}
    return {
        "thread_id": waits.thread_id,
        "agent_path": waits.agent_path,
        **{
            name: [{field: getattr(one, field) for field in _FIELDS} for one in entries]
            for name, entries in lists.items()
        },
    }


def _entries(entries: Sequence[Waiting], width: int) -> Iterator[str]:
    depths: list[int] = []
    rows = []
    for one in entries:
        depth = 0 if one.parent is None else depths[one.parent] + 1
        depths.append(depth)
        kind = f"{_INDENT * (depth + 1)}{one.kind}"
        rows.append((kind, one.label, f"#{one.since_seq}", duration(one.age_ms)))
    yield from table(rows, width, flexible=1, right=(2, 3))
