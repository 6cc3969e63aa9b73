"""Is somebody still writing the trace? Asked of /proc; nothing is opened, locked or signalled.

A process can be looked into by its own user and by root, unless it has closed itself off, as released Codex
CLIs do. What cannot be seen makes the answer `unknown`, never `none`: another user's file, a file system that
other machines write to, a Codex process of the file's owner that is closed, processes outside of a container.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from rollout_tui.trace.packed import is_unpacked

WriterState = Literal["writing", "none", "unknown"]
FileIdentity = tuple[int, int]

_PROC = Path("/proc")
# A sweep over all processes stops after so much processor time; a machine with very many gets `unknown`.
_BUDGET_S = 0.1
# Many files are looked for at the price of one, so that sweep may take longer.
_BUDGET_FOR_MANY_S = 0.5
# An answer is repeated for this long before the processes are looked through again.
_REPEATED_S = 10.0
_REMOTE = frozenset(
    ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "virtiofs", "ceph", "fuse.sshfs", "fuse.glusterfs", "afs")
)


_SILENT_MS = 10 * 60 * 1000


def grew_lately(modified_ms: float, now_ms: float) -> bool:
    """Whether a spine that grew last at `modified_ms` counts as written where the answer is `unknown`."""
    return now_ms - modified_ms < _SILENT_MS


@dataclass(frozen=True)
class Sweep:
    """Which of the files asked for are open for writing, as (device, inode) to (process, descriptor).

    `closed_to_us` are the users with a process that may write and could not be looked into; `complete` is
    False when time ran out before every process was looked at.
    """

    holders: dict[FileIdentity, tuple[str, str]]
    closed_to_us: frozenset[int]
    complete: bool

    def state(self, status: os.stat_result, proc: Path = _PROC) -> WriterState:
        """What the sweep says about one file."""
        if (status.st_dev, status.st_ino) in self.holders:
            return "writing"
        can_tell = self.complete and status.st_uid not in self.closed_to_us and _can_tell(proc, status)
        return "none" if can_tell else "unknown"


class WriterWatch:
    """Answers for one file, cheaply when asked again: the process found last is looked at first."""

    def __init__(self, path: Path, *, proc: Path = _PROC, budget_s: float = _BUDGET_S) -> None:
        self.path = path
        self._proc = proc
        self._budget_s = budget_s
        self._holder: tuple[str, str] | None = None
        # The last answer that took a sweep: for which state of the file, until when, what.
        self._answer: tuple[object, float, WriterState] | None = None

    def state(self) -> WriterState:
        """Whether a process holds the file open for writing: `writing`, `none`, or `unknown`.

        While the file stays as it is, an answer other than `writing` is given again for ten seconds. Nobody
        writes what came out of an archive.
        """
        if is_unpacked(self.path):
            return "none"
        try:
            status = self.path.stat()
        except OSError:
            return "unknown"
        identity = (status.st_dev, status.st_ino)
        if self._holder and _writes(self._proc, *self._holder) == identity:
            return "writing"
        file_state = (identity, status.st_size, status.st_mtime_ns)
        if self._answer and self._answer[0] == file_state and time.monotonic() < self._answer[1]:
            return self._answer[2]
        sweep = sweep_writers({self.path.name}, proc=self._proc, budget_s=self._budget_s)
        self._holder = sweep.holders.get(identity)
        answer = sweep.state(status, self._proc)
        lasts_s = 0 if answer == "writing" else _REPEATED_S
        self._answer = (file_state, time.monotonic() + lasts_s, answer)
        return answer


def sweep_writers(names: set[str], *, proc: Path = _PROC, budget_s: float = _BUDGET_S) -> Sweep:
    """Look through all processes once for files of these names that are open for writing."""
    holders: dict[FileIdentity, tuple[str, str]] = {}
    closed: set[int] = set()
    stop = time.thread_time() + budget_s
    for process in _processes(proc):
        if time.thread_time() > stop:
            return Sweep(holders, frozenset(closed), False)
        try:
            for descriptor in os.listdir(f"{proc}/{process}/fd"):  # noqa: PTH208
                if _has_name(f"{proc}/{process}/fd/{descriptor}", names):
                    identity = _writes(proc, process, descriptor)
                    if identity is not None:
                        holders[identity] = (process, descriptor)
        except PermissionError:
            closed |= _possible_writer(proc, process)
        except OSError:
            continue
    return Sweep(holders, frozenset(closed), True)


def states_of(
    paths: list[Path], *, proc: Path = _PROC, budget_s: float = _BUDGET_FOR_MANY_S
) -> list[WriterState]:
    """What a WriterWatch says of each of these files, with one sweep for all; takes some ms."""
    sweep = sweep_writers({path.name for path in paths}, proc=proc, budget_s=budget_s)
    states: list[WriterState] = []
    for path in paths:
        try:
            states.append("none" if is_unpacked(path) else sweep.state(path.stat(), proc))
        except OSError:
            states.append("unknown")
    return states


def _processes(proc: Path) -> Iterator[str]:
    """Process ids, the youngest first: an agent is younger than the system around it."""
    try:
        with os.scandir(proc) as entries:
            ids = [entry.name for entry in entries if entry.name.isdigit()]
    except OSError:
        return
    yield from sorted(ids, key=int, reverse=True)


def _has_name(descriptor: str, names: set[str]) -> bool:
    try:
        target = os.readlink(descriptor)  # noqa: PTH115
    except PermissionError:
        # A container shows how many files a process outside has open, not which.
        raise
    except OSError:
        return False
    return target.rpartition("/")[2].removesuffix(" (deleted)") in names


def _possible_writer(proc: Path, process: str) -> set[int]:
    """The user of a process that may be a recorder, nobody for other processes that keep to themselves.

    Where users are mapped (in a container), anything outside of it may be a recorder.
    """
    try:
        status = dict(
            line.split(":", 1) for line in (proc / process / "status").read_text().splitlines() if ":" in line
        )
        may_record = _users_are_mapped() or status["Name"].strip().startswith("codex")
        return {int(status["Uid"].split()[0])} if may_record else set()
    except (OSError, KeyError, ValueError, IndexError):
        return set()


@cache
def _users_are_mapped() -> bool:
    """Whether this process lives in a user namespace of its own, and cannot look into those outside."""
    try:
        first, outside, count = (_PROC / "self" / "uid_map").read_text().split()
    except (OSError, ValueError):
        return True
    return (first, outside) != ("0", "0") or int(count) < 1 << 31


def _writes(proc: Path, process: str, descriptor: str) -> FileIdentity | None:
    """The file behind a descriptor, None unless it is open for writing, which the mode of its link tells."""
    link = f"{proc}/{process}/fd/{descriptor}"
    try:
        if not os.lstat(link).st_mode & stat.S_IWUSR:
            return None
        status = os.stat(link)  # noqa: PTH116
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _can_tell(proc: Path, status: os.stat_result) -> bool:
    """Whether a writer of the file, were there one, would be seen: it runs as the owner of the file, here."""
    if not (proc / "self" / "fd").is_dir() or _is_remote(proc, status.st_dev):
        return False
    return os.geteuid() in (0, status.st_uid)


def _is_remote(proc: Path, device: int) -> bool:
    """Whether the file lies on a file system that other machines may write to."""
    wanted = f"{os.major(device)}:{os.minor(device)}"
    try:
        mounts = (proc / "self" / "mountinfo").read_text(errors="replace").splitlines()
    except OSError:
        return False
    for mount in mounts:
        fields, _, rest = mount.partition(" - ")
        if fields.split()[2:3] == [wanted]:
            return rest.split(" ")[0] in _REMOTE
    return False
