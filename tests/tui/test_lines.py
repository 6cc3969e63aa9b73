from __future__ import annotations

import pytest

from rollout_tui.printable import cells, printable
from rollout_tui.tui.drawing.lens import JoinedLines, LineList, MadeLines
from rollout_tui.tui.drawing.lines import (
    FLEXIBLE,
    LONGEST_PIECE,
    Cell,
    Line,
    Piece,
    clipped,
    highlighted,
    line,
    paragraph,
    restyled,
    row,
    wrapped,
)
from rollout_tui.tui.panes.lanes import Lane, lane_line


def test_of_an_id_of_megabytes_only_the_beginning_is_looked_at() -> None:
    shown = line(Piece("\x1b" + "x" * 10_000_000), "y")
    assert shown.text.startswith("\u241bxxx") and shown.text.endswith("x\u2026y")
    assert shown.width == LONGEST_PIECE + 2


def test_columns_are_aligned_whatever_the_text_holds() -> None:
    texts = ("plain", "wide \u6f22\u5b57", "e\u0301 combined", "tab\tand\x1b[31mred", "\u202eback")
    rows = [
        row(30, Cell("user", width=5), Cell(text, width=FLEXIBLE), Cell("363 B", width=8, align="right"))
        for text in texts
    ]
    assert {one.width for one in rows} == {30}
    assert all(one.text.endswith("   363 B") for one in rows)
    assert all(one.text.isprintable() for one in rows)


def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    assert row(10, Cell("a long text", width=FLEXIBLE)).text == "a long te\u2026"
    assert clipped(line(Piece("abc", "error"), "defgh"), 6).text == "abcde\u2026"
    assert clipped(line("abc"), 6).text == "abc"


def test_the_least_important_column_goes_first() -> None:
    cells = (Cell("name", width=FLEXIBLE, least=4), Cell("12 ms", drop=1), Cell("/root", drop=2))
    assert row(16, *cells).text == "name 12 ms /root"
    assert row(10, *cells).text == "name 12 ms"
    assert row(6, *cells).text == "name  ".rstrip()


def test_pieces_are_made_printable() -> None:
    assert line("a\x1b]0;title\x07b").text == "a\u241b]0;title\u2407b"
    assert line("one\ntwo").text == "one\u240atwo"


def test_words_are_wrapped() -> None:
    lines = wrapped("one two three four", 9, indent=1)
    assert [one.text for one in lines] == [" one two", " three", " four"]


def test_of_a_long_text_the_beginning_is_wrapped() -> None:
    text = "one two three four five six seven"
    whole = [one.text for one in paragraph(text, 10, 9, indent=2)]
    assert whole == ["  one two", "  three", "  four", "  five six", "  seven"]
    assert [one.text for one in paragraph(text, 10, 2, indent=2)] == ["  one two", "  three f\u2026"]
    assert [one.text for one in paragraph("", 10, 2)] == [""]


@pytest.mark.parametrize("needle", ["AMA", "cell", "x"])
def test_what_is_searched_for_is_marked_across_pieces(needle: str) -> None:
    shown = highlighted(Line((Piece("a ma", "dim"), Piece("a cell", "cell"))), needle)
    assert shown.text == "a maa cell"
    marked = "".join(piece.text for piece in shown.pieces if "match" in piece.style)
    assert marked == (needle.lower() if needle.lower() in shown.text else "")


def test_a_row_can_be_dimmed_whole() -> None:
    assert {piece.style for piece in restyled(line(Piece("a", "error"), "b"), "future").pieces} == {"future"}


def test_a_million_lines_cost_nothing_until_they_are_seen() -> None:
    made: list[int] = []

    def make(number: int) -> Line:
        made.append(number)
        return line(str(number))

    joined = JoinedLines(LineList("title", [line("heading")]), MadeLines("", 1_000_000, make, focus=7))
    assert (len(joined), joined.focus, joined.line(0).text) == (1_000_001, 8, "heading")
    assert joined.line(1_000_000).text == "999999"
    assert made == [999_999]


@pytest.mark.parametrize("word", ["x" * 400, "\u6f22" * 100, "\u202e" * 40, "e\u0301" * 200, ""])
def test_a_word_longer_than_a_line_is_broken(word: str) -> None:
    lines = wrapped(f"event type {word} is not known", 40, indent=2)
    assert all(line.width <= 40 for line in lines)
    joined = "".join(line.text for line in lines).replace(" ", "")
    assert joined == printable(f"eventtype{word}isnotknown")


def test_lanes_are_straight_whatever_a_thread_is_called() -> None:
    names = (
        "/root",
        "/root/\u6f22\u5b57\u6f22\u5b57",
        "/root/" + "\u5b57" * 30,
        "/root/e\u0301",
        "/root/\x1b[31m",
    )
    lines = [lane_line(Lane("thread", name, (0, 1, 2)), 1) for name in names]
    before = {cells(one.text) - len("III") for one in lines}
    assert len(before) == 1 and "\x1b" not in "".join(one.text for one in lines)
