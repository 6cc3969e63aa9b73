"""A packed bundle is opened without trusting the archive."""

from __future__ import annotations

import gzip
import io
import os
import stat
import subprocess
import sys
import tarfile
import tempfile
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from making_bundles import MakeBundle, manifest, rollout_started

from rollout_tui.trace.archive import Limits, is_archive, open_archive, unpacked
from rollout_tui.trace.bundle import BundleProblem, bundle_folders, open_bundle

Members = dict[str, bytes]
Pack = Callable[[Path, Members], Path]

SPECIAL = (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE)

BUNDLE: Members = {
    "bundle/manifest.json": manifest().encode(),
    "bundle/trace.jsonl": rollout_started().encode(),
    "bundle/payloads/1.json": b"{}",
}


def pack_zip(folder: Path, members: Members) -> Path:
    path = folder / "packed.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def pack_tar(folder: Path, members: Members, name: str = "packed.tar.gz") -> Path:
    path = folder / name
    with tarfile.open(path, "w" if name.endswith(".tar") else "w:gz") as archive:
        for member, content in members.items():
            entry = tarfile.TarInfo(member)
            entry.size, entry.mode = len(content), 0o4777
            archive.addfile(entry, io.BytesIO(content))
    return path


@pytest.fixture(params=[pack_zip, pack_tar], ids=["zip", "tar"])
def pack(request: pytest.FixtureRequest) -> Pack:
    return request.param  # type: ignore[no-any-return]


def problem(path: Path, into: Path, limits: Limits | None = None) -> str:
    into.mkdir(exist_ok=True)
    with pytest.raises(BundleProblem) as caught:
        open_archive(path, into, limits)
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    "top",
    ["bundle/", "", "./bundle/", "home/somebody/.codex/traces/of today/", "deep/" * 14],
)
def test_the_bundle_inside_is_found_and_private(tmp_path: Path, pack: Pack, top: str) -> None:
    members = {top + name.removeprefix("bundle/"): content for name, content in BUNDLE.items()}
    with unpacked(pack(tmp_path, members)) as folder:
        assert open_bundle(folder).identity.rollout_id == "rollout-a"
        assert (folder / "payloads" / "1.json").read_bytes() == b"{}"
        assert stat.S_IMODE((folder / "trace.jsonl").stat().st_mode) == 0o600
        assert stat.S_IMODE((folder / "payloads").stat().st_mode) == 0o700
    assert not folder.exists()


def test_a_plain_tar_and_a_folder_of_bundles(tmp_path: Path) -> None:
    both = BUNDLE | {
        "later/manifest.json": manifest(rollout="later", at_ms=5000).encode(),
        "later/trace.jsonl": rollout_started(rollout="later", at_ms=5000).encode(),
    }
    with unpacked(pack_tar(tmp_path, both, "packed.tar")) as folder:
        assert open_bundle(folder).identity.rollout_id == "later"


def test_bundles_that_lie_apart_are_all_there(tmp_path: Path, pack: Pack) -> None:
    members = {}
    for top in ("before/report/", "after/", "after-/", "x" * 200 + "/" + "y" * 200 + "/"):
        members |= {top + name: content for name, content in BUNDLE.items()}
    for top in ("5/", "same/name-here/", "same-name/here/"):
        members |= {top + name.removeprefix("bundle/"): content for name, content in BUNDLE.items()}
    members["after/bundle/payloads/trace.jsonl"] = b"no bundle of its own"
    with unpacked(pack(tmp_path, members)) as folder:
        assert sorted(one.name for one in bundle_folders(folder)) == [
            *("5", "6", "7"),
            "after--bundle",
            "after-bundle",
            "before-report-bundle",
            "same-name-here",
        ]
        assert (folder / "after-bundle" / "payloads" / "1.json").is_file()


def test_where_no_temporary_folder_can_be_made_it_is_said(
    tmp_path: Path, pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = pack(tmp_path, BUNDLE)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(BundleProblem, match=r"no temporary folder, no such .*; set TMPDIR"), unpacked(path):
        pass


def test_too_deep_a_bundle_is_not_opened_without_its_payloads(tmp_path: Path, pack: Pack) -> None:
    members = {"deep/" * 14 + name: content for name, content in BUNDLE.items()}
    assert "holds no trace.jsonl" in problem(pack(tmp_path, members), tmp_path / "into")


def test_names_as_programs_of_windows_write_them(tmp_path: Path) -> None:
    path = tmp_path / "packed.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {"..\\outside": b"evil", **BUNDLE}.items():
            entry = zipfile.ZipInfo()
            entry.filename = name.replace("/", "\\")
            archive.writestr(entry, content)
    with unpacked(path) as folder:
        assert (folder / "payloads" / "1.json").read_bytes() == b"{}"
        assert not (folder.parent.parent / "outside").exists()


@pytest.mark.parametrize(
    "name",
    [
        "../outside",
        "/tmp/outside",
        "a/../../outside",
        "bundle//outside",
        "bundle/./outside",
        "bundle/out\nside",
        "a/" * 40 + "b",
        "x" * 300,
    ],
)
def test_names_that_lead_elsewhere_are_left_out(tmp_path: Path, pack: Pack, name: str) -> None:
    into = tmp_path / "deep" / "into"
    into.mkdir(parents=True)
    open_archive(pack(tmp_path, {name: b"evil", **BUNDLE}), into)
    unpacked_files = sorted(str(path.relative_to(into)) for path in into.rglob("*") if path.is_file())
    assert unpacked_files == sorted(BUNDLE)
    assert not (tmp_path / "deep" / "outside").exists() and not Path("/tmp/outside").exists()


def test_the_folder_becomes_private_and_a_link_in_it_is_not_written_through(
    tmp_path: Path, pack: Pack
) -> None:
    into = tmp_path / "into"
    into.mkdir(mode=0o755)
    open_archive(pack(tmp_path, BUNDLE), into)
    assert stat.S_IMODE(into.stat().st_mode) == 0o700
    (tmp_path / "elsewhere").write_bytes(b"untouched")
    payload = into / "bundle" / "payloads" / "1.json"
    payload.unlink()
    payload.symlink_to(tmp_path / "elsewhere")
    assert "cannot be unpacked" in problem(pack(tmp_path, BUNDLE), into)
    assert (tmp_path / "elsewhere").read_bytes() == b"untouched"


def test_links_and_devices_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "packed.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, kind in (
            ("s", tarfile.SYMTYPE),
            ("h", tarfile.LNKTYPE),
            ("f", tarfile.FIFOTYPE),
            ("c", tarfile.CHRTYPE),
        ):
            entry = tarfile.TarInfo(f"bundle/payloads/{name}")
            entry.type, entry.linkname = kind, "/etc/passwd"
            archive.addfile(entry)
        link = tarfile.TarInfo("bundle/payloads/inside")
        link.type, link.linkname = tarfile.SYMTYPE, "/tmp"
        archive.addfile(link)
        for name, content in {**BUNDLE, "bundle/payloads/inside/x": b"through the link"}.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    with unpacked(path) as folder:
        assert sorted(os.listdir(folder / "payloads")) == ["1.json", "inside"]  # noqa: PTH208
        assert not (folder / "payloads" / "inside").is_symlink()
    zipped = tmp_path / "packed.zip"
    with zipfile.ZipFile(zipped, "w") as archive_zip:
        information = zipfile.ZipInfo("bundle/payloads/s")
        information.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive_zip.writestr(information, "/etc/passwd")
        for name, content in BUNDLE.items():
            archive_zip.writestr(name, content)
    with unpacked(zipped) as folder:
        assert not (folder / "payloads" / "s").exists()


def test_growing_beyond_the_limits_is_refused(tmp_path: Path, pack: Pack) -> None:
    path = pack(tmp_path, {**BUNDLE, "bundle/payloads/2.json": bytes(3_000_000)})
    into = tmp_path / "into"
    assert "more than is safe" in problem(path, into, Limits(total_bytes=1_000_000))
    assert sum(file.stat().st_size for file in into.rglob("*") if file.is_file()) < 1_100_000
    assert "more than is safe" in problem(path, into, Limits(ratio=100, ratio_from_bytes=100_000))
    assert "more than 3 files" in problem(path, into, Limits(files=3))
    open_archive(path, into, Limits(ratio=100))


def test_bytes_that_are_passed_by_count_too(tmp_path: Path) -> None:
    path = pack_tar(tmp_path, {"../x": bytes(3_000_000), **BUNDLE})
    assert "more than is safe" in problem(path, tmp_path / "into", Limits(total_bytes=1_000_000))


def test_a_header_that_claims_gigabytes_is_not_read_into_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rollout_tui.trace.archive.LARGEST_READ", 1 << 20)
    header = tarfile.TarInfo("bundle/x")
    header.type, header.size = tarfile.XHDTYPE, 1 << 33
    path = tmp_path / "packed.tgz"
    with gzip.open(path, "wb", 1) as file:
        file.write(header.tobuf(tarfile.USTAR_FORMAT if header.size < 8**11 else tarfile.GNU_FORMAT))
        for _ in range(64):
            file.write(bytes(1 << 20))
    tracemalloc.start()
    assert "cannot be unpacked" in problem(path, tmp_path / "into")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10 << 20


def test_headers_upon_headers_are_not_read_into_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rollout_tui.trace.archive.LARGEST_READ", 1 << 20)
    record = b"900000 comment=".ljust(899_999, b"x") + b"\n"
    header = tarfile.TarInfo("bundle/x")
    header.type, header.size = tarfile.XHDTYPE, len(record)
    one = header.tobuf(tarfile.USTAR_FORMAT) + record + bytes(-len(record) % 512)
    path = tmp_path / "packed.tar"
    path.write_bytes(one * 64)
    tracemalloc.start()
    assert "cannot be unpacked" in problem(path, tmp_path / "into")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10 << 20


def test_members_of_the_past_are_not_kept(tmp_path: Path) -> None:
    def peak(count: int) -> int:
        into = tmp_path / str(count)
        into.mkdir()
        path = pack_tar(
            tmp_path, {**BUNDLE, **{f"../{number}": b"" for number in range(count)}}, "packed.tar"
        )
        tracemalloc.start()
        open_archive(path, into)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(2000) < 1.5 * peak(500)


def test_encrypted_and_unusual_zip_methods_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "packed.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("bundle/trace.jsonl", rollout_started())
    assert "cannot be unpacked: packed by another method" in problem(path, tmp_path / "into")
    pack_zip(tmp_path, BUNDLE)
    content = bytearray(path.read_bytes())
    entry = content.index(b"PK\x01\x02")
    content[entry + 8] |= 1
    path.write_bytes(content)
    assert "it is encrypted; unpack it yourself" in problem(path, tmp_path / "into")


@pytest.mark.parametrize("name", ["x.zip", "x.tgz", "x.tar", "x.tar.gz"])
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x1f\x8b\x08\x00", b"text " * 300, bytes(2000)])
def test_what_is_no_archive(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    problem(tmp_path / name, tmp_path / "into")


def test_an_archive_without_a_trace_and_one_that_is_not_there(tmp_path: Path, pack: Pack) -> None:
    path = pack(tmp_path, {"readme": b"x"})
    assert "holds no trace.jsonl" in problem(path, tmp_path / "into")
    path.unlink()
    assert "does not exist" in problem(path, tmp_path / "into")


@pytest.mark.parametrize("top", ["../", "/home/somebody/", "deep/" * 20, "x" * 256 + "/", "esc\x1b[31m/"])
def test_a_trace_that_is_not_taken_out_is_named(tmp_path: Path, pack: Pack, top: str) -> None:
    said = problem(pack(tmp_path, {f"{top}trace.jsonl": b"{}"}), tmp_path / "into")
    assert "trace.jsonl is not taken out of it: a link, outside, too deep" in said and "\x1b" not in said
    assert said.endswith("unpack it yourself and open the folder")


def test_a_link_in_the_place_of_the_trace_is_named(tmp_path: Path) -> None:
    path = tmp_path / "packed.tar"
    with tarfile.open(path, "w") as archive:
        entry = tarfile.TarInfo("bundle/trace.jsonl")
        entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(entry)
    assert "bundle/trace.jsonl is not taken out of it: a link" in problem(path, tmp_path / "into")


@pytest.mark.parametrize("top", ["3.04\u202fPM/", "\U0001f469\u200d\U0001f4bb/", "\u200f\u05d0/"])
def test_names_with_spaces_joiners_and_marks_of_all_scripts(tmp_path: Path, pack: Pack, top: str) -> None:
    with unpacked(pack(tmp_path, {top + name: content for name, content in BUNDLE.items()})) as folder:
        assert open_bundle(folder).identity.rollout_id == "rollout-a"


def test_an_archive_of_archives_names_the_one_to_open(tmp_path: Path, pack: Pack) -> None:
    said = problem(pack(tmp_path, {"logs.txt": b"x", "run/trace.tar.gz": b"x"}), tmp_path / "into")
    assert said.endswith("holds no trace.jsonl; unpack it yourself and open trace.tar.gz in it")


def test_no_room_to_unpack_says_how_to_get_some(tmp_path: Path) -> None:
    path = pack_zip(tmp_path, BUNDLE | {"bundle/payloads/2.json": b"x" * 100_000})
    script = (
        "import resource, sys; from pathlib import Path; from rollout_tui.trace.archive import *\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
        "try: open_archive(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "except Exception as problem: print(problem)"
    )
    (tmp_path / "into").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", script, path, tmp_path / "into"], capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("cannot be unpacked: file too large; set TMPDIR to a folder with more room\n")


def test_a_file_in_the_place_of_a_folder(tmp_path: Path, pack: Pack) -> None:
    assert "cannot be unpacked" in problem(pack(tmp_path, {"bundle": b"x", **BUNDLE}), tmp_path / "into")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damage_never_escapes_as_another_error(tmp_path: Path, pack: Pack, data: st.DataObject) -> None:
    path = pack(tmp_path, BUNDLE)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(1, len(content)))])
    try:
        with unpacked(path, Limits(total_bytes=1_000_000)) as folder:
            assert (folder / "trace.jsonl").is_file() or any(folder.iterdir())
    except BundleProblem:
        pass


def test_names_of_archives(make_bundle: MakeBundle) -> None:
    assert is_archive(Path("a.ZIP")) and is_archive(Path("b.tar.gz")) and is_archive(Path("c.tgz"))
    assert not is_archive(make_bundle() / "trace.jsonl")
