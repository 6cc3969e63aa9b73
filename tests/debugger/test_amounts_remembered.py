"""What was found out once is remembered of the latest or of the first only: asked again, it is found anew."""

from __future__ import annotations

import tracemalloc

import pytest
from scripted import Script, user

from rollout_tui.debugger.context import wire
from rollout_tui.debugger.findings import finding
from rollout_tui.debugger.findings.finding import Sources
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
