import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollout_tui.printable import cells, printable
from rollout_tui.tui.texts import text_rows
from rollout_tui.tui.texts.text_rows import TextRows


def test_breaks_at_spaces_where_that_leaves_the_row_half_full() -> None:
    assert list(TextRows("the quick brown fox", 10)) == ["the quick", "brown fox"]
    assert list(TextRows("a bcdefghijklmnop", 10)) == ["a bcdefghi", "jklmnop"]


def test_every_newline_ends_a_row() -> None:
    assert list(TextRows("a\n\nb\n", 10)) == ["a", "", "b", ""]


def test_a_tab_stays_visible_and_takes_four_cells() -> None:
    assert [printable(row) for row in TextRows("\tx", 10)] == ["\u2409   x"]


def test_wide_characters_count_twice() -> None:
    assert list(TextRows("\u6f22" * 5, 6)) == ["\u6f22" * 3, "\u6f22" * 2]


def test_what_cannot_be_shown_is_measured_as_it_is_shown() -> None:
    rows = list(TextRows("\u202e" * 3, 16))
    assert rows == ["<U+202E><U+202E>", "<U+202E>"]


def test_ten_megabytes_in_a_line_are_divided_once() -> None:
    rows = TextRows("x" * 10_000_000, 100)
    assert len(rows) == 100_000
    assert rows[99_999] == "x" * 100


def test_a_million_lines_are_counted_without_cutting_them_out() -> None:
    text = "".join(f"line {number} of the output\n" for number in range(1_000_000))
    tracemalloc.start()
    try:
        rows = TextRows(text, 40)
        assert len(rows) == 1_000_001
        assert rows[777_777] == "line 777777 of the output"
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 1_000_000


@pytest.mark.parametrize("piece", ["\u202e", "e\u0301", "\u6f22\U0001f600", "\n", "\u0007\u00e9 "])
def test_of_a_text_that_takes_long_the_last_row_says_how_much_is_to_come(piece: str) -> None:
    text = piece * 20_000_000
    rows = TextRows(text, 40)
    before = len(rows)
    assert rows.rest > len(text) // 2
    last = rows[before - 1]
    assert last.startswith("... ") and "more" in last
    assert len(rows) > before and rows[before - 1] != last


@given(
    st.text(alphabet=st.sampled_from("ab \t\n\u6f22\u202e\u0007\U0001f600"), max_size=300),
    st.integers(8, 30),
    st.integers(1, 60),
)
def test_blocks_and_slices_lose_nothing_and_break_at_rows(text: str, width: int, block: int) -> None:
    whole = printable("".join(TextRows(text, width))).replace(" ", "")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_rows, "BLOCK", block)
        patch.setattr(text_rows, "SLICE", 1)
        pieces = TextRows(text, width)
        rows = list(pieces)
        assert pieces.rest == 0 and [pieces[number] for number in range(len(pieces))] == rows
    assert all(cells(printable(row)) <= width for row in rows)
    assert printable("".join(rows)).replace(" ", "") == whole


@given(
    st.text(alphabet=st.sampled_from("ab \t\n\u6f22e\u0301\u202e\u0007"), max_size=200), st.integers(1, 30)
)
def test_no_row_is_wider_than_asked_for(text: str, width: int) -> None:
    for row in TextRows(text, max(width, 8)):
        assert cells(printable(row)) <= max(width, 8)


@given(st.text(alphabet=st.sampled_from("abc \n"), max_size=200), st.integers(1, 30))
def test_nothing_but_breaks_is_lost(text: str, width: int) -> None:
    rows = list(TextRows(text, width))
    assert "".join(rows).replace(" ", "") == text.replace("\n", "").replace(" ", "")
    assert len(rows) >= text.count("\n") + 1


@pytest.mark.parametrize("width", [0, -3])
def test_a_pane_without_room_gets_one_cell(width: int) -> None:
    assert TextRows("ab", width).width == 1
