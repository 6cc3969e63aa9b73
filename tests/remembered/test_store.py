"""The files in which something is remembered of traces, and the list of those."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from in_time import in_time
from leaving import TRACES, identity, left_at, remembered
from msgspec.structs import replace

from rollout_tui.remembered import Note, Store
from rollout_tui.remembered.recent import RecentTraces
from rollout_tui.remembered.store import LONGEST_NOTE, MOST_BYTES, MOST_MARKS, MOST_NOTES, Figures


def test_what_is_saved_is_loaded_and_private(tmp_path: Path) -> None:
    store = Store(tmp_path / "state" / TRACES)
    kept = remembered(seq=45, lens="cells", marks=(4, 9), notes=(Note(3, "here it begins"),))
    assert store.load(identity()) is None
    assert store.save(kept) and store.load(identity()) == kept
    assert store.load(identity(trace="other")) is None
    (file,) = (tmp_path / "state" / TRACES).iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_it_never_grows_beyond_its_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rollout_tui.remembered.store.MOST_TRACES", 5)
    store = Store(tmp_path)
    for number in range(9):
        store.save(remembered(f"r{number}"))
    assert len(list(tmp_path.iterdir())) == 5
    notes = tuple(Note(seq, "x" * 5000) for seq in range(MOST_NOTES + 9))
    store.save(remembered(notes=notes, marks=tuple(range(MOST_MARKS + 9))))
    found = store.load(identity())
    assert found is not None and {len(note.text) for note in found.notes} == {LONGEST_NOTE}
    assert [note.seq for note in found.notes] == list(range(9, MOST_NOTES + 9))
    assert found.marks == tuple(range(9, MOST_MARKS + 9))


def test_what_is_not_ours_in_its_folder_neither_counts_nor_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rollout_tui.remembered.store.MOST_TRACES", 1)
    store = Store(tmp_path / TRACES)
    store.save(remembered("before"))
    (before,) = store.folder.iterdir()
    os.utime(before, ns=(1, 1))
    (tmp_path / TRACES / "read.me").write_text("")
    (tmp_path / TRACES / "folder.json").mkdir()
    (tmp_path / TRACES / "link.json").symlink_to(tmp_path)
    assert store.save(remembered()) and store.recent(9) == [remembered()]
    assert {"read.me", "folder.json", "link.json"} < {path.name for path in (tmp_path / TRACES).iterdir()}


def test_each_trace_has_a_place_of_its_own(tmp_path: Path) -> None:
    store = Store(tmp_path)
    one, other = remembered("ab", seq=1), replace(remembered("a", seq=2), trace_id="bt")
    resumed = replace(one, trace_id="later", seq=3)
    for kept in (one, other, resumed):
        store.save(kept)
    assert store.load(identity("ab", "t")) == one
    assert store.load(identity("a", "bt")) == other
    assert store.load(identity("ab", "later")) == resumed


def test_of_what_was_left_last_that_is_listed_which_is_still_there(tmp_path: Path) -> None:
    store = Store(tmp_path / TRACES)
    names = ("bundle", "a.zip", "emptied", "gone", "now-a-file.rar")
    bundle, archive, emptied, gone, other = (tmp_path / name for name in names)
    for folder in (bundle, emptied):
        folder.mkdir()
    for file in (bundle / "trace.jsonl", archive, other):
        file.write_text("")
    for at, path in enumerate((archive, bundle, other, gone, emptied, bundle)):
        left_at(store, at, replace(remembered(f"r{at}"), path=str(path)))
    assert [one.path for one in store.recent(2)] == [str(bundle), str(emptied)]
    assert store.recent_traces() == store.recent_traces(2) == [bundle, archive]
    assert store.recent_traces(1) == [bundle]
    listed = [(row.folder, row.status) for row in RecentTraces(store).rows()]
    assert listed[:2] == [(bundle, "damaged"), (archive, "packed")]
    assert listed[2:] == [(path, "gone") for path in (emptied, gone, other)]


def test_the_figures_of_an_archive_are_those_of_the_last_visit(tmp_path: Path) -> None:
    store, archive = Store(tmp_path / TRACES), tmp_path / "a.zip"
    archive.write_text("")
    for at, ended in enumerate((True, False)):
        figures = Figures(started_at_unix_ms=1, size_bytes=2, ended=ended, whole=True, turns=3, failures=4)
        left_at(store, at, replace(remembered(f"r{at}", figures=figures), path=str(archive)))
    (row,) = RecentTraces(store).rows()
    assert (row.status, row.turns, row.failures) == ("stopped", 3, 4)


def test_what_cannot_be_read_or_written_is_passed_over(tmp_path: Path) -> None:
    store = Store(tmp_path / TRACES)
    store.save(remembered())
    (file,) = (tmp_path / TRACES).iterdir()
    deep = b'{"more":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    for damage in (b"", b"{", b'{"rollout_id": 1}', b"\xff", b"[]", deep):
        file.write_bytes(damage)
        assert store.load(identity()) is None and store.recent(9) == []
    whole = json.dumps({"rollout_id": "r", "trace_id": "t", "path": "/somewhere"}).encode()
    file.write_bytes(whole)
    assert store.load(identity()) == remembered()
    file.write_bytes(whole + b" " * MOST_BYTES)
    assert store.load(identity()) is None and store.recent(9) == []
    file.write_bytes(whole.replace(b'"r"', b'"of another"'))
    assert store.load(identity()) is None
    (tmp_path / "file").write_text("")
    assert not Store(tmp_path / "file").save(remembered())
    assert Store(tmp_path / "nowhere").recent(3) == []


def test_what_no_file_can_hold_is_left_out(tmp_path: Path) -> None:
    """Bytes of a path, or of what was typed, that are no UTF-8."""
    store = Store(tmp_path / TRACES)
    assert store.save(remembered(seq=4, notes=(Note(3, "na\udcefve"),)))
    found = store.load(identity())
    assert found is not None and (found.seq, found.notes) == (4, (Note(3, "na?ve"),))
    assert store.save(replace(remembered(), path="/na\udcefve"))
    assert store.recent(1)[0].path == "/na?ve"
    assert not store.save(remembered("r\ud800")) and store.load(identity("r\ud800")) is None


@pytest.mark.parametrize("kind", ["link", "fifo"])
def test_what_is_no_file_of_ours_is_passed_over(tmp_path: Path, kind: str) -> None:
    store = Store(tmp_path / TRACES)
    store.save(remembered())
    (file,) = (tmp_path / TRACES).iterdir()
    file.rename(tmp_path / "elsewhere")
    if kind == "link":
        file.symlink_to(tmp_path / "elsewhere")
    else:
        os.mkfifo(file)
    with in_time():
        assert store.load(identity()) is None and store.recent(9) == []
        assert store.save(remembered(seq=1)) is (kind == "link")
    assert json.loads((tmp_path / "elsewhere").read_bytes())["seq"] is None
