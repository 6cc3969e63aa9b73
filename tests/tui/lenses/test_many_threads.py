"""A recording of threads without end: what a screen looks at does not grow with them."""

from __future__ import annotations

import json
import shutil
from functools import partial
from pathlib import Path
from unittest.mock import patch

from counted_steps import steps
from lens_views import LENS_FUNCTIONS, opened, rows, view_at
from recordings_at_hand import RECORDINGS

from rollout_tui.debugger.findings.in_order import InOrder
from rollout_tui.debugger.findings.unfinished import MOST_LEFT_OPEN
from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.spans.spans import Spans
from rollout_tui.debugger.stories.agents import MOST_THREADS
from rollout_tui.debugger.waiting.blocked import blocked
from rollout_tui.debugger.waiting.silences import Silences
from rollout_tui.graph.history import History
from rollout_tui.tui.drawing.lens import LineList
from rollout_tui.tui.panes.blocked_line import blocked_line
from rollout_tui.tui.panes.lanes import MOST_OPEN, PROBES, lanes

THREADS = 30_000


def many_threads(folder: Path) -> Path:
    bundle = folder / "many"
    shutil.copytree(RECORDINGS / "one-message", bundle)
    first, second, *_ = (bundle / "trace.jsonl").read_bytes().splitlines(keepends=True)
    event = json.loads(second)
    with (bundle / "trace.jsonl").open("wb") as spine:
        spine.write(first + second)
        for seq in range(3, THREADS + 2):
            thread = {"type": "thread_started", "thread_id": f"t{seq}", "agent_path": f"/root/agent-{seq}"}
            spine.write(json.dumps({**event, "seq": seq, "payload": thread}).encode() + b"\n")
    return bundle


def test_every_lens_looks_at_a_bounded_part(tmp_path: Path) -> None:
    folder = many_threads(tmp_path)
    trace, _ = opened(folder)
    view = view_at(folder, trace.head)
    for lens in LENS_FUNCTIONS.values():
        lens(view, 78)
    looked_at = 0
    as_of = History.as_of

    def counted(history: History, handle: int, event: int) -> object:
        nonlocal looked_at
        looked_at += 1
        return as_of(history, handle, event)

    with patch.object(History, "as_of", counted):
        for name, lens in LENS_FUNCTIONS.items():
            looked_at = 0
            content = lens(view, 78)
            rows(LineList("", map(content.line, range(min(40, len(content))))))
            assert looked_at < 6 * MOST_THREADS and len(content) < 3 * MOST_LEFT_OPEN, name
        looked_at = 0
        assert "running" in blocked_line(view, 100).text
        assert looked_at < THREADS


def test_lanes_and_depths_cost_each_event_once(tmp_path: Path) -> None:
    """Sorted by thread and depth, each event is looked at once, not once for each thread."""
    trace, _ = opened(many_threads(tmp_path))
    spans = index_of(trace.history, Spans)
    assert steps(spans.events.sort) < 20 * THREADS
    width = 100
    made_of = partial(lanes, spans, index_of(trace.history, Silences), InOrder(), width, (1,))
    assert steps(made_of) < width * PROBES * 20 * MOST_OPEN
    assert spans.threads_open(trace.head) == THREADS
    assert steps(partial(list, spans.open_at(trace.head))) < THREADS / 100


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    folder = many_threads(tmp_path)
    trace, _ = opened(folder)
    view = view_at(folder, trace.head)
    content = LENS_FUNCTIONS["agents"](view, 78)
    assert content.subtitle.startswith(f"{THREADS:,} threads")
    assert any(f"{THREADS - MOST_THREADS - 1:,} more threads" in row for row in rows(content))
    assert content.focus is not None and view.thread_id == f"t{trace.head}"
    assert f"agent-{trace.head}" in content.line(content.focus).text
    found = [row for row in rows(LENS_FUNCTIONS["findings"](view, 120)) if "more objects" in row]
    assert len(found) == 1 and f"{THREADS - MOST_LEFT_OPEN:,} more objects" in found[0]
    assert len(blocked(trace, view.snapshot)) == THREADS
