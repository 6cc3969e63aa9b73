"""TRACE is a bundle folder, its trace.jsonl or a folder of bundles; anything else is one plain line."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from in_time import in_time
from making_bundles import MakeBundle, Unprivileged, event_line, manifest, rollout_started

from rollout_tui.trace.bundle import BundleProblem, open_bundle


def problem(trace: Path) -> str:
    with pytest.raises(BundleProblem) as caught:
        open_bundle(trace)
    text = str(caught.value)
    assert "\n" not in text and "expected" in text
    return text


def test_folder_and_file_mean_the_same_bundle(make_bundle: MakeBundle) -> None:
    folder = make_bundle()
    bundle = open_bundle(folder)
    assert bundle.folder == folder and bundle.spine == folder / "trace.jsonl"
    assert bundle.identity.rollout_id == "rollout-a"
    assert bundle.identity.trace_id == "trace-rollout-a"
    assert bundle.identity.started_at_unix_ms == 1000
    assert bundle.identity.source == "manifest"
    assert bundle.notes == ()
    assert open_bundle(folder / "trace.jsonl") == bundle


def test_unknown_manifest_fields_and_an_empty_trace_are_fine(make_bundle: MakeBundle) -> None:
    fields = json.loads(manifest()) | {"unknown": [1, 2], "schema_version": 7}
    bundle = open_bundle(make_bundle(spine="", manifest_text=json.dumps(fields)))
    assert bundle.identity.schema_version == 7


def test_links_to_the_folder_or_the_file_are_the_users_and_followed(
    make_bundle: MakeBundle, tmp_path: Path
) -> None:
    folder = make_bundle()
    (tmp_path / "folder-link").symlink_to(folder)
    (tmp_path / "latest.jsonl").symlink_to(folder / "trace.jsonl")
    assert open_bundle(tmp_path / "folder-link").identity.rollout_id == "rollout-a"
    assert open_bundle(tmp_path / "latest.jsonl").folder == folder


def test_a_folder_of_bundles_opens_the_newest_and_says_so(make_bundle: MakeBundle, tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    for name, at_ms in (("a", 3000), ("b", 9000), ("c", 5000)):
        make_bundle(name, root=root, manifest_text=manifest(rollout=name, at_ms=at_ms))
    unnamed = make_bundle("d", root=root, manifest_text="", spine=rollout_started(rollout="d", at_ms=7000))
    (root / "no bundle").mkdir()
    (root / "file").write_text("x")
    bundle = open_bundle(root)
    assert bundle.identity.rollout_id == "b"
    assert any("newest" in note and "b" in note for note in bundle.notes)
    (root / "b" / "trace.jsonl").unlink()
    assert open_bundle(root).folder == unnamed


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"schema_version": "2"}', "\x00" * 50, "[" * 100_000]
)
def test_without_a_usable_manifest_the_trace_says_who_it_is(make_bundle: MakeBundle, text: str) -> None:
    folder = make_bundle(manifest_text=text, spine=rollout_started(rollout="r", at_ms=42))
    os.utime(folder, (0, 0))
    if text:
        os.utime(folder / "manifest.json", (0, 0))
    bundle = open_bundle(folder)
    assert bundle.identity.source == "rollout_started"
    assert bundle.identity.rollout_id == bundle.identity.root_thread_id == "r"
    assert bundle.identity.started_at_unix_ms == 43
    assert len(bundle.notes) == 1 and "manifest.json" in bundle.notes[0]


def test_rollout_started_is_found_behind_damaged_lines(make_bundle: MakeBundle) -> None:
    damaged = '\ufeff{"x":\n"rollout_started"\n' + event_line(1, {"type": "rollout_started"}) + "\n\n"
    bundle = open_bundle(make_bundle(manifest_text="", spine=damaged + rollout_started(rollout="r")))
    assert bundle.identity.rollout_id == "r"


def test_without_both_it_is_refused(make_bundle: MakeBundle) -> None:
    folder = make_bundle(manifest_text="", spine=event_line(1, {"type": "recording_completed"}))
    assert "manifest.json is missing" in problem(folder) and str(folder) in problem(folder)
    assert "no rollout_started" in problem(make_bundle("empty", manifest_text="", spine=""))


def test_a_manifest_that_contradicts_the_trace_wins_with_a_note(make_bundle: MakeBundle) -> None:
    folder = make_bundle(manifest_text=manifest(rollout="m"), spine=rollout_started(rollout="t"))
    bundle = open_bundle(folder)
    assert bundle.identity.rollout_id == "m"
    assert any("rollout_id is m" in note and "t in rollout_started" in note for note in bundle.notes)


def test_huge_names_make_short_notes(make_bundle: MakeBundle) -> None:
    bundle = open_bundle(make_bundle(manifest_text=manifest(rollout="m" * 500_000)))
    assert all(len(note) < 400 for note in bundle.notes)


def test_a_manifest_without_end_is_none(make_bundle: MakeBundle) -> None:
    bundle = open_bundle(make_bundle(manifest_text=manifest() + " " * (2 << 20), spine=rollout_started()))
    assert bundle.identity.source == "rollout_started"
    assert any("too large to be a manifest" in note for note in bundle.notes)


def test_a_manifest_being_written_is_waited_for(
    make_bundle: MakeBundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_bundle(manifest_text='{"schema_ver', spine="")
    monkeypatch.setattr(time, "sleep", lambda seconds: (folder / "manifest.json").write_text(manifest()))
    assert open_bundle(folder).identity.source == "manifest"


def test_the_moment_between_manifest_and_trace_is_waited_for(
    make_bundle: MakeBundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_bundle()
    (folder / "trace.jsonl").unlink()
    monkeypatch.setattr(time, "sleep", lambda seconds: (folder / "trace.jsonl").touch())
    assert open_bundle(folder).identity.rollout_id == "rollout-a"


def test_an_old_broken_manifest_is_not_waited_for(
    make_bundle: MakeBundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_bundle(manifest_text="{")
    os.utime(folder / "manifest.json", (0, 0))
    monkeypatch.setattr(time, "sleep", lambda seconds: pytest.fail(f"waits {seconds} s"))
    open_bundle(folder)


def test_a_trace_file_of_another_name(make_bundle: MakeBundle, tmp_path: Path) -> None:
    (tmp_path / "saved.jsonl").write_text(rollout_started(rollout="saved"))
    assert open_bundle(tmp_path / "saved.jsonl").identity.rollout_id == "saved"
    folder = make_bundle()
    (folder / "copy.jsonl").write_text(event_line(2, {"type": "recording_completed"}))
    bundle = open_bundle(folder / "copy.jsonl")
    assert bundle.identity.rollout_id == "rollout-a" and bundle.spine.name == "copy.jsonl"


def test_what_is_not_there(tmp_path: Path) -> None:
    assert str(tmp_path / "nothing") in problem(tmp_path / "nothing")
    assert "does not exist" in problem(tmp_path / "nothing")
    assert "cannot be opened" in problem(Path("nul\x00byte"))
    assert "cannot be opened" in problem(tmp_path / ("x" * 5000))


@pytest.mark.parametrize("content", [b"", b"hello\n", b"\x00\xff\xfe" * 1000, b'{"json": true}\n', b"[1]\n"])
def test_a_file_that_is_no_trace(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file.bin").write_bytes(content)
    assert "is not a trace" in problem(tmp_path / "file.bin")


def test_a_folder_without_a_trace(make_bundle: MakeBundle, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "no trace.jsonl" in problem(tmp_path / "empty")
    folder = make_bundle("manifest only")
    (folder / "trace.jsonl").unlink()
    assert "no trace.jsonl" in problem(folder)


@pytest.mark.parametrize("kind", ["folder", "fifo", "link", "dangling"])
def test_a_spine_that_is_no_regular_file(make_bundle: MakeBundle, tmp_path: Path, kind: str) -> None:
    folder = make_bundle()
    spine = folder / "trace.jsonl"
    spine.unlink()
    if kind == "folder":
        spine.mkdir()
    elif kind == "fifo":
        os.mkfifo(spine)
    else:
        target = tmp_path / "target"
        spine.symlink_to(target)
        if kind == "link":
            target.write_text(rollout_started())
    with in_time():
        assert "not a regular file" in problem(folder)


def test_a_path_without_end_is_told_by_its_beginning(tmp_path: Path) -> None:
    told = problem(tmp_path / ("x" * 5000))
    assert "xxxx" in told and len(told) < 2000


def test_a_manifest_that_is_a_link_is_not_followed(make_bundle: MakeBundle, tmp_path: Path) -> None:
    folder = make_bundle()
    (folder / "manifest.json").replace(tmp_path / "other.json")
    (folder / "manifest.json").symlink_to(tmp_path / "other.json")
    assert open_bundle(folder).identity.source == "rollout_started"


def test_no_permission(make_bundle: MakeBundle, tmp_path: Path, unprivileged: Unprivileged) -> None:
    closed, unreadable, no_manifest = make_bundle("closed"), make_bundle("spine"), make_bundle("manifest")
    closed.chmod(0)
    (unreadable / "trace.jsonl").chmod(0)
    (no_manifest / "manifest.json").chmod(0)
    root = tmp_path / "root"
    root.mkdir(mode=0o711)
    try:
        with unprivileged():
            for trace in (closed, closed / "trace.jsonl", unreadable, unreadable / "trace.jsonl"):
                assert "no permission" in problem(trace)
            assert open_bundle(no_manifest).identity.source == "rollout_started"
    finally:
        closed.chmod(0o700)


def test_a_folder_that_can_be_entered_but_not_listed(
    make_bundle: MakeBundle, unprivileged: Unprivileged
) -> None:
    folder = make_bundle()
    folder.chmod(0o111)
    try:
        with unprivileged():
            assert open_bundle(folder).identity.rollout_id == "rollout-a"
    finally:
        folder.chmod(0o755)


def test_messages_are_one_line_whatever_a_file_is_called(make_bundle: MakeBundle, tmp_path: Path) -> None:
    hostile = tmp_path / "a\nb\x1b[31m\u202e"
    assert "␊b␛[31m<U+202E>" in problem(hostile)
    hostile.mkdir()
    problem(hostile)
    make_bundle("newest\x1b\n", root=hostile)
    (note,) = open_bundle(hostile).notes
    assert note.isprintable()
    told = open_bundle(
        make_bundle(manifest_text=manifest(rollout="r\x1b\n"), spine=rollout_started(rollout="\x07"))
    )
    assert told.notes and all(note.isprintable() for note in told.notes)
