"""A recording that grows: from a complete line on disk to the state, to the screen; the cost of waiting."""

from __future__ import annotations

import itertools
import os
import random
import re
import statistics
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.benchmarks.bench import Bench
from tests.benchmarks.live_bundle import begun, next_lines
from tests.benchmarks.machine import load
from tests.benchmarks.reading import position
from tests.benchmarks.rows import Goal, Row, at_most, percentile, spread
from tests.benchmarks.terminal import Terminal
from tests.no_change_events import no_change_events

BEGUN = 200
LINES = 100
IDLE_S = 10.0


def rows(bench: Bench) -> Iterator[Row]:
    """Latency to the state and to the screen, and idle cost with and without open work."""
    source = bench.bundles.get("S")
    without_change_events = no_change_events()
    yield _to_state(bench, source)
    yield from _to_screen(bench, source, "screen", bench.programs.ours, 60)
    if without_change_events is not None:
        ours = [*without_change_events, *bench.programs.ours]
        yield from _to_screen(bench, source, "screen, without change events", ours, 300)
    for what, event_type in (("nothing open", b"codex_turn_ended"), ("a call open", b"inference_started")):
        yield _idle(bench, source, what, event_type)


def _pauses() -> Iterator[float]:
    """Seconds between lines: of no fixed rhythm, so that no timer is met by chance."""
    chance = random.Random(2)
    while True:
        yield 0.03 + 0.07 * chance.random()


def _append(spine: Path, lines: Iterator[bytes]) -> Iterator[float]:
    """Write a line whenever asked for the next one; yields the time just after it was written."""
    target = os.open(spine, os.O_WRONLY | os.O_APPEND)
    try:
        for line in itertools.islice(lines, LINES):
            os.write(target, line)
            yield time.perf_counter()
    finally:
        os.close(target)


def _to_state(bench: Bench, source: Path) -> Row:
    bundle = begun(bench, "state", source, BEGUN)
    command = [bench.programs.python, "-m", "tests.benchmarks.following", str(bundle)]
    follower = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    written: dict[int, float] = {}
    try:
        assert follower.stdout is not None
        follower.stdout.readline()
        time.sleep(0.5)
        appended = _append(bundle / "trace.jsonl", next_lines(source, BEGUN))
        for seq, (at, pause) in enumerate(zip(appended, _pauses(), strict=False), BEGUN + 1):
            written[seq] = at
            time.sleep(pause)
        time.sleep(0.5)
    finally:
        follower.kill()
        said, _ = follower.communicate()
    seen = [line.split() for line in said.splitlines()]
    waits = [
        (int(at) / 1e9 - written[int(seq)]) * 1000
        for seq, at in seen
        if seq.isdigit() and int(seq) in written
    ]
    goal = Goal("p50 <= 5, p95 <= 20 ms", lambda ours, other: ours <= 20 and statistics.median(waits) <= 5)
    if not waits:
        return Row("line on disk to state: p95", None, "ms", goal, note="never seen")
    note = f"{spread(waits, 'ms')} of {LINES} lines, load {load()}"
    return Row("line on disk to state: p95", percentile(waits, 0.95), "ms", goal, note=note)


def _to_screen(
    bench: Bench, source: Path, name: str, program: Sequence[str], most_ms: float
) -> Iterator[Row]:
    bundle = begun(bench, name, source, BEGUN)
    waits = []
    with (bundle / "trace.jsonl").open("ab"), Terminal([*program, str(bundle)]) as terminal:
        _at_head(terminal, BEGUN, 20.0)
        terminal.still(10)
        appended = _append(bundle / "trace.jsonl", next_lines(source, BEGUN))
        for seq, (at, pause) in enumerate(zip(appended, _pauses(), strict=False), BEGUN + 1):
            painted = _at_head(terminal, seq, 2.0)
            if painted is not None:
                waits.append((painted - at) * 1000)
            terminal.run_for(pause)
    what, goal = f"line on disk to {name}: p95", at_most(most_ms, "ms")
    if not waits:
        yield Row(what, None, "ms", goal, note="never painted")
        return
    note = f"{spread(waits, 'ms')} of {LINES} lines, load {load()}"
    yield Row(what, percentile(waits, 0.95), "ms", goal, note=note)


def _at_head(terminal: Terminal, seq: int, limit_s: float) -> float | None:
    return terminal.wait_until(lambda screen: (position(screen) or (0, 0))[1] >= seq, limit_s)


def _idle(bench: Bench, source: Path, what: str, event_type: bytes) -> Row:
    """Processor time over ten seconds in which nothing is written; the writer is there."""
    mark = b'"payload":{"type":"' + event_type
    types = [mark in line for line in (source / "trace.jsonl").read_bytes().splitlines()]
    events = len(types) - types[::-1].index(True)
    bundle = begun(bench, f"idle-{event_type.decode()}", source, events)
    _recent(bundle / "trace.jsonl")
    with (bundle / "trace.jsonl").open("ab"), bench.open(bundle) as terminal:
        _at_head(terminal, events, 20.0)
        terminal.still(20)
        terminal.run_for(1.0)
        before, painted = terminal.cpu_s, terminal.output_bytes
        terminal.run_for(IDLE_S)
        used, painted = terminal.cpu_s - before, terminal.output_bytes - painted
    note = f"{painted / IDLE_S:.0f} bytes a second to the terminal"
    return Row(f"idle, {what}", used / IDLE_S * 100, "% CPU", at_most(1, "%"), note=note)


def _recent(spine: Path) -> None:
    """Move all times so that the last event has just happened: ages of hours do not count up every second."""
    data = spine.read_bytes()
    times = [int(one) for one in re.findall(rb'"wall_time_unix_ms":(\d+)', data)]
    later = time.time_ns() // 1_000_000 - times[-1]
    spine.write_bytes(
        re.sub(
            rb'("wall_time_unix_ms":)(\d+)', lambda found: found[1] + b"%d" % (int(found[2]) + later), data
        )
    )
