"""Which known item an incoming one is: full and incremental requests, responses (format 7.2 to 7.4)."""

from __future__ import annotations

from typing import Any

import pytest
from scripted import Json, Script, assistant, call, output, reasoning, user


def requested(state: Json, inference: str = "i2") -> list[int]:
    """Numbers of the items a request carried."""
    return [int(one.rpartition(":")[2]) for one in state["inference_calls"][inference]["request_item_ids"]]


def two_requests(script: Script, first: list[Any], second: list[Any]) -> Json:
    script.begin()
    script.ask("i1", *first)
    script.ask("i2", *second)
    return script.state()


A, B, C = user("a"), user("b"), user("c")


@pytest.mark.parametrize(
    ("first", "second", "ids"),
    [
        ([A, B], [A, B, C], [1, 2, 3]),
        ([A, B, C], [A, C], [1, 3]),
        ([A, B], [B, A], [2, 1]),
        ([A, A], [A, A], [1, 2]),
        ([A], [A, A], [1, 2]),
        ([A, B], [C], [3]),
    ],
    ids=["appended", "left out", "reordered", "equal items", "one more of the same", "all others"],
)
def test_a_full_request_finds_what_it_repeats(
    either: Script, first: list[Any], second: list[Any], ids: list[int]
) -> None:
    assert requested(two_requests(either, first, second)) == ids


def test_an_item_is_used_once_a_request_in_schema_2_alone(script: Script, script1: Script) -> None:
    """The first of `b, b` takes item 2 by search; the second finds it at its own place."""
    assert requested(two_requests(script, [A, B], [B, B])) == [2, 3]
    assert requested(two_requests(script1, [A, B], [B, B])) == [2, 2]


def test_an_item_that_comes_back_is_new(either: Script) -> None:
    two_requests(either, [A, B], [A])
    either.ask("i3", A, B)
    assert requested(either.state(), "i3") == [1, 3]


def test_a_response_extends_what_the_next_request_is_compared_with(either: Script) -> None:
    either.begin()
    either.ask("i1", A)
    either.answer("i1", assistant("x"), call("c1"))
    either.ask("i2", A, assistant("x"), call("c1"), output("c1"))
    state = either.state()
    assert requested(state) == [1, 2, 3, 4]
    assert state["inference_calls"]["i1"]["response_item_ids"] == [
        "conversation_item:2",
        "conversation_item:3",
    ]
    assert state["conversation_items"]["conversation_item:2"]["produced_by"] == [
        {"type": "inference", "inference_call_id": "i1"}
    ]


def test_the_context_of_a_thread_is_its_last_request_and_the_responses_since(either: Script) -> None:
    either.begin()
    either.ask("i1", A, B)
    either.answer("i1", assistant("x"))
    trace = either.trace()
    found = [list(trace.snapshot(event).conversations["t1"].snapshot) for event in range(3, len(trace) + 1)]
    ids = ["conversation_item:1", "conversation_item:2", "conversation_item:3"]
    assert found == [ids[:2], ids]


@pytest.mark.parametrize(
    ("answered", "ids"),
    [
        ([user("a", id="m1")], [1]),
        ([user("a")], [3]),
        ([user("a"), user("b", id="m1")], [1, 3]),
        ([user("a"), user("a", id="m1")], [1, 3]),
        ([user("x", id="m1"), user("b"), user("a")], [3, 4, 1]),
    ],
    ids=["its id and text", "its text alone", "its text beside its id", "its text before it", "after it"],
)
def test_a_response_meets_items_that_have_the_id_of_any_of_its_own(
    script: Script, answered: list[Any], ids: list[int]
) -> None:
    """In schema 2, as releases of it do: the ids of all say which items can be met, the text which are."""
    script.begin()
    script.ask("i1", user("a", id="m1"), B)
    script.answer("i1", *answered)
    found = script.state()["inference_calls"]["i1"]["response_item_ids"]
    assert [int(one.rpartition(":")[2]) for one in found] == ids


def test_an_incremental_request_goes_on_from_a_response(either: Script) -> None:
    either.begin()
    either.ask("i1", A)
    either.answer("i1", assistant("x"), response_id="r1")
    either.ask("i2", B, previous="r1")
    assert requested(either.state()) == [1, 2, 3]


def test_an_incremental_request_can_go_on_from_an_earlier_response(either: Script) -> None:
    either.begin()
    either.ask("i1", A)
    either.answer("i1", assistant("x"), response_id="r1")
    either.ask("i2", B, previous="r1")
    either.ask("i3", B, previous="r1")
    assert requested(either.state(), "i3") == [1, 2, 3]


def test_equal_text_is_another_item_in_another_thread(either: Script) -> None:
    either.begin()
    either.thread("t2", "/root/kid")
    either.turn("u2", "t2")
    either.ask("i1", A)
    either.ask("i2", A, thread="t2", turn="u2")
    assert requested(either.state()) == [2]


# -- equality --------------------------------------------------------------------------


def test_reasoning_is_known_by_its_encrypted_content(either: Script) -> None:
    """A later sighting fills in readable text, and adds nothing to what is there (7.4)."""
    either.begin()
    either.ask("i1", reasoning("E"))
    either.ask("i2", reasoning("E", text="t"))
    either.ask("i3", reasoning("E", text="other", summary="s"))
    state = either.state()
    assert requested(state) == requested(state, "i3") == [1]
    assert state["conversation_items"]["conversation_item:1"]["body"]["parts"] == [
        {"type": "text", "text": "t"},
        {"type": "summary", "text": "s"},
        {"type": "encoded", "label": "encrypted_content", "value": "E"},
    ]


def test_an_image_equals_its_later_sighting_in_schema_2_alone(script: Script, script1: Script) -> None:
    image = {"type": "message", "role": "user", "content": [{"type": "input_image", "image_url": "data:x"}]}
    assert requested(two_requests(script, [image], [image])) == [1]
    assert requested(two_requests(script1, [image], [image])) == [2]


def test_json_is_compared_by_its_first_240_bytes(either: Script) -> None:
    long = '"' + "x" * 300
    state = two_requests(either, [call("c", arguments=long + '1"')], [call("c", arguments=long + '2"')])
    assert requested(state) == [1]


def test_ids_tell_equal_items_apart_in_schema_2(script: Script, script1: Script) -> None:
    first, second = [user("a", id="m1")], [user("a", id="m2")]
    assert requested(two_requests(script, first, second)) == [2]
    assert requested(two_requests(script1, first, second)) == [1]


def test_an_item_adopts_the_id_of_its_later_sighting(script: Script) -> None:
    state = two_requests(script, [user("a")], [user("a", id="m1")])
    assert requested(state) == [1]
    assert state["conversation_items"]["conversation_item:1"]["responses_item_id"] == "m1"


def test_one_call_can_have_several_outputs_in_schema_2(script: Script) -> None:
    """Format section 7.3: code-mode notifications make them; all belong to the tool call."""
    script.begin()
    script.tool("x1", call_id="c1")
    script.ask("i1", call("c1"), output("c1", "one"), output("c1", "two"))
    state = script.state()
    assert state["tool_calls"]["x1"]["model_visible_output_item_ids"] == [
        "conversation_item:2",
        "conversation_item:3",
    ]
    assert script.codes() == []


# -- the list of a thread ----------------------------------------------------------------


def test_a_thread_lists_items_once_in_the_order_of_creation(either: Script) -> None:
    state = two_requests(either, [A, B], [B, A, C])
    assert state["threads"]["t1"]["conversation_item_ids"] == [f"conversation_item:{n}" for n in (1, 2, 3)]


def test_schema_1_lists_what_a_response_says_at_once(script1: Script) -> None:
    script1.begin()
    script1.ask("i1", A)
    script1.answer("i1", assistant("x"))
    assert len(script1.state()["threads"]["t1"]["conversation_item_ids"]) == 2


def test_schema_2_lists_it_when_it_is_accepted_or_sent_again(script: Script) -> None:
    script.begin()
    script.ask("i1", A)
    script.answer("i1", assistant("x", id="m1"), assistant("y"))
    assert script.state()["threads"]["t1"]["conversation_item_ids"] == ["conversation_item:1"]
    script.ask("i2", A, assistant("x", id="m1"), assistant("y"))
    assert len(script.state()["threads"]["t1"]["conversation_item_ids"]) == 3
