"""What is kept of JSON that was looked at, and what JSON in a string is told as."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from scripted import Script, user

from rollout_tui.tui.texts.documents import payload_document
from rollout_tui.tui.texts.json_tree import JsonValue, parsed


def test_documents_are_kept_as_long_as_they_are_small(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rollout_tui.tui.texts.documents.MOST_BYTES", 25_000)
    script = Script(tmp_path / "bundle")
    script.begin()
    for number in range(3):
        script.ask(f"i{number}", user("x" * 10_000))
    trace = script.trace()
    snapshot = trace.at(trace.head)

    def document(number: int) -> JsonValue:
        return payload_document(trace, snapshot, f"raw_payload:{number}")

    first = document(1)
    assert document(1) is first
    second, third = document(2), document(3)
    assert document(2) is second and document(3) is third
    assert document(1) is not first


def test_json_in_a_string_is_json_where_it_is_not_huge() -> None:
    for entries, is_json in ((1000, True), (2_100_000, False)):
        text = "[" + "1," * entries + "1]"
        ((_, inner),) = parsed(json.dumps({"arguments": text}).encode()).children
        assert (inner.embedded is not None) is is_json
