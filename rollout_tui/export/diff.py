"""Two contexts compared, as text: what came, went and changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rollout_tui.debugger.diff import ContextDiff, text_diff
from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.item_text import short_text, size_bytes
from rollout_tui.debugger.names import Names
from rollout_tui.export.table import table
from rollout_tui.graph.history import item_number
from rollout_tui.words import count, size

if TYPE_CHECKING:
    from rollout_tui.recording import Trace

ROLES = {"developer": "dev", "system": "sys", "user": "user", "assistant": "asst", "tool": "tool"}
_LONGEST_LABEL = 200


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
        yield f"  compaction {compaction_id} in between"
    rows = [_row(trace, "+", one) for one in compared.added]
    rows += [_row(trace, "-", one) for one in compared.removed]
    yield from table(rows, width, flexible=3, right=(4,))
    for changed in found.changed:
        yield from table([_row(trace, "~", changed.item_id)], width, flexible=3, right=(4,))
        for line in text_diff(changed.before or "", changed.after or ""):
            yield f"    {line.mark} {line.text}"


def _row(trace: Trace, mark: str, item_id: str) -> tuple[str, str, str, str, str]:
    item = trace.snapshot(trace.history.head).conversation_items[item_id]
    name = trace.history.items.name[item_number(item_id)]
    label = " ".join(part for part in (name, short_text(item)[:_LONGEST_LABEL]) if part)
    shown = label or item.kind.replace("_", " ")
    return (
        mark,
        f"item {item_number(item_id) + 1}",
        ROLES.get(item.role, item.role),
        shown,
        size(size_bytes(trace, item)),
    )
