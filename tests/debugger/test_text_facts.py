"""Large texts are looked at once, whatever is asked of them how often."""

from __future__ import annotations

import pytest

from rollout_tui.debugger.text_facts import LARGE, cut_mark, utf8_size


class Counted(str):
    """A text that knows how often it was looked at."""

    looks = 0

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        self.looks += 1
        return super().encode(encoding, errors)

    def __contains__(self, part: str) -> bool:  # type: ignore[override]
        self.looks += 1
        return super().__contains__(part)


def test_a_large_text_is_looked_at_once() -> None:
    text = Counted("\u00e4 word " * LARGE)
    assert {utf8_size(text) for _ in range(10)} == {8 * LARGE}
    assert text.looks == 1
    assert {cut_mark(text) for _ in range(10)} == {None}
    assert text.looks == 3


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rollout_tui.debugger.text_facts.MOST_REMEMBERED", 3)
    texts = [Counted("\u00e4" * (LARGE + number)) for number in range(20)]
    for text in (*texts, texts[-1], texts[0]):
        utf8_size(text)
    assert (texts[0].looks, texts[-1].looks) == (2, 1)


def test_texts_of_one_length_are_told_apart() -> None:
    plain, wide, cut = "a" * LARGE, "\u00e4" * LARGE, "..12 tokens truncated..".ljust(LARGE)
    assert [utf8_size(text) for text in (plain, wide, cut, wide, plain)] == [
        LARGE, 2 * LARGE, LARGE, 2 * LARGE, LARGE,
    ]  # fmt: skip
    assert [cut_mark(text) for text in (plain, cut, wide)] == [None, "12 tokens truncated", None]


def test_a_lone_surrogate_has_a_size() -> None:
    assert (utf8_size("\ud800"), utf8_size("\ud800" * LARGE)) == (3, 3 * LARGE)
