"""Items that were made to do harm: bounded, said, and the rest is shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scripted import ROOT_THREAD, Json, Script, agent_message, call, output, reasoning, user

from rollout_tui.reducer import limits

from .hostile_data import (
    DEEP,
    OTHER,
    WRONG,
    as_checkpoint,
    as_request,
    as_response,
    codes,
    places,
    survives,
    with_value,
)

ITEMS: tuple[Json, ...] = (
    user("a", id="m1", phase="final_answer"),
    reasoning("E", text="t", summary="s"),
    call("c1", arguments='{"a": 1}', id="f1"),
    output("c1", [{"type": "input_image", "image_url": "x"}]),
    agent_message("/root", "/root", "x", id="m2"),
    {"type": "custom_tool_call", "call_id": "c2", "name": "exec", "input": "js", "id": "f2"},
    {"type": "web_search_call", "call_id": "c3"},
    {"type": "compaction", "encrypted_content": "E"},
    {"type": "additional_tools"},
)


@pytest.mark.parametrize("schema", [1, 2])
def test_wrong_types_in_every_field_of_an_item(tmp_path: Path, schema: int) -> None:
    """Each wrong item is an item, beside a whole one that is as it would be alone."""
    script = Script(tmp_path / "bundle", schema)
    script.begin()
    given: list[Any] = []
    for item in ITEMS:
        for path in places(item):
            for at, wrong in enumerate((*WRONG, 10**400)):
                if schema == 1 + at % 2:
                    given.append(with_value(item, path, wrong))
    script.ask("i1", *given, user("whole"))
    trace, state = survives(script)
    ids = state["inference_calls"]["i1"]["request_item_ids"]
    skipped = sum(item == {"type": "additional_tools"} for item in given)
    assert len(ids) == len(given) + 1 - skipped
    last = state["conversation_items"][ids[-1]]
    assert last["body"]["parts"] == [{"type": "text", "text": "whole"}]
    assert {one.code for one in trace.diagnostics} <= {"bad_item", "unsupported_item_type", "call_id_reused"}


def test_an_item_that_is_deep_all_the_way(script: Script) -> None:
    """Text that is no JSON for the reference stays text; a request that is too deep is empty, and said."""
    script.begin()
    deep = "[" * DEEP + "]" * DEEP
    script.ask("i1", call("c1", arguments=deep), user(deep))
    script.ask("i2", body=b'{"input": [{"type": "message", "content": ' + deep.encode() + b"}]}")
    trace, state = survives(script)
    assert codes(trace) == ["bad_request"]
    parts = [one["body"]["parts"][0] for one in state["conversation_items"].values()]
    assert [(part["type"], len(part["text"])) for part in parts[:2]] == [("text", 2 * DEEP)] * 2


@pytest.mark.parametrize(("depth", "said"), [(127, []), (128, ["bad_payload"])])
def test_a_body_may_be_as_deep_as_the_reference_parser_goes(
    script: Script, depth: int, said: list[str]
) -> None:
    script.begin()
    more = b"[" * (depth - 1) + b"]" * (depth - 1)
    script.tool("x1", OTHER, invocation=b'{"tool_name": "x", "more": ' + more + b"}")
    trace, state = survives(script)
    assert codes(trace) == said
    assert state["tool_calls"]["x1"]["raw_invocation_payload_id"] is not None


@pytest.mark.parametrize(("depth", "said"), [(127, []), (128, ["unreadable_line"])])
def test_a_line_may_be_as_deep_as_the_reference_parser_goes(
    script: Script, depth: int, said: list[str]
) -> None:
    script.begin()
    more: Any = []
    for _ in range(depth - 2):
        more = [more]
    script.event("codex_turn_started", envelope={"more": more}, codex_turn_id="t9", thread_id=ROOT_THREAD)
    trace, state = survives(script)
    assert codes(trace)[:1] == said
    assert ("t9" in state["codex_turns"]) == (not said)


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ("[" * 127 + "]" * 127, "json"),
        ("[" * 128 + "]" * 128, "text"),
        ("[" * 5000 + "]" * 5000, "text"),
        ('{"a":' * 64 + "[" * 64 + "]" * 64 + "}" * 64, "text"),
        ('["\\ud83d\\ude00"]', "json"),
        ('["\\ud800"]', "text"),
        ("[NaN]", "text"),
    ],
    ids=lambda one: ascii(one[:20]),
)
def test_arguments_are_json_where_the_reference_parser_reads_them(
    script: Script, arguments: str, kind: str
) -> None:
    script.begin()
    script.ask("i1", call("c1", arguments=arguments))
    _, state = survives(script)
    (part,) = state["conversation_items"]["conversation_item:1"]["body"]["parts"]
    assert part["type"] == kind


def test_arguments_of_too_many_values_are_shown_as_they_begin(script: Script) -> None:
    script.begin()
    script.ask("i1", call("c1", arguments="[" + "0, " * limits.MOST_VALUES + "0]"))
    _, state = survives(script)
    (part,) = state["conversation_items"]["conversation_item:1"]["body"]["parts"]
    assert (part["type"], part["summary"]) == ("json", "[" + ("0, " * 80)[:239] + "...")


@pytest.mark.parametrize(
    ("read", "field"),
    [(as_request, "input"), (as_response, "output_items"), (as_checkpoint, "replacement_history")],
)
def test_a_list_of_too_many_items(script: Script, read: Callable[[Script, Any], None], field: str) -> None:
    script.begin()
    others = b'"input_history": [], "input": [], ' if field == "replacement_history" else b""
    items = b"7," * limits.MOST_ITEMS + b"7"
    read(script, b'{%b"%b": [%b]}' % (others, field.encode(), items))
    trace, state = survives(script)
    assert codes(trace) == ["payload_too_large"]
    assert "100,001 items" in trace.diagnostics[0].message
    assert len(state["conversation_items"]) < 5
