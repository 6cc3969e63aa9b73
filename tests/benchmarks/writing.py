"""What being watched costs the writer: the recorder's speed alone, followed, and shown."""

from __future__ import annotations

import statistics
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import mkdtemp

from rollout_tui.recorder import Recording
from tests.benchmarks.bench import Bench
from tests.benchmarks.recorder import Followers, on
from tests.benchmarks.rows import Row, at_most
from tests.benchmarks.terminal import Terminal

EVENTS = 10_000
ROUNDS = 3


def rows(bench: Bench) -> Iterator[Row]:
    """Mean time of an event, in rounds so that all three meet the same machine."""
    alone: list[float] = []
    followed: list[float] = []
    shown: list[float] = []
    for _ in range(ROUNDS if not bench.quick else 1):
        alone.append(_speed(bench, lambda recording: None))
        followers = Followers()
        try:
            followed.append(_speed(bench, followers.follow))
        finally:
            followers.stop()
        with ExitStack() as viewers:
            shown.append(_speed(bench, _viewer(bench, viewers)))
    base = statistics.median(alone)
    yield Row("recording an event", base, "us", at_most(40, "us"), note=f"mean of {EVENTS:,} events")
    for what, times in (("followed", followed), ("with the program on screen", shown)):
        yield Row(
            f"recording an event, {what}",
            statistics.median(times),
            "us",
            None,
            base,
            "alone",
            note="the other process takes processor time and nothing else",
        )


def _speed(bench: Bench, beside: Callable[[Recording], None]) -> float:
    """Mean us of an event."""
    mean, _ = on(Path(mkdtemp(dir=bench.scratch)), EVENTS, beside)
    return mean


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
