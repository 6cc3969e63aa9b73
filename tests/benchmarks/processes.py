"""Whole processes: how long they take, how much of a processor, and how much memory at most."""

from __future__ import annotations

import os
import statistics
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

MIB = 1 << 20
LIMIT_S = 3 * 3600.0


@dataclass(frozen=True)
class Run:
    """One run, start and output included. `peak_mib` is the largest resident set.

    `waited_s` is how long its first thread was ready to run and others had the processors: what the rest of
    the machine added to `wall_s`.

    The kernel counts what the measuring process had resident when it started the other as a floor of
    `peak_mib`, so the measuring process stays small.
    """

    wall_s: float
    cpu_s: float
    peak_mib: float
    status: int
    waited_s: float = 0.0

    @property
    def calm_s(self) -> float:
        """About what it takes on a machine with nothing else to do."""
        return self.wall_s - self.waited_s


def waited_s(pid: int) -> float:
    """How long the first thread of a process was ready and not running; 0 where the kernel does not say."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0


def run(
    command: Sequence[str], *, environment: Mapping[str, str] | None = None, limit_s: float = LIMIT_S
) -> Run:
    """Run a command with its output thrown away; killed after `limit_s` (its status is negative then)."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=None if environment is None else {**os.environ, **environment},
    )
    watchdog = threading.Timer(limit_s, process.kill)
    watchdog.start()
    try:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        wall = time.perf_counter() - began
        waited = waited_s(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
    finally:
        watchdog.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    cpu = usage.ru_utime + usage.ru_stime
    return Run(wall, cpu, usage.ru_maxrss * 1024 / MIB, process.returncode, min(waited, wall))


def median_run(
    command: Sequence[str],
    *,
    times: int = 3,
    environment: Mapping[str, str] | None = None,
    enough_s: float = 180.0,
) -> tuple[Run, int]:
    """The medians of several runs, and how many there were: fewer once they took `enough_s` together.

    The status is that of the first run that failed, else 0.
    """
    runs: list[Run] = []
    while len(runs) < times and (len(runs) == 0 or sum(one.wall_s for one in runs) < enough_s):
        runs.append(run(command, environment=environment))
    return (
        Run(
            statistics.median(one.wall_s for one in runs),
            statistics.median(one.cpu_s for one in runs),
            statistics.median(one.peak_mib for one in runs),
            next((one.status for one in runs if one.status), 0),
            statistics.median(one.waited_s for one in runs),
        ),
        len(runs),
    )
