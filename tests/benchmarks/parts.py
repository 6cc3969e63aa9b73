"""Where the processor time of `reduce` goes on a bundle of many events: the profile behind its figure.

    python -m tests.benchmarks.parts BUNDLE

reduces the bundle twice, the second time without the rules of the events, and prints the seconds of each part
as JSON. A function is timed where it is called a few thousand times at most, so that the clock costs nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from rollout_tui import reduced_spine
from rollout_tui.export.state import write_state
from rollout_tui.recording import Trace
from rollout_tui.reducer.fold import Reducer
from rollout_tui.reducer.rules import RULES
from rollout_tui.trace.bundle import open_bundle
from rollout_tui.trace.event_payloads import ProtocolEventObserved
from tests.benchmarks.bench import Bench
from tests.benchmarks.rows import Row

PARTS = {
    "start": "Python's start and imports",
    "reading": "reading the spine, letting go of what was decoded",
    "decoding": "decoding lines",
    "columns": "the columns of events and payload references",
    "rules": "the rules of the events",
    "writing": "writing the state",
}


def rows(bench: Bench) -> Iterator[Row]:
    """A row for each part of `reduce` on the million events."""
    name = "S" if bench.quick else "1M"
    bundle = bench.warmed(name)
    command = [bench.programs.python, "-m", "tests.benchmarks.parts", str(bundle)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds = json.loads(done.stdout)
    whole = sum(seconds.values())
    for part, words in PARTS.items():
        share = seconds[part] / whole
        yield Row(f"reduce {name}: {words}", seconds[part], "s", note=f"{share:.0%} of {whole:.2f} s CPU")


def timed(called: Callable[..., Any], seconds: dict[str, float], part: str) -> Callable[..., Any]:
    """The function, with its processor time added to that of a part."""

    def measured(*arguments: Any, **named: Any) -> Any:
        began = time.process_time()
        try:
            return called(*arguments, **named)
        finally:
            seconds[part] = seconds.get(part, 0.0) + time.process_time() - began

    return measured


def load(bundle: Path) -> tuple[Trace, dict[str, float]]:
    """The trace as `reduce` reads it, and the seconds of `decoding`, `applying` and the `whole`."""
    seconds: dict[str, float] = {}
    decode_block, apply = reduced_spine.decode_block, Reducer.apply
    try:
        reduced_spine.decode_block = timed(decode_block, seconds, "decoding")  # type: ignore[attr-defined]
        Reducer.apply = timed(apply, seconds, "applying")  # type: ignore[method-assign]
        trace = Trace(open_bundle(bundle), head_only=True)
        timed(trace.load, seconds, "whole")()
    finally:
        reduced_spine.decode_block = decode_block  # type: ignore[attr-defined]
        Reducer.apply = apply  # type: ignore[method-assign]
    return trace, seconds


def parts(bundle: Path) -> dict[str, float]:
    """Seconds of processor time by part."""
    found = {"start": time.process_time()}
    trace, seconds = load(bundle)
    with Path("/dev/null").open("wb") as out:
        timed(write_state, found, "writing")(trace.at(trace.head), out)
    rules = dict(RULES)
    try:
        RULES.update(dict.fromkeys(rules, rules[ProtocolEventObserved]))
        _, without = load(bundle)
    finally:
        RULES.update(rules)
    found["decoding"] = seconds["decoding"]
    found["columns"] = without["applying"]
    found["rules"] = seconds["applying"] - without["applying"]
    found["reading"] = seconds["whole"] - seconds["decoding"] - seconds["applying"]
    return found


if __name__ == "__main__":
    print(json.dumps(parts(Path(sys.argv[1]))))
