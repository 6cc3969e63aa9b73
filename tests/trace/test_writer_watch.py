"""Whether somebody still writes is said only where it can be known."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from counted_steps import steps
from making_bundles import Unprivileged

from rollout_tui.trace.writer_watch import WriterWatch, states_of

pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs Linux's /proc")

NOBODY = 65534
# However many processes there are, and however slow the machine is: what can be told is told.
UNHURRIED_S = 60.0
PR_SET_DUMPABLE, PR_SET_NAME = 4, 15


@pytest.fixture
def spine(tmp_path: Path) -> Path:
    path = tmp_path / "trace.jsonl"
    path.write_bytes(b"one\n")
    return path


@contextmanager
def process_holding(path: Path, mode: str) -> Iterator[subprocess.Popen[bytes]]:
    code = f"import sys; file = open({str(path)!r}, {mode!r}); print(flush=True); sys.stdin.read()"
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None and process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.communicate()


def watch_of(path: Path) -> WriterWatch:
    return WriterWatch(path, budget_s=UNHURRIED_S)


@pytest.mark.parametrize("mode", ["a", "r+", "w"])
def test_a_process_that_writes_is_found_and_missed_when_killed(spine: Path, mode: str) -> None:
    with process_holding(spine, mode) as process:
        watch = watch_of(spine)
        assert watch.state() == watch_of(spine).state() == "writing"
        assert states_of([spine, spine.with_name("gone")], budget_s=UNHURRIED_S) == ["writing", "unknown"]
        process.kill()
        process.wait()
        assert watch.state() == watch_of(spine).state() == "none"


def test_readers_are_no_writers(spine: Path) -> None:
    with process_holding(spine, "r"):
        assert watch_of(spine).state() == "none"


def test_a_writer_of_a_replaced_or_renamed_file(spine: Path) -> None:
    with process_holding(spine, "a"):
        spine.rename(spine.with_name("old"))
        spine.write_bytes(b"uno\n")
        assert watch_of(spine).state() == "none"
    with process_holding(spine, "a"):
        spine.parent.joinpath("folder").mkdir()
        moved = spine.rename(spine.parent / "folder" / "trace.jsonl")
        assert watch_of(moved).state() == "writing"


def test_asking_again_is_cheap(spine: Path) -> None:
    with process_holding(spine, "a"):
        watch = watch_of(spine)
        assert watch.state() == "writing"
        assert steps(watch.state) < 300, "only the process that was found is looked at"
    assert watch.state() == "none"
    assert steps(watch.state) < 300, "the processes are not looked through again"


def test_a_new_writer_is_found_once_the_file_grows(spine: Path) -> None:
    watch = watch_of(spine)
    assert watch.state() == "none"
    with process_holding(spine, "a"), spine.open("ab") as file:
        file.write(b"two\n")
        file.flush()
        assert watch.state() == "writing"


def test_a_missing_file_and_a_system_without_proc(spine: Path, tmp_path: Path) -> None:
    assert WriterWatch(tmp_path / "nothing").state() == "unknown"
    assert WriterWatch(spine, proc=tmp_path / "no proc").state() == "unknown"


def test_when_time_runs_out_it_does_not_guess(spine: Path) -> None:
    assert WriterWatch(spine, budget_s=-1).state() == "unknown"


def make_proc(tmp_path: Path, spine: Path, *, kind: str) -> Path:
    """A /proc with no processes, in which the file's device is of a file system kind."""
    proc = tmp_path / "proc"
    (proc / "self" / "fd").mkdir(parents=True)
    device = spine.stat().st_dev
    mount = f"36 35 {os.major(device)}:{os.minor(device)} / /mnt rw - {kind} source rw\n"
    (proc / "self" / "mountinfo").write_text("short\n" + mount)
    return proc


@pytest.mark.parametrize(
    ("kind", "state"), [("ext4", "none"), ("nfs4", "unknown"), ("fuse.sshfs", "unknown")]
)
def test_other_machines_may_write_to_remote_files(tmp_path: Path, spine: Path, kind: str, state: str) -> None:
    assert WriterWatch(spine, proc=make_proc(tmp_path, spine, kind=kind)).state() == state


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to be somebody else")
def test_the_file_of_another_user_cannot_be_told(spine: Path, unprivileged: Unprivileged) -> None:
    with unprivileged():
        assert watch_of(spine).state() == "unknown"


@contextmanager
def closed_off_process(path: Path, name: bytes) -> Iterator[None]:
    """A process of nobody that writes the file and, as released Codex CLIs do, may not be looked into."""
    ready, said = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
            library = ctypes.CDLL(None)
            library.prctl(PR_SET_NAME, name)
            library.prctl(PR_SET_DUMPABLE, 0)
            os.open(path, os.O_WRONLY | os.O_APPEND)
            os.write(said, b"x")
            time.sleep(60)
        finally:
            os._exit(1)
    try:
        assert os.read(ready, 1) == b"x"
        yield
    finally:
        os.kill(process, 9)
        os.waitpid(process, 0)
        os.close(ready)
        os.close(said)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to be somebody else")
@pytest.mark.parametrize(("name", "state"), [(b"codex", "unknown"), (b"ssh-agent", "none")])
def test_a_codex_that_closed_itself_off(
    spine: Path, unprivileged: Unprivileged, name: bytes, state: str
) -> None:
    os.chown(spine, NOBODY, NOBODY)
    with unprivileged():
        pass
    with closed_off_process(spine, name), unprivileged():
        assert watch_of(spine).state() == state
