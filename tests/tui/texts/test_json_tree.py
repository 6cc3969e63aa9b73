"""What JSON in a string is told as."""

from __future__ import annotations

import json

import pytest

from rollout_tui.tui.texts import json_tree
from rollout_tui.tui.texts.json_rows import DEEPEST_OPEN, JsonRows
from rollout_tui.tui.texts.json_tree import parsed


def test_json_in_a_string_is_json_where_it_is_not_huge() -> None:
    for entries, is_json in ((1000, True), (2_100_000, False)):
        text = "[" + "1," * entries + "1]"
        ((_, inner),) = parsed(json.dumps({"arguments": text}).encode()).children
        assert (inner.embedded is not None) is is_json


def test_of_very_many_members_the_first_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_tree, "MOST_MEMBERS", 100)
    monkeypatch.setattr(json_tree, "BEGINNING", 1000)
    for text, close in (("1", "]"), ('"k":1', "}")):
        many = parsed(f"{chr(ord(close) - 2)}{f'{text},' * 5000}{text}{close}".encode())
        assert many.members.endswith("+") and int(many.members[:-1]) <= 500


def test_a_deep_document_is_open_to_a_depth() -> None:
    for depth in (100, 1000):
        rows = JsonRows(parsed(b"[" * depth + b"1" + b"]" * depth), "x", frozenset(), 80)
        assert DEEPEST_OPEN <= len(rows) <= 2 * DEEPEST_OPEN + 5
