from lens_views import corpus, rows, shown, target_of, view_at
from recordings_at_hand import DEMO, RECORDINGS

from rollout_tui.debugger.tokens import Grown
from rollout_tui.graph.objects import ConversationItem
from rollout_tui.tui.drawing.targets import Fold, ToEvent, ToObject
from rollout_tui.tui.lenses.diff import diff
from rollout_tui.tui.lenses.growth_plot import growth_lines
from rollout_tui.tui.lenses.tokens import tokens

TWO_CELLS = RECORDINGS / "two-cells-interleaved"


def test_a_request_against_the_one_before_it() -> None:
    content = diff(view_at(TWO_CELLS, 36), 98)
    text = [" ".join(row.split()) for row in rows(content)]
    assert content.subtitle == "+2 ~0 -0"
    assert text[0] == "request 4 (#36) against request 3 (#30)"
    assert text[1].startswith("11 items +2")
    assert "prefix stable 9 of 9" in text[1]
    assert text[3] == "> = 9 items unchanged"
    assert text[4].startswith("+ asst wait cell 2 300 ms")
    assert text[4].endswith("by inference 3")
    assert text[5].startswith("+ tool call_wB1")
    assert target_of(content, "+  tool") == ToObject(ConversationItem, "conversation_item:11")


def test_unchanged_items_can_be_shown() -> None:
    content = diff(view_at(TWO_CELLS, 36), 98)
    assert target_of(content, "= 9 items") == Fold("diff:unchanged")
    opened = shown("diff", TWO_CELLS, 36, folds=frozenset({"diff:unchanged"}))
    assert sum(row.startswith("    ") for row in opened) == 9


def test_between_two_requests_the_difference_stays() -> None:
    assert shown("diff", TWO_CELLS, 36) == shown("diff", TWO_CELLS, 55)


def test_against_the_mark() -> None:
    view = view_at(DEMO, 86, mark=view_at(DEMO, 53).event)
    text = [" ".join(row.split()) for row in rows(diff(view, 98))]
    assert text[0] == "context at #86 (cursor) against #53 (mark)"
    assert text[1].startswith("22 items +6")


def test_what_a_compaction_lost() -> None:
    folder = corpus("compact-remote-mid-turn")
    text = [" ".join(row.split()) for row in shown("diff", folder, 21)]
    assert text[0] == "what compaction 1 leaves for the next request"
    assert "-3" in text[1]
    across = [" ".join(row.split()) for row in shown("diff", folder, 22)]
    assert across[2].startswith("across compaction 1: kept 4 . rewritten 0 . lost 2")


def test_before_the_first_request_it_says_what_to_press() -> None:
    assert "Press ) for the next one" in diff(view_at(DEMO, 5), 60).empty or diff(view_at(DEMO, 5), 60).empty


def test_usage_shares_and_the_largest_items() -> None:
    content = tokens(view_at(DEMO, 80, thread_id=view_at(DEMO, 10).thread_id), 98)
    text = [" ".join(row.split()) for row in rows(content)]
    assert content.title == "tokens /root"
    assert text[0] == "usage input 1,183 cached 1,098 (93 %) output 42"
    assert text[2] == "window not recorded"
    by_kind = text[text.index("by kind") + 1]
    assert by_kind.startswith("tool output #")
    assert by_kind.endswith("36 % 805 B 5 items")
    assert target_of(content, "call_read") == ToObject(ConversationItem, "conversation_item:8")


def test_requests_tell_usage_or_how_they_ended() -> None:
    content = tokens(view_at(DEMO, 80, thread_id=view_at(DEMO, 10).thread_id), 98)
    text = [" ".join(row.split()) for row in rows(content)]
    assert "#70 inference 6 18 1,183 1,098 93 % 42 stable 16 of 16" in text
    assert any(row.startswith("#25 inference 2 9 failed") for row in text)
    assert target_of(content, "inference 6") == ToEvent(70)


def test_growth_is_drawn_with_what_was_cached_below() -> None:
    columns = [Grown(1, 600, 0), Grown(2, 1200, 600), Grown(3, 100, 100), Grown(4, 0, 0)]
    text = [one.text for one in growth_lines(columns, 40)]
    assert text[1].startswith("growth  input tokens by request")
    assert text[2:] == [
        "    1,200  :  ",
        "           :  ",
        "           :  ",
        "          :#  ",
        "          :#  ",
        "          :## ",
    ]
    assert not list(growth_lines(columns[:1], 40))


def test_usage_that_never_came_is_said() -> None:
    """The only request of the child fails."""
    text = shown("tokens", RECORDINGS / "ma-child-http400", 36, 98)
    assert text[0] == " no usage recorded: inference 1 failed"
    assert shown("tokens", RECORDINGS / "ma-child-http400", 30, 98)[0].startswith(" usage not recorded yet")


def test_the_window_is_shown_where_it_is_recorded() -> None:
    text = [" ".join(row.split()) for row in shown("tokens", TWO_CELLS, 57, 98)]
    assert text[2].startswith("window 258,400 tokens")
