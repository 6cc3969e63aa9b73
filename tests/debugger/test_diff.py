"""What the model has at one event against another. Expected values were read from the traces."""

from __future__ import annotations

from shared_recordings import shared_recording

from rollout_tui.debugger.changes.comparison import Pair, compare
from rollout_tui.debugger.changes.diff import (
    TextLine,
    compaction_diff,
    diff,
    request_diff,
    text_diff,
)
from rollout_tui.debugger.context.context_index import context_ids
from rollout_tui.export.diff import diff_json
from rollout_tui.graph.history import History
from rollout_tui.graph.objects import ConversationItem, Rollout
from rollout_tui.graph.values import Body, TextPart
from rollout_tui.recording import Trace


def root(trace: Trace) -> str:
    return trace.bundle.identity.root_thread_id


def items(*numbers: int) -> tuple[str, ...]:
    return tuple(f"conversation_item:{number}" for number in numbers)


def history_of(*texts: str, roles: str = "") -> History:
    """Items 1, 2, ... with these texts; `roles` is u(ser) or a(ssistant) for each."""
    history = History(2, Rollout("trace", "rollout", 1000, "t"))
    names = {"u": "user", "a": "assistant"}
    for number, text in enumerate(texts, 1):
        role = names[(roles or "u" * len(texts))[number - 1]]
        item_id = f"conversation_item:{number}"
        item = ConversationItem(
            item_id, *([None] * 3), "t", None, 0, role, None, "message", None, Body((TextPart(text),)), None
        )  # type: ignore[arg-type]
        history.create(item_id, item)
    return history


def test_items_come_and_go() -> None:
    found = compare(history_of("a", "b", "c", "d"), items(1, 2), items(1, 2, 3, 4))
    assert (found.kept, found.unchanged, found.added, found.removed) == (2, 2, items(3, 4), ())


def test_equal_content_under_another_id_is_no_loss() -> None:
    found = compare(history_of("a", "b", "c", "a", "B"), items(1, 2, 3), items(4, 5))
    assert found.again == (Pair(*items(1, 4)),)
    assert found.rewritten == (Pair(*items(2, 5)),)
    assert found.lost == items(3)


def test_what_takes_the_place_of_another_has_its_role() -> None:
    history = history_of("a", "b", "c", "x", "y", roles="uauua")
    found = compare(history, items(1, 2, 3), items(1, 4, 3, 5))
    assert found.rewritten == ()
    assert found.lost == items(2)
    assert found.new == items(4, 5)


def test_a_request_against_the_one_before() -> None:
    trace = shared_recording("two-cells-interleaved")
    found = request_diff(trace, 36, root(trace))
    assert found is not None
    assert (found.a, found.b, found.before_count, found.after_count) == (30, 36, 9, 11)
    assert (found.unchanged, found.compared.added, found.compared.removed) == (9, items(10, 11), ())
    assert (found.stable, found.stable_bytes) == (9, 998)


def test_the_first_request_is_compared_with_nothing() -> None:
    trace = shared_recording("two-cells-interleaved")
    found = request_diff(trace, 11, root(trace))
    assert found is not None
    assert (found.a, found.b, found.compared.added) == (0, 10, items(1, 2, 3))
    assert request_diff(trace, 9, root(trace)) is None


def test_two_events() -> None:
    trace = shared_recording("two-cells-interleaved")
    assert diff_json(trace, diff(trace, 16, 45, root(trace))) == {
        "a": 16,
        "b": 45,
        "thread_id": root(trace),
        "unchanged": 5,
        "added": list(items(6, 7, 8, 9, 10, 11, 12, 13)),
        "removed": [],
        "changed": [],
    }
    assert diff(trace, 45, 16, root(trace)).compared.removed == items(6, 7, 8, 9, 10, 11, 12, 13)


def test_nothing_is_in_context_between_a_compaction_and_the_next_request() -> None:
    trace = shared_recording("remote-compaction-auto")
    assert context_ids(trace.history, root(trace), 17) == items(1, 2, 3, 4)
    assert context_ids(trace.history, root(trace), 18) == ()
    assert context_ids(trace.history, root(trace), 19) == items(10, 7, 8, 9)


def test_across_a_compaction() -> None:
    trace = shared_recording("remote-compaction-auto")
    compaction = "01a20368-d2fb-7991-a773-1254b7e773e8"
    found = request_diff(trace, 19, root(trace))
    assert found is not None and found.compactions == (compaction,)
    assert found.compared.again == (Pair(*items(1, 10)), Pair(*items(2, 7)), Pair(*items(3, 8)))
    assert found.compared.lost == items(4)
    assert found.compared.new == items(9)
    assert found.stable == 3
    whole = compaction_diff(trace, compaction)
    assert whole is not None
    assert whole.compared.lost == items(4, 5)
    assert whole.compared.again == (Pair(*items(2, 7)), Pair(*items(3, 8)))
    assert compaction_diff(trace, "nope") is None


def test_a_local_compaction_loses_what_the_response_brought() -> None:
    trace = shared_recording("compact-local-mid-turn")
    found = request_diff(trace, 19, root(trace))
    assert found is not None
    assert found.compared.lost == items(5)
    assert found.compared.again == (Pair(*items(2, 6)), Pair(*items(3, 7)))
    assert found.stable == 4


def test_lines_in_which_texts_differ() -> None:
    before = "\n".join("abcdefghij")
    after = before.replace("e", "E").replace("j", "j\nk")
    assert text_diff(before, after, context=1) == [
        TextLine(" ", "d"),
        TextLine("-", "e"),
        TextLine("+", "E"),
        TextLine(" ", "f"),
        TextLine(" ", "..."),
        TextLine(" ", "j"),
        TextLine("+", "k"),
    ]
    assert text_diff("same", "same") == []


def test_very_long_texts_are_compared_by_their_middle() -> None:
    """Looking for lines that recur takes the square of their number."""
    before, after = (
        "\n".join(["head", *(f"{which} {n}" if n % 250 else "same" for n in range(1, 2501)), which, "tail"])
        for which in ("old", "new")
    )
    lines = text_diff(before, after)
    assert lines[0] == TextLine(" ", "head") and lines[-1] == TextLine(" ", "tail")
    marks = [line.mark for line in lines]
    assert (marks.count("-"), marks.count("+"), marks.count(" ")) == (2501, 2501, 2)
