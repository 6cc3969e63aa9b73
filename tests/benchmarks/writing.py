"""What being watched costs the writer: the recorder's speed alone, followed, and shown."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple

from rollout_tui.recorder import Recording
from tests.benchmarks.bench import Bench
from tests.benchmarks.recorder import Followers, on
from tests.benchmarks.rows import Row, at_most
from tests.benchmarks.terminal import Terminal

EVENTS = 10_000
ROUNDS = 3


class Cost(NamedTuple):
    """Of an event, in us: by the clock, and of the processor for the agent's own thread."""

    clock: float
    processor: float


def rows(bench: Bench) -> Iterator[Row]:
    """Mean cost of an event, in rounds so that all three meet the same machine."""
    alone: list[Cost] = []
    followed: list[Cost] = []
    shown: list[Cost] = []
    for _ in range(ROUNDS if not bench.quick else 1):
        alone.append(_cost(bench, lambda recording: None))
        followers = Followers()
        try:
            followed.append(_cost(bench, followers.follow))
        finally:
            followers.stop()
        with ExitStack() as viewers:
            shown.append(_cost(bench, _viewer(bench, viewers)))
    base = Cost(*(statistics.median(column) for column in zip(*alone, strict=True)))
    yield Row("recording an event", base.clock, "us", at_most(40, "us"), note=f"mean of {EVENTS:,} events")
    for what, costs in (("followed", followed), ("with the program on screen", shown)):
        clock, processor = (statistics.median(column) for column in zip(*costs, strict=True))
        yield Row(
            f"recording an event, {what}: processor",
            processor,
            "us",
            None,
            base.processor,
            "alone",
            note=f"by the clock {clock:.0f} us, alone {base.clock:.0f} us: both want a processor",
        )


def _cost(bench: Bench, beside: Callable[[Recording], None]) -> Cost:
    began = 0

    def begin(recording: Recording) -> None:
        nonlocal began
        beside(recording)
        began = time.thread_time_ns()

    mean, _ = on(Path(mkdtemp(dir=bench.scratch)), EVENTS, begin)
    return Cost(mean, (time.thread_time_ns() - began) / 1000 / EVENTS)


def _viewer(bench: Bench, viewers: ExitStack) -> Callable[[Recording], None]:
    """Opens the program over the recording and keeps its terminal read."""

    def open_viewer(recording: Recording) -> None:
        assert recording.bundle is not None
        terminal = bench.open(recording.bundle)
        terminal.wait_until(lambda screen: "schema" in screen.rows[0], 20)
        stopping = threading.Event()

        def read() -> None:
            while not stopping.is_set() and not terminal.ended:
                terminal.pump(0.1)

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        viewers.callback(_close, terminal, stopping, reader)

    return open_viewer


def _close(terminal: Terminal, stopping: threading.Event, reader: threading.Thread) -> None:
    stopping.set()
    reader.join()
    terminal.close()
