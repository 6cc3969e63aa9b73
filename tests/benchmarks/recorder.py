"""What recording costs the harness: off, on, and on beside a reader that follows.

    python tests/benchmarks/recorder.py [--events 20000]

Prints a table; the goals stand beside the figures. `on` figures are per event line, with its payload file, of
the best of some rounds: other programs on the machine are not what is measured.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
import timeit
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rollout_tui.recorder import Recording, record

FOLLOWER = """
import sys
from rollout_tui import open_trace
trace = open_trace(sys.argv[1])
print("following", flush=True)
for head in trace.follow():
    pass
"""


ROUNDS = 5


@dataclass(frozen=True)
class Row:
    """A line of the table: what was measured, in which unit, and what it should stay under."""

    name: str
    value: float
    unit: str
    goal: float | None = None

    def __str__(self) -> str:
        goal = "" if self.goal is None else f"< {self.goal:g}"
        verdict = "" if self.goal is None or self.value < self.goal else "  MISSED"
        return f"{self.name:<52}{self.value:>10.3f} {self.unit:<3}{goal:>8}{verdict}"


def off() -> list[Row]:
    """Calls while nothing is recorded, best of several rounds, in us."""
    recording = record(enabled=False)
    turn = recording.root.turn()
    tool = turn.tool_call("f")
    body = {"model": "m", "input": [{"role": "user", "content": "x"}] * 100}

    def best(call: Callable[[], object]) -> float:
        empty = min(timeit.repeat(_nothing, number=100_000, repeat=7))
        return (min(timeit.repeat(call, number=100_000, repeat=7)) - empty) * 10

    def context() -> None:
        with turn.tool_call("f", body, call_id="c1"):
            pass

    return [
        Row("off: a plain call (tool.completed)", best(lambda: tool.completed("x")), "us", 0.3),
        Row(
            "off: a plain call with names (accept, report)",
            best(lambda: turn.report("x", status=body)),
            "us",
            0.3,
        ),
        Row("off: a context (with turn.tool_call(...))", best(context), "us", 0.6),
    ]


def _nothing() -> None:
    """The cost of a call, which is not the recorder's."""


def work(recording: Recording) -> Iterator[Callable[[], object]]:
    """One event after the other, as calls to be timed: a model call and a command per round, small bodies."""
    items = [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "x" * 200}]}] * 10
    while True:
        turn = recording.root.turn()
        call = turn.inference({"model": "m", "input": items})
        yield lambda call=call: call.completed([], usage={"input_tokens": 1, "output_tokens": 1})  # type: ignore[misc]
        tool = turn.tool_call("exec_command", {"cmd": "ls"})
        yield lambda tool=tool: tool.mcp_call_id("m")  # type: ignore[misc]
        command = tool.command(["ls"], cwd="/w")
        yield lambda command=command: command.exited(0, "x" * 300)  # type: ignore[misc]
        yield lambda tool=tool: tool.completed("x" * 300)  # type: ignore[misc]
        yield lambda turn=turn: turn.end()  # type: ignore[misc]


def on(root: Path, events: int, beside: Callable[[Recording], None]) -> tuple[float, list[float]]:
    """Record this many events, after `beside` had a look at the recording.

    Returns the mean over all events, and the sorted times of single ones (every second or so), in us.
    """
    single: list[float] = []
    with record(root) as recording:
        beside(recording)
        began = time.perf_counter_ns()
        for call in work(recording):
            before = time.perf_counter_ns()
            call()
            single.append((time.perf_counter_ns() - before) / 1000)
            if recording.counters.events >= events:
                break
        mean = (time.perf_counter_ns() - began) / 1000 / recording.counters.events
    return mean, sorted(single)


def best_round(events: int, *, followed: bool) -> tuple[float, list[float]]:
    """The round with the lowest mean, each in a folder of its own."""
    measured = []
    for _ in range(ROUNDS):
        followers = Followers()
        with tempfile.TemporaryDirectory() as folder:
            try:
                measured.append(on(Path(folder), events, followers.follow if followed else _nobody))
            finally:
                followers.stop()
    return min(measured)


def _nobody(recording: Recording) -> None:
    """Follow nothing."""


class Followers:
    """Other processes that follow recordings."""

    def __init__(self) -> None:
        self._processes: list[subprocess.Popen[str]] = []

    def follow(self, recording: Recording) -> None:
        """Start to follow a recording, and return when the other process has begun."""
        command = [sys.executable, "-c", FOLLOWER, str(recording.bundle)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self._processes.append(process)
        if process.stdout is None or process.stdout.readline() != "following\n":
            raise RuntimeError("the follower did not start")

    def stop(self) -> None:
        """End them."""
        for process in self._processes:
            process.kill()
            process.wait()


def rows(events: int) -> list[Row]:
    """Measure everything."""
    found = off()
    mean, single = best_round(events, followed=False)
    found.append(Row(f"on: an event, mean of {events:,}", mean, "us", 40))
    found.append(Row("on: an event, p50", single[len(single) // 2], "us"))
    found.append(Row("on: an event, p99", single[len(single) * 99 // 100], "us"))
    mean, single = best_round(events, followed=True)
    found.append(Row("on, followed: an event, mean", mean, "us", 40))
    found.append(Row("on, followed: an event, p99", single[len(single) * 99 // 100], "us", 1000))
    found.append(Row("on, followed: an event, longest", single[-1], "us"))
    with tempfile.TemporaryDirectory() as folder, record(folder) as recording:
        items = [
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "x" * 400}]}
        ] * 1000
        turn = recording.root.turn()
        taken = min(
            timeit.repeat(lambda: turn.inference({"model": "m", "input": items}), number=1, repeat=20)
        )
        found.append(Row("on: a request of 1,000 items, 0.5 MB", taken * 1000, "ms"))
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=int, default=20_000)
    for row in rows(parser.parse_args().events):
        print(row)


if __name__ == "__main__":
    main()
