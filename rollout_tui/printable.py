"""Text of a trace made safe to show, and its width in terminal cells.

A trace holds whatever a model or a tool printed. Nothing of it may reach a terminal or standard output as a
control, and nothing may hide: what has no shape of its own gets a visible stand-in.

======================================================  ==========================================
in the text                                             shown as
======================================================  ==========================================
C0 controls, TAB and newline among them, and DEL        their Control Pictures: ESC is U+241B, TAB
                                                        U+2409, newline U+240A, DEL U+2421
C1 controls, bidi and other format characters, line     `<U+202E>`
and paragraph separators, variation selectors, tags,
fillers, emoji modifiers and regional indicators (they
join with their neighbours), surrogates, private use,
code points unassigned in this Python's Unicode
blanks other than the space (U+00A0, U+3000, ...)       U+2423, an open box
combining marks and joining Hangul vowels and finals    kept, at most 4 on a base and the others as
                                                        `<U+0301>`; one without a base sits on a
                                                        dotted circle
======================================================  ==========================================

The result is made of ordinary characters alone, so applying `printable` twice changes nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache, partial

MARKS_PER_BASE = 4
DOTTED_CIRCLE = "\u25cc"
OPEN_BOX = "\u2423"

_ASCII_CONTROLS = re.compile("[\x00-\x1f\x7f]")
_SHORT = 1000
_WHOLE, _LINES = re.compile(".+", re.DOTALL), re.compile("[^\n]+")
_ASCII_CONTROLS_BUT_NEWLINE = re.compile("[\x00-\x09\x0b-\x1f\x7f]")

# Characters without a shape, or which change their neighbours', that the general category does not give away.
_SHAPELESS_RANGES = (
    (0x034F, 0x034F),  # combining grapheme joiner
    (0x115F, 0x1160),  # Hangul fillers
    (0x17B4, 0x17B5),  # Khmer inherent vowels
    (0x180B, 0x180F),  # Mongolian variation selectors
    (0x2800, 0x2800),  # Braille blank
    (0x3164, 0x3164),  # Hangul filler
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFFA0, 0xFFA0),  # halfwidth Hangul filler
    (0xFFFC, 0xFFFC),  # object replacement
    (0x16FE4, 0x16FE4),  # Khitan filler
    (0x1D159, 0x1D159),  # musical null notehead
    (0x1F1E6, 0x1F1FF),  # regional indicators
    (0x1F3FB, 0x1F3FF),  # emoji modifiers
    (0xE0100, 0xE01EF),  # variation selectors
)
_SHAPELESS = frozenset(code for first, last in _SHAPELESS_RANGES for code in range(first, last + 1))
_SHAPELESS_CATEGORIES = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"))
_MARK_CATEGORIES = frozenset(("Mn", "Me", "Mc"))

# Wide since Unicode 16, whatever this Python's tables say: the terminal library measures them so.
_WIDE_SINCE_16 = frozenset(
    code
    for first, last in (
        (0x2630, 0x2637),
        (0x268A, 0x268F),
        (0x4DC0, 0x4DFF),
        (0x1D300, 0x1D356),
        (0x1D360, 0x1D376),
    )
    for code in range(first, last + 1)
)

# Answers are remembered for this many different characters: a hostile text could name a million.
_REMEMBERED = 20_000


def printable(text: str, *, keep_newlines: bool = False) -> str:
    """`text` with every control, invisible and joining character replaced by a visible stand-in.

    With `keep_newlines` U+000A stays as layout. The result can be 9 times as long; clip large text first
    (`one_line` does).
    """
    if text.isascii():
        if text.isprintable():
            return text
        controls = _ASCII_CONTROLS_BUT_NEWLINE if keep_newlines else _ASCII_CONTROLS
        return controls.sub(_control_picture, text)
    if len(text) <= _SHORT:
        # The pattern takes longest of all to make, and rows of a screen are short.
        if all(_classes[character] == "ordinary" for character in set(text)):
            return text
        return (_LINES if keep_newlines else _WHOLE).sub(_stand_ins, text)
    return _special_runs("\n" if keep_newlines else "").sub(_stand_ins, text)


def is_printable(text: str, *, but: str = "") -> bool:
    """Whether every character fills a place of its own and needs no stand-in, those in `but` aside.

    Characters above U+FFFF, which need a closer look, count as needing one.
    """
    return _special_runs(but).search(text) is None


def json_printable(text: str) -> str:
    """A JSON document with the characters that `printable` replaces escaped as `\\uXXXX` within its strings.

    The value stays the same. Above U+FFFF the escape is a surrogate pair; newlines stay as layout. Unescaped
    surrogates, which no UTF-8 document can hold, are escaped one by one.
    """
    if text.isascii():
        return text if text.isprintable() else _ASCII_CONTROLS_BUT_NEWLINE.sub(_escapes, text)
    return _special_runs("\n").sub(_escapes, text)


def one_line(text: str, width: int, *, mark: str = "\u2026") -> str:
    """The beginning of `text` as one printable line of at most `width` cells, `mark` at its end where cut.

    Looks at no more of `text` than can be shown, so it is cheap for text of any size.
    """
    enough = (MARKS_PER_BASE + 1) * (max(width, 0) + 1)
    return clip(printable(text[:enough]), width, mark=mark)


def line_end(text: str, width: int, *, mark: str = "\u2026") -> str:
    """The end of `text` as one printable line of at most `width` cells, `mark` before it where cut."""
    kept = printable(text[-(MARKS_PER_BASE + 1) * (max(width, 0) + 1) :])
    if cells(kept) <= width:
        return kept
    kept = kept[-width:] if width > 0 else ""
    while kept and cells(mark + kept) > width:
        kept = kept[1:]
    return clip(mark + kept, width)


def cells(text: str) -> int:
    """Width of printable text in terminal cells: 2 for wide characters, 0 for combining ones, else 1."""
    return len(text) if text.isascii() else sum(map(_widths.__getitem__, text))


def clip(text: str, width: int, *, mark: str = "") -> str:
    """The longest beginning of printable text that fits `width` cells, with its combining marks.

    Where something is cut off, `mark` takes its last cells. A wide character is never halved.
    """
    if width <= 0:
        return ""
    # Where every character fills a cell or two, more characters than cells cannot fit.
    if text.isascii():
        if len(text) <= width:
            return text
        return (
            clip(text[:width], width - cells(mark)) + mark if mark and cells(mark) <= width else text[:width]
        )
    end = _fitting(text, width)
    if end == len(text):
        return text
    if mark and cells(mark) <= width:
        return text[: _fitting(text, width - cells(mark))] + mark
    return text[:end]


def fit(text: str, width: int) -> str:
    """`clip`, then padded with spaces to exactly `width` cells."""
    clipped = clip(text, width)
    return clipped + " " * (width - cells(clipped))


def _fitting(text: str, width: int) -> int:
    """How many characters of `text` fit `width` cells."""
    used = 0
    for index, character in enumerate(text):
        used += _widths[character]
        if used > width:
            return index
    return len(text)


def _is_mark(code: int, category: str) -> bool:
    """Whether a character joins the one before it in the same cell."""
    return category in _MARK_CATEGORIES or 0x1161 <= code <= 0x11FF or 0xD7B0 <= code <= 0xD7FF


class _Widths(dict[str, int]):
    """Cells per character, found out when first asked for."""

    def __missing__(self, character: str) -> int:
        code = ord(character)
        if _is_mark(code, unicodedata.category(character)):
            width = 0
        else:
            width = 2 if code in _WIDE_SINCE_16 or unicodedata.east_asian_width(character) in "WF" else 1
        if len(self) < _REMEMBERED:
            self[character] = width
        return width


class _Classes(dict[str, str]):
    """What a character is, found out when first asked for: `shapeless`, `blank`, `mark` or `ordinary`."""

    def __missing__(self, character: str) -> str:
        code = ord(character)
        category = unicodedata.category(character)
        if category in _SHAPELESS_CATEGORIES or code in _SHAPELESS:
            found = "shapeless"
        elif category == "Zs" and character != " ":
            found = "blank"
        else:
            found = "mark" if _is_mark(code, category) else "ordinary"
        if len(self) < _REMEMBERED:
            self[character] = found
        return found


_widths = _Widths()
_classes = _Classes()


@cache
def _special_runs(kept: str) -> re.Pattern[str]:
    """Runs of characters that need a look: those of the first plane by class, and all of the others.

    Made when text beyond ASCII first comes (5 ms). Ranges above U+FFFF are slow in a character class, hence
    the look at each of those.
    """
    special = [
        code
        for code in range(0x10000)
        if _classes.__missing__(chr(code)) != "ordinary" and chr(code) not in kept
    ]
    ranges: list[list[int]] = []
    for code in special:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    members = "".join(f"\\u{first:04x}-\\u{last:04x}" for first, last in ranges)
    return re.compile(f"[{members}\\U00010000-\\U0010ffff]+")


def _control_picture(match: re.Match[str]) -> str:
    return _picture(ord(match[0]))


def _picture(code: int) -> str:
    return "\u2421" if code == 0x7F else chr(0x2400 + code)


def _stand_in(character: str) -> str:
    code = ord(character)
    if _classes[character] == "blank":
        return OPEN_BOX
    return _picture(code) if code < 0x20 or code == 0x7F else f"<U+{code:04X}>"


def _has_base(match: re.Match[str], no_base: str) -> bool:
    start = match.start()
    return start > 0 and match.string[start - 1] not in no_base


def _replaced(match: re.Match[str], no_base: str, circle: str, special: Callable[[str], str]) -> str:
    """A run of special characters, each as it is or as `special` shows it.

    A mark stays on its base, if that has not too many. Without one (at the start, after what is in `no_base`,
    after what `special` showed) it goes on `circle`, or is shown as `special` where that is empty.
    """
    shown: list[str] = []
    # -1: there is no base.
    marks = 0 if _has_base(match, no_base) else -1
    for character in match[0]:
        found = _classes[character]
        if found == "ordinary":
            shown.append(character)
            marks = 0
        elif found == "mark" and marks < MARKS_PER_BASE and (circle or marks >= 0):
            shown.append(character if marks >= 0 else circle + character)
            marks = max(marks, 0) + 1
        else:
            shown.append(special(character))
            if found != "mark":
                marks = -1
    return "".join(shown)


def _escape(character: str) -> str:
    code = ord(character)
    if character in "\t\r":
        # Valid JSON has these between its values only, as layout.
        return " "
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


_stand_ins = partial(_replaced, no_base="\n", circle=DOTTED_CIRCLE, special=_stand_in)
_escapes = partial(_replaced, no_base='\n"', circle="", special=_escape)
