"""What was found out once is remembered of the latest or of the first only: asked again, it is found anew."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from counted_steps import steps
from scripted import Script, user

from rollout_tui.debugger.context import pending_rows, wire
from rollout_tui.debugger.context.context import Context, text
from rollout_tui.debugger.findings import finding
from rollout_tui.debugger.findings.finding import Sources
from rollout_tui.debugger.spans import spans as spans_module
from rollout_tui.debugger.spans.spans import Spans
from rollout_tui.export import pseudonyms
from rollout_tui.export.pseudonyms import Pseudonyms
from rollout_tui.printable import cells, printable

FEW = 3


def test_requests_as_they_were_sent(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "REMEMBERED", FEW)
    script.begin()
    events = [script.ask(f"i{number}", user("x")) for number in range(FEW + 1)]
    trace = script.trace()
    first = wire.on_the_wire(trace, events[0], "t1")
    assert wire.on_the_wire(trace, events[0], "t1") is first is not None
    for event in events[1:]:
        wire.on_the_wire(trace, event, "t1")
    assert wire.on_the_wire(trace, events[0], "t1") is not first


def test_texts_of_findings(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "REMEMBERED", FEW)
    script.begin()
    sources = Sources(script.trace())

    def text(number: int) -> str:
        return f"the message of finding {number}"

    first = sources.shared(text(0))
    assert sources.shared(text(0)) is first
    for number in range(1, FEW + 1):
        sources.shared(text(number))
    assert sources.shared(text(0)) is not first


def test_texts_of_what_is_pending(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pending_rows, "_REMEMBERED", FEW)
    script.begin()
    for number in range(FEW + 1):
        script.tool(f"x{number}", call_id=f"c{number}")
        item = {"type": "function_call_output", "call_id": f"c{number}", "output": f"printed {number}"}
        script.end_tool(f"x{number}", result={"type": "direct_response", "response_item": item})
    trace = script.trace()
    rows = Context(trace, trace.history.head, "t1")
    assert [text(trace, row) for row in rows] == [f"printed {number}" for number in range(FEW + 1)]
    first = text(trace, rows[0])
    assert text(trace, rows[0]) is first
    for row in rows[1:]:
        text(trace, row)
    assert text(trace, rows[0]) is not first


def cost_of_the_next_event(script: Script, between: int) -> int:
    """Lines run to take in a request like one before, with so many of other sizes in between."""
    script.begin()
    for number, more in enumerate((0, 0, *range(1, between + 1))):
        script.ask(f"i{number}", *(user(f"{number} {item}") for item in range(100 + more)))
    trace = script.trace()
    spans = Spans(trace.history)
    spans.update()
    script.ask("last", *(user(f"last {item}") for item in range(100)))
    trace.advance()
    return steps(spans.update)


def test_what_changes_mean_to_the_spans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spans_module, "_MOST_PLANS", FEW)
    known = cost_of_the_next_event(Script(tmp_path / "known"), 0)
    assert cost_of_the_next_event(Script(tmp_path / "forgotten"), FEW) > 2 * known


def test_lines_that_were_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pseudonyms, "_MOST_REMEMBERED", 1)
    replaced = Pseudonyms(b"key")
    first, second = (f"something that is said {number} times" for number in (10, 20))
    assert replaced.line(first) is replaced.line(first)
    assert replaced.line(second) == replaced.line(second)
    assert replaced.line(second) is not replaced.line(second)


def test_characters() -> None:
    text = "".join(map(chr, range(0x20000, 0x20000 + 26_000)))
    tracemalloc.start()
    try:
        cells(text)
        assert printable(text)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 6_000_000
