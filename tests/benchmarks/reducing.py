"""`rollout-tui reduce` against the official reducer: whole processes, start and output included."""

from __future__ import annotations

import filecmp
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.bench import Bench
from tests.benchmarks.processes import Run, median_run
from tests.benchmarks.rows import Goal, Row, faster, share

TIMES_FASTER = {"S": 1.5, "M": 40.0, "L": 250.0, "Lc": 150.0, "1M": 3.0}
HALF_THE_MEMORY = ("M", "L", "1M")
EXTRAPOLATED = {"L": ("L/500", "L/1000"), "Lc": ("Lc/500", "Lc/1000")}
"""The official reducer grows with the square of the model calls and more: large ones are worked out.

The power itself grows with the size, so what is worked out is rather too little.
"""


@dataclass(frozen=True)
class Official:
    """What the official reducer needed; worked out where `extrapolated`. `note` says from what."""

    wall_s: float
    cpu_s: float
    peak_mib: float
    extrapolated: bool
    note: str


def rows(bench: Bench) -> Iterator[Row]:
    """Time and memory of every bundle, growth, and jq beside the largest spine."""
    names = ("S",) if bench.quick else tuple(TIMES_FASTER)
    for name in names:
        bundle = bench.warmed(name)
        ours, times = median_run(_ours(bench, bundle))
        official = _official(bench, name)
        yield from _compared(name, ours, times, official, _same(bench, name, official))
    if not bench.quick:
        yield _growth(bench)
        yield from _jq(bench)


def _ours(bench: Bench, bundle: Path) -> list[str]:
    return [*bench.programs.ours, "reduce", str(bundle), "--force", "-o", str(bench.scratch / "ours.json")]


def _compared(name: str, ours: Run, times: int, official: Official | None, same: str) -> Iterator[Row]:
    if ours.status:
        yield Row(f"reduce {name}", None, "s", note=f"exit status {ours.status}")
        return
    cpu = f"CPU {ours.cpu_s:.2f} s"
    note = f"{cpu}, median of {times}"
    time_goal: Goal = faster(TIMES_FASTER[name])
    memory_goal = share(0.5) if name in HALF_THE_MEMORY else None
    if official is None:
        yield Row(f"reduce {name}: time", ours.wall_s, "s", time_goal, note=note, calm=ours.calm_s)
        yield Row(f"reduce {name}: peak memory", ours.peak_mib, "MiB", memory_goal)
        return
    against = f"{note}; official: {official.note}{same}; {_undisturbed(ours, official)}"
    far = official.extrapolated
    yield Row(
        f"reduce {name}: time",
        ours.wall_s,
        "s",
        time_goal,
        official.wall_s,
        "official",
        far,
        note=against,
        calm=ours.calm_s,
    )
    yield Row(
        f"reduce {name}: peak memory", ours.peak_mib, "MiB", memory_goal, official.peak_mib, "official", far
    )


def _undisturbed(ours: Run, official: Official) -> str:
    """The same comparison in processor time, whatever else the machine did."""
    return f"CPU {official.cpu_s:.2f} s, {official.cpu_s / ours.cpu_s:.3g} times ours"


def _official(bench: Bench, name: str) -> Official | None:
    program = bench.programs.official
    if program is None:
        return None
    if name in EXTRAPOLATED and not bench.full:
        return _extrapolated(bench, name)
    once = 1 if name in EXTRAPOLATED else 3
    run, times = _run_official(bench, name, once)
    return None if run.status else Official(run.wall_s, run.cpu_s, run.peak_mib, False, f"median of {times}")


def _run_official(bench: Bench, name: str, times: int) -> tuple[Run, int]:
    program = bench.programs.official
    assert program is not None
    output = bench.scratch / "official.json"
    command = [*program.command, "-o", str(output), str(bench.bundles.get(name))]
    return median_run(command, times=times, environment=program.environment)


def _extrapolated(bench: Bench, name: str) -> Official | None:
    """Along the power law through two smaller sizes of the same shape, one run each."""
    small, large = EXTRAPOLATED[name]
    bench.warmed(small)
    bench.warmed(large)
    (first, _), (second, _) = _run_official(bench, small, 1), _run_official(bench, large, 1)
    if first.status or second.status:
        return None
    sizes = [float(one.partition("/")[2]) for one in (small, large)]
    full = 2000.0

    def along(low: float, high: float) -> float:
        power = math.log(high / low) / math.log(sizes[1] / sizes[0])
        return float(high * (full / sizes[1]) ** power)

    power = math.log(second.wall_s / first.wall_s) / math.log(sizes[1] / sizes[0])
    measured = f"{first.wall_s:.1f} s for {small}, {second.wall_s:.1f} s for {large}"
    return Official(
        along(first.wall_s, second.wall_s),
        along(first.cpu_s, second.cpu_s),
        along(first.peak_mib, second.peak_mib),
        True,
        f"extrapolated from {measured} with the power {power:.2f}",
    )


def _same(bench: Bench, name: str, official: Official | None) -> str:
    if official is None or official.extrapolated:
        return ""
    equal = filecmp.cmp(bench.scratch / "ours.json", bench.scratch / "official.json", shallow=False)
    return "; same bytes" if equal else "; THE STATES DIFFER"


def _growth(bench: Bench) -> Row:
    """Twice the model calls, with compaction."""
    half, whole = bench.warmed("Lc/1000"), bench.bundles.get("Lc")
    less, _ = median_run(_ours(bench, half))
    more, _ = median_run(_ours(bench, whole))
    goal = Goal("<= 2.2x the half", lambda ours, other: None if other is None else ours <= 2.2 * other)
    return Row(
        "reduce Lc: twice the model calls",
        more.wall_s,
        "s",
        goal,
        less.wall_s,
        "ours on Lc/1000",
        note=f"{more.wall_s / less.wall_s:.2f} times the time; CPU {more.cpu_s / less.cpu_s:.2f} times",
    )


def _jq(bench: Bench) -> Iterator[Row]:
    """jq only reads the lines, and prints the type of each; we reduce them."""
    program = bench.programs.jq
    if program is None:
        return
    bundle = bench.bundles.get("1M")
    ours, _ = median_run(_ours(bench, bundle), times=1)
    theirs, times = median_run(
        [*program.command, "-c", ".payload.type", str(bundle / "trace.jsonl")], times=3, enough_s=20
    )
    yield Row(
        "reduce 1M against jq .payload.type",
        ours.wall_s,
        "s",
        None,
        theirs.wall_s,
        "jq",
        note=f"jq: {times} runs, CPU {theirs.cpu_s:.1f} s",
    )
