"""Two contexts compared, as text and as JSON: what came, went and changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rollout_tui.debugger.changes.diff import ContextDiff, text_diff
from rollout_tui.debugger.context.item_text import bytes_of, size_bytes
from rollout_tui.debugger.context.item_words import item_label
from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.names import Names
from rollout_tui.export.table import table
from rollout_tui.words import count, role, size

if TYPE_CHECKING:
    from rollout_tui.recording import Trace


def diff_text(trace: Trace, found: ContextDiff, width: int) -> Iterator[str]:
    """A line that counts, then items: `+` came, `-` went, `~` changed with the lines that differ."""
    seqs = trace.history.events.seqs
    compared = found.compared
    thread = index_of(trace.history, Names).thread(found.thread_id)
    yield (
        f"{thread}  #{found.a and seqs[found.a]} against #{found.b and seqs[found.b]}   "
        f"{count(found.before_count, 'item')} then, {found.after_count} now"
    )
    yield (
        f"  ={found.unchanged}  +{len(compared.added)}  ~{len(found.changed)}  -{len(compared.removed)}"
        f"   prefix stable {found.stable} of {found.before_count} ({size(found.stable_bytes)})"
    )
    for compaction_id in found.compactions:
        rewritten = len(found.changed) + len(compared.rewritten)
        yield f"  across compaction {compaction_id}:"
        yield (
            f"  kept {found.unchanged + len(compared.again)}  rewritten {rewritten}"
            f"  lost {len(compared.lost)} ({size(bytes_of(trace, compared.lost))})"
        )
    rows = [_row(trace, "+", one) for one in compared.added]
    rows += [_row(trace, "-", one) for one in compared.removed]
    yield from table(rows, width, flexible=3, right=(1, 4))
    for changed in found.changed:
        yield from table([_row(trace, "~", changed.item_id)], width, flexible=3, right=(1, 4))
        for line in text_diff(changed.before or "", changed.after or ""):
            yield f"    {line.mark} {line.text}"


def diff_json(trace: Trace, found: ContextDiff) -> dict[str, Any]:
    """The object of `diff --json`; `a` and `b` are seqs."""
    seqs = trace.history.events.seqs
    return {
        "a": seqs[found.a],
        "b": seqs[found.b],
        "thread_id": found.thread_id,
        "unchanged": found.unchanged,
        "added": list(found.compared.added),
        "removed": list(found.compared.removed),
        "changed": [one._asdict() for one in found.changed],
    }


def _row(trace: Trace, mark: str, item_id: str) -> tuple[str, ...]:
    item = trace.snapshot(trace.history.head).conversation_items[item_id]
    label, bytes_ = item_label(trace.history, item), size_bytes(trace, item)
    return mark, item_id.rpartition(":")[2], role(item.role), label, size(bytes_)
