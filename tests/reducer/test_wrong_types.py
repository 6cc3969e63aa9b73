"""Wrong values in every field of every event, made from the definitions of the events.

None of them raises, each is said to be wrong or has a place in the state, and what comes behind is there.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from scripted import Script, state_of, user

from rollout_tui.trace import events
from rollout_tui.trace.event_values import ToolKind
from rollout_tui.trace.spine import BadLine

VALUES: dict[str, Any] = {
    "null": None,
    "true": True,
    "zero": 0,
    "negative": -1,
    "fraction": 1.5,
    "large": 10**30,
    "larger": 10**400,
    "empty text": "",
    "text": "running",
    "NUL": "\x00",
    "controls": "\x1b]0;x\x07\u202e",
    "long text": "x" * 10_000,
    "list": [],
    "list of lists": [[[]]],
    "object": {},
    "tagged": {"type": "model"},
    "untagged": {"type": None},
    "reference": {
        "raw_payload_id": "raw_payload:1",
        "kind": {"type": "tool_result"},
        "path": "payloads/1.json",
    },
    "way out": {"raw_payload_id": "", "kind": {"type": "tool_result"}, "path": "../../../etc/passwd"},
    "absent": ...,
}
RAW = (b"NaN", b"-Infinity", b"1e999", b"01", b'"\\ud800"', b'"\xff"', b"[" * 200_000, b"tru", b"")
JSON_TYPES: dict[Any, tuple[type, ...]] = {
    str: (str,),
    int: (int,),
    type(None): (type(None),),
    list: (list,),
    msgspec.Raw: (object,),
}


def sample(kind: Any, name: str = "") -> Any:
    """A JSON value that a type takes."""
    if isinstance(kind, typing.TypeAliasType if hasattr(typing, "TypeAliasType") else ()):
        kind = kind.__value__
    origin = typing.get_origin(kind)
    if origin is typing.Annotated:
        return sample(typing.get_args(kind)[0], name)
    if origin is typing.Literal:
        return typing.get_args(kind)[0]
    if origin in (typing.Union, types.UnionType):
        return sample(next(one for one in typing.get_args(kind) if one is not type(None)), name)
    if origin is list:
        return [sample(typing.get_args(kind)[0])]
    if kind is ToolKind:
        return {"type": "other", "name": "x"}
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return fields_of(kind)
    return {str: f"some {name}", int: 7, msgspec.Raw: None}[kind]


def fields_of(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """A JSON object that a struct takes, with all its fields."""
    hints = typing.get_type_hints(kind, include_extras=True)
    values = {name: sample(hints[name], name) for name in kind.__struct_fields__}
    tag = kind.__struct_config__.tag
    return values if tag is None else {"type": tag, **values}


def allowed(kind: Any) -> tuple[type, ...]:
    """The JSON types a field can hold; objects are left to the decoder."""
    origin = typing.get_origin(kind)
    if origin is typing.Annotated:
        return allowed(typing.get_args(kind)[0])
    if origin is typing.Literal:
        return (str,)
    if origin in (typing.Union, types.UnionType):
        return tuple(one for inner in typing.get_args(kind) for one in allowed(inner))
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return (dict,)
    return JSON_TYPES[list if origin is list else kind]


def wrong_lines(script: Script, kind: type[events.Payload]) -> Iterator[tuple[bytes, bool]]:
    """Lines with one field each that is something else, and whether no decoder may take it."""
    payload = fields_of(kind)
    envelope = {
        "schema_version": script.schema,
        "seq": 0,
        "wall_time_unix_ms": 5000,
        "rollout_id": "rollout",
        "thread_id": "t1",
        "codex_turn_id": "u1",
    }
    for owner, struct in ((payload, kind), (envelope, events.Event)):
        hints = typing.get_type_hints(struct, include_extras=True)
        for name in [*owner]:
            for value in VALUES.values():
                script.seq += 1
                envelope["seq"] = script.seq
                changed = {key: one for key, one in (owner | {name: value}).items() if one is not ...}
                whole = envelope | {"payload": payload}
                whole = whole | {"payload": changed} if owner is payload else changed | {"payload": payload}
                kinds = allowed(hints[name]) if name in hints else (object,)
                fits = isinstance(value, kinds) and (not isinstance(value, bool) or object in kinds)
                impossible = value is not ... and not fits
                yield json.dumps(whole, ensure_ascii=False).encode(), impossible
            anything = name in hints and allowed(hints[name]) == (object,)
            for raw in RAW:
                script.seq += 1
                envelope["seq"] = script.seq
                whole = envelope | {"payload": payload}
                changed = owner | {name: "\ue000"}
                whole = whole | {"payload": changed} if owner is payload else changed | {"payload": payload}
                yield (
                    json.dumps(whole, ensure_ascii=False).encode().replace('"\ue000"'.encode(), raw),
                    not anything,
                )


@pytest.mark.parametrize("kind", events.PAYLOAD_TYPES, ids=lambda kind: kind.__struct_config__.tag)
def test_each_field_of_each_event(tmp_path: Path, kind: type[events.Payload]) -> None:
    for schema in (1, 2):
        script = Script(tmp_path / str(schema), schema)
        script.begin()
        impossible = []
        for line, wrong in wrong_lines(script, kind):
            ordinal = script.line(line)
            if wrong:
                impossible.append(ordinal)
        script.turn("after")
        script.ask("i-after", user("a"), turn="after")
        trace = script.trace()
        assert len(trace) == script.ordinal
        decoded = list(trace.events)
        assert [one for one in impossible if not isinstance(decoded[one - 1], BadLine)] == []
        bad = {at for at, one in enumerate(decoded, 1) if isinstance(one, BadLine)}
        said = {
            one.event for one in trace.diagnostics if one.code in ("unreadable_line", "unknown_event_type")
        }
        assert bad == said
        state = state_of(trace)
        assert state["inference_calls"]["i-after"]["codex_turn_id"] == "after"
        for event in range(0, len(trace), 37):
            state_of(trace, event)


def test_a_whole_event_of_each_type_is_taken(tmp_path: Path) -> None:
    """The samples are what they should be: only what they refer to is unknown."""
    script = Script(tmp_path / "bundle")
    for kind in events.PAYLOAD_TYPES:
        script.seq += 1
        event = {
            "schema_version": 2,
            "seq": script.seq,
            "wall_time_unix_ms": 1,
            "rollout_id": "rollout",
            "payload": fields_of(kind),
        }
        script.line(json.dumps(event).encode())
    assert not any(isinstance(one, BadLine) for one in script.trace().events)
