"""Five thousand events a second: is one lost, and is a frame late?"""

from __future__ import annotations

import itertools
import json
import subprocess
import time
from collections.abc import Iterator

from tests.benchmarks.bench import Bench
from tests.benchmarks.live_bundle import begun
from tests.benchmarks.reading import position
from tests.benchmarks.rows import Row, at_least, at_most, spread

RATE = 5000
BEGUN = 200
LATE_MS = 100


def rows(bench: Bench) -> Iterator[Row]:
    """Events shown in the end, the longest gap between frames, and how far behind the screen was."""
    source = bench.bundles.get("M" if bench.quick else "1M")
    seconds = min(bench.sustained_s, 1.0) if bench.quick else bench.sustained_s
    bundle = begun(bench, "sustained", source, BEGUN)
    command = [bench.programs.python, "-m", "tests.benchmarks.spine_lines", str(bundle), str(source)]
    command += ["--rate", str(RATE), "--seconds", str(seconds)]
    with (bundle / "trace.jsonl").open("ab"), bench.open(bundle) as terminal:
        terminal.wait_until(lambda screen: position(screen) is not None, 20)
        terminal.still(10)
        first = len(terminal.frames)
        writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        while writer.poll() is None:
            terminal.pump(0.05)
        ended = time.perf_counter()
        frames = terminal.frames[first:]
        said = json.loads(writer.communicate()[0])
        head = int(said["head"])
        caught_up = terminal.wait_until(lambda screen: (position(screen) or (0, 0))[1] >= head, 60)
        memory, cpu = terminal.resident_mib, terminal.cpu_s
        shown = (position(terminal.screen) or (0, 0))[1]
    rate = said["events"] / said["seconds"]
    gaps = [(b - a) * 1000 for a, b in itertools.pairwise(frames)]
    what = f"{RATE:,} events/s for {seconds:g} s"
    yield Row(f"{what}: written", rate, "events/s", at_least(RATE * 0.99, "events/s"))
    yield Row(f"{what}: events lost", float(head - shown), "", at_most(0, ""))
    note = ""
    if gaps:
        late = sum(1 for gap in gaps if gap > LATE_MS)
        note = f"{spread(gaps, 'ms')}; {late} later than {LATE_MS} ms; CPU {cpu:.0f} s, {memory:.0f} MiB"
    yield Row(
        f"{what}: longest gap between frames",
        max(gaps, default=None),
        "ms",
        at_most(LATE_MS, "ms"),
        note=note,
    )
    behind = None if caught_up is None else max(0.0, caught_up - ended) * 1000
    yield Row(f"{what}: screen behind at the end", behind, "ms", at_most(LATE_MS, "ms"))
