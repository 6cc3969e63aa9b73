"""A payload path from a trace opens a regular file inside the bundle, or nothing."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from in_time import in_time
from making_bundles import MakeBundle, Unprivileged

from rollout_tui.trace.payloads import PayloadProblem, PayloadStore

SECRET = b"outside the bundle"


@pytest.fixture
def bundle(make_bundle: MakeBundle, tmp_path: Path) -> Path:
    (tmp_path / "secret.json").write_bytes(SECRET)
    return make_bundle(payloads={"payloads/1.json": b'{"a": 1}', "payloads/2.json": b""})


def refused(store: PayloadStore, path: str) -> str:
    """The code every way of reading answers with."""
    codes = set()
    for read in (store.read, store.size, store.open, lambda path: store.read_range(path, 0, 10)):
        with pytest.raises(PayloadProblem) as caught:
            read(path)
        assert caught.value.path == path
        assert "\n" not in str(caught.value) and "\n" not in caught.value.reason
        codes.add(caught.value.code)
    (code,) = codes
    return code


def test_reads_what_the_recorder_wrote(bundle: Path) -> None:
    with closing(PayloadStore(bundle)) as store:
        assert store.read("payloads/1.json") == b'{"a": 1}'
        assert store.read("payloads/2.json") == b""
        assert store.size("payloads/1.json") == 8
        assert store.read_range("payloads/1.json", 5, 2) == b" 1"
        assert store.read_range("payloads/1.json", 5, 100) == b" 1}"
        assert store.read_range("payloads/1.json", 100, 5) == b""
        assert store.read("manifest.json").startswith(b"{")
        descriptor = store.open("payloads/1.json")
        assert os.read(descriptor, 3) == b'{"a'
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.write(descriptor, b"x")
        os.close(descriptor)


def test_a_folder_swapped_for_a_link_does_not_lead_out(bundle: Path, tmp_path: Path) -> None:
    """It was a folder when it was first opened; what is opened later is looked for from there, or refused."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "1.json").write_bytes(SECRET)
    with closing(PayloadStore(bundle)) as store:
        assert store.read("payloads/1.json") == b'{"a": 1}'
        (bundle / "payloads").rename(bundle / "before")
        (bundle / "payloads").symlink_to(outside)
        assert store.read("payloads/1.json") == b'{"a": 1}'
        store.close()
        assert refused(store, "payloads/1.json") == "payload_outside_bundle"


def test_the_bundle_folder_may_be_a_link(bundle: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(bundle)
    assert PayloadStore(link).read("payloads/1.json") == b'{"a": 1}'


OUTSIDE = [
    "../secret.json",
    "payloads/../../secret.json",
    "payloads/../payloads/1.json",
    "/etc/hostname",
    "//etc/hostname",
    "/",
    "",
    ".",
    "..",
    "./payloads/1.json",
    "payloads/./1.json",
    "payloads//1.json",
    "payloads/",
    "payloads/..",
]


@pytest.mark.parametrize("path", OUTSIDE)
def test_paths_that_leave_the_bundle_are_refused(bundle: Path, path: str) -> None:
    assert refused(PayloadStore(bundle), path) == "payload_outside_bundle"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("payloads/99.json", "payload_missing"),
        ("nothing/1.json", "payload_missing"),
        ("payloads/1.json/2.json", "payload_missing"),
        ("PAYLOADS/1.json", "payload_missing"),
        ("payloads", "payload_unreadable"),
        ("payloads/1.json\n", "payload_unreadable"),
        ("payloads/\x001.json", "payload_unreadable"),
        ("payloads/\u202e1.json", "payload_unreadable"),
        ("payloads/\ud800", "payload_unreadable"),
        ("payloads/" + "x" * 300, "payload_unreadable"),
        ("a/" * 5_000_000 + "1.json", "payload_unreadable"),
    ],
    ids=lambda value: value[:24] if value.isprintable() else "unprintable",
)
def test_names_that_cannot_be_opened(bundle: Path, path: str, code: str) -> None:
    if code == "payload_missing" and (bundle / "PAYLOADS").exists():
        pytest.skip("this file system ignores case")
    assert refused(PayloadStore(bundle), path) == code


def link_to_file_outside(payloads: Path) -> None:
    (payloads / "x").symlink_to(payloads.parent.parent / "secret.json")


def link_to_file_inside(payloads: Path) -> None:
    (payloads / "x").symlink_to("1.json")


def dangling_link(payloads: Path) -> None:
    (payloads / "x").symlink_to("nowhere")


def links_in_a_loop(payloads: Path) -> None:
    (payloads / "x").symlink_to("y")
    (payloads / "y").symlink_to("x")


@pytest.mark.parametrize("make", [link_to_file_outside, link_to_file_inside, dangling_link, links_in_a_loop])
def test_links_are_refused(bundle: Path, make: Callable[[Path], None]) -> None:
    make(bundle / "payloads")
    assert refused(PayloadStore(bundle), "payloads/x") == "payload_outside_bundle"


def test_links_on_the_way_are_refused(bundle: Path, tmp_path: Path) -> None:
    (bundle / "elsewhere").symlink_to(tmp_path)
    assert refused(PayloadStore(bundle), "elsewhere/secret.json") == "payload_outside_bundle"
    shutil.rmtree(bundle / "payloads")
    (bundle / "payloads").symlink_to(tmp_path)
    assert refused(PayloadStore(bundle), "payloads/secret.json") == "payload_outside_bundle"


def make_fifo(path: Path) -> None:
    os.mkfifo(path)


def make_socket(path: Path) -> None:
    # The name of a socket has to be short, hence the change of folder.
    here = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path.name)
    finally:
        os.chdir(here)


def make_device(path: Path) -> None:
    try:
        os.mknod(path, 0o666 | 0o020000, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("only root can make devices")


@pytest.mark.parametrize("make", [make_fifo, make_socket, make_device, Path.mkdir])
def test_what_is_no_regular_file_is_refused_without_waiting(
    bundle: Path, make: Callable[[Path], None]
) -> None:
    make(bundle / "payloads" / "x")
    with in_time():
        assert refused(PayloadStore(bundle), "payloads/x") == "payload_unreadable"


def test_a_file_that_is_swapped_for_a_link_all_the_time_never_leads_outside(
    bundle: Path, tmp_path: Path
) -> None:
    stop = threading.Event()
    victim, link = bundle / "payloads" / "1.json", bundle / "payloads" / "link"

    def swap() -> None:
        while not stop.is_set():
            link.symlink_to(tmp_path / "secret.json")
            link.replace(victim)
            link.write_bytes(b"inside")
            link.replace(victim)

    swapper = threading.Thread(target=swap)
    swapper.start()
    store, seen = PayloadStore(bundle), set()
    ends = time.monotonic() + 0.5
    while time.monotonic() < ends:
        try:
            seen.add(store.read("payloads/1.json"))
        except PayloadProblem as problem:
            seen.add(problem.code.encode())
    stop.set()
    swapper.join()
    assert SECRET not in seen
    assert seen <= {b"inside", b"payload_outside_bundle", b'{"a": 1}'}


def test_no_permission(bundle: Path, unprivileged: Unprivileged) -> None:
    (bundle / "payloads" / "1.json").chmod(0)
    (bundle / "payloads" / "2.json").write_bytes(b"readable")
    with unprivileged():
        store = PayloadStore(bundle)
        assert refused(store, "payloads/1.json") == "payload_unreadable"
        assert store.read("payloads/2.json") == b"readable"


def test_too_large_is_refused_but_its_beginning_can_be_read(bundle: Path) -> None:
    with (bundle / "payloads" / "1.json").open("r+b") as file:
        file.truncate(1 << 40)
    store = PayloadStore(bundle, largest=1000)
    with pytest.raises(PayloadProblem, match="1,099,511,627,776 bytes") as caught:
        store.read("payloads/1.json")
    assert caught.value.code == "payload_too_large"
    assert store.size("payloads/1.json") == 1 << 40
    assert store.read_range("payloads/1.json", 0, 8) == b'{"a": 1}'
    with pytest.raises(PayloadProblem):
        store.read_range("payloads/1.json", 0, 1001)


def test_a_file_that_grows_while_it_is_read_stays_within_the_limit(bundle: Path) -> None:
    stop = threading.Event()
    path = bundle / "payloads" / "1.json"

    def grow() -> None:
        while not stop.is_set():
            with path.open("wb", buffering=0) as file:
                for _ in range(200):
                    file.write(b"x" * 100)

    writer = threading.Thread(target=grow)
    writer.start()
    store, ends = PayloadStore(bundle, largest=10_000), time.monotonic() + 0.3
    try:
        while time.monotonic() < ends:
            try:
                assert len(store.read("payloads/1.json")) <= 10_000
            except PayloadProblem as problem:
                assert problem.code == "payload_too_large"
    finally:
        stop.set()
        writer.join()


def test_a_bundle_that_was_removed_and_came_back_is_found_again(bundle: Path) -> None:
    store = PayloadStore(bundle)
    store.read("payloads/1.json")
    shutil.rmtree(bundle)
    assert refused(store, "payloads/1.json") == "payload_missing"
    (bundle / "payloads").mkdir(parents=True)
    (bundle / "payloads" / "1.json").write_bytes(b"again")
    assert store.read("payloads/1.json") == b"again"


def test_a_payload_that_comes_later_is_found(bundle: Path) -> None:
    store = PayloadStore(bundle)
    assert refused(store, "payloads/7.json") == "payload_missing"
    (bundle / "payloads" / "7.json").write_bytes(b"{}")
    assert store.read("payloads/7.json") == b"{}"


def test_descriptors_are_given_back(bundle: Path) -> None:
    os.mkfifo(bundle / "payloads" / "fifo")
    before = len(os.listdir("/dev/fd"))  # noqa: PTH208
    store = PayloadStore(bundle, largest=4)
    for _ in range(50):
        for path in (
            "payloads/1.json",
            "payloads/2.json",
            "payloads/fifo",
            "manifest.json",
            "x/y",
            "payloads/9",
        ):
            with pytest.raises(PayloadProblem):
                store.read_range(path, 0, 5)
    store.close()
    assert len(os.listdir("/dev/fd")) <= before  # noqa: PTH208
    assert store.read("payloads/2.json") == b""


path_parts = st.sampled_from(["payloads", "1.json", "..", ".", "", "/", "link", "secret.json", "\x00", "\n"])


@given(st.lists(path_parts, max_size=6).map("/".join) | st.text(max_size=20))
def test_no_path_at_all_leads_outside(tmp_path_factory: pytest.TempPathFactory, path: str) -> None:
    root = tmp_path_factory.getbasetemp() / "any-path"
    if not root.exists():
        (root / "bundle" / "payloads").mkdir(parents=True)
        (root / "bundle" / "payloads" / "1.json").write_bytes(b"inside")
        (root / "bundle" / "link").symlink_to(root)
        (root / "secret.json").write_bytes(SECRET)
    try:
        assert PayloadStore(root / "bundle").read(path) == b"inside"
    except PayloadProblem as problem:
        assert problem.code in ("payload_missing", "payload_unreadable", "payload_outside_bundle")
