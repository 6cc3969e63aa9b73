"""From the command to the first useful paint, and on to the whole history; the screen meanwhile."""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.bench import Bench
from tests.benchmarks.bundles import last_seq
from tests.benchmarks.live_bundle import begun
from tests.benchmarks.processes import waited_s
from tests.benchmarks.programs import Program
from tests.benchmarks.reading import Shows, ready, useful
from tests.benchmarks.rows import Goal, Row, at_most
from tests.benchmarks.terminal import Terminal

READY_S = {"S": 4.0, "L": 4.0, "1M": 6.0}
PAINTS = 5
LIMIT_S = 60.0
KEY_EVERY_S = 0.02


def rows(bench: Bench) -> Iterator[Row]:
    """First paints, then the loading of each large bundle."""
    for name in bench.large:
        bundle = bench.warmed(name)
        yield from _first_paint(bench, name, bundle)
    largest = bench.large[-1]
    yield from _first_paint_live(bench, largest)
    for name in bench.large:
        yield from _loading(bench, name)


@dataclass(frozen=True)
class Paint:
    """Seconds from the command until something is painted; `waited_s` of them it waited for a processor."""

    s: float
    waited_s: float


def _paint_times(command: list[str], shows: Shows, environment: dict[str, str], times: int) -> list[Paint]:
    """How long until `shows` holds, of every run in which it did."""
    found = []
    for _ in range(times):
        with Terminal(command, environment=environment) as terminal:
            painted = terminal.wait_until(shows, LIMIT_S)
            if painted is not None:
                found.append(Paint(painted - terminal.started, waited_s(terminal.pid)))
    return found


def _median(paints: list[Paint]) -> tuple[float | None, float | None]:
    """Medians as they were and on a calm machine."""
    if not paints:
        return None, None
    return statistics.median(one.s for one in paints), statistics.median(
        one.s - one.waited_s for one in paints
    )


def _first_paint(bench: Bench, name: str, bundle: Path) -> Iterator[Row]:
    last = last_seq(bundle)
    ours = _paint_times([*bench.programs.ours, str(bundle)], useful(last), {}, PAINTS)
    what = f"first useful paint, {name}"
    if not ours:
        yield Row(what, None, "s", at_most(0.4, "s"), note="header, last rows and context never came")
        return
    median, calm = _median(ours)
    times = [one.s for one in ours]
    span = f"{min(times):.2f} to {max(times):.2f} s, {len(ours)} times"
    for number, program in enumerate((bench.programs.lnav, bench.programs.toolong)):
        if program is None:
            continue
        theirs = _their_paint(program, bundle, last)
        goal = _paint_goal(compared=number == 0 and name == "1M")
        yield Row(what, median, "s", goal, theirs, program.name, note=span, calm=calm)
    if bench.programs.lnav is None and bench.programs.toolong is None:
        yield Row(what, median, "s", at_most(0.4, "s"), note=span, calm=calm)


def _paint_goal(*, compared: bool) -> Goal:
    if not compared:
        return at_most(0.4, "s")
    return Goal(
        "<= 0.4 s, faster", lambda ours, other: ours <= 0.4 and (None if other is None else ours < other)
    )


def _their_paint(program: Program, bundle: Path, last: int) -> float | None:
    """Until the last row of the file is there: what these programs show of a recording is its lines."""
    mark = f'"seq":{last},'
    command = [*program.command, str(bundle / "trace.jsonl")]
    found = _paint_times(command, lambda screen: mark in screen.text, dict(program.environment), 3)
    return _median(found)[0]


def _first_paint_live(bench: Bench, name: str) -> Iterator[Row]:
    copy = begun(bench, f"live-{name}", bench.bundles.get(name), -8)
    with (copy / "trace.jsonl").open("ab"):
        found = _paint_times(
            [*bench.programs.ours, str(copy)], useful(last_seq(copy)), {}, PAINTS if name != "S" else 3
        )
    median, calm = _median(found)
    yield Row(f"first useful paint, {name} while it is written", median, "s", at_most(0.4, "s"), calm=calm)


def _loading(bench: Bench, name: str) -> Iterator[Row]:
    """Until all is reduced, left alone; then again with a key every 20 ms."""
    bundle = bench.bundles.get(name)
    last = last_seq(bundle)
    times: list[Paint] = []
    memory = cpu = 0.0
    for _ in range(3):
        with bench.open(bundle) as terminal:
            done = terminal.wait_until(ready(last), LIMIT_S)
            if done is not None:
                times.append(Paint(done - terminal.started, waited_s(terminal.pid)))
                cpu = terminal.cpu_s
            terminal.still(10)
            memory = max(memory, terminal.resident_mib)
    median, _ = _median(times)
    yield Row(
        f"whole history ready, {name}",
        median,
        "s",
        at_most(READY_S[name], "s"),
        note=f"from the command on, median of {len(times)}; CPU {cpu:.1f} s",
    )
    goal = at_most(350, "MiB") if name == "1M" else None
    yield Row(f"resident memory, {name} open", memory, "MiB", goal, note="largest of 3, when it is still")
    gaps, answered = _gaps_while_loading(bench, bundle, last)
    yield Row(
        f"longest gap between frames while {name} loads",
        max(gaps, default=None),
        "ms",
        at_most(100, "ms"),
        note=_gap_note(gaps, answered),
    )


def _gap_note(gaps: list[float], seconds: float) -> str:
    late = sum(1 for gap in gaps if gap > 100)
    return f"{len(gaps)} frames in {seconds:.1f} s of typing a key every 20 ms; {late} later than 100 ms"


def _gaps_while_loading(bench: Bench, bundle: Path, last: int) -> tuple[list[float], float]:
    """Ms between frames from the first useful paint until all is reduced, while somebody types.

    Every key changes the prompt, so a frame is owed at all times.
    """
    keys = itertools.cycle((b"1", b"\x7f"))
    with bench.open(bundle) as terminal:
        if terminal.wait_until(useful(last), LIMIT_S) is None:
            return [], 0.0
        terminal.press(b":", quiet_s=0.03)
        terminal.type(b"5")
        shows, first = ready(last), len(terminal.frames)
        began = next_key = time.perf_counter()
        end = began + LIMIT_S
        while time.perf_counter() < end and not shows(terminal.screen):
            if time.perf_counter() >= next_key:
                terminal.type(next(keys))
                next_key += KEY_EVERY_S
            terminal.pump(next_key - time.perf_counter())
        frames = terminal.frames[first:]
    return [(b - a) * 1000 for a, b in itertools.pairwise([began, *frames])], time.perf_counter() - began
