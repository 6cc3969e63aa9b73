"""Output files: private, whole or not there, never in the place of another."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rollout_tui.export.output import OutputProblem, output_file, output_folder, write_file


def permissions(path: Path) -> int:
    """The permission bits of a path."""
    return stat.S_IMODE(path.stat().st_mode)


def write(path: Path, data: bytes = b"new", *, force: bool = False) -> None:
    """Write a file the way commands do."""
    with output_file(path, force=force) as out:
        out.write(data)


def test_a_file_is_private_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    os.umask(0)
    try:
        write(tmp_path / "out")
    finally:
        os.umask(0o022)
    assert (tmp_path / "out").read_bytes() == b"new"
    assert permissions(tmp_path / "out") == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_existing_file_stays_without_force(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"old")
    with pytest.raises(OutputProblem, match="exists; choose another name or give --force"):
        write(tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == b"old"
    write(tmp_path / "out", force=True)
    assert (tmp_path / "out").read_bytes() == b"new"


def test_a_file_that_appears_meanwhile_stays(tmp_path: Path) -> None:
    with pytest.raises(OutputProblem, match="exists"), output_file(tmp_path / "out", force=False) as out:
        out.write(b"new")
        (tmp_path / "out").write_bytes(b"of another program")
    assert (tmp_path / "out").read_bytes() == b"of another program"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_link_is_never_written_through(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"untouched")
    (tmp_path / "out").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputProblem, match="exists"):
        write(tmp_path / "out")
    write(tmp_path / "out", force=True)
    assert (tmp_path / "elsewhere").read_bytes() == b"untouched"
    assert not (tmp_path / "out").is_symlink()
    (tmp_path / "folder").mkdir()
    (tmp_path / "other").symlink_to(tmp_path / "folder")
    write(tmp_path / "other", force=True)
    assert (tmp_path / "other").read_bytes() == b"new" and not list((tmp_path / "folder").iterdir())


@pytest.mark.parametrize("plant", [Path.hardlink_to, Path.symlink_to], ids=["file", "link"])
def test_what_somebody_put_in_the_place_to_write_aside_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plant: Callable[[Path, Path], None]
) -> None:
    """Even one that knows by what name: it is neither written to, nor through, nor removed."""
    monkeypatch.setattr(os, "urandom", bytes)
    with output_file(tmp_path / "out", force=False), output_folder(tmp_path / "folder", force=False):
        names = sorted(path.name for path in tmp_path.iterdir())
    assert len(names) == 2
    (tmp_path / "victim").write_bytes(b"untouched")
    for name in names:
        if "folder" not in name:
            plant(tmp_path / name, tmp_path / "victim")
        else:
            (tmp_path / name).mkdir()
            (tmp_path / name / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputProblem, match="file exists"):
        write(tmp_path / "out", force=True)
    with pytest.raises(OutputProblem, match="file exists"), output_folder(tmp_path / "folder", force=True):
        pass
    assert (tmp_path / "victim").read_bytes() == b"untouched"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*names, "folder", "out", "victim"])
    assert (tmp_path / names[0] / "thesis.txt").exists()


@pytest.mark.parametrize("plant", [Path.hardlink_to, Path.symlink_to], ids=["file", "link"])
def test_a_file_in_a_folder_is_new(tmp_path: Path, plant: Callable[[Path, Path], None]) -> None:
    (tmp_path / "victim").write_bytes(b"untouched")
    plant(tmp_path / "trace.jsonl", tmp_path / "victim")
    with pytest.raises(FileExistsError):
        write_file(tmp_path / "trace.jsonl", b"new")
    assert (tmp_path / "victim").read_bytes() == b"untouched"


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo], ids=["folder", "fifo"])
def test_what_is_no_file_is_never_replaced(tmp_path: Path, make: object) -> None:
    make(tmp_path / "out")  # type: ignore[operator]
    with pytest.raises(OutputProblem, match="is not a regular file"):
        write(tmp_path / "out", force=True)


def test_an_error_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"old")
    with pytest.raises(RuntimeError), output_file(tmp_path / "out", force=True) as out:
        out.write(b"half of the n")
        raise RuntimeError
    assert (tmp_path / "out").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputProblem, match=f"{tmp_path}/none/out cannot be written: no such file"):
        write(tmp_path / "none" / "out")


def test_no_name_is_no_output() -> None:
    with pytest.raises(OutputProblem, match="no name for an output"):
        write(Path())


def test_a_full_disk_is_said_and_the_old_file_stays(tmp_path: Path) -> None:
    """A limit on file sizes stands for a full disk: the write fails half-way."""
    (tmp_path / "out").write_bytes(b"old")
    script = (
        "import resource, sys; from pathlib import Path; from rollout_tui.export.output import output_file\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "with output_file(Path(sys.argv[1]), force=True) as out: out.write(bytes(100_000))"
    )
    done = subprocess.run([sys.executable, "-c", script, tmp_path / "out"], capture_output=True, text=True)
    assert "cannot be written: file too large" in done.stderr
    assert (tmp_path / "out").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def fill(folder: Path) -> None:
    """Make something like a bundle."""
    write_file(folder / "trace.jsonl", b"{}\n")
    (folder / "payloads").mkdir(mode=0o700)


def test_a_folder_is_private_and_appears_whole(tmp_path: Path) -> None:
    with output_folder(tmp_path / "out", force=False) as folder:
        fill(folder)
        assert not (tmp_path / "out").exists()
    assert permissions(tmp_path / "out") == 0o700
    assert permissions(tmp_path / "out" / "trace.jsonl") == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_bundle_is_replaced_with_force_alone(tmp_path: Path) -> None:
    for force in (False, True):
        with output_folder(tmp_path / "out", force=force) as folder:
            fill(folder)
    with pytest.raises(OutputProblem, match="exists"), output_folder(tmp_path / "out", force=False):
        pass


@pytest.mark.parametrize(
    "names", [("thesis.txt",), ("thesis.txt", "trace.jsonl"), ("payloads",), ("payloads", "manifest.json")]
)
def test_a_folder_that_is_no_bundle_is_never_removed(tmp_path: Path, names: tuple[str, ...]) -> None:
    (tmp_path / "out").mkdir()
    for name in names:
        (tmp_path / "out" / name).write_text("years of work")
    with (
        pytest.raises(OutputProblem, match="not a trace bundle"),
        output_folder(tmp_path / "out", force=True),
    ):
        pass
    assert {path.name for path in (tmp_path / "out").iterdir()} == set(names)


def test_a_link_to_a_folder_is_replaced_and_what_it_leads_to_stays(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    fill(tmp_path / "elsewhere")
    (tmp_path / "out").symlink_to(tmp_path / "elsewhere")
    with output_folder(tmp_path / "out", force=True) as folder:
        write_file(folder / "trace.jsonl", b"new")
    assert (tmp_path / "out" / "trace.jsonl").read_bytes() == b"new"
    assert (tmp_path / "elsewhere" / "trace.jsonl").read_bytes() == b"{}\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["elsewhere", "out"]


def test_an_error_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), output_folder(tmp_path / "out", force=False) as folder:
        fill(folder)
        raise RuntimeError
    assert not list(tmp_path.iterdir())
