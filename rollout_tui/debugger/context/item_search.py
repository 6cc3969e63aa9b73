"""Searching the texts of some conversation items, e.g. of those that a compaction lost."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from rollout_tui.debugger.context.context import text
from rollout_tui.debugger.searching.search_query import Query

if TYPE_CHECKING:
    from rollout_tui.recording import Trace

AROUND = 40
"""Bytes of an excerpt before and behind what was found."""


class FoundItem(NamedTuple):
    """An item in whose text it occurs; `excerpt` is the text around the first occurrence."""

    item_id: str
    excerpt: str


def find_in_items(trace: Trace, ids: Iterable[str], event: int, wanted: Query) -> list[FoundItem]:
    """The items in whose text, as of `event`, it occurs, in the order given; reads every text."""
    found = []
    for item_id in ids:
        data = (text(trace, item_id, event) or "").encode(errors="surrogatepass")
        span = _first(data, wanted)
        if span is not None:
            around = data[max(0, span[0] - AROUND) : span[1] + AROUND]
            found.append(FoundItem(item_id, around.decode(errors="ignore")))
    return found


def _first(data: bytes, wanted: Query) -> tuple[int, int] | None:
    if wanted.pattern is not None:
        return wanted.pattern.found_in(data)
    folded = data.lower() if wanted.any_case else data
    # Among the forms it has inside JSON the plain one comes first.
    at = folded.find(wanted.needles[0])
    return None if at < 0 else (at, at + len(wanted.needles[0]))
