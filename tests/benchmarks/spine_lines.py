"""Event lines to write into a live recording: those of a large bundle, one after the other.

    python -m tests.benchmarks.spine_lines BUNDLE SOURCE --rate 5000 --seconds 20

Appends lines of SOURCE's spine to BUNDLE's at that rate, one write an event, as an agent flushes them, and
prints what it managed as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path


def write(bundle: Path, source: Path, rate: float, seconds: float) -> dict[str, float]:
    """Write; returns how many events, how long it took, and how long the slowest write took (s)."""
    slowest = 0.0
    count = 0
    already = len((bundle / "trace.jsonl").read_bytes().splitlines())
    with (source / "trace.jsonl").open("rb") as lines:
        for _ in range(already):
            next(lines)
        target = os.open(bundle / "trace.jsonl", os.O_WRONLY | os.O_APPEND)
        began = time.perf_counter()
        while (now := time.perf_counter()) - began < seconds:
            due = int((now - began) * rate)
            while count < due:
                line = next(lines)
                before = time.perf_counter()
                os.write(target, line)
                slowest = max(slowest, time.perf_counter() - before)
                count += 1
            time.sleep(0.002)
        taken = time.perf_counter() - began
        os.close(target)
    return {"events": count, "head": already + count, "seconds": taken, "slowest_write_s": slowest}


def main() -> None:
    """Write and say what was written."""
    parser = argparse.ArgumentParser()
    parser.add_argument("bundle", type=Path)
    parser.add_argument("source", type=Path)
    parser.add_argument("--rate", type=float, default=5000)
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    print(json.dumps(write(options.bundle, options.source, options.rate, options.seconds)), flush=True)


if __name__ == "__main__":
    main()
