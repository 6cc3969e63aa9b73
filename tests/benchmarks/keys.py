"""From a key to everything painted, at 120x40."""

from __future__ import annotations

import random
import statistics
from collections.abc import Iterator
from dataclasses import replace

from tests.benchmarks.bench import Bench
from tests.benchmarks.bundles import last_seq
from tests.benchmarks.machine import load
from tests.benchmarks.reading import cursor, cursor_at, lens_shown, ready
from tests.benchmarks.rows import Row, at_most, percentile, spread
from tests.benchmarks.terminal import Painted, Terminal

KEY_MS = 35
SEEK_MS = 60
LENSES = ("context", "diff", "cells", "agents", "tokens", "terminals", "findings", "raw")
PLACES, STEPS, SEEKS = 3, 12, 25
LIMIT_S = 120.0


def rows(bench: Bench) -> Iterator[Row]:
    """Step, back, seek and lens on every large bundle; memory after all that."""
    for name in bench.large:
        bundle = bench.warmed(name)
        with bench.open(bundle) as terminal:
            last = last_seq(bundle)
            if terminal.wait_until(ready(last), LIMIT_S) is None:
                yield Row(f"keys on {name}", None, "ms", note="the recording was never ready")
                continue
            terminal.still(20)
            yield from _keys(terminal, name, last)
            goal = at_most(350, "MiB") if name == "1M" else None
            yield Row(f"resident memory, {name} after walking about", terminal.resident_mib, "MiB", goal)


def _keys(terminal: Terminal, name: str, last: int) -> Iterator[Row]:
    chance = random.Random(1)
    places = [chance.randrange(last // 10, last - last // 10) for _ in range(PLACES)]
    yield painted_row(f"step (s), {name}", _walk(terminal, places, b"s", 1))
    yield painted_row(f"back (S), {name}", _walk(terminal, places, b"S", -1))
    events = [chance.randrange(1, last) for _ in range(SEEKS)]
    yield painted_row(
        f"seek to a random event, {name}", _painted(_seek(terminal, one) for one in events), SEEK_MS
    )
    times: dict[str, list[Painted]] = {lens: [] for lens in LENSES}
    for place in places:
        _seek(terminal, place)
        for number, lens in [*enumerate(LENSES, 1), (1, LENSES[0])]:
            taken = terminal.press(b"%d" % number, lens_shown(lens))
            if taken is not None:
                times[lens].append(taken)
    _seek(terminal, places[0])
    slowest = sorted(
        ((statistics.median(each.ms for each in one), lens) for lens, one in times.items() if one),
        reverse=True,
    )
    slow = ", ".join(f"{lens} {taken:.0f}" for taken, lens in slowest[:3])
    row = painted_row(f"switch lens (1-8), {name}", [one for found in times.values() for one in found])
    yield replace(row, note=f"{row.note}; medians: {slow} ms")


def painted_row(what: str, times: list[Painted], limit_ms: float = KEY_MS) -> Row:
    """The p95 of some paintings."""
    goal = at_most(limit_ms, "ms")
    if not times:
        return Row(what, None, "ms", goal, note="never painted")
    walls, calms = [one.ms for one in times], [one.calm_ms for one in times]
    note = f"{spread(walls, 'ms')}, load {load()}; calm {spread(calms, 'ms')}"
    return Row(f"{what}: p95", percentile(walls, 0.95), "ms", goal, note=note, calm=percentile(calms, 0.95))


def _painted(times: Iterator[Painted | None]) -> list[Painted]:
    return [one for one in times if one is not None]


def _seek(terminal: Terminal, seq: int) -> Painted | None:
    """Ms from Enter after `:1234`."""
    terminal.press(b":", quiet_s=0.03)
    terminal.press(b"%d" % seq, quiet_s=0.05)
    return terminal.press(b"\r", cursor_at(seq))


def _walk(terminal: Terminal, places: list[int], key: bytes, by: int) -> list[Painted]:
    times = []
    for place in places:
        _seek(terminal, place)
        for _ in range(STEPS):
            taken = terminal.press(key, cursor_at(cursor(terminal) + by))
            if taken is not None:
                times.append(taken)
    return times
