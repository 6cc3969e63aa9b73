"""The way of one text to the model, and what became of it, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rollout_tui.export.table import table
from rollout_tui.printable import one_line

if TYPE_CHECKING:
    from rollout_tui.debugger.stories.lifeline import LifeLine
    from rollout_tui.recording import Trace


def life_line_text(trace: Trace, found: LifeLine, width: int) -> Iterator[str]:
    """What it is, the bytes at every place it passed, what happened to it when, whether the model has it."""
    seqs = trace.history.events.seqs
    item = f"   {found.item_id}" if found.item_id else ""
    yield one_line(f"{found.title}{item}", width)
    hops = [
        (
            f"  #{seqs[one.event]}",
            one.place,
            f"{one.size_bytes:,} B",
            f'cut: "{one.cut}"' if one.cut else "shorter than before" if one.shorter else "",
        )
        for one in found.hops
    ]
    yield from table(hops, width, flexible=3, right=(0, 2))
    moments = [(f"  #{seqs[one.event]}", one.what, f"by {one.id}" if one.id else "") for one in found.moments]
    yield from table(moments, width, flexible=2, right=(0,))
    if found.first_carried is None:
        yield "no request up to here has carried it: the model has not seen it"
    elif found.dropped is None:
        yield "it is in the model's context"


def life_line_json(trace: Trace, found: LifeLine) -> dict[str, Any]:
    """The document of `context --item ID --json`."""
    seqs = trace.history.events.seqs

    def seq(event: int | None) -> int | None:
        return None if event is None else seqs[event]

    return {
        "title": found.title,
        "thread_id": found.thread_id,
        "item_id": found.item_id,
        "hops": [
            {
                "place": one.place,
                "id": one.id,
                "seq": seqs[one.event],
                "size_bytes": one.size_bytes,
                "cut": one.cut,
                "shorter": one.shorter,
            }
            for one in found.hops
        ],
        "moments": [{"what": one.what, "seq": seqs[one.event], "by": one.id} for one in found.moments],
        "first_carried_seq": seq(found.first_carried),
        "last_carried_seq": seq(found.last_carried),
        "dropped_seq": seq(found.dropped),
        "dropped_by": found.dropped_by,
    }
