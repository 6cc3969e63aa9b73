"""Two lists of conversation items compared: what stayed, came, went, and took the place of what went."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

from rollout_tui.debugger.indexes import remembered
from rollout_tui.debugger.lookup import item_at, latest
from rollout_tui.graph.history import History, item_number
from rollout_tui.graph.ids import Ids, common_prefix
from rollout_tui.graph.objects import Compaction
from rollout_tui.graph.values import JsonPart, Part, PayloadRefPart

Key: TypeAlias = tuple[Any, ...]


class Pair(NamedTuple):
    """An item that another one took the place of."""

    before: str
    after: str


class Comparison(NamedTuple):
    """`kept` counts leading items in common, `unchanged` all items in common.

    `added` and `removed` are ids in list order. Among them `again` are pairs of equal content (a compaction
    makes every item anew), `rewritten` pairs of the same role, kind and call with other content.
    """

    kept: int
    unchanged: int
    added: tuple[str, ...]
    removed: tuple[str, ...]
    again: tuple[Pair, ...]
    rewritten: tuple[Pair, ...]

    @property
    def lost(self) -> tuple[str, ...]:
        """Removed items that nothing took the place of."""
        replaced = {pair.before for pair in (*self.again, *self.rewritten)}
        return tuple(one for one in self.removed if one not in replaced)

    @property
    def new(self) -> tuple[str, ...]:
        """Added items that took no other's place."""
        replacing = {pair.after for pair in (*self.again, *self.rewritten)}
        return tuple(one for one in self.added if one not in replacing)


def compare(history: History, before: Ids, after: Ids, kept: int | None = None) -> Comparison:
    """Compare two lists of item ids; `kept` is their common prefix where that is known already."""
    if kept is None:
        kept = common_prefix(before, after)
    return compare_rests(history, before[kept:], after[kept:], kept)


def compare_rests(history: History, left: Sequence[str], right: Sequence[str], kept: int) -> Comparison:
    """Compare two lists that begin with the same `kept` items by what follows those."""
    in_left, in_right = set(left), set(right)
    removed = tuple(one for one in left if one not in in_right)
    added = tuple(one for one in right if one not in in_left)
    again = _same_content(history, removed, added)
    paired = {one for pair in again for one in pair}
    rewritten = _like(history, left, right, (in_left & in_right) | paired)
    return Comparison(kept, kept + len(right) - len(added), added, removed, again, rewritten)


class _Kept(dict[str, tuple[int, dict[str, str]]]):
    """By compaction: the head at which that was asked for, and what it kept."""


def kept_by(history: History, compaction_id: str) -> dict[str, str]:
    """By each item that a compaction took over unchanged, which is to make it anew: the new one."""
    known = remembered(history, _Kept)
    head, kept = known.get(compaction_id, (-1, {}))
    if head != history.head:
        one = latest(history, Compaction, compaction_id)
        before, after = (one.input_item_ids, one.replacement_item_ids) if one is not None else ((), ())
        head, kept = history.head, {pair.before: pair.after for pair in compare(history, before, after).again}
        known[compaction_id] = head, kept
    return kept


def stable_prefix(history: History, before: Ids, after: Ids, kept: int) -> int:
    """How many leading items read the same to the model, be they the same items or equal ones made anew."""
    most = min(len(before), len(after))
    while kept < most and content_key(history, before[kept]) == content_key(history, after[kept]):
        kept += 1
    return kept


def _same_content(history: History, removed: tuple[str, ...], added: tuple[str, ...]) -> tuple[Pair, ...]:
    """Pairs of equal content, in order, wherever they are in the lists."""
    waiting: dict[Key, list[str]] = defaultdict(list)
    for item_id in reversed(added) if removed else ():
        waiting[content_key(history, item_id)].append(item_id)
    pairs = []
    for item_id in removed if added else ():
        candidates = waiting.get(content_key(history, item_id))
        if candidates:
            pairs.append(Pair(item_id, candidates.pop()))
    return tuple(pairs)


def content_key(history: History, item_id: str) -> Key:
    """Equal for items of equal content, whatever payload they were read from (format section 7.2)."""
    item = item_at(history, item_number(item_id))
    return (*_likeness(history, item_id), tuple(_content(part) for part in item.body.parts))


def _content(part: Part) -> Part | tuple[str, str]:
    if isinstance(part, JsonPart):
        return "json", part.summary
    if isinstance(part, PayloadRefPart):
        return part.label, part.content_sha256 or part.raw_payload_id
    return part


def _like(history: History, left: Sequence[str], right: Sequence[str], settled: set[str]) -> tuple[Pair, ...]:
    """Pairs within each stretch between settled items, in order, by role, kind and call id."""
    pairs: list[Pair] = []
    others = _stretches(right, settled)
    for number, gone in _stretches(left, settled).items():
        waiting: dict[Key, list[str]] = defaultdict(list)
        for item_id in reversed(others.get(number, [])):
            waiting[_likeness(history, item_id)].append(item_id)
        for item_id in gone:
            candidates = waiting.get(_likeness(history, item_id))
            if candidates:
                pairs.append(Pair(item_id, candidates.pop()))
    return tuple(pairs)


def _stretches(items: Sequence[str], settled: set[str]) -> dict[int, list[str]]:
    """Items that are not settled, by how many settled ones come before them."""
    stretches: dict[int, list[str]] = {}
    number = 0
    for item_id in items:
        if item_id in settled:
            number += 1
        else:
            stretches.setdefault(number, []).append(item_id)
    return stretches


def _likeness(history: History, item_id: str) -> Key:
    item = item_at(history, item_number(item_id))
    return item.role, item.kind, item.call_id
