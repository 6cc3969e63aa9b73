"""Rows as they stand on the screen: exactly as wide as their pane, whatever is in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollout_tui.printable import cells
from rollout_tui.tui.drawing.lens import LineList
from rollout_tui.tui.drawing.lines import Line, Piece, line
from rollout_tui.tui.drawing.rows import MORE, Thumb, fitted, row_after, thumb, top_at
from rollout_tui.tui.drawing.targets import ToEvent

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


def walked(content: LineList, row: int, by: int) -> list[int]:
    """The rows one comes through by single steps, until it goes no further."""
    rows = [row]
    while (row := row_after(content, row, by)) != rows[-1]:
        rows.append(row)
    return rows


def test_a_step_passes_over_a_row_that_parts_two_others() -> None:
    """Not over one that leads somewhere, nor over several, which are a text's own, nor at the ends."""
    a, leads, nothing = line("a"), line(target=ToEvent(1)), line()
    content = LineList("", [nothing, a, nothing, a, leads, a, line("  "), a, nothing, nothing, a, nothing])
    rows = [0, 1, 3, 4, 5, 7, 8, 9, 10, 11]
    assert walked(content, 0, 1) == rows and walked(content, 11, -1) == rows[::-1]
    assert (row_after(content, 0, 2), row_after(content, 11, -9)) == (2, 2)
    assert (row_after(content, 5, 1000), row_after(content, 5, -1000)) == (11, 0)
    assert row_after(LineList("", []), 0, 1) == row_after(LineList("", []), 0, -1) == 0


def test_dragging_the_thumb_to_its_ends_shows_the_ends() -> None:
    assert top_at(10, 1_000_000, 0) == 0
    assert top_at(10, 1_000_000, 9) == 1_000_000 - 10
    assert top_at(10, 1_000_000, 50) == 1_000_000 - 10
