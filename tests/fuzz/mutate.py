"""Damage the fixtures at random, thousands of times, and read what is left of them.

    python tests/fuzz/mutate.py [COUNT [SEED]]

Each is read in every way there is, shown in every lens, and put to one of the commands. Prints how many were
read, how long the slowest took (CPU time: the machine may be busy), the peak of memory, and every crash.
Exits with 1 when there was one, when one took longer than two seconds, or waited, or when memory went beyond
the budget.
"""

from __future__ import annotations

import io
import json
import os
import random
import resource
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from damages import Files, damage, read_files
from looking import command, look

from rollout_tui.export.state import state_line, write_state
from rollout_tui.recording import Trace
from rollout_tui.reducer.diagnostics import ReductionRefused
from rollout_tui.trace.bundle import BundleProblem, open_bundle

ROOT = Path(__file__).parents[2]
LONGEST_S = 2.0
"""CPU time of one reading, together with all that is done in it."""
LONGEST_WAIT_S = 60.0
"""Wall time, on a machine however busy: what takes longer hangs."""
MEMORY_MB = 1024


def fixtures() -> list[Path]:
    """Every bundle of the project."""
    return sorted(path.parent for path in (ROOT / "fixtures").rglob("manifest.json"))


@dataclass
class Figures:
    """What a run came to."""

    read: int = 0
    unopenable: int = 0
    refused: int = 0
    events: int = 0
    silent: int = 0
    slowest_s: float = 0.0
    longest_s: float = 0.0
    codes: Counter[str] = field(default_factory=Counter)
    crashes: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)


class Bench:
    """A bundle folder on disk whose files can be exchanged for damaged ones and put back."""

    def __init__(self, folder: Path, original: Path) -> None:
        self.folder = folder
        self.files = read_files(original)
        (folder / "payloads").mkdir(parents=True)
        for path, data in self.files.items():
            (folder / path).write_bytes(data or b"")

    @contextmanager
    def holding(self, files: Files) -> Iterator[Path]:
        """The bundle with these files, for a while."""
        changed = [path for path in files if files[path] is not self.files.get(path)]
        for path in changed:
            self._put(path, files[path])
        yield self.folder
        for path in changed:
            self._put(path, self.files.get(path))

    def _put(self, path: str, data: bytes | None) -> None:
        (self.folder / path).unlink(missing_ok=True)
        if data is not None:
            (self.folder / path).write_bytes(data)


def exercise(rng: random.Random, folder: Path, figures: Figures) -> None:
    """Read a bundle in every way the data layer offers."""
    try:
        bundle = open_bundle(folder)
    except BundleProblem:
        figures.unopenable += 1
        return
    trace = Trace(bundle).load()
    history = trace.history
    figures.read += 1
    figures.events += history.head
    figures.codes.update(diagnostic.code for diagnostic in trace.diagnostics)
    figures.silent += not trace.diagnostics
    out = io.BytesIO()
    write_state(trace.snapshot(history.head), out)
    json.loads(out.getvalue())
    for event in rng.sample(range(history.head + 1), min(3, history.head + 1)):
        snapshot = trace.snapshot(event)
        json.loads(state_line(snapshot))
        snapshot.touched()
        repr(snapshot)
        for thread_id in snapshot.threads:
            repr(snapshot.threads[thread_id])
        trace.at(snapshot.seq) if event else None
        if event:
            trace.events[event - 1]
    pieces = Trace(bundle)
    most = rng.choice((1, 100, 4000, 100_000))
    while pieces.advance(most).more:
        pass
    pieces.take_held_line()
    again = io.BytesIO()
    write_state(pieces.snapshot(pieces.history.head), again)
    assert again.getvalue() == out.getvalue(), "reading in pieces gave another state"
    head_only = Trace(bundle, head_only=True).load()
    last = io.BytesIO()
    write_state(head_only.snapshot(head_only.history.head), last)
    assert last.getvalue() == out.getvalue(), "reading without history gave another state"
    try:
        Trace(bundle, strict=True).load()
    except ReductionRefused:
        figures.refused += 1
    if history.head:
        look(trace, {history.head, rng.randint(1, history.head)})
    command(rng, folder)


def run(count: int, seed: int, scratch: Path) -> Figures:
    """Read `count` damaged bundles, the fixtures in turn."""
    figures = Figures()
    benches = [Bench(scratch / str(at), path) for at, path in enumerate(fixtures())]
    for number in range(count):
        rng = random.Random(f"{seed}:{number}")
        bench = benches[number % len(benches)]
        files = dict(bench.files)
        said = damage(rng, files)
        with bench.holding(files) as folder:
            began, cpu = time.perf_counter(), time.process_time()
            try:
                exercise(rng, folder, figures)
            except Exception:
                figures.crashes.append(f"{seed}:{number} {said}\n{traceback.format_exc()}")
            waited, took = time.perf_counter() - began, time.process_time() - cpu
        figures.slowest_s = max(figures.slowest_s, took)
        figures.longest_s = max(figures.longest_s, waited)
        if took > LONGEST_S or waited > LONGEST_WAIT_S:
            figures.slow.append(f"{seed}:{number} took {took:.1f} s CPU, {waited:.1f} s in all: {said}")
    return figures


def main() -> int:
    """Run and print the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    where = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else None
    scratch = Path(tempfile.mkdtemp(prefix="mutate-", dir=where))
    began = time.perf_counter()
    try:
        figures = run(count, seed, scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    for text in (*figures.crashes[:20], *figures.slow):
        print(text)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{count:,} damages in {time.perf_counter() - began:.0f} s: {len(figures.crashes)} crashes, "
        f"{len(figures.slow)} over {LONGEST_S:.0f} s "
        f"(slowest {figures.slowest_s:.2f} s CPU, {figures.longest_s:.2f} s in all), "
        f"peak {peak:.0f} MB\n"
        f"{figures.read:,} read ({figures.events:,} events), {figures.unopenable} named nothing to open, "
        f"{figures.refused} refused when strict, {figures.silent} without a diagnostic\n"
        + ", ".join(f"{code} {times}" for code, times in figures.codes.most_common())
    )
    return 1 if figures.crashes or figures.slow or peak > MEMORY_MB else 0


if __name__ == "__main__":
    sys.exit(main())
