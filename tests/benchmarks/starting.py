"""How long a command takes that has little to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.bench import Bench
from tests.benchmarks.processes import median_run
from tests.benchmarks.rows import Row, at_most

DEMO = Path(__file__).parents[2] / "fixtures" / "demo"


def rows(bench: Bench) -> Iterator[Row]:
    """`summary` on a small bundle, beside a Python that does nothing."""
    ours, times = median_run([*bench.programs.ours, "summary", str(DEMO)], times=9)
    nothing, _ = median_run([bench.programs.python, "-c", "pass"], times=9)
    yield Row(
        "summary of a small bundle",
        ours.wall_s,
        "s",
        at_most(0.12, "s"),
        nothing.wall_s,
        "python -c pass",
        note=f"CPU {ours.cpu_s:.3f} s, median of {times}, exit status {ours.status}",
        calm=ours.calm_s,
    )
