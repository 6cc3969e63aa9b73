"""Rows as they stand on the screen: exactly as wide as their pane, whatever is in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollout_tui.printable import cells
from rollout_tui.tui.drawing.lines import Line, Piece, line
from rollout_tui.tui.drawing.rows import MORE, Thumb, fitted, thumb, top_at

PIECES = st.lists(st.builds(Piece, st.text(max_size=12), st.sampled_from(("", "dim", "error"))), max_size=5)


def text(row: tuple[Piece, ...]) -> str:
    return "".join(piece.text for piece in row)


@given(PIECES, st.integers(1, 40), st.integers(0, 30))
def test_a_row_fills_its_width(pieces: list[Piece], width: int, sideways: int) -> None:
    row = fitted(Line(tuple(pieces)), width, sideways=sideways)
    assert cells(text(row)) == width


def test_what_is_longer_says_so() -> None:
    assert text(fitted(line("twelve cells"), 12)) == "twelve cells"
    assert text(fitted(line("twelve cells"), 11)) == "twelve cel" + MORE
    assert text(fitted(line("twelve", " ", "cells"), 6)) == "twelv" + MORE


def test_a_row_can_be_shifted_into_the_middle_of_a_wide_character() -> None:
    assert text(fitted(line("ab\u6f22\u5b57cd"), 6, sideways=3)) == " \u5b57cd "


def test_a_background_reaches_to_the_end() -> None:
    row = fitted(line(Piece("new", "added")), 6, background="selected")
    assert row == (Piece("new", "added selected"), Piece("   ", "selected"))


def test_controls_of_a_trace_are_shown_and_not_sent() -> None:
    assert "\x1b" not in text(fitted(Line((Piece("\x1b]0;title\x07"),)), 20))


@pytest.mark.parametrize("top, expected", [(0, Thumb(0, 2)), (20, Thumb(4, 6)), (40, Thumb(8, 10))])
def test_the_thumb_stands_where_the_pane_is(top: int, expected: Thumb) -> None:
    assert thumb(10, 50, top) == expected


def test_no_thumb_where_everything_is_visible() -> None:
    assert thumb(10, 10, 0) is None


def test_dragging_the_thumb_to_its_ends_shows_the_ends() -> None:
    assert top_at(10, 1_000_000, 0) == 0
    assert top_at(10, 1_000_000, 9) == 1_000_000 - 10
    assert top_at(10, 1_000_000, 50) == 1_000_000 - 10
