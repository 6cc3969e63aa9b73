"""Whatever code points go in, nothing that a terminal obeys or hides comes out."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from rollout_tui.printable import (
    MARKS_PER_BASE,
    cells,
    clip,
    fit,
    json_printable,
    line_end,
    one_line,
    printable,
)

OBEYED_OR_HIDDEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
SHAPELESS = {0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, 0xFFFC, 0x16FE4, 0x1D159}
SHAPELESS |= {*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}
JOINING = {*range(0x1F1E6, 0x1F200), *range(0x1F3FB, 0x1F400)}

anything = st.text(st.characters(codec=None), max_size=60)
troublesome = st.text(
    st.sampled_from(
        "a \\n\\t\\r\\x00\\x1b\\x7f\\x9b\\xa0\\xad\\u0301\\u0903\\u200d\\u202e\\ufe0f\\u1161\\u4e2d"
        '\\ud800\\ue000\\U0001f3fd\\U000e0041\\U0001f600"'
    ),
    max_size=40,
)
texts = st.one_of(anything, troublesome)


def every_code_point(size: int = 4096) -> Iterator[str]:
    for start in range(0, 0x110000, size):
        yield "".join(map(chr, range(start, start + size)))


def assert_safe(text: str, allowed: str = "") -> None:
    for character in set(text) - set(allowed):
        code = ord(character)
        assert unicodedata.category(character) not in OBEYED_OR_HIDDEN, hex(code)
        assert code not in SHAPELESS and code not in JOINING, hex(code)
        assert unicodedata.category(character) != "Zs" or character == " ", hex(code)


def without_surrogates(text: str) -> str:
    """What a UTF-8 document can hold unescaped."""
    return text.encode("utf-8", "ignore").decode()


def longest_run_of_marks(text: str) -> int:
    longest = run = 0
    for character in text:
        run = run + 1 if unicodedata.category(character) in ("Mn", "Me", "Mc") else 0
        longest = max(longest, run)
    return longest


def test_no_code_point_gets_through_as_a_control() -> None:
    for block in every_code_point():
        assert_safe(printable(block))
        assert_safe(printable(block, keep_newlines=True), allowed="\n")


def test_each_code_point_alone_is_visible() -> None:
    for block in every_code_point():
        for character in block:
            shown = printable(character)
            assert cells(shown) >= 1, hex(ord(character))


def test_json_keeps_the_value_of_every_code_point() -> None:
    for block in every_code_point():
        text = without_surrogates(block)
        document = json.dumps({"text": text, "list": ["\u0301", text[:10]]}, ensure_ascii=False, indent=1)
        safe = json_printable(document)
        assert_safe(safe, allowed="\n")
        assert json.loads(safe) == json.loads(document)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text", "plain text"),
        ("a\tb\r\nc", "a␉b␍␊c"),
        ("\x1b[31mred\x07\x00\x7f", "␛[31mred␇␀␡"),
        ("\x9b31m", "<U+009B>31m"),
        ("user\u202egnp.exe", "user<U+202E>gnp.exe"),
        ("no\u00a0break\u3000wide", "no␣break␣wide"),
        ("zero\u200bwidth\ufeff", "zero<U+200B>width<U+FEFF>"),
        ("\U000e0041tag", "<U+E0041>tag"),
        ("lone \udc80", "lone <U+DC80>"),
        ("e\u0301", "e\u0301"),
        ("\u0301", "\u25cc\u0301"),
        ("\u200d\u0301x", "<U+200D>\u25cc\u0301x"),
        ("na\u00efve 中文 \U0001f600", "na\u00efve 中文 \U0001f600"),
        ("\U0001f44d\U0001f3fd", "\U0001f44d<U+1F3FD>"),
        ("\u1112\u1161\u11ab", "\u1112\u1161\u11ab"),
        ("[bold]not markup[/]", "[bold]not markup[/]"),
    ],
)
def test_stand_ins(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_newlines_are_layout_only_where_asked() -> None:
    assert printable("a\nb") == "a␊b"
    assert printable("a\nb\tc", keep_newlines=True) == "a\nb␉c"
    assert printable("é\n\u0301", keep_newlines=True) == "é\n\u25cc\u0301"


def test_marks_do_not_pile_up() -> None:
    shown = printable("a" + "\u0301" * 50)
    assert longest_run_of_marks(shown) == MARKS_PER_BASE
    assert shown.count("<U+0301>") == 50 - MARKS_PER_BASE


@given(texts)
def test_twice_is_once(text: str) -> None:
    assert printable(printable(text)) == printable(text)


@given(texts)
def test_width_agrees_with_the_terminal_library(text: str) -> None:
    shown = printable(text)
    assert cells(shown) == cell_len(shown)


def test_width_of_every_code_point_agrees_with_the_terminal_library() -> None:
    for block in every_code_point():
        for character in printable(block):
            assert cells(character) == cell_len(character), hex(ord(character))


@given(texts, st.integers(-1, 30), st.sampled_from(["", "…", "中"]))
def test_clip_fits_and_takes_all_it_can(text: str, width: int, mark: str) -> None:
    shown = printable(text)
    clipped = clip(shown, width, mark=mark)
    assert cells(clipped) <= max(width, 0)
    if clipped != shown and width > 0:
        kept = clipped.removesuffix(mark) if mark and clipped.endswith(mark) else clipped
        assert shown.startswith(kept)
        room = width - (cells(mark) if kept != clipped else 0)
        assert cells(kept) + cells(shown[len(kept)]) > room
    assert cells(fit(shown, width)) == max(width, 0)


def test_clip_keeps_the_marks_of_the_last_character() -> None:
    assert clip("abe\u0301cd", 3) == "abe\u0301"
    assert clip("中文", 3) == "中"
    assert clip("中文字", 5, mark="…") == "中文…"


@given(texts, st.integers(0, 30))
def test_one_line_is_the_clipped_whole(text: str, width: int) -> None:
    assert one_line(text, width) == clip(printable(text), width, mark="…")


@given(texts, st.integers(-1, 30))
def test_line_end_fits_and_is_safe(text: str, width: int) -> None:
    shown = line_end(text, width)
    assert cells(shown) <= max(width, 0)
    assert_safe(shown)


@given(st.text("ab/\u4e2d", max_size=40), st.integers(1, 30))
def test_line_end_is_the_end_of_the_whole(text: str, width: int) -> None:
    shown = line_end(text, width)
    if cells(text) <= width:
        assert shown == text
    else:
        assert shown[0] == "\u2026" and text.endswith(shown[1:]) and cells(shown) >= width - 1


def test_line_end_of_a_huge_text_keeps_what_differs() -> None:
    assert line_end("/root/" + "a" * 1_000_000 + "/kid_10", 12) == "\u2026aaaa/kid_10"


def test_one_line_of_a_huge_text_is_quick() -> None:
    assert one_line("\u0301é" * 5_000_000, 20).startswith("\u25cc\u0301é")


@given(
    st.recursive(
        texts | st.none() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(texts, inner)
    )
)
def test_json_stays_the_same_value(value: object) -> None:
    for ascii_only in (True, False):
        document = json.dumps(value, ensure_ascii=ascii_only, indent="\t")
        safe = json_printable(document)
        assert_safe(safe, allowed="\n")
        assert json.loads(safe) == json.loads(document)


def test_importing_it_brings_nothing_along() -> None:
    code = "import sys, rollout_tui.printable; print({'rich', 'textual'} & set(sys.modules) != set())"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
