"""The doorbell rings for what happens in the folder, outlives the folder, and stops at once."""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from in_time import PATIENCE_S, becomes

from rollout_tui.trace.doorbell import Doorbell, WatchfilesWatch
from rollout_tui.trace.inotify import FolderWatch

WATCHES = [
    pytest.param(
        FolderWatch,
        id="inotify",
        marks=pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's"),
    ),
    pytest.param(WatchfilesWatch, id="watchfiles"),
]


class Bell:
    """Counts rings; `rings` says whether doing something rings within the time."""

    def __init__(self) -> None:
        self.count = 0
        self.rang = threading.Event()

    def ring(self) -> None:
        self.count += 1
        self.rang.set()

    def quiet(self, seconds: float = 0.12) -> None:
        """Wait until it has not rung for a while."""
        for _ in range(40):
            self.rang.clear()
            if not self.rang.wait(seconds):
                return
        raise AssertionError("it never stops ringing")

    def rings(self, act: Callable[[], object], within: float = PATIENCE_S) -> bool:
        self.quiet()
        act()
        return self.rang.wait(within)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "trace.jsonl").write_bytes(b"one\n")
    return folder


@pytest.fixture(params=WATCHES)
def bell(request: pytest.FixtureRequest, bundle: Path) -> Iterator[Bell]:
    bell = Bell()
    doorbell = Doorbell(bundle, bell.ring, open_watch=request.param)
    doorbell.start()
    assert bell.rang.wait(PATIENCE_S), "it rings once when the watch stands"
    yield bell
    doorbell.stop()
    assert all(one.name != "doorbell" for one in threading.enumerate()), "nobody rings after stop"


def append(bundle: Path) -> None:
    with (bundle / "trace.jsonl").open("ab") as file:
        file.write(b"two\n")


def cut(bundle: Path) -> None:
    (bundle / "trace.jsonl").write_bytes(b"")


def replace(bundle: Path) -> None:
    other = bundle / "other"
    other.write_bytes(b"uno\n")
    other.replace(bundle / "trace.jsonl")


def make_again(bundle: Path) -> None:
    (bundle / "trace.jsonl").unlink()
    (bundle / "trace.jsonl").write_bytes(b"uno\n")


@pytest.mark.parametrize("act", [append, cut, replace, make_again])
def test_rings_for_what_happens_to_the_spine(bell: Bell, bundle: Path, act: Callable[[Path], None]) -> None:
    assert bell.rings(lambda: act(bundle))
    assert bell.rings(lambda: append(bundle)), "and goes on ringing"


def test_reading_does_not_ring(bell: Bell, bundle: Path) -> None:
    assert not bell.rings((bundle / "trace.jsonl").read_bytes, within=0.3)


def test_outlives_removal_of_the_folder(bell: Bell, bundle: Path) -> None:
    assert bell.rings(lambda: shutil.rmtree(bundle))

    def make_folder_again() -> None:
        bundle.mkdir()
        (bundle / "trace.jsonl").write_bytes(b"one\n")

    assert bell.rings(make_folder_again)
    assert bell.rings(lambda: append(bundle))


def test_outlives_renaming_of_the_folder(bell: Bell, bundle: Path) -> None:
    away = bundle.with_name("away")
    assert bell.rings(lambda: bundle.rename(away))
    assert bell.rings(lambda: away.rename(bundle))
    assert bell.rings(lambda: append(bundle))


def test_notices_that_a_parent_was_renamed(tmp_path: Path) -> None:
    bundle = tmp_path / "root" / "bundle"
    bundle.mkdir(parents=True)
    bell = Bell()
    with Doorbell(bundle, bell.ring):
        assert bell.rang.wait(PATIENCE_S)

        def swap_roots() -> None:
            bundle.parent.rename(tmp_path / "old")
            bundle.mkdir(parents=True)

        assert bell.rings(swap_roots)
        assert bell.rings(lambda: append(bundle))


def test_waits_for_a_folder_that_is_not_there(tmp_path: Path) -> None:
    bell = Bell()
    with Doorbell(tmp_path / "later", bell.ring):
        assert not bell.rang.wait(0.3)
        (tmp_path / "later").mkdir()
        assert bell.rang.wait(PATIENCE_S)
        assert bell.rings(lambda: append(tmp_path / "later"))


def test_stays_silent_where_nothing_can_be_watched(bundle: Path) -> None:
    def no_watches_left(folder: Path) -> FolderWatch:
        raise OSError(28, "No space left on device")

    bell = Bell()
    with Doorbell(bundle, bell.ring, open_watch=no_watches_left):
        append(bundle)
        assert not bell.rang.wait(0.4)


def test_a_busy_writer_does_not_ring_for_every_write(bundle: Path) -> None:
    bell = Bell()
    with Doorbell(bundle, bell.ring), (bundle / "trace.jsonl").open("ab", buffering=0) as file:
        assert bell.rang.wait(PATIENCE_S)
        for _ in range(50_000):
            file.write(b"line\n")
        becomes(lambda: bell.count > 1)
    assert bell.count < 5_000


def test_stopping_twice_and_before_starting(bundle: Path) -> None:
    doorbell = Doorbell(bundle, lambda: None)
    doorbell.stop()
    doorbell = Doorbell(bundle, lambda: None)
    doorbell.start()
    doorbell.stop()
    doorbell.stop()
