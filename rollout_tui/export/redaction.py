"""Trace bodies without what they say: texts, paths, hosts and names replaced, shape and sizes kept.

A JSON document is rewritten string by string, so its layout, key order, numbers and even its mistakes stay.
What is kept is listed in `redaction_words`; everything else is replaced by `pseudonyms`, the same text by the
same text everywhere in a bundle, also inside JSON that is the value of a string. Because sizes, ids, equality
and the validity of embedded JSON are what reduction looks at (format sections 7 to 10), a redacted recording
reduces to a state of the same shape.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator
from json.decoder import JSONDecodeError, scanstring  # type: ignore[attr-defined]
from json.encoder import encode_basestring
from typing import NamedTuple

import msgspec

from rollout_tui.export.pseudonyms import Pseudonyms
from rollout_tui.export.redaction_words import (
    AGENT_PATHS,
    DIGITS,
    FORMAT_NUMBERS,
    FREE_FORM,
    ID,
    IDS,
    MODEL,
    NAMES,
    NUMBERS,
    PAYLOAD_PATH,
    PREVIEWS,
    REPEATED_IDS,
    WORDS,
)

# The last group that took part says what a token is: `name` (a field's, with its colon), `plain` (a string
# without escapes), `string` (the quote of one with escapes), and so on.
_TOKEN = re.compile(
    r'[ \t\r\n]*(?:"(?P<plain>[^"\\\x00-\x1f]*)"(?P<name>[ \t\r\n]*:)?|(?P<mark>[{}\[\],:])|(?P<string>")'
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<literal>true|false|null)|(?P<end>\Z))"
)
_COLON = re.compile(r"[ \t\r\n]*:")
_SURROGATE = re.compile("[\ud800-\udfff]")


class _NotJson(Exception):
    """A text has something in it that no JSON document has."""


class _Place(NamedTuple):
    """Where a value stands: the field it belongs to, in free-form JSON or not."""

    field: str
    free_form: bool


class Redactor:
    """Redacts the files of one bundle.

    `key` decides the replacements; it is secret and by default made anew, so nothing can be tried out against
    the result. `know` the ids of the spine before the first document.
    """

    def __init__(self, key: bytes | None = None) -> None:
        self._pseudonyms = Pseudonyms(secrets.token_bytes(32) if key is None else key)
        self._ids: set[str] = set()
        self._renamed: dict[str, str] = {}

    def know(self, ids: Iterable[str]) -> None:
        """Keep these ids also where free-form JSON names them in a field for ids."""
        self._ids.update(one for one in ids if ID.fullmatch(one))

    def rename(self, path: str, to: str) -> None:
        """Let payload references name `to` instead of `path`."""
        self._renamed[path] = to

    def document(self, data: bytes) -> bytes:
        """A payload file, a manifest or an event line without what it says; of the same size but for escapes.

        What is not JSON is redacted as text, and is still not JSON.
        """
        try:
            text = data.decode()
        except UnicodeDecodeError:
            bytes_as_text = data.decode("utf-8", "surrogateescape")
            return self._pseudonyms.text(bytes_as_text).encode("utf-8", "surrogateescape")
        try:
            return self._json(text, _Place("", False)).encode()
        except _NotJson:
            return self._pseudonyms.text(text).encode()

    def text(self, text: str) -> str:
        """Free text without what it says."""
        return self._pseudonyms.text(text)

    def _json(self, text: str, outermost: _Place, *, cut: bool = False) -> str:
        """Rewrite JSON token by token.

        Raises _NotJson at anything that could carry text past the rules; with `cut` the rest from there on is
        replaced as text.
        """
        written: list[str] = []
        places = [outermost]
        field, at, kept = outermost.field, 0, 0
        while (token := _TOKEN.match(text, at)) is not None:
            kind, at = token.lastgroup, token.end()
            if kind == "mark":
                field = _marked(token["mark"], places, field)
                continue
            if kind == "literal":
                continue
            if kind == "end":
                written.append(text[kept:])
                return "".join(written)
            if kind == "number":
                start, stop, value = token.start("number"), at, token["number"]
                stays = field in (NUMBERS if places[-1].free_form else FORMAT_NUMBERS)
                new = value if stays else self._pseudonyms.number(value)
            else:
                try:
                    value, start, stop, is_name = _string(text, token)
                except JSONDecodeError:
                    at = token.start("string")
                    break
                at = max(at, stop)
                field = value if is_name else field
                new = self._name(value) if is_name else self._value(value, field, places[-1].free_form)
            if new != value:
                written += (text[kept:start], new if kind == "number" else _quoted(new))
                kept = stop
        if cut:
            return "".join(written) + text[kept:at] + self._pseudonyms.text(text[at:])
        raise _NotJson

    def _name(self, name: str) -> str:
        """A field name, which in free-form JSON can be anything."""
        return name if name in NAMES or name in self._ids else self._pseudonyms.text(name)

    def _value(self, value: str, field: str, free_form: bool) -> str:
        """A string value of a field."""
        if value in WORDS.get(field, ()):
            return value
        if field in IDS and self._is_id(value, free_form):
            return value
        if field in REPEATED_IDS and value in self._ids:
            return value
        if field in AGENT_PATHS:
            return self._agent_path(value)
        if field == "path" and (value in self._renamed or PAYLOAD_PATH.fullmatch(value)):
            return self._renamed.get(value, value)
        if field == "model" and MODEL.fullmatch(value):
            return value
        if field == "arguments" and value.strip(" \t\r\n") in _LITERALS:
            return value
        if value[:200].lstrip(" \t\r\n")[:1] in _FIRST_OF_JSON:
            try:
                # Never deep: with every string in a string its quotes take twice the room.
                return self._json(value, _Place("", True), cut=field in PREVIEWS)
            except _NotJson:
                pass
        return self._pseudonyms.text(value)

    def _is_id(self, value: str, free_form: bool) -> bool:
        if free_form:
            return value in self._ids or DIGITS.fullmatch(value) is not None
        if ID.fullmatch(value) is None:
            return False
        self._ids.add(value)
        return True

    def _agent_path(self, path: str) -> str:
        """An agent path, or the name of an agent, segment by segment (format section 10.1)."""
        if path == "/morpheus":
            return path
        segments = path.split("/")
        kept = 2 if segments[:2] == ["", "root"] else 0
        return "/".join([*segments[:kept], *map(self._pseudonyms.text, segments[kept:])])


_LITERALS = frozenset(("true", "false", "null"))
_FIRST_OF_JSON = frozenset('{["-0123456789')


def _marked(mark: str, places: list[_Place], field: str) -> str:
    """Enter or leave a container; returns the field that a value right after the mark belongs to."""
    place = places[-1]
    if mark in "{[":
        free_form = place.free_form or field in FREE_FORM or (field != "" and field not in NAMES)
        places.append(_Place(field, free_form))
        return field
    if mark in "}]":
        if len(places) > 1:
            places.pop()
        return places[-1].field
    return field if mark == ":" else place.field


def _string(text: str, token: re.Match[str]) -> tuple[str, int, int, bool]:
    """The value of a string token, where it starts and stops, and whether it names a field."""
    value = token["plain"]
    if value is not None:
        return value, token.start("plain") - 1, token.end("plain") + 1, token["name"] is not None
    start = token.start("string")
    value, stop = scanstring(text, start + 1, False)
    return value, start, stop, _COLON.match(text, stop) is not None


def _quoted(value: str) -> str:
    quoted: str = encode_basestring(value)
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


def ids_of(line: bytes) -> Iterator[str]:
    """The ids that an event line names."""
    try:
        yield from _ids_in(msgspec.json.decode(line), "")
    except (ValueError, RecursionError):
        return


def _ids_in(value: object, field: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in FREE_FORM:
                yield from _ids_in(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _ids_in(inner, field)
    elif isinstance(value, str) and field in IDS:
        yield value
