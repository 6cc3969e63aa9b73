"""A JSON text as a tree that is parsed level by level, only where it is open.

`children` of a value costs a pass over the bytes of that value alone and is remembered, so a request of 20 MB
shows its first screen after two passes. What is no JSON is shown as text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

import msgspec

from rollout_tui.on_demand import OnDemand
from rollout_tui.tui.texts.text_rows import TextRows, line_count
from rollout_tui.words import size

Kind: TypeAlias = Literal["object", "list", "string", "number", "constant", "text"]

_RAW = msgspec.json.Decoder(msgspec.Raw)
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_STRING = msgspec.json.Decoder(str)

_BLANKS = re.compile(rb"\s+")
_KINDS: dict[int, Kind] = {
    ord("{"): "object",
    ord("["): "list",
    ord('"'): "string",
    ord("t"): "constant",
    ord("f"): "constant",
    ord("n"): "constant",
}
_MOST_EMBEDDED = 4_000_000
"""Bytes of a string that is looked at for JSON in it; to parse a longer one holds up the frame it is in."""
MOST_MEMBERS = 2_000_000
"""Members of a container that are listed; each takes 70 bytes. Of one with more the first ones are."""
BEGINNING = 200_000
"""Bytes that those are in."""
_STRING_INSIDE = re.compile(rb'"[^"\\]*+(?:\\.?[^"\\]*+)*+(?:"|\Z)', re.DOTALL)
_STRUCTURE = re.compile(_STRING_INSIDE.pattern + rb"|[\[\]{},]", re.DOTALL)
_INNERMOST = re.compile(rb"\[,*+\]|\{,*+\}")
_NO_STRUCTURE = bytes(set(range(256)) - set(b"[]{},"))


class Child(NamedTuple):
    """A value inside a container: its key, or None inside a list."""

    key: str | None
    value: JsonValue


class JsonValue:
    """One value: `raw` are its bytes as recorded, `problem` says why text is no JSON."""

    __slots__ = ("_children", "_embedded", "_lines", "_rows", "_text", "kind", "problem", "raw")

    def __init__(self, raw: bytes | memoryview, kind: Kind | None = None, problem: str = "") -> None:
        self.raw = raw
        self.kind: Kind = kind or _KINDS.get(raw[0] if len(raw) else 0, "number")
        self.problem = problem
        self._children: Sequence[Child] | None = None
        self._text: str | None = None
        self._rows: TextRows | None = None
        self._lines: int | None = None
        self._embedded: JsonValue | None = None

    @property
    def size(self) -> int:
        """Bytes as recorded."""
        return len(self.raw)

    @property
    def is_container(self) -> bool:
        """Whether it is an object or a list."""
        return self.kind in ("object", "list")

    @property
    def is_parsed(self) -> bool:
        """Whether its members are known already."""
        return self._children is not None

    @property
    def children(self) -> Sequence[Child]:
        """The values inside a container; of a text that is no JSON after all, none."""
        if self._children is None:
            raw, rest = _bounded(self.raw)
            try:
                if self.kind == "object":
                    found = _OBJECT.decode(raw)
                    self._children = _Members(list(found), list(found.values()), rest)
                else:
                    self._children = _Members(None, _LIST.decode(raw), rest)
            except (ValueError, RecursionError) as error:
                self.problem = str(error)
                self._children = ()
        return self._children

    @property
    def is_cut(self) -> bool:
        """Whether it has more members than are listed."""
        found = self.children
        return isinstance(found, _Members) and found.listed < len(found)

    @property
    def members(self) -> str:
        """How many values are inside a container, in words: of too many `26,214+`."""
        return f"{len(self.children) - 1:,}+" if self.is_cut else str(len(self.children))

    @property
    def text(self) -> str:
        """The text of a string, of anything else its bytes as text."""
        if self._text is None:
            self._text = _as_text(self.raw) if self.kind != "string" else _as_string(self.raw)
        return self._text

    @property
    def lines(self) -> int:
        """Lines of the text."""
        if self._lines is None:
            self._lines = line_count(self.text)
        return self._lines

    def rows(self, width: int) -> TextRows:
        """The text in rows of that width."""
        if self._rows is None or self._rows.width != max(1, width):
            self._rows = TextRows(self.text, width)
        return self._rows

    @property
    def embedded(self) -> JsonValue | None:
        """The object or list that a string holds as JSON, e.g. the arguments of a call."""
        if self.kind != "string" or self.size > _MOST_EMBEDDED or self.raw[1:2] not in (b"{", b"["):
            return None
        if self._embedded is None:
            inner = parsed(self.text.encode(errors="surrogatepass"))
            self._embedded = inner if inner.is_container and not inner.problem else JsonValue(b"null")
        return self._embedded if self._embedded.is_container else None

    def preview(self, most: int) -> str:
        """The beginning of the value as one line."""
        return _as_text(_BLANKS.sub(b" ", bytes(self.raw[: most * 6])))


class _Members(OnDemand[Child]):
    """The members of a container, made when they are looked at: a list may have a million.

    `rest` are the bytes of those that are too many to list; a last entry tells of them.
    """

    def __init__(self, keys: list[str] | None, values: list[msgspec.Raw], rest: int) -> None:
        self._keys = keys
        self._values = values
        self._rest = rest
        self._made: dict[int, Child] = {}

    @property
    def listed(self) -> int:
        """How many members there are to look at."""
        return len(self._values)

    def __len__(self) -> int:
        return len(self._values) + (1 if self._rest else 0)

    def member(self, index: int) -> Child:
        """A member; the last one may tell of the rest."""
        found = self._made.get(index)
        if found is None:
            found = self._made[index] = self._make(index)
        return found

    def _make(self, index: int) -> Child:
        if index == len(self._values):
            return Child("...", JsonValue(f"{size(self._rest)} more".encode(), "text"))
        value = JsonValue(memoryview(self._values[index]).toreadonly())
        return Child(self._keys[index] if self._keys else None, value)


def _bounded(raw: bytes | memoryview) -> tuple[bytes | memoryview, int]:
    """A container, of one with too many members only the first ones, and how many bytes are left out."""
    if len(raw) < 2 * MOST_MEMBERS:
        return raw, 0
    data = bytes(raw)
    if data.count(b",") < MOST_MEMBERS:
        return raw, 0
    members, cut = _first_members(data)
    # Where the beginning is as dense as that, counting the rest is not worth a second.
    if members * len(data) < MOST_MEMBERS * BEGINNING and _commas_inside(data) < MOST_MEMBERS:
        return raw, 0
    return data[:cut] + (b"}" if data[:1] == b"{" else b"]"), len(data) - cut


def _first_members(data: bytes) -> tuple[int, int]:
    """How many members of a container end within its beginning, and where the comma after the last is."""
    depth, members, cut = 0, 0, 1
    for match in _STRUCTURE.finditer(data, 0, BEGINNING):
        sign = match[0]
        if sign == b"," and depth == 1:
            members, cut = members + 1, match.start()
        else:
            depth += (sign in (b"[", b"{")) - (sign in (b"]", b"}"))
    return members, cut


def _commas_inside(data: bytes) -> int:
    """The commas of a container that are in none of its members."""
    signs = _STRING_INSIDE.sub(b"", data).translate(None, _NO_STRUCTURE)[1:-1]
    shorter = _INNERMOST.sub(b"", signs)
    while len(shorter) < len(signs):
        signs, shorter = shorter, _INNERMOST.sub(b"", shorter)
    return signs.count(b",")


def _as_text(raw: bytes | memoryview) -> str:
    return bytes(raw).decode(errors="backslashreplace")


def _as_string(raw: bytes | memoryview) -> str:
    try:
        return _STRING.decode(raw)
    except (ValueError, RecursionError):
        return _as_text(raw)


def parsed(data: bytes) -> JsonValue:
    """The value of a JSON document; one of kind `text` with a `problem` when it is none."""
    stripped = data.strip()
    if not stripped:
        return JsonValue(data, "text", "it is empty")
    found = JsonValue(stripped)
    # Members of a container are looked at anyhow. That tells whether it is JSON, unless some are left out.
    if not found.is_container or found.is_cut:
        try:
            _RAW.decode(stripped)
        except (ValueError, RecursionError) as error:
            return JsonValue(data, "text", str(error))
    return JsonValue(data, "text", found.problem) if found.problem else found
