"""Text replaced by meaningless text of the same shape: `ls /home/ann` becomes, say, `qk /wzgo/tre`.

Each line is replaced as a whole, by letters drawn from a secret key and that line. Equal lines stay equal, so
diffs and repeated output still look like themselves; different lines stay different; nothing else of the
content is left but its layout: letters become letters of the same case, digits digits, everything keeps its
size in UTF-8, and blanks, punctuation and controls stay.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from hashlib import shake_128

FORBIDDEN = frozenset(("root", "true", "null", "false", "morpheus"))
"""Words that would mean something: JSON literals and the fixed names of agent paths."""

# Texts with so few characters to replace could meet by chance, so what is taken is remembered.
_FEW = 8
_TRIES = 2000
_LONGEST_REMEMBERED = 400
_MOST_REMEMBERED = 100_000

# JSON items are compared by their first 240 bytes (format section 7.1), so a long line's beginning decides.
_LONG = 128
_COMPARED = 256

_LOWER = bytes(range(ord("a"), ord("z") + 1))
_UPPER = _LOWER.upper()
_DIGITS = b"0123456789"
_CLASSES = tuple(
    (
        bytes(0xFF if code in members else 0 for code in range(256)),
        bytes(members[code % len(members)] for code in range(256)),
    )
    for members in (_LOWER, _UPPER, _DIGITS)
)
_KEPT_MASK = bytes(0 if code in _LOWER + _UPPER + _DIGITS else 0xFF for code in range(256))
_REPLACED_ASCII = _LOWER + _UPPER + _DIGITS

# Format characters that only lay text out or join it; others can smuggle text and are replaced.
_KEPT_FORMATS = frozenset(
    "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


class Pseudonyms:
    """Replacements drawn from `key`; the same key and text give the same replacement."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._lines: dict[str, str] = {}
        self._few: dict[str, str] = {}
        self._taken: set[str] = set()

    def text(self, text: str) -> str:
        """The replacement of `text`, line by line."""
        if "\n" in text:
            return "\n".join(map(self.line, text.split("\n")))
        return self.line(text)

    def line(self, line: str) -> str:
        """The replacement of one line."""
        found = self._lines.get(line)
        if found is None:
            found = self._replaced(line)
            if len(line) <= _LONGEST_REMEMBERED and len(self._lines) < _MOST_REMEMBERED:
                self._lines[line] = found
        return found

    def number(self, number: str) -> str:
        """The replacement of a JSON number: other digits, still a number of the same length."""
        mantissa, mark, exponent = number.partition("e") if "e" in number else number.partition("E")
        return self._unlike(mantissa, _is_number) + mark + exponent

    def _replaced(self, line: str) -> str:
        replaced = _replaced_characters(line)
        if replaced == 0:
            return line
        if replaced <= _FEW:
            return self._unlike(line, _is_free)
        return self._drawn(line, 0)

    def _unlike(self, text: str, fits: Callable[[str, str], bool]) -> str:
        """A replacement that differs from `text` and from every other's, where there are enough of them."""
        found = self._few.get(text)
        if found is None:
            found = self._drawn(text, 0)
            for attempt in range(1, _TRIES):
                enough = attempt > _TRIES // 2 or found != text
                if found not in self._taken and enough and fits(text, found):
                    break
                found = self._drawn(text, attempt)
            self._taken.add(found)
            self._few[text] = found
        return found

    def _drawn(self, line: str, attempt: int) -> str:
        data = line.encode("utf-8", "surrogatepass")
        drawn = shake_128(b"%b%d:%b" % (self._key, attempt, data)).digest(len(data))
        if len(data) > _LONG:
            drawn = self._drawn_forward(data[:_COMPARED]) + drawn[_COMPARED:]
        if len(data) == len(line):
            return _mixed(data, drawn).decode("ascii")
        return "".join(map(_other_character, line, drawn))

    def _drawn_forward(self, data: bytes) -> bytes:
        """Bytes that each depend on `data` up to their place only, so that equal beginnings stay equal."""
        hashed, drawn = shake_128(self._key), bytearray()
        for code in data:
            hashed.update(bytes((code,)))
            drawn += hashed.digest(1)
        return bytes(drawn)


def _is_free(text: str, found: str) -> bool:
    return found not in FORBIDDEN


def _is_number(text: str, found: str) -> bool:
    """Whether a replaced number has no leading zero that the number had not."""
    digits, before = found.lstrip("-"), text.lstrip("-")
    return (digits[:1] == "0") == (before[:1] == "0")


def _replaced_characters(line: str) -> int:
    if line.isascii():
        return len(line) - len(line.encode().translate(None, _REPLACED_ASCII))
    return sum(map(_is_replaced, line))


def _is_replaced(character: str) -> bool:
    if character.isascii():
        return character.isalnum()
    category = unicodedata.category(character)
    if category[0] in "PZ" or category == "Cc" or "\u2500" <= character <= "\u259f":
        return False
    if category == "Cs":
        return "\udc80" <= character <= "\udcff"
    return character not in _KEPT_FORMATS


def _mixed(data: bytes, drawn: bytes) -> bytes:
    """Each letter and digit of ASCII `data` replaced by one of its class that `drawn` names."""
    mixed = int.from_bytes(data) & int.from_bytes(data.translate(_KEPT_MASK))
    for mask, members in _CLASSES:
        mixed |= int.from_bytes(drawn.translate(members)) & int.from_bytes(data.translate(mask))
    return mixed.to_bytes(len(data))


def _other_character(character: str, drawn: int) -> str:
    """Another character of the same class, width and size in UTF-8."""
    if not _is_replaced(character):
        return character
    code = ord(character)
    if code < 0x80:
        members = _DIGITS if character.isdigit() else _UPPER if character.isupper() else _LOWER
        return chr(members[drawn % len(members)])
    if 0xDC80 <= code <= 0xDCFF:
        # A byte that is not UTF-8, as `surrogateescape` holds it.
        return chr(0xDCF8 + drawn % 7)
    wide = unicodedata.east_asian_width(character) in "WF"
    mark = unicodedata.category(character)[0] == "M"
    if code < 0x800:
        return chr((0x300 if mark else 0x430) + drawn % 16)
    if code < 0x10000:
        return chr((0x4E00 + drawn * 7) if wide else (0x1DC4 if mark else 0x1E80) + drawn % 8)
    return chr((0x20000 + drawn) if wide else 0x1D41A + drawn % 26)
