"""The context before, during and after a compaction."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from context_rows import rows_at, statuses
from recordings_at_hand import needs_corpus
from scripted import ROOT_THREAD, Script, assistant, user
from shared_recordings import shared_recording
from small_recordings import begun, own_recording

from rollout_tui.debugger.changes.diff import diff
from rollout_tui.debugger.tokens import tokens

COMPACTED_ROOT = "01a20368-d236-7553-95a6-5bec4c2e216f"


def test_a_compaction_empties_the_context_until_the_next_request() -> None:
    """#18 installs: input is items 2 to 4 and the unseen output (5); marker (6), replacement (7 to 9)."""
    trace = own_recording("remote-compaction-auto")
    before = rows_at(trace, 17, COMPACTED_ROOT)
    assert statuses(before) == {"in_context": ["1", "2", "3", "4"], "pending": [None]}
    assert (before[-1].call_id, before[-1].first_seen_seq) == ("rc1", 14)

    installed = rows_at(trace, 18, COMPACTED_ROOT)
    assert statuses(installed) == {"accepted": ["6", "7", "8", "9"], "dropped": ["1", "2", "3", "4", "5"]}
    assert {(row.dropped_seq, row.dropped_by, row.mark) for row in installed[4:]} == {(18, "compaction", "-")}
    assert {row.mark for row in installed[:4]} == {"+"}
    assert {row.provenance for row in installed[:4]} == {"compaction"}

    carried = rows_at(trace, 19, COMPACTED_ROOT)
    assert statuses(carried) == {
        "in_context": ["10", "7", "8", "9"],
        "accepted": ["6"],
        "dropped": ["1", "2", "3", "4", "5"],
    }
    assert [row.mark for row in carried[:4]] == ["+", "~", "~", "~"]
    assert carried[4].label == "compaction marker"
    assert statuses(rows_at(trace, 21, COMPACTED_ROOT))["in_context"] == ["10", "7", "8", "9", "11"]


@needs_corpus
def test_a_compaction_that_nobody_recorded() -> None:
    """The request at #25 carries other items than the context had: those are dropped by it."""
    trace = shared_recording("local-compaction-auto")
    root = trace.history.rollout.root_thread_id
    requests = [call for call in trace.at(trace.head).inference_calls.values() if call.thread_id == root]
    shrunk = next(
        later
        for earlier, later in pairwise(requests)
        if set(earlier.request_item_ids) - set(later.request_item_ids)
    )
    seq = shrunk.execution.started_seq
    gone = [row for row in rows_at(trace, seq, root) if row.status == "dropped"]
    assert gone and {(row.dropped_seq, row.dropped_by, row.mark) for row in gone} == {(seq, "request", "-")}


def compacting(folder: Path) -> Script:
    """Items: 1 (user), a compaction while the request is under way: 2 marker, 3 replacement."""
    script = begun(folder)
    script.ask("i1", user("long story"))
    script.compact("c1", [user("long story")], [user("short story")])
    return script


def test_a_response_after_a_compaction_is_not_in_context(tmp_path: Path) -> None:
    script = compacting(tmp_path / "bundle")
    script.answer("i1", assistant("late"))
    script.ask("i2", user("short story"), user("next"))
    trace = script.trace()
    assert statuses(rows_at(trace, 5)) == {"accepted": ["2", "3"], "dropped": ["1"]}
    assert statuses(rows_at(trace, 6)) == {"accepted": ["2", "3", "4"], "dropped": ["1"]}
    assert statuses(rows_at(trace, 7)) == {
        "in_context": ["3", "5"],
        "accepted": ["2"],
        "dropped": ["1", "4"],
    }


def test_the_next_request_fills_the_context_also_where_it_goes_on_from_a_response(tmp_path: Path) -> None:
    script = begun(tmp_path / "bundle")
    script.ask("i1", user("long story"))
    script.answer("i1", assistant("long answer"), response_id="r1")
    script.compact("c1", [user("long story"), assistant("long answer")], [user("short story")])
    asked = script.ask("i2", user("next"), previous="r1")
    trace = script.trace()
    assert statuses(rows_at(trace, asked - 1)).get("in_context") is None
    inside = statuses(rows_at(trace, asked))["in_context"]
    found = diff(trace, asked - 1, asked, ROOT_THREAD)
    assert [one.rpartition(":")[2] for one in found.compared.added] == inside == ["1", "2", "5"]
    assert tokens(trace, asked, ROOT_THREAD).size_bytes == sum(
        map(len, ("long story", "long answer", "next"))
    )


def test_a_second_compaction_replaces_the_first(tmp_path: Path) -> None:
    script = compacting(tmp_path / "bundle")
    script.compact("c2", [], [user("shorter story")])
    script.ask("i2", user("shorter story"))
    trace = script.trace()
    assert statuses(rows_at(trace, 6)) == {"accepted": ["2", "4", "5"], "dropped": ["1", "3"]}
    assert statuses(rows_at(trace, 7))["in_context"] == ["5"]


def test_an_item_can_come_back(tmp_path: Path) -> None:
    """The third request goes on from the first response: its items are in context again."""
    script = begun(tmp_path / "bundle")
    script.ask("i1", user("a"))
    script.answer("i1", assistant("b"), response_id="resp-i1")
    script.ask("i2", user("c"))
    script.ask("i3", user("d"), previous="resp-i1")
    trace = script.trace()
    assert statuses(rows_at(trace, 6)) == {"in_context": ["3"], "dropped": ["1", "2"]}
    assert statuses(rows_at(trace, 7)) == {"in_context": ["1", "2", "4"], "dropped": ["3"]}
    assert statuses(rows_at(trace, 6)) == {"in_context": ["3"], "dropped": ["1", "2"]}


def test_a_request_can_go_on_from_before_a_compaction(tmp_path: Path) -> None:
    """It neither uses the replacement nor does away with it (format section 7.4)."""
    script = begun(tmp_path / "bundle")
    script.ask("i1", user("a"))
    script.answer("i1", assistant("b"), response_id="resp-i1")
    script.compact("c1", [], [user("short")])
    script.ask("i2", user("c"), previous="resp-i1")
    trace = script.trace()
    assert "in_context" not in statuses(rows_at(trace, 6))
    assert statuses(rows_at(trace, 7))["in_context"] == ["1", "2", "5"]
