import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollout_tui.printable import cells, printable
from rollout_tui.tui.lenses.text_rows import TextRows


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
