"""What is kept to save work is kept of the latest only, however much a recording has of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from counted_steps import steps
from scripted import Body, Script, function, user

from rollout_tui.graph import objects
from rollout_tui.recording import Trace
from rollout_tui.reducer import evidence, reduction, request_reading
from rollout_tui.trace.bundle import open_bundle

FEW = 3
WAIT = {"type": "other", "name": "wait"}


def test_equal_values_are_one_object_as_long_as_there_are_few(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reduction, "MOST_SHARED", 10 * FEW)
    script.begin()
    names = ["n", "n", *(f"{number}" for number in range(20 * FEW)), "n"]
    for number, name in enumerate(names):
        script.tool(f"x{number}", {"type": "other", "name": name})
    history = script.trace().history
    order = history.collections[objects.ToolCall].order
    first, second, *_, last = (history.objects[one].kind for one in order)
    assert first is second and first == last and first is not last


def test_decoded_files_are_remembered_as_long_as_there_are_few(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "REMEMBERED_FILES", FEW)
    script.begin()
    body = script.payload(Body("tool_invocation", function("wait", {"cell_id": "7"})))
    script.tool("x", WAIT, call_id="x", invocation_payload=body)
    trace = Trace(open_bundle(script.folder))
    trace.advance()
    (script.folder / body["path"]).unlink()
    script.tool("again", WAIT, call_id="again", invocation_payload=body)
    trace.advance()
    assert not trace.diagnostics
    for number in range(FEW):
        other = function("wait", {"cell_id": f"{number}"})
        script.tool(f"y{number}", WAIT, call_id=f"y{number}", invocation=other)
    script.tool("forgotten", WAIT, call_id="forgotten", invocation_payload=body)
    trace.advance()
    assert [one.code for one in trace.diagnostics] == ["payload_missing"]


def cost_of_the_next_request(script: Script) -> int:
    """Lines run for a request that adds an item to the one before, another thread's in between."""
    script.begin()
    script.thread("a", "/root/a")
    script.turn("ua", "a")
    items = [user(f"{number}") for number in range(100)]
    script.ask("i1", *items)
    script.ask("i2", *items, thread="a", turn="ua")
    trace = Trace(open_bundle(script.folder))
    trace.advance()
    script.ask("i3", *items, user("new"))
    return steps(trace.advance)


def test_requests_are_kept_for_the_next_as_long_as_they_are_small(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = cost_of_the_next_request(Script(tmp_path / "kept"))
    size = max(one.stat().st_size for one in (tmp_path / "kept" / "payloads").iterdir())
    monkeypatch.setattr(request_reading, "BUFFERED", size * 3 // 2)
    assert cost_of_the_next_request(Script(tmp_path / "gone")) > 3 * kept


def cost_of_items_read_before(script: Script) -> int:
    """Lines run for the first request of a thread, with the items of another's."""
    script.begin()
    script.thread("a", "/root/a")
    script.turn("ua", "a")
    items = [user(f"{number}") for number in range(20 * FEW)]
    script.ask("i1", *items)
    trace = Trace(open_bundle(script.folder))
    trace.advance()
    script.ask("i2", *items, thread="a", turn="ua")
    return steps(trace.advance)


@pytest.mark.parametrize("amount", ["MOST_KNOWN", "LONGEST_KNOWN"])
def test_items_are_known_again_as_long_as_they_are_few_and_small(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, amount: str
) -> None:
    known = cost_of_items_read_before(Script(tmp_path / "known"))
    monkeypatch.setattr(request_reading, amount, FEW)
    assert cost_of_items_read_before(Script(tmp_path / "anew")) > 1.2 * known
