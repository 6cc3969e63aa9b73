"""Model items in their normal form (format section 7.1)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from scripted import Json, Script, call, output, user

ENCODED = {"type": "encoded", "label": "encrypted_content", "value": "E"}
TEXT = {"type": "text", "text": "x"}


def placed(script: Script, item: Any) -> Json:
    """An item of a request as the state has it."""
    script.begin()
    script.ask("i1", item)
    items: Json = script.state()["conversation_items"]
    (found,) = items.values()
    return dict(found)


def parts_of(script: Script, item: Any) -> list[Json]:
    """The parts of its body."""
    parts: list[Json] = placed(script, item)["body"]["parts"]
    return parts


def message(role: str, part: str, **more: Any) -> Json:
    """A message of one part that says x."""
    return {"type": "message", "role": role, **more, "content": [{"type": part, "text": "x"}]}


WHOLE = {"type": "json"}

SHAPES: dict[str, tuple[Any, tuple[str, str | None, str, str | None], list[Any]]] = {
    "user": (user("x"), ("user", None, "message", None), [TEXT]),
    "commentary": (
        message("assistant", "text", phase="commentary"),
        ("assistant", "commentary", "message", None),
        [TEXT],
    ),
    "final": (
        message("assistant", "output_text", phase="final_answer"),
        ("assistant", "final", "message", None),
        [TEXT],
    ),
    "developer, unknown phase": (
        message("developer", "input_text", phase="odd"),
        ("developer", None, "message", None),
        [TEXT],
    ),
    "reasoning": (
        {
            "type": "reasoning",
            "content": [{"type": "reasoning_text", "text": "x"}, {"type": "text", "text": "x"}],
            "summary": [{"type": "summary_text", "text": "s"}],
            "encrypted_content": "E",
        },
        ("assistant", "analysis", "reasoning", None),
        [TEXT, TEXT, {"type": "summary", "text": "s"}, ENCODED],
    ),
    "function call": (
        call("c", arguments='{"b": 1,  "a":[2.50, -0, 1E5]}'),
        ("assistant", "commentary", "function_call", "c"),
        [{"type": "json", "summary": '{"b":1,"a":[2.50,0,1e+5]}', "raw_payload_id": "raw_payload:1"}],
    ),
    "arguments that are no JSON": (
        call("c", arguments="x"),
        ("assistant", "commentary", "function_call", "c"),
        [TEXT],
    ),
    "arguments that are no string": (
        call("c", arguments={"a": None}),
        ("assistant", "commentary", "function_call", "c"),
        [{"type": "json", "summary": '{"a":null}', "raw_payload_id": "raw_payload:1"}],
    ),
    "no arguments": (
        {"type": "function_call", "call_id": 7, "name": "n"},
        ("assistant", "commentary", "function_call", None),
        [{"type": "payload_ref", "label": "payload", "raw_payload_id": "raw_payload:1"}],
    ),
    "output": (output("c", "x"), ("tool", "commentary", "function_call_output", "c"), [TEXT]),
    "null output": (
        output("c", None),
        ("tool", "commentary", "function_call_output", "c"),
        [{"type": "json", "summary": "null", "raw_payload_id": "raw_payload:1"}],
    ),
    "output of parts": (
        output("c", [{"type": "input_text", "text": "x"}]),
        ("tool", "commentary", "function_call_output", "c"),
        [TEXT],
    ),
    "no output": (
        {"type": "custom_tool_call_output", "call_id": "c"},
        ("tool", "commentary", "custom_tool_call_output", "c"),
        [{"type": "payload_ref", "label": "tool_output", "raw_payload_id": "raw_payload:1"}],
    ),
    "code": (
        {"type": "custom_tool_call", "call_id": "c", "name": "exec", "input": "js()"},
        ("assistant", "commentary", "custom_tool_call", "c"),
        [{"type": "code", "language": "javascript", "source": "js()"}],
    ),
    "custom input": (
        {"type": "custom_tool_call", "call_id": "c", "name": "apply_patch", "input": "x"},
        ("assistant", "commentary", "custom_tool_call", "c"),
        [TEXT],
    ),
    "web search": (
        {"type": "web_search_call", "a": 1},
        ("assistant", "commentary", "function_call", None),
        [
            {
                "type": "json",
                "summary": '{"type":"web_search_call","a":1}',
                "raw_payload_id": "raw_payload:1",
            }
        ],
    ),
    "mcp output": (
        {"type": "mcp_tool_call_output", "call_id": "c"},
        ("tool", "commentary", "function_call_output", "c"),
        [
            {
                "type": "json",
                "summary": '{"type":"mcp_tool_call_output","call_id":"c"}',
                "raw_payload_id": "raw_payload:1",
            }
        ],
    ),
    "compaction": (
        {"type": "compaction", "encrypted_content": "E"},
        ("assistant", "summary", "message", None),
        [ENCODED],
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_each_type_has_its_shape(either: Script, name: str) -> None:
    item, shape, parts = SHAPES[name]
    found = placed(either, item)
    assert (found["role"], found["channel"], found["kind"], found["call_id"]) == shape
    assert found["body"] == {"parts": parts}


def test_an_agent_message_keeps_its_author_and_recipient(either: Script) -> None:
    content = [{"type": "input_text", "text": "x"}, {"type": "encrypted_content", "encrypted_content": "E"}]
    found = placed(
        either, {"type": "agent_message", "author": "/root", "recipient": "/root/kid", "content": content}
    )
    assert found["agent_message"] == {"author": "/root", "recipient": "/root/kid"}
    assert (found["role"], found["channel"], found["body"]["parts"]) == (
        "assistant",
        "analysis",
        [TEXT, ENCODED],
    )


def test_additional_tools_are_no_item(either: Script) -> None:
    either.begin()
    either.ask("i1", {"type": "additional_tools"}, user("hi"))
    assert len(either.state()["inference_calls"]["i1"]["request_item_ids"]) == 1


def test_content_that_is_no_list_is_only_named(either: Script) -> None:
    part = {"type": "payload_ref", "label": "content", "raw_payload_id": "raw_payload:1"}
    assert parts_of(either, {"type": "message", "role": "user", "content": "text"}) == [part]


def test_empty_content(script: Script, script1: Script) -> None:
    empty = {"type": "message", "role": "user", "content": []}
    assert parts_of(script, empty) == []
    assert parts_of(script1, empty) == [
        {"type": "payload_ref", "label": "empty_content", "raw_payload_id": "raw_payload:1"}
    ]


def test_an_image_is_named_by_its_content_in_schema_2(script: Script, script1: Script) -> None:
    image = {"type": "input_image", "image_url": "data:é", "detail": "low"}
    message = {"type": "message", "role": "user", "content": [image, 7, {"type": "text", "text": 1}]}
    digest = hashlib.sha256('{"detail":"low","image_url":"data:é","type":"input_image"}'.encode()).hexdigest()
    parts = parts_of(script, message)
    assert parts[0] == {
        "type": "payload_ref",
        "label": "input_image",
        "raw_payload_id": "raw_payload:1",
        "content_sha256": digest,
    }
    assert [part["label"] for part in parts] == ["input_image", "content"]
    assert "content_sha256" not in parts_of(script1, message)[0]


# -- JSON text as the reference rewrites it -----------------------------------------


def summary_of(script: Script, arguments: str) -> str | None:
    """The JSON summary that arguments become; None where they stay text."""
    (part,) = parts_of(script, call("c", arguments=arguments))
    return part.get("summary")


@pytest.mark.parametrize(
    ("given", "rewritten"),
    [
        (' {"a" : 1 } ', '{"a":1}'),
        ("[1.0, 1e-7, 123456789012345678901234567890]", "[1.0,1e-7,123456789012345678901234567890]"),
        ('{"a":1,"b":2,"a":3}', '{"a":3,"b":2}'),
        (r'["\/", "é\u00e9", "\u007f", "\u0001\n"]', '["/","éé","\x7f","\\u0001\\n"]'),
        ('["\\ud83d\\ude00"]', '["😀"]'),
        ("[" * 127 + "]" * 127, "[" * 127 + "]" * 113 + "..."),
    ],
)
def test_json_is_rewritten(script: Script, given: str, rewritten: str) -> None:
    assert summary_of(script, given) == rewritten


@pytest.mark.parametrize(
    "given", ["", "NaN", "[NaN]", '["\\ud800"]', "\ufeff{}", "[" * 128 + "]" * 128, "{'a':1}", "[1] 2", "01"]
)
def test_what_is_no_json_stays_text(script: Script, given: str) -> None:
    assert summary_of(script, given) is None


@pytest.mark.parametrize(
    ("length", "cut"), [(238, False), (239, True)], ids=["240 bytes are whole", "241 bytes are cut"]
)
def test_a_summary_holds_240_bytes(either: Script, length: int, cut: bool) -> None:
    text = json.dumps("x" * length)
    assert summary_of(either, text) == (text[:240] + "..." if cut else text)


def test_a_summary_is_cut_between_characters(either: Script) -> None:
    assert summary_of(either, json.dumps("x" * 238 + "é", ensure_ascii=False)) == '"' + "x" * 238 + "..."


IMAGE = {
    "type": "message",
    "role": "user",
    "content": [{"type": "input_image", "image_url": "data:,"}, {"type": "input_text", "text": "x"}],
}


@pytest.mark.parametrize("item", [call("c1", arguments='{"a": 1}'), IMAGE], ids=["call", "image"])
def test_the_same_text_in_another_payload_is_an_item_of_that_payload(either: Script, item: Json) -> None:
    either.begin()
    either.thread("t2", "/root/kid")
    either.turn("u2", "t2")
    either.ask("i1", item)
    either.ask("i2", item, thread="t2", turn="u2")
    state = either.state()
    for one in ("i1", "i2"):
        asked = state["inference_calls"][one]
        (item_id,) = asked["request_item_ids"]
        part = state["conversation_items"][item_id]["body"]["parts"][0]
        assert part["raw_payload_id"] == asked["raw_request_payload_id"]


# -- usage ----------------------------------------------------------------------------


FULL = {"input_tokens": 9, "cached_input_tokens": 1, "output_tokens": -3, "reasoning_output_tokens": 2}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (FULL, {**FULL, "cache_write_input_tokens": 0, "output_tokens": 0}),
        (FULL | {"cache_write_input_tokens": 4}, {**FULL, "cache_write_input_tokens": 4, "output_tokens": 0}),
        (FULL | {"input_tokens": 1.5}, None),
        ({"input_tokens": 9}, None),
        (None, None),
    ],
)
def test_usage_is_kept_when_it_is_complete(either: Script, given: Any, kept: Any) -> None:
    either.begin()
    either.ask("i1")
    either.answer("i1", usage=given)
    assert either.state()["inference_calls"]["i1"]["usage"] == kept
