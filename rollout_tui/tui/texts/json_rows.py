"""Rows of a JSON value: one per member, folded and opened by `Fold` targets; only visible rows are made.

What is open costs one entry per child, and in long lists nothing but for the children that were opened.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import NamedTuple

from rollout_tui.printable import cells, one_line
from rollout_tui.tui.drawing.lens import LensLines
from rollout_tui.tui.drawing.lines import CUT, Line, Piece, clipped, line
from rollout_tui.tui.drawing.targets import Fold, Target
from rollout_tui.tui.texts.json_tree import Child, JsonValue
from rollout_tui.tui.texts.text_rows import TextRows
from rollout_tui.words import count, size

SMALL_DOCUMENT = 4_000
"""Bytes; a smaller document is shown open."""
SMALL_VALUE = 400
"""Bytes; a smaller container is shown open wherever it is."""
FEW = 200
"""Only containers with at most so many members show any of them open."""
DEEPEST_OPEN = 12
HUGE = 1_000_000
"""Bytes; members of a larger container are not counted before it is opened."""
NOT_EMPTY = 64
"""Bytes; a larger container is taken to have members without a look."""

STYLES = {"string": "string", "number": "number", "constant": "constant", "text": ""}

Link = Callable[[str | None, str], Target | None]
"""`link(key, text)`: where a string leads, e.g. an id to its object."""


def no_link(key: str | None, text: str) -> Target | None:
    """Strings lead nowhere."""
    return None


class _Opened(NamedTuple):
    """An open value: its members or its text, and which members are open in turn.

    `places` are the indexes of the open members, `before` how many rows inside open members come before each.
    """

    depth: int
    path: str
    children: Sequence[Child]
    text: TextRows | None
    places: Sequence[int] = ()
    opened: Sequence[_Opened] = ()
    before: Sequence[int] = ()

    @property
    def rows(self) -> int:
        """Rows under the value's own row."""
        if self.text is not None:
            return len(self.text)
        inside = self.before[-1] + self.opened[-1].rows if self.opened else 0
        return len(self.children) + inside


class JsonRows(LensLines):
    """`LensLines` of a JSON value without a row of its own for the outermost container.

    `prefix` makes fold keys unique, `folds` are the keys of values that are not as they are by default.
    """

    def __init__(
        self,
        root: JsonValue,
        prefix: str,
        folds: frozenset[str],
        width: int,
        link: Link = no_link,
    ) -> None:
        self._prefix = prefix
        self._folds = folds
        self._width = width
        self._link = link
        self._small = root.size <= SMALL_DOCUMENT
        if root.is_container and root.children:
            self._root = self._open(root, "", 0)
        elif root.is_container:
            self._root = _Opened(0, "", (Child("", root),), None)
        else:
            self._root = _Opened(0, "", (), root.rows(self._room(0)))

    def __len__(self) -> int:
        return self._root.rows

    # -- what is open ------------------------------------------------------------

    def _room(self, depth: int) -> int:
        return max(8, self._width - self._margin(depth))

    def _margin(self, depth: int) -> int:
        """Cells before the fold mark; very deep values stay visible."""
        return min(2 * depth, max(0, self._width // 2))

    def _open(self, value: JsonValue, path: str, depth: int) -> _Opened:
        embedded = value.embedded
        inner = embedded or value
        if not inner.is_container:
            return _Opened(depth, path, (), inner.rows(self._room(depth)))
        children = inner.children
        places, opened, before, rows = [], [], [], 0
        for index in self._candidates(path, children):
            child = children[index]
            child_path = f"{path}.{index}"
            if self._is_open(child, child_path, depth + 1, only=len(children) == 1):
                found = self._open(child.value, child_path, depth + 1)
                places.append(index)
                opened.append(found)
                before.append(rows)
                rows += found.rows
        return _Opened(depth, path, children, None, places, opened, before)

    def _candidates(self, path: str, children: Sequence[Child]) -> Sequence[int]:
        """Members that may be open: all of a few, else those that were opened."""
        if len(children) <= FEW:
            return range(len(children))
        start = f"{self._prefix}{path}."
        named = {key[len(start) :].partition(".")[0] for key in self._folds if key.startswith(start)}
        return sorted(int(one) for one in named if one.isdecimal() and int(one) < len(children))

    def _is_open(self, child: Child, path: str, depth: int, *, only: bool) -> bool:
        if not self._foldable(child, depth):
            return False
        by_default = self._open_by_default(child.value, depth, only=only)
        return by_default != (f"{self._prefix}{path}" in self._folds)

    def _foldable(self, child: Child, depth: int) -> bool:
        value = child.value
        if value.is_container:
            return value.size > NOT_EMPTY or bool(value.children)
        if value.kind in ("number", "constant"):
            return False
        head = self._margin(depth - 1) + 2 + (len(child.key) + 2 if child.key is not None else 4)
        return head + value.size > self._width or value.embedded is not None

    def _open_by_default(self, value: JsonValue, depth: int, *, only: bool) -> bool:
        if depth > DEEPEST_OPEN:
            return False
        if value.is_container:
            return self._small or value.size <= SMALL_VALUE or depth == 1 or only
        return self._small

    # -- rows ----------------------------------------------------------------------

    def line(self, number: int) -> Line:
        """Row `number`, from 0."""
        here, left = self._root, number
        while True:
            if here.text is not None:
                return self._text_line(here, left)
            at = self._place(here, left)
            if at is None or left < here.places[at] + here.before[at] + 1:
                index = left if at is None else left - here.before[at]
                return self._member_line(here, index, opened=at is not None and index == here.places[at])
            inside = left - here.places[at] - here.before[at] - 1
            if inside < here.opened[at].rows:
                here, left = here.opened[at], inside
            else:
                index = left - here.before[at] - here.opened[at].rows
                return self._member_line(here, index, opened=False)

    @staticmethod
    def _place(here: _Opened, left: int) -> int | None:
        """Which of the open members is the last to begin at or before a row."""
        starts = range(len(here.places))
        at = bisect_right(starts, left, key=lambda at: here.places[at] + here.before[at]) - 1
        return at if at >= 0 else None

    def _text_line(self, here: _Opened, number: int) -> Line:
        assert here.text is not None
        pieces = (Piece(" " * self._margin(here.depth)), Piece(here.text[number], "string"))
        return Line(pieces, Fold(f"{self._prefix}{here.path}") if here.path else None)

    def _member_line(self, here: _Opened, index: int, *, opened: bool) -> Line:
        child = here.children[index]
        path = f"{here.path}.{index}"
        depth = here.depth + 1
        value = child.value
        foldable = self._foldable(child, depth)
        mark = ("v " if opened else "> ") if foldable else "  "
        pieces = [Piece(" " * self._margin(here.depth) + mark, "dim")]
        if child.key is None:
            pieces.append(Piece(f"{index} ", "dim"))
        elif child.key or here.path:
            pieces.append(Piece(f"{one_line(child.key, self._width)}: ", "key"))
        target: Target | None = Fold(f"{self._prefix}{path}") if foldable else None
        room = max(8, self._width - sum(cells(piece.text) for piece in pieces))
        pieces += self._value_pieces(value, room, opened=opened)
        if not foldable and value.kind == "string":
            target = self._link(child.key, value.text)
            if target is not None:
                pieces[-1] = Piece(pieces[-1].text, "link")
        return clipped(line(*pieces, target=target), self._width)

    def _value_pieces(self, value: JsonValue, room: int, *, opened: bool) -> list[Piece]:
        if value.is_container:
            return _container_pieces(value, room, opened=opened)
        if value.embedded is not None:
            note = f"JSON in a string  {size(value.size)}"
            shown = [Piece(note, "dim")]
            return shown if opened else [*shown, Piece("  " + value.preview(room), "string")]
        if opened:
            return [Piece(f"text  {size(value.size)}, {count(value.lines, 'line')}", "dim")]
        if value.size > room:
            told = f"  {size(value.size)}"
            return [
                Piece(one_line(value.preview(room), room - len(told)), STYLES.get(value.kind, "")),
                Piece(told, "dim"),
            ]
        return [Piece(one_line(value.preview(room), room), STYLES.get(value.kind, ""))]


def _container_pieces(value: JsonValue, room: int, *, opened: bool) -> list[Piece]:
    brackets = "{}" if value.kind == "object" else "[]"
    uncounted = not opened and value.size > HUGE and not value.is_parsed
    members = CUT if uncounted else value.members
    if members == "0":
        return [Piece(brackets, "dim")]
    told = f"{brackets[0]}{members}{brackets[1]}"
    if value.size > SMALL_VALUE:
        told += f"  {size(value.size)}"
    if opened:
        return [Piece(told, "dim")]
    shown = value.preview(room)
    return [Piece(f"{told}  ", "dim"), Piece(one_line(shown, max(4, room - len(told) - 2)))]
