"""Paths that lead into archives: what is there, what it is called, how long it stays."""

from __future__ import annotations

import shutil
import tarfile
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from in_time import PATIENCE_S
from recordings_at_hand import RECORDINGS

from rollout_tui import open_trace
from rollout_tui.trace.archive import open_archive
from rollout_tui.trace.bundle import BundleProblem, open_bundle
from rollout_tui.trace.packed import Unpacked, archive_of, around, as_given
from rollout_tui.trace.writer_watch import WriterWatch, states_of
from rollout_tui.tui.following.loader import Loader
from rollout_tui.tui.following.messages import Failed, News, Opened, Waiting

pytestmark = pytest.mark.usefixtures("temporary")
NAMES = ("one-message", "two-cells-interleaved")


@pytest.fixture(params=["zip", "gztar"])
def archive(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Two recordings, packed."""
    for name in NAMES:
        shutil.copytree(RECORDINGS / name, tmp_path / "reports" / name)
    return Path(shutil.make_archive(str(tmp_path / "both"), request.param, tmp_path / "reports"))


@pytest.fixture
def unpacked() -> Iterator[Unpacked]:
    made = Unpacked()
    yield made
    made.close()


def test_a_bundle_in_an_archive_has_a_path_of_its_own(archive: Path) -> None:
    for name in NAMES:
        with open_trace(archive / name) as trace, open_trace(RECORDINGS / name) as whole:
            assert trace.bundle.identity == whole.bundle.identity and trace.head == whole.head
            assert as_given(trace.bundle.folder) == archive / name
            assert repr(trace) == repr(whole)
    with open_trace(archive / NAMES[0] / "trace.jsonl") as trace:
        assert as_given(trace.bundle.folder) == archive / NAMES[0]


@pytest.mark.parametrize("inside", ["nothing", "one-message/nothing", "../reports/one-message"])
def test_what_is_not_in_it_is_told_by_the_name_that_was_given(archive: Path, inside: str) -> None:
    with pytest.raises(BundleProblem) as refused:
        open_trace(archive / inside)
    assert str(refused.value).startswith(str(archive / inside))
    assert tempfile.gettempdir() not in str(refused.value)


def test_an_archive_that_goes_while_it_is_looked_for_is_not_there(
    archive: Path, unpacked: Unpacked, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looked(path: Path) -> Path | None:
        found = archive_of(path)
        archive.unlink()
        return found

    monkeypatch.setattr("rollout_tui.trace.packed.archive_of", looked)
    with pytest.raises(BundleProblem, match="does not exist"):
        unpacked.find(archive / NAMES[0])


def test_an_archive_is_unpacked_once_while_it_stays_as_it_is(
    archive: Path, unpacked: Unpacked, temporary: Path
) -> None:
    first = unpacked.find(archive)
    assert unpacked.find(archive / NAMES[0]) == first / NAMES[0]
    assert len(list(temporary.iterdir())) == 1
    shutil.rmtree(archive.parent / "reports" / NAMES[0])
    suffix = "zip" if archive.suffix == ".zip" else "gztar"
    shutil.make_archive(str(archive.parent / "both"), suffix, archive.parent / "reports")
    assert not (unpacked.find(archive) / NAMES[0]).exists()
    unpacked.close()
    assert not list(temporary.iterdir()) and as_given(first) == first
    assert unpacked.find(RECORDINGS) == RECORDINGS


def test_nobody_writes_what_came_out_of_an_archive(archive: Path, unpacked: Unpacked) -> None:
    spine = unpacked.find(archive) / NAMES[0] / "trace.jsonl"
    with spine.open("ab"):
        assert WriterWatch(spine).state() == "none" and states_of([spine]) == ["none"]


def test_the_recordings_beside_it(archive: Path, unpacked: Unpacked, tmp_path: Path) -> None:
    """Of one of several those in the archive, of one that came alone those beside the archive."""
    inside = open_bundle(unpacked.find(archive)).folder
    assert around(inside) == inside.parent
    alone = Path(shutil.make_archive(str(tmp_path / "alone"), "zip", RECORDINGS / NAMES[0]))
    assert around(unpacked.find(alone)) == tmp_path
    assert around(RECORDINGS / NAMES[0]) == RECORDINGS


def test_what_is_being_unpacked_when_it_is_closed_is_given_up(
    archive: Path, unpacked: Unpacked, monkeypatch: pytest.MonkeyPatch
) -> None:
    close = threading.Thread(target=unpacked.close)

    def read(file: object, size: int = -1) -> bytes:
        """A file without an end."""
        if close.ident is None:
            close.start()
        return b"x"

    monkeypatch.setattr(zipfile.ZipExtFile, "read", read)
    monkeypatch.setattr(tarfile.ExFileObject, "read", read)
    with pytest.raises(BundleProblem, match="nobody waits for it"):
        unpacked.find(archive)
    close.join(PATIENCE_S)
    assert not close.is_alive()


def test_what_waits_for_its_turn_when_it_is_closed_is_given_up_too(
    archive: Path, unpacked: Unpacked, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, told = threading.Event(), list[str]()

    def find() -> None:
        try:
            unpacked.find(archive / NAMES[0])
        except BundleProblem as problem:
            told.append(str(problem))

    def looked(path: Path) -> Path | None:
        found = archive_of(path)
        if path != archive:
            asked.set()
        return found

    wait, close = threading.Thread(target=find), threading.Thread(target=unpacked.close)

    def read(file: object, size: int = -1) -> bytes:
        """A file without an end."""
        if close.ident is None:
            wait.start()
            assert asked.wait(PATIENCE_S)
            close.start()
        return b"x"

    monkeypatch.setattr("rollout_tui.trace.packed.archive_of", looked)
    monkeypatch.setattr(zipfile.ZipExtFile, "read", read)
    monkeypatch.setattr(tarfile.ExFileObject, "read", read)
    with pytest.raises(BundleProblem, match="nobody waits for it"):
        unpacked.find(archive)
    for thread in (wait, close):
        thread.join(PATIENCE_S)
        assert not thread.is_alive()
    assert len(told) == 1 and "nobody waits for it" in told[0]
    assert not list(temporary.iterdir())


def test_one_who_gives_up_does_not_stand_in_the_way_of_others(
    archive: Path, unpacked: Unpacked, temporary: Path
) -> None:
    with pytest.raises(BundleProblem, match="nobody waits for it"):
        unpacked.find(archive, lambda: True)
    assert not list(temporary.iterdir())
    assert (unpacked.find(archive) / NAMES[0]).is_dir()


def test_a_recording_that_is_left_is_not_unpacked_any_further(archive: Path) -> None:
    class Slow(Unpacked):
        def find(self, path: Path, given_up: Callable[[], bool] = bool) -> Path:
            loader.stop()
            return super().find(path, given_up)

    with closing(Slow()) as slow:
        news: list[News] = []
        loader = Loader(archive, news.append, slow)
        loader.run()
        assert isinstance(news[-1], Failed) and "nobody waits for it" in news[-1].problem


def test_of_an_archive_that_is_still_copied_is_said_once_what_is_wrong(archive: Path) -> None:
    whole, news = archive.read_bytes(), list[News]()

    class Counting(Unpacked):
        times = 0

        def find(self, path: Path, given_up: Callable[[], bool] = bool) -> Path:
            self.times += 1
            if self.times == 3:
                archive.write_bytes(whole)
            return super().find(path / NAMES[0], given_up)

    def tell(one: News) -> None:
        news.append(one)
        if isinstance(one, Opened):
            loader.stop()

    archive.write_bytes(whole[: len(whole) // 2])
    with closing(Counting()) as counting:
        loader = Loader(archive, tell, counting, wait=True)
        loader.run()
    said = [one.problem if isinstance(one, Waiting) else type(one).__name__ for one in news]
    assert said[0] == f"unpacking {archive.name} ..." and "cannot be unpacked" in said[1]
    assert said[2] == "Opened"


def test_unpacking_ends_when_nobody_waits_for_it(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "into").mkdir()
    with pytest.raises(BundleProblem, match="nobody waits for it"):
        open_archive(archive, tmp_path / "into", given_up=lambda: True)
