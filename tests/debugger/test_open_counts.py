"""How many calls and cells are open: the same as by looking at each, at a cost that does not grow."""

from __future__ import annotations

from pathlib import Path

import pytest
from counted_steps import steps
from recordings_at_hand import recordings
from scripted import Script, user

from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.spans.span_tree import CELL, TOOL
from rollout_tui.debugger.spans.spans import Spans
from rollout_tui.debugger.stops import open_counts, watched
from rollout_tui.debugger.stops.breakpoints import Breakpoints, Searching
from rollout_tui.debugger.stops.open_counts import OpenCounts
from rollout_tui.recording import Trace
from rollout_tui.trace.bundle import open_bundle

FEW = 100


def looked_at(spans: Spans, kind: int, thread_id: str, event: int) -> int:
    thread = spans.thread_number(thread_id)
    return sum(spans.kinds[one] == kind and spans.threads[one] == thread for one in spans.open_at(event))


@pytest.mark.parametrize("folder", recordings(), ids=lambda folder: folder.name)
def test_counts_are_those_of_a_look_at_each(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a recording grows, too, where what was over can go on."""
    monkeypatch.setattr(open_counts, "AT_ONCE", 2)
    trace = Trace(open_bundle(folder))
    spans = index_of(trace.history, Spans)
    counts = {kind: OpenCounts(spans, kind) for kind in (TOOL, CELL)}
    more = True
    while more:
        more = trace.advance(2000).more
        spans.update()
        for one in counts.values():
            while one.take():
                pass
        threads = {trace.history.events.thread_id(event) or "" for event in range(1, trace.head + 1)}
        for thread_id in threads:
            for event in range(0, trace.head + 1, 1 if not more else 7):
                for kind, one in counts.items():
                    assert one.at(thread_id, event) == looked_at(spans, kind, thread_id, event)


def cost_of_a_watch(folder: Path, many: int, field: str) -> int:
    """Lines run to look at the last few events of a recording with so much open."""
    script = Script(folder)
    script.begin()
    for number in range(many):
        script.tool(f"x{number}", {"type": "exec_command"})
    for number in range(5):
        script.tool(f"y{number}", {"type": "exec_command"})
        script.end_tool(f"y{number}")
    trace = script.trace()
    points = Breakpoints(trace)
    points.add("watch", f"{field} > 1M")
    assert not [one for one in points.stops(0) if not isinstance(one, Searching)]
    return steps(lambda: list(points.stops(trace.head - 10)))


@pytest.mark.parametrize("field", ["open_calls", "open_cells"])
def test_a_watch_costs_the_same_whatever_is_open(tmp_path: Path, field: str) -> None:
    few, many = (cost_of_a_watch(tmp_path / str(times), times * FEW, field) for times in (1, 5))
    assert many < 1.1 * few


def test_texts_are_looked_at_a_slice_at_a_time(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched, "TEXTS_AT_ONCE", 2)
    script.begin()
    script.ask("i", *(user(f"{number}") for number in range(10)))
    points = Breakpoints(script.trace())
    points.add("watch", "text ~ nothing")
    assert [type(one) for one in points.stops(0)] == 5 * [Searching]
