from lens_views import corpus, rows, shown, target_of, view_at
from recordings_at_hand import DEMO, RECORDINGS

from rollout_tui.graph.objects import CodeCell, ToolCall
from rollout_tui.tui.drawing.targets import Fold, ToObject
from rollout_tui.tui.lenses.cells import cells
from rollout_tui.tui.panes.blocked_line import blocked_line

TWO_CELLS = RECORDINGS / "two-cells-interleaved"


def test_two_interleaved_cells_tell_who_waits_for_which() -> None:
    content = cells(view_at(corpus("two-cells-interleaved"), 45), 118)
    text = [" ".join(row.split()) for row in rows(content)]
    assert content.title == "cells  /root at #45"
    assert content.subtitle == "2 alive, 1 waited on"
    assert text[0].startswith("v cell 1 call_A yielded #15 started . #16 yielded +203 ms . #28 yielded again")
    assert text[1] == 'answer #16 yielded, gave the model: "A0"'
    assert text[2] == "nested exec-fcb3 echo fromA #41-#44 74 ms ok"
    assert text[3] == 'waits call_wA1 #27-#28 302 ms yielded again, seen #30 gave the model: "A1"'
    assert text[4].startswith("now no nested work since #44 (734 ms), nobody waits on it")
    assert text[5] == "! work done, unobserved"
    assert text[8].startswith("v cell 2 call_B yielded #20 started")
    assert text[9] == 'answer #21 yielded, gave the model: "B0"'
    assert text[10].startswith("nested exec-2bfd echo fromB #45-")
    assert text[10].endswith("running")
    assert text[11] == "waits call_wB1 #33-#34 303 ms yielded again, seen #36 no new output"
    assert text[12] == "call_wB2 #39- 1.80 s > the main loop is here"
    assert text[13] == "now running echo fromB, call_wB2 waits on it"


def test_what_a_cell_answered_is_told_from_when_it_did() -> None:
    def answers(event: int) -> list[str]:
        shown = rows(cells(view_at(TWO_CELLS, event), 118))
        return [" ".join(row.split()) for row in shown if row.split()[:1] == ["answer"]]

    assert answers(15) == []
    # The item that the model gets comes with the request after it: until then by the runtime's own account.
    assert [len(answers(event)) for event in (16, 20, 21, 25)] == [1, 1, 2, 2]
    for event in (16, 25):
        assert answers(event)[0].startswith('answer #16 yielded, gave the model: "')
        assert answers(event)[0].endswith('O4"')


def test_the_cell_the_event_is_about_is_in_focus() -> None:
    assert cells(view_at(TWO_CELLS, 45), 118).focus == 8
    assert cells(view_at(TWO_CELLS, 41), 118).focus == 0


def test_rows_lead_to_calls_and_sources_and_headings_fold() -> None:
    content = cells(view_at(TWO_CELLS, 45), 118)
    assert target_of(content, "call_wB2 #39") == ToObject(ToolCall, "call_wB2")
    assert target_of(content, "source") == ToObject(CodeCell, "code_cell:call_A")
    assert target_of(content, "v cell 1") == Fold("cells:code_cell:call_A")
    closed = shown("cells", TWO_CELLS, 45, 118, folds=frozenset({"cells:code_cell:call_A"}))
    assert closed[0].startswith("> cell 1")
    assert closed[1].startswith("v cell 2")


def test_in_little_room_nothing_is_left_out() -> None:
    text = " ".join(" ".join(shown("cells", corpus("two-cells-interleaved"), 45, 38)).split())
    for words in (
        "#28 yielded again +743 ms",
        "yielded again, seen #30",
        'gave the model: "A1"',
        "! work done, unobserved",
        "> the main loop is here",
        "nobody waits on it",
    ):
        assert words in text


def test_a_cell_that_its_own_call_still_waits_for() -> None:
    text = [" ".join(row.split()) for row in shown("cells", DEMO, 35, 118)]
    assert text[0].startswith("v cell 1 call_suite")
    assert any("call_suite waits on it" in row for row in text)


def test_a_wait_on_a_cell_that_has_ended_says_so() -> None:
    text = "\n".join(shown("cells", corpus("cell-wait-many"), 60))
    assert "! the cell had ended, failed" in text
    assert 'gave the model: "Script error: exec cell 1 not found"' in text


def test_a_thread_without_cells_says_what_to_press() -> None:
    content = cells(view_at(DEMO, 10), 60)
    assert len(content) == 0
    assert "Press i" in content.empty


def test_the_line_of_what_is_waited_for_tells_the_chain_to_its_end_in_little_room() -> None:
    view = view_at(TWO_CELLS, 45)
    assert "cell 2 (yielded, 2 outputs, running " in blocked_line(view, 120).text
    narrow = blocked_line(view, 80).text
    assert "-> cell 2 (running " in narrow and "-> exec-" in narrow
