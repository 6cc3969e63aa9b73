"""Inference calls from request to response (format section 8.1)."""

from __future__ import annotations

import pytest
from scripted import Body, Script, assistant, call, user

USAGE = {"input_tokens": 1, "cached_input_tokens": 0, "output_tokens": 2, "reasoning_output_tokens": 0}


def test_a_call_runs_until_its_response_is_complete(either: Script) -> None:
    either.begin()
    started = either.ask("i1", user("a"))
    ended = either.answer("i1", assistant("x"), response_id="r1", usage=USAGE)
    found = either.state()["inference_calls"]["i1"]
    execution = found["execution"]
    assert (execution["started_seq"], execution["ended_seq"], execution["status"]) == (
        started,
        ended,
        "completed",
    )
    assert (found["model"], found["provider_name"], found["response_id"]) == ("m", "p", "r1")
    assert (found["raw_request_payload_id"], found["raw_response_payload_id"]) == (
        "raw_payload:1",
        "raw_payload:2",
    )
    assert found["usage"] == USAGE | {"cache_write_input_tokens": 0}


@pytest.mark.parametrize("end", ["failed", "cancelled"])
def test_part_of_a_response_counts(either: Script, end: str) -> None:
    either.begin()
    either.ask("i1", user("a"))
    either.event(
        f"inference_{end}",
        inference_call_id="i1",
        upstream_request_id="q1",
        partial_response_payload=Body("inference_response", {"output_items": [assistant("half")]}),
        **({"error": "no"} if end == "failed" else {"reason": "no"}),
    )
    found = either.state()["inference_calls"]["i1"]
    assert (found["execution"]["status"], found["response_id"], found["upstream_request_id"]) == (
        end,
        None,
        "q1",
    )
    assert found["response_item_ids"] == ["conversation_item:2"]


def test_an_end_after_the_turn_s_end_keeps_the_earlier_window(either: Script) -> None:
    either.begin()
    either.ask("i1", user("a"))
    ended = either.end_turn(status="cancelled")
    either.answer("i1", assistant("x"), response_id="r1")
    found = either.state()["inference_calls"]["i1"]
    assert (found["execution"]["status"], found["execution"]["ended_seq"]) == ("cancelled", ended)
    assert (found["response_id"], found["response_item_ids"]) == ("r1", ["conversation_item:2"])


def test_a_second_completion_replaces_the_first(either: Script) -> None:
    either.begin()
    either.ask("i1", user("a"))
    either.answer("i1", assistant("x"), response_id="r1")
    either.answer("i1", assistant("y"), response_id="r2")
    found = either.state()["inference_calls"]["i1"]
    assert (found["response_id"], found["response_item_ids"]) == ("r2", ["conversation_item:3"])


def test_a_response_starts_tools_where_a_call_item_is_known_to_be_its_own(either: Script) -> None:
    """Format section 8.4: the link is made at the tool's start, or at a later sighting of the call item."""
    either.begin()
    either.ask("i1", user("a"))
    either.answer("i1", call("c1"), call("c2"))
    either.tool("x1", call_id="c1")
    assert either.state()["inference_calls"]["i1"]["tool_call_ids_started_by_response"] == ["x1"]


def test_a_tool_that_starts_before_its_response_is_linked_at_the_next_request(either: Script) -> None:
    either.begin()
    either.ask("i1", user("a"))
    either.tool("x1", call_id="c1")
    either.answer("i1", call("c1"))
    assert either.state()["inference_calls"]["i1"]["tool_call_ids_started_by_response"] == []
    either.ask("i2", user("a"), call("c1"))
    assert either.state()["inference_calls"]["i1"]["tool_call_ids_started_by_response"] == ["x1"]
