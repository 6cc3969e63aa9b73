"""Searching everything recorded, payload bodies included, in the background."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.bench import Bench
from tests.benchmarks.bundles import last_seq, total_bytes
from tests.benchmarks.reading import cursor_at, ready
from tests.benchmarks.rows import Row, at_least, at_most
from tests.benchmarks.terminal import Terminal

FIRST_HIT_S = 0.5
MB_PER_S = 150
NOWHERE = "zq-nowhere-to-be-found"
LIMIT_S = 300.0
EVENTS_AWAY = 40
RUNNING = "% searched"
ESCAPE = b"\x1b"


def rows(bench: Bench) -> Iterator[Row]:
    """First hit near the cursor, speed over everything, and how soon it can be stopped."""
    for name in bench.large:
        bundle = bench.warmed(name)
        last = last_seq(bundle)
        with bench.open(bundle) as terminal:
            if terminal.wait_until(ready(last), LIMIT_S) is None:
                yield Row(f"search in {name}", None, "s", note="the recording was never ready")
                continue
            terminal.still(20)
            yield _first_hit(terminal, name, bundle, last // 2)
            yield _cancelled(terminal, name)
            yield _everything(terminal, name, bundle)


def _ask(terminal: Terminal, text: str) -> float:
    """Type a search; the time of Enter."""
    terminal.press(b"/", quiet_s=0.05)
    terminal.press(text.encode(), quiet_s=0.1)
    return terminal.type(b"\r")


def _first_hit(terminal: Terminal, name: str, bundle: Path, middle: int) -> Row:
    """The id of a payload that is named some events after the cursor."""
    terminal.press(b":", quiet_s=0.05)
    terminal.press(b"%d" % middle, quiet_s=0.1)
    terminal.press(b"\r", cursor_at(middle))
    wanted, seq = _named_after(bundle, middle + EVENTS_AWAY)
    sent = _ask(terminal, wanted)
    at = terminal.wait_until(cursor_at(seq), 30.0)
    row = Row(
        f"search {name}: first hit, {seq - middle} events away",
        None if at is None else at - sent,
        "s",
        at_most(FIRST_HIT_S, "s"),
        note=f"{wanted} from #{middle}",
    )
    terminal.press(ESCAPE, quiet_s=0.3)
    terminal.still(LIMIT_S)
    return row


def _named_after(bundle: Path, seq: int) -> tuple[str, int]:
    """A payload id of the first event line from `seq` on that names one, quoted as it stands there."""
    with (bundle / "trace.jsonl").open("rb") as spine:
        for number, line in enumerate(spine, 1):
            _, found, rest = line.partition(b'"raw_payload_id":"')
            if number >= seq and found:
                wanted, _, _ = rest.partition(b'"')
                return f'"{wanted.decode()}"', number
    raise LookupError(f"no event after {seq} names a payload")


def _cancelled(terminal: Terminal, name: str) -> Row:
    """From Ctrl+C to a footer that counts no further."""
    _ask(terminal, NOWHERE)
    what, goal = f"search {name}: cancelled", at_most(100, "ms")
    if terminal.wait_until(lambda screen: RUNNING in screen.rows[-1], 5.0) is None:
        return Row(what, None, "ms", goal, note="was over before it could be stopped")
    sent = terminal.type(b"\x03")
    at = terminal.wait_until(lambda screen: RUNNING not in screen.rows[-1], 30.0)
    terminal.still(30)
    terminal.press(ESCAPE, quiet_s=0.3)
    return Row(what, None if at is None else (at - sent) * 1000, "ms", goal)


def _everything(terminal: Terminal, name: str, bundle: Path) -> Row:
    cpu = terminal.cpu_s
    sent = _ask(terminal, NOWHERE)
    at = terminal.wait_until(lambda screen: "not found" in screen.rows[-1], LIMIT_S)
    what = f"search {name}: everything"
    if at is None:
        return Row(what, None, "MB/s", at_least(MB_PER_S, "MB/s"), note="never ended")
    megabytes = total_bytes(bundle) / 1e6
    cpu, seconds = terminal.cpu_s - cpu, at - sent
    note = f"{megabytes:,.0f} MB in {seconds:.1f} s, CPU {cpu:.1f} s"
    return Row(what, megabytes / seconds, "MB/s", at_least(MB_PER_S, "MB/s"), note=note)
