"""Which known item an incoming item of a full request or a checkpoint is (format section 7.4)."""

from __future__ import annotations

from bisect import insort

from rollout_tui.graph.history import item_number
from rollout_tui.graph.ids import Ids
from rollout_tui.reducer.conversation import matches
from rollout_tui.reducer.normal import NormalItem
from rollout_tui.reducer.reduction import Reduction


class Matcher:
    """Matches the items of one list, in order, against `base`.

    As long as every item sits where `base` has it nothing is looked up; the index over
    what is left of `base` is made when the first item does not, or at once if `base` is
    `doubled`, that is, holds an item twice.
    """

    def __init__(
        self, r: Reduction, base: Ids, straight: int, *, positional: bool = True, doubled: bool = False
    ) -> None:
        self.r = r
        self.base = base
        self.straight = straight
        self.positional = positional
        self.used: set[int] = set()
        self.left: dict[int, list[int]] | None = None
        self.compared = 0
        if doubled:
            self._index()

    def match(self, place: int, normal: NormalItem, content: int, encoded: int) -> int | None:
        """The creation number of the item of `base` that the item at `place` is, or None."""
        r = self.r
        if self.positional and place < len(self.base):
            number = item_number(self.base[place])
            self.compared += 1
            if matches(r, number, normal, content, encoded) and (r.schema == 1 or number not in self.used):
                if self.left is None and place == self.straight:
                    self.straight += 1
                else:
                    self.used.add(number)
                return number
        return self._search(normal, content, encoded)

    def _search(self, normal: NormalItem, content: int, encoded: int) -> int | None:
        if self.straight >= len(self.base):
            return None
        if self.left is None:
            self._index()
        assert self.left is not None
        places = self.left.get(content, [])
        if encoded:
            places = sorted({*places, *self.left.get(encoded, ())})
        for place in places:
            number = item_number(self.base[place])
            self.compared += 1
            if number not in self.used and matches(self.r, number, normal, content, encoded):
                self.used.add(number)
                self._drop(content, encoded, place)
                return number
        return None

    def _index(self) -> None:
        self.left = {}
        if self.r.schema == 1:
            self.used.update(map(item_number, self.base[: self.straight]))
        for place in range(self.straight, len(self.base)):
            number = item_number(self.base[place])
            self._add(self.r.items.content[number], place)
            encoded = self.r.items.encoded[number]
            if encoded:
                self._add(encoded, place)

    def _add(self, key: int, place: int) -> None:
        assert self.left is not None
        insort(self.left.setdefault(key, []), place)

    def _drop(self, content: int, encoded: int, place: int) -> None:
        assert self.left is not None
        for key in (content, encoded):
            places = self.left.get(key)
            if places and place in places:
                places.remove(place)
