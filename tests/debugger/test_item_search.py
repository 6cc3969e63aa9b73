"""Searching the texts of some items."""

from __future__ import annotations

from pathlib import Path

import pytest
from scripted import call, user
from small_recordings import begun

from rollout_tui.debugger.context.item_search import FoundItem, find_in_items
from rollout_tui.debugger.searching.search_query import query
from rollout_tui.recording import Trace

IDS = ("conversation_item:3", "conversation_item:1", "conversation_item:2")


@pytest.fixture
def trace(tmp_path: Path) -> Trace:
    """Items 1 to 3: `Read AGENTS.md first`, a call, `grün`."""
    script = begun(tmp_path / "bundle")
    items = [
        user("Read AGENTS.md first"),
        call("c", "exec_command", '{"cmd": "ls"}'),
        user("gr\u00fcn"),
    ]
    script.ask("i1", *items)
    return script.trace()


def found(trace: Trace, text: str) -> list[FoundItem]:
    return find_in_items(trace, IDS, 4, query(text))


def test_items_come_in_the_order_asked_with_what_stands_around(trace: Trace) -> None:
    assert found(trace, "agents.md") == [FoundItem("conversation_item:1", "Read AGENTS.md first")]
    assert [one.item_id for one in found(trace, "r")] == ["conversation_item:3", "conversation_item:1"]


def test_capitals_count_where_the_text_has_some(trace: Trace) -> None:
    assert found(trace, "Agents") == []


def test_calls_umlauts_and_regular_expressions(trace: Trace) -> None:
    assert [one.item_id for one in found(trace, '"cmd":"ls"')] == ["conversation_item:2"]
    assert [one.excerpt for one in found(trace, "\u00fcn")] == ["gr\u00fcn"]
    assert [one.item_id for one in found(trace, "/A[A-Z]+\\.md/")] == ["conversation_item:1"]
    assert found(trace, "nowhere") == find_in_items(trace, ("conversation_item:99",), 4, query("x")) == []
