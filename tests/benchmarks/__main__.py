"""Measures what the README promises, beside the other programs in the same run, and fails nothing.

    python -m tests.benchmarks                           everything, half an hour
    python -m tests.benchmarks --only keys --only live   parts of it
    python -m tests.benchmarks --full --json bench.json  the official reducer on the largest bundles too

The bundles are made once (gigabytes) and kept under --bundles.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.benchmarks import (
    keys,
    living,
    opening,
    parts,
    reducing,
    searching,
    starting,
    sustaining,
    values,
    writing,
)
from tests.benchmarks.bench import Bench
from tests.benchmarks.bundles import Bundles
from tests.benchmarks.machine import facts, load
from tests.benchmarks.processes import run
from tests.benchmarks.programs import find_programs, keep_bytecode
from tests.benchmarks.rows import Row, table

BENCHMARKS: dict[str, Callable[[Bench], Iterable[Row]]] = {
    "start": starting.rows,
    "reduce": reducing.rows,
    "parts": parts.rows,
    "open": opening.rows,
    "keys": keys.rows,
    "values": values.rows,
    "search": searching.rows,
    "live": living.rows,
    "sustained": sustaining.rows,
    "writer": writing.rows,
}


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--full", action="store_true", help="the official reducer on L and Lc too: half an hour more"
    )
    parser.add_argument("--quick", action="store_true", help="S in place of the large bundles")
    parser.add_argument("--only", action="append", choices=BENCHMARKS, help="may be repeated")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there too")
    parser.add_argument(
        "--bundles",
        type=Path,
        metavar="DIR",
        default=Path(tempfile.gettempdir()) / "rollout-tui-benchmarks",
        help="where bundles are, or are made (default: %(default)s)",
    )
    parser.add_argument("--toolong", metavar="PATH", help="toolong's command, if it is not on PATH")
    parser.add_argument(
        "--sustained", type=float, default=20.0, metavar="S", help="seconds of 5,000 events/s (default: 20)"
    )
    return parser.parse_args()


def measure(bench: Bench, names: Iterable[str]) -> list[Row]:
    """The rows of these benchmarks, printed as they come. One that breaks becomes a row that says so."""
    found: list[Row] = []
    for name in names:
        began = time.perf_counter()
        print(f"{name} (load average {load()}) ...", file=sys.stderr, flush=True)
        try:
            for row in BENCHMARKS[name](bench):
                found.append(row)
                print("  " + "  ".join(cell for cell in row.cells() if cell), file=sys.stderr, flush=True)
        except Exception as error:
            traceback.print_exc()
            found.append(Row(name, None, "", note=f"stopped: {type(error).__name__}: {error}"))
        print(f"  took {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    return found


def start_once(bench: Bench) -> None:
    """Start everything once, so that bytecode is there and programs are in memory."""
    for command in (["summary", str(starting.DEMO)], ["--help"]):
        run([*bench.programs.ours, *command])
    with bench.open(starting.DEMO) as terminal:
        terminal.still(30)
    if bench.programs.toolong is not None:
        run([*bench.programs.toolong.command, "--help"])


def main() -> None:
    """Measure, print the table, write the JSON."""
    options = arguments()
    start = facts()
    with tempfile.TemporaryDirectory(prefix="rollout-tui-bench-") as folder:
        scratch = Path(folder)
        keep_bytecode(scratch / "bytecode")
        programs = find_programs(scratch, toolong=options.toolong)
        bundles = Bundles(options.bundles.absolute())
        bench = Bench(
            bundles,
            programs,
            scratch,
            full=options.full,
            quick=options.quick,
            sustained_s=options.sustained,
            large=("S",) if options.quick else ("L", "1M"),
        )
        start_once(bench)
        found = measure(bench, options.only or BENCHMARKS)
    missing = programs.missing()
    end = facts()
    print(
        f"{start['date']}  {start['cores']} cores, {start['memory_gib']} GiB, {start['processor']}, ", end=""
    )
    print(f"Python {start['python']}; load average {start['load_average']} to {end['load_average']}")
    print(f"bundles: {bundles.made_by}")
    print(table(found))
    for name in missing:
        print(f"not installed: {name}")
    if options.json is not None:
        document = {
            "machine": start,
            "load_average_after": end["load_average"],
            "bundles": bundles.made_by,
            "not_installed": missing,
            "rows": [row.plain() for row in found],
        }
        options.json.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
