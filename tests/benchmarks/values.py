"""Opening what is hard to show: a payload of 20 MB, a line of 10 MB, an output of a million lines."""

from __future__ import annotations

import itertools
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.bench import Bench
from tests.benchmarks.keys import painted_row
from tests.benchmarks.reading import cursor_at
from tests.benchmarks.rows import Row, at_least, percentile
from tests.benchmarks.terminal import Painted, Terminal

OPEN_MS = 150
SCROLL_S = 2.0
KEYS_PER_S = 60
FRAMES_PER_S = 55
"""Sixty keys a second and sixty frames a second are not in step: a frame in twelve may take in two keys."""
STEP, NEXT_PANE, PAGE_DOWN, ENTER = b"s", b"\t", b"\x1b[6~", b"\r"
TIMES = 3
LIMIT_S = 60.0

# What is opened: by which event type it is found, in which lens, and what has to be pressed after the step.
CASES = (
    ("a payload of 20 MB", "protocol_event_observed", 1, "raw", ()),
    ("a text of one line, 10 MB", "tool_call_ended", 2, "raw", ()),
    ("a command's output of 1M lines", "tool_call_runtime_ended", 1, "terminals", ()),
    ("the same, its payload", "tool_call_runtime_ended", 1, "raw", ()),
    ("the same, whole (Enter)", "tool_call_runtime_ended", 1, "terminals", (NEXT_PANE, ENTER)),
)


def rows(bench: Bench) -> Iterator[Row]:
    """Time to open, and frames while scrolling, of every case."""
    folder = bench.bundles.folder / "values"
    if not folder.exists():
        command = [bench.programs.python, "-m", "tests.benchmarks.generating", str(folder), "--values"]
        subprocess.run(command, check=True)
    for what, event_type, number, lens, then in CASES:
        seq = nth_of_type(folder, event_type, number)
        opened: list[Painted] = []
        for _ in range(TIMES if not bench.quick else 2):
            with bench.open(folder, "--at", str(seq - 1), "--lens", lens) as terminal:
                painted = _open(terminal, seq, then)
                if painted is not None:
                    opened.append(painted)
                scrolled = _scroll(terminal, NEXT_PANE not in then)
        yield painted_row(f"opening {what}", opened, OPEN_MS)
        if lens != "raw" and not then:
            continue  # a few lines of it, nothing to scroll
        gaps = f"p95 {percentile(scrolled, 0.95):.0f}, max {max(scrolled):.0f} ms between frames"
        yield Row(
            f"scrolling {what}",
            len(scrolled) / (sum(scrolled) / 1000),
            "fps",
            at_least(FRAMES_PER_S, "fps"),
            note=f"{KEYS_PER_S} PageDown a second for {SCROLL_S:g} s; {gaps}",
        )


def nth_of_type(bundle: Path, event_type: str, number: int) -> int:
    """The seq of the nth event of a type. Raises LookupError."""
    mark = f'"payload":{{"type":"{event_type}"'.encode()
    for seq, line in enumerate((bundle / "trace.jsonl").read_bytes().splitlines(), 1):
        number -= mark in line
        if number == 0:
            return seq
    raise LookupError(f"no {event_type} in {bundle}")


def _open(terminal: Terminal, seq: int, then: tuple[bytes, ...]) -> Painted | None:
    if terminal.wait_until(cursor_at(seq - 1), LIMIT_S) is None:
        return None
    terminal.still(20)
    painted = terminal.press(STEP, cursor_at(seq), quiet_s=0.3)
    for key in then:
        terminal.still(20)
        painted = terminal.press(key, quiet_s=0.3)
    return painted


def _scroll(terminal: Terminal, elsewhere: bool) -> list[float]:
    """Ms between frames while PageDown is held in the pane in the middle."""
    if elsewhere:
        terminal.press(NEXT_PANE, quiet_s=0.3)
    terminal.still(20)
    first = len(terminal.frames)
    began = next_key = time.perf_counter()
    while (now := time.perf_counter()) < began + SCROLL_S:
        if now >= next_key:
            terminal.type(PAGE_DOWN)
            next_key += 1 / KEYS_PER_S
        terminal.pump(next_key - time.perf_counter())
    terminal.settle(0.3, 10)
    return [(b - a) * 1000 for a, b in itertools.pairwise([began, *terminal.frames[first:]])] or [
        SCROLL_S * 1000
    ]
