"""Two lists of conversation items compared: what stayed, came, went, and took the place of what went."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple, cast

from rollout_tui.graph.history import History
from rollout_tui.graph.ids import Ids, common_prefix
from rollout_tui.graph.objects import ConversationItem


class Rewritten(NamedTuple):
    """An item that another one of the same role, kind and call took the place of."""

    before: str
    after: str


class Comparison(NamedTuple):
    """`kept` counts leading items in common, `unchanged` all items in common.

    `added` and `removed` are ids in list order; the pairs of `rewritten` are among both.
    """

    kept: int
    unchanged: int
    added: tuple[str, ...]
    removed: tuple[str, ...]
    rewritten: tuple[Rewritten, ...]

    @property
    def lost(self) -> tuple[str, ...]:
        """Removed items that nothing took the place of."""
        replaced = {pair.before for pair in self.rewritten}
        return tuple(one for one in self.removed if one not in replaced)

    @property
    def new(self) -> tuple[str, ...]:
        """Added items that took no other's place."""
        replacing = {pair.after for pair in self.rewritten}
        return tuple(one for one in self.added if one not in replacing)


def compare(history: History, before: Ids, after: Ids, kept: int | None = None) -> Comparison:
    """Compare two lists of item ids; `kept` is their common prefix where that is known already."""
    if kept is None:
        kept = common_prefix(before, after)
    left, right = list(before[kept:]), list(after[kept:])
    in_left, in_right = set(left), set(right)
    removed = tuple(one for one in left if one not in in_right)
    added = tuple(one for one in right if one not in in_left)
    return Comparison(
        kept, len(after) - len(added), added, removed, _pairs(history, left, right, in_left & in_right)
    )


def _pairs(history: History, left: list[str], right: list[str], common: set[str]) -> tuple[Rewritten, ...]:
    """Pairs within each stretch between items in common, in order, by role, kind and call id."""
    pairs: list[Rewritten] = []
    others = _stretches(right, common)
    for anchor, gone in _stretches(left, common).items():
        waiting: dict[tuple[str, str, str | None], list[str]] = defaultdict(list)
        for item_id in others.get(anchor, []):
            waiting[_likeness(history, item_id)].append(item_id)
        for item_id in gone:
            candidates = waiting[_likeness(history, item_id)]
            if candidates:
                pairs.append(Rewritten(item_id, candidates.pop(0)))
    return tuple(pairs)


def _stretches(items: list[str], common: set[str]) -> dict[str, list[str]]:
    """Items that are not in common, by the item in common before them (empty: the start)."""
    stretches: dict[str, list[str]] = {}
    anchor = ""
    for item_id in items:
        if item_id in common:
            anchor = item_id
        else:
            stretches.setdefault(anchor, []).append(item_id)
    return stretches


def _likeness(history: History, item_id: str) -> tuple[str, str, str | None]:
    item = cast(ConversationItem, history.objects[history.collections[ConversationItem].index[item_id]])
    return item.role, item.kind, item.call_id
