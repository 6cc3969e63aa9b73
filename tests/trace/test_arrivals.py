"""Bundles that turn up in a folder, and those of it that are being written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from making_bundles import MakeBundle, event_line, manifest

from rollout_tui.trace import arrivals
from rollout_tui.trace.arrivals import Arrivals, running_bundles

ENDED: dict[str, object] = {"type": "rollout_ended", "status": "completed"}


def test_only_what_is_new_arrives(make_bundle: MakeBundle, tmp_path: Path) -> None:
    make_bundle("old", root=tmp_path / "root")
    watch = Arrivals(tmp_path / "root")
    assert watch.look() == []
    first = make_bundle("first", root=tmp_path / "root", manifest_text=manifest(at_ms=5000))
    second = make_bundle("second", root=tmp_path / "root", manifest_text=manifest(at_ms=9000))
    assert watch.look() == [second, first]
    assert watch.look() == []


def test_a_folder_that_gets_its_spine_later_arrives_then(tmp_path: Path) -> None:
    watch = Arrivals(tmp_path)
    watch.look()
    (tmp_path / "bundle").mkdir()
    assert watch.look() == []
    (tmp_path / "bundle" / "trace.jsonl").write_bytes(b"")
    assert watch.look() == [tmp_path / "bundle"]


def test_a_folder_that_rests_is_not_listed_again(
    make_bundle: MakeBundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_bundle("old")
    os.utime(tmp_path, (1, 1))
    watch = Arrivals(tmp_path)
    watch.look()
    monkeypatch.setattr(arrivals, "bundle_folders", lambda root: pytest.fail("listed again"))
    assert watch.look() == []


def test_a_folder_that_is_away_raises_and_is_looked_at_again(tmp_path: Path) -> None:
    watch = Arrivals(tmp_path / "root")
    with pytest.raises(OSError):
        watch.look()
    (tmp_path / "root").mkdir()
    assert watch.look() == []


def test_those_that_are_written_newest_first(make_bundle: MakeBundle, tmp_path: Path) -> None:
    folders = {
        name: make_bundle(name, manifest_text=manifest(rollout=name, at_ms=at_ms))
        for name, at_ms in (("a", 3000), ("b", 9000), ("c", 5000))
    }
    assert running_bundles(tmp_path) == []
    with (folders["a"] / "trace.jsonl").open("ab"), (folders["b"] / "trace.jsonl").open("ab"):
        assert running_bundles(tmp_path) == [folders["b"], folders["a"]]


def test_where_nobody_can_tell_what_grew_lately_and_has_no_end_counts(
    make_bundle: MakeBundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrivals, "states_of", lambda paths: ["unknown"] * len(paths))
    lately, ended, silent = make_bundle("lately"), make_bundle("ended"), make_bundle("silent")
    with (ended / "trace.jsonl").open("a") as spine:
        spine.write(event_line(2, ENDED))
    os.utime(silent / "trace.jsonl", (0, 0))
    assert running_bundles(tmp_path) == [lately]
