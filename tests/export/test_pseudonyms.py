"""Text replaced by text of the same shape."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollout_tui.export.pseudonyms import Pseudonyms

KEY = b"k" * 32


def test_a_command_keeps_only_its_layout() -> None:
    replaced = Pseudonyms(KEY).text("ls -la /home/Ann/x9.txt\n\tgrep 'needle'")
    first, second = replaced.split("\n")
    assert [len(word) for word in first.split()] == [2, 3, 16]
    assert [at for at, one in enumerate(first) if one in "-/."] == [3, 7, 12, 16, 19]
    assert second.startswith("\t") and second.endswith("'")
    for word in ("home", "Ann", "grep", "needle", "txt"):
        assert word not in replaced


def test_signs_of_any_script_stay() -> None:
    replaced = Pseudonyms(KEY).text("\u00ab\u6f22\u3002\u2026\u2028\u2014\u2502\u6f22\u00bb")
    assert replaced[0::8] == "\u00ab\u00bb"
    assert replaced[2:7] == "\u3002\u2026\u2028\u2014\u2502"
    assert "\u6f22" not in replaced


def test_letters_keep_their_case_and_digits_stay_digits() -> None:
    replaced = Pseudonyms(KEY).text("abcDEF123")
    assert replaced[:3].islower() and replaced[3:6].isupper() and replaced[6:].isdigit()


def test_equal_lines_stay_equal_wherever_they_stand() -> None:
    pseudonyms = Pseudonyms(KEY)
    one = pseudonyms.text("first\nthe same line\nlast").split("\n")
    other = pseudonyms.text("the same line").split("\n")
    assert one[1] == other[0]


def test_another_key_gives_another_text() -> None:
    assert Pseudonyms(b"a").text("a secret line") != Pseudonyms(b"b").text("a secret line")


@pytest.mark.parametrize(
    "text",
    [
        "\udce4\udcf6\udc80",
        "\U000e005a\U000e0077",
        "\ue000\uf8ff",
        "\u00ad\u2061\ufff9",
        "\U0001f9c5",
        "ñß",
    ],
    ids=ascii,
)
def test_what_can_spell_something_in_other_ways_is_replaced_too(text: str) -> None:
    """Bytes that are no UTF-8, tags, private and invisible characters."""
    replaced = Pseudonyms(KEY).text(f"x{text}x")[1:-1]
    assert not set(replaced) & set(text)


def test_different_short_texts_stay_different() -> None:
    pseudonyms = Pseudonyms(KEY)
    texts = [str(number) for number in range(10)] + [chr(code) for code in range(ord("a"), ord("z") + 1)]
    replaced = [pseudonyms.text(text) for text in texts]
    assert len(set(replaced)) == len(texts)


def test_equal_beginnings_of_long_lines_stay_equal() -> None:
    pseudonyms = Pseudonyms(KEY)
    one, other = pseudonyms.text("x" * 300 + "one"), pseudonyms.text("x" * 300 + "other")
    assert one[:256] == other[:256] and one != other


@pytest.mark.parametrize(
    "number", ["0", "7", "-12", "10", "2.50", "1E5", "-0.5e-7", "123456789012345678901234"]
)
def test_numbers_stay_numbers(number: str) -> None:
    replaced = Pseudonyms(KEY).number(number)
    assert len(replaced) == len(number)
    assert float(replaced) or float(number) == 0
    assert not replaced.lstrip("-").startswith("0") or number.lstrip("-").startswith("0")


@given(st.text())
def test_size_lines_and_shape_stay(text: str) -> None:
    replaced = Pseudonyms(KEY).text(text)
    assert len(replaced.encode("utf-8", "surrogatepass")) == len(text.encode("utf-8", "surrogatepass"))
    assert replaced.count("\n") == text.count("\n")
    assert len(replaced) == len(text)


@given(st.text(st.characters(categories=("L", "N")), min_size=4, max_size=60))
def test_no_text_is_left(text: str) -> None:
    assert Pseudonyms(KEY).text(text) != text


@given(st.lists(st.text(st.characters(codec="ascii"), max_size=12), unique=True, max_size=30))
def test_different_texts_stay_different(texts: list[str]) -> None:
    pseudonyms = Pseudonyms(KEY)
    assert len({pseudonyms.text(text) for text in texts}) == len(texts)
