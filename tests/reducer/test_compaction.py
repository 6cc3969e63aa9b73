"""Compaction requests and installs (format section 7.6)."""

from __future__ import annotations

from typing import Any

from scripted import Body, Script, assistant, time_of, user


def request(script: Script, name: str, compaction: str = "k1", turn: str = "u1") -> int:
    return script.event(
        "compaction_request_started",
        compaction_id=compaction,
        compaction_request_id=name,
        thread_id="t1",
        codex_turn_id=turn,
        model="m",
        provider_name="p",
        request_payload=Body("compaction_request", {}),
    )


def ids(*numbers: int) -> list[str]:
    return [f"conversation_item:{number}" for number in numbers]


def test_requests_have_a_window_of_their_own(either: Script) -> None:
    either.begin()
    request(either, "r1")
    request(either, "r2")
    either.end_turn()
    either.event(
        "compaction_request_completed",
        compaction_id="k1",
        compaction_request_id="r1",
        response_payload=Body("compaction_response", {}),
    )
    failed = either.event(
        "compaction_request_failed", compaction_id="k1", compaction_request_id="r2", error="no"
    )
    found = either.state()["compaction_requests"]
    assert [one["execution"]["status"] for one in found.values()] == ["completed", "failed"]
    assert found["r2"]["execution"]["ended_seq"] == failed
    assert (found["r1"]["raw_response_payload_id"], found["r2"]["raw_response_payload_id"]) == (
        "raw_payload:3",
        None,
    )


def test_a_failure_takes_an_answer_back(either: Script) -> None:
    either.begin()
    request(either, "r1")
    about = {"compaction_id": "k1", "compaction_request_id": "r1"}
    either.event("compaction_request_completed", **about, response_payload=Body("compaction_response", {}))
    either.event("compaction_request_failed", **about, error="no")
    found = either.state()["compaction_requests"]["r1"]
    assert (found["execution"]["status"], found["raw_response_payload_id"]) == ("failed", None)


def test_an_install_records_what_went_in_and_what_replaces_it(either: Script) -> None:
    either.begin()
    either.ask("i1", user("a"), user("b"))
    request(either, "r10")
    request(either, "r9")
    seq = either.compact("k1", [user("b"), user("unseen")], [user("summary")])
    state = either.state()
    assert state["compactions"]["k1"] == {
        "compaction_id": "k1",
        "thread_id": "t1",
        "codex_turn_id": "u1",
        "installed_at_unix_ms": time_of(seq),
        "marker_item_id": "conversation_item:4",
        "request_ids": ["r10", "r9"],
        "input_item_ids": ids(2, 3),
        "replacement_item_ids": ids(5),
    }
    marker = state["conversation_items"]["conversation_item:4"]
    assert (marker["role"], marker["kind"], marker["body"]) == (
        "assistant",
        "compaction_marker",
        {"parts": []},
    )
    assert marker["produced_by"] == [{"type": "compaction", "compaction_id": "k1"}]
    assert state["threads"]["t1"]["conversation_item_ids"] == ids(1, 2, 3, 4, 5)


def after_install(script: Script, *items: Any, late_response: bool = False) -> list[str]:
    """What a request after an install that replaced `a` by `s` carries."""
    script.begin()
    script.ask("i1", user("a"))
    script.compact("k1", [user("a")], [user("s")])
    if late_response:
        script.answer("i1", assistant("late"))
    script.ask("i2", *items)
    found: list[str] = script.state()["inference_calls"]["i2"]["request_item_ids"]
    return found


def test_the_next_request_is_compared_with_the_replacement_alone(either: Script) -> None:
    assert after_install(either, user("a"), user("s")) == ids(4, 3)


def test_a_response_between_install_and_request_is_new_when_it_is_repeated(either: Script) -> None:
    assert after_install(either, user("s"), assistant("late"), late_response=True) == ids(3, 5)


def test_the_replacement_counts_once(either: Script) -> None:
    after_install(either, user("s"), user("b"))
    either.ask("i3", user("s"), user("b"))
    assert either.state()["inference_calls"]["i3"]["request_item_ids"] == ids(3, 4)


def test_until_then_the_replacement_waits(either: Script) -> None:
    either.begin()
    either.ask("i1", user("a"))
    seq = either.compact("k1", [user("a")], [user("s")])
    either.ask("i2", user("s"))
    trace = either.trace()
    waiting = trace.at(seq).conversations["t1"]
    assert (list(waiting.snapshot), list(waiting.replacement or ())) == (ids(1), ids(3))
    assert trace.at(seq + 1).conversations["t1"].replacement is None
