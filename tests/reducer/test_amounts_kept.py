"""What is kept to save work is kept of the latest only, however much a recording has of it."""

from __future__ import annotations

import pytest
from scripted import Body, Script, function

from rollout_tui.graph import objects
from rollout_tui.recording import Trace
from rollout_tui.reducer import evidence, reduction
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
