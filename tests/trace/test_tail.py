"""However the file grows, shrinks or changes places, the reader ends with the lines that are in it."""

from __future__ import annotations

import os
import random
import resource
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from counted_steps import steps
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from in_time import in_time
from making_bundles import Unprivileged

from rollout_tui.trace.tail import Growth, SpineTail

MIB = 1 << 20


class Reader:
    """What a caller of the tail does: add up the data, start again when told to."""

    def __init__(self, path: Path, **limits: int) -> None:
        self.tail = SpineTail(path, **limits)
        self.data = b""
        self.changes: list[str] = []
        self.skipped: list[tuple[int, int]] = []

    def poll(self, most: int = MIB) -> Growth:
        growth = self.tail.poll(most)
        if growth.change in ("truncated", "replaced"):
            self.data, self.skipped = b"", []
        assert growth.data == b"" or growth.data.endswith(b"\n")
        self.skipped += growth.skipped
        if growth.data and not self.skipped:
            assert growth.offset == len(self.data)
        self.data += growth.data
        if growth.change not in ("none", "grown"):
            self.changes.append(growth.change)
        return growth

    def catch_up(self, most: int = MIB) -> Growth:
        for _ in range(10_000):
            growth = self.poll(most)
            if not growth.more:
                return growth
        raise AssertionError("there is always more")


def whole_lines(content: bytes) -> bytes:
    return content[: content.rfind(b"\n") + 1]


@pytest.fixture
def spine(tmp_path: Path) -> Path:
    return tmp_path / "trace.jsonl"


def reader_of(spine: Path, data: bytes) -> Reader:
    """A reader that has read this, which is all there is."""
    spine.write_bytes(data)
    reader = Reader(spine)
    reader.poll()
    return reader


chunks = st.lists(
    st.binary(max_size=12) | st.sampled_from([b"\n", b"\n\n", b"ab\ncd", b"x" * 40]), max_size=12
)


@given(chunks, st.integers(1, 50))
def test_any_chunking_gives_the_same_lines(parts: list[bytes], most: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "trace.jsonl")
        reader, content = Reader(path), b""
        for part in parts:
            with path.open("ab") as file:
                file.write(part)
            content += part
            growth = reader.catch_up(most)
            assert reader.data == whole_lines(content)
            assert growth.held == len(content) - len(reader.data)
            assert reader.tail.held_line() == content[len(reader.data) :]
        assert reader.changes == []


class FileThatMisbehaves(RuleBasedStateMachine):
    """Cuts, rewrites, removals and returns in any order; content stays within the remembered bytes."""

    @initialize()
    def start(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.bundle = Path(self.folder.name, "bundle")
        self.bundle.mkdir()
        self.path = self.bundle / "trace.jsonl"
        self.reader = Reader(self.path)
        self.content: bytes | None = None

    def room(self, part: bytes) -> bytes:
        return part[: 500 - len(self.content or b"")]

    @rule(part=st.binary(max_size=20) | st.sampled_from([b"\n", b"abc\n", b"{}\n{"]))
    def append(self, part: bytes) -> None:
        if not self.bundle.exists():
            return
        part = self.room(part)
        with self.path.open("ab") as file:
            file.write(part)
        self.content = (self.content or b"") + part

    @rule(size=st.integers(0, 60))
    def cut(self, size: int) -> None:
        if self.content is not None and self.bundle.exists():
            self.content = self.content[:size]
            os.truncate(self.path, len(self.content))

    @rule(content=st.binary(max_size=60) | st.just(b"abc\nabc\n"), atomically=st.booleans())
    def write_anew(self, content: bytes, atomically: bool) -> None:
        if not self.bundle.exists():
            return
        target = self.path.with_suffix(".new") if atomically else self.path
        target.write_bytes(content)
        target.replace(self.path)
        self.content = content

    @rule()
    def remove(self) -> None:
        if self.content is not None and self.bundle.exists():
            self.path.unlink()
            self.content = None

    @rule()
    def take_folder_away_or_bring_it_back(self) -> None:
        away = self.bundle.with_name("away")
        if self.bundle.exists():
            self.bundle.rename(away)
        else:
            away.rename(self.bundle)

    @rule(most=st.integers(1, 30))
    def poll(self, most: int) -> None:
        self.reader.poll(most)

    @rule(most=st.integers(1, 600))
    def read_all(self, most: int) -> None:
        self.reader.catch_up(most)
        if self.content is not None and self.bundle.exists():
            assert self.reader.data == whole_lines(self.content)
            assert self.reader.tail.held_line() == self.content[len(self.reader.data) :]

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.folder.cleanup()


FileThatMisbehaves.TestCase.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
TestFileThatMisbehaves = FileThatMisbehaves.TestCase


def test_lines_written_while_reading_arrive_whole_and_once(spine: Path) -> None:
    lines = [b'{"seq":%d,"text":"%s"}\n' % (n, b"x" * random.Random(n).randrange(3000)) for n in range(2000)]
    content = b"".join(lines)
    done = threading.Event()

    def write() -> None:
        at, chance = 0, random.Random(5)
        with spine.open("ab", buffering=0) as file:
            while at < len(content):
                at += file.write(content[at : at + chance.randrange(1, 20_000)])
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    reader = Reader(spine)
    while not done.is_set():
        reader.poll(64 * 1024)
    reader.catch_up()
    writer.join()
    assert reader.data == content
    assert set(reader.changes) <= {"missing", "back"}


def test_truncation_restarts_at_the_beginning(spine: Path) -> None:
    reader = reader_of(spine, b"one\ntwo\nthree\n")
    spine.write_bytes(b"one\n")
    growth = reader.poll()
    assert (growth.change, growth.offset, growth.data) == ("truncated", 0, b"one\n")
    assert "14" in growth.reason and "4" in growth.reason
    assert reader.poll().change == "none"


def test_a_file_rewritten_longer_in_place_restarts(spine: Path) -> None:
    reader = reader_of(spine, b"one\ntwo\n")
    with spine.open("r+b") as file:
        file.truncate(0)
        file.write(b"uno\ndos\ntres\n")
    growth = reader.poll()
    assert (growth.change, growth.data) == ("truncated", b"uno\ndos\ntres\n")


def test_rewriting_only_the_unterminated_tail_is_no_truncation(spine: Path) -> None:
    spine.write_bytes(b"one\nhalf of a li")
    reader = Reader(spine)
    assert reader.poll().held == 12
    with spine.open("r+b") as file:
        file.truncate(4)
        file.seek(4)
        file.write(b"two\n")
    growth = reader.poll()
    assert (growth.change, growth.offset, growth.data) == ("grown", 4, b"two\n")


def test_replacement_restarts(spine: Path) -> None:
    reader = reader_of(spine, b"one\n")
    other = spine.with_name("other")
    other.write_bytes(b"one\ntwo\n")
    other.replace(spine)
    growth = reader.poll()
    assert (growth.change, growth.offset, growth.data) == ("replaced", 0, b"one\ntwo\n")


def test_missing_is_said_once_and_the_same_file_goes_on_where_it_was(spine: Path) -> None:
    reader = reader_of(spine, b"one\n")
    away = spine.with_name("away")
    spine.rename(away)
    assert [reader.poll().change for _ in range(3)] == ["missing", "none", "none"]
    with away.open("ab") as file:
        file.write(b"two\n")
    away.rename(spine)
    growth = reader.poll()
    assert (growth.change, growth.offset, growth.data) == ("back", 4, b"two\n")
    assert reader.poll().change == "none"


def test_deleted_and_made_again_restarts_even_with_the_same_inode(spine: Path) -> None:
    reader = reader_of(spine, b"one\ntwo\n")
    spine.unlink()
    reader.poll()
    spine.write_bytes(b"uno\ndos\ntres\n")
    growth = reader.poll()
    assert (growth.change, growth.data) == ("replaced", b"uno\ndos\ntres\n")


def test_a_file_that_comes_later(spine: Path) -> None:
    reader = Reader(spine)
    assert [reader.poll().change for _ in range(2)] == ["missing", "none"]
    spine.write_bytes(b"one\n")
    assert reader.poll().change == "back"
    assert reader.data == b"one\n"


def test_permission_taken_and_given_back(spine: Path, unprivileged: Unprivileged) -> None:
    spine.write_bytes(b"one\n")
    spine.chmod(0o644)
    with unprivileged():
        reader = Reader(spine)
        reader.poll()
    spine.chmod(0)
    with unprivileged():
        growth = reader.poll()
        assert growth.change == "unreadable" and "permission" in growth.reason
        assert reader.poll().change == "none"
    spine.chmod(0o644)
    with spine.open("ab") as file:
        file.write(b"two\n")
    with unprivileged():
        growth = reader.poll()
    assert (growth.change, growth.data) == ("back", b"two\n")


@pytest.mark.parametrize("kind", ["folder", "fifo", "link"])
def test_what_is_no_regular_file_is_unreadable_at_once(spine: Path, kind: str) -> None:
    if kind == "folder":
        spine.mkdir()
    elif kind == "fifo":
        os.mkfifo(spine)
    else:
        (target := spine.with_name("target")).write_bytes(b"one\n")
        spine.symlink_to(target)
    with in_time():
        assert Reader(spine).poll().change == "unreadable"


def test_a_line_longer_than_a_read_arrives_whole(spine: Path) -> None:
    line = b'"' + b"x" * (5 * MIB) + b'"\n'
    reader = Reader(spine)
    for part in (line[: 2 * MIB], line[2 * MIB : -1]):
        with spine.open("ab") as file:
            file.write(part)
        reader.catch_up()
        assert reader.data == b""
    assert reader.poll().held == len(line) - 1
    with spine.open("ab") as file:
        file.write(b"\nnext\n")
    reader.catch_up()
    assert reader.data == line + b"next\n"


def test_a_line_over_the_limit_is_skipped_and_said(spine: Path) -> None:
    spine.write_bytes(b"one\n" + b"x" * 5000 + b"\ntwo\n" + b"y" * 3000)
    reader = Reader(spine, longest_line=1000)
    growth = reader.catch_up()
    assert reader.data == b"one\ntwo\n"
    assert reader.skipped == [(4, 5001)]
    assert growth.held == 3000
    with spine.open("ab") as file:
        file.write(b"\nthree\n")
    reader.catch_up()
    assert reader.data == b"one\ntwo\nthree\n"
    assert reader.skipped == [(4, 5001), (5009, 3001)]


@given(st.lists(st.integers(0, 80), min_size=1, max_size=12), st.integers(1, 60), st.integers(1, 60))
def test_skipping_keeps_the_other_lines_in_order(sizes: list[int], most: int, longest: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "trace.jsonl")
        lines = [b"%c" % (65 + n) * size + b"\n" for n, size in enumerate(sizes)]
        path.write_bytes(b"".join(lines))
        reader = Reader(path, longest_line=longest)
        reader.catch_up(most)
        assert reader.data == b"".join(line for line in lines if len(line) <= longest)
        assert sum(size for _, size in reader.skipped) == sum(
            len(line) for line in lines if len(line) > longest
        )


@pytest.fixture
def memory_peak() -> Iterator[None]:
    """Fails when the test raises the process's largest memory by more than 200 MiB."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024


@pytest.mark.usefixtures("memory_peak")
def test_a_sparse_terabyte_is_neither_read_nor_waited_for(spine: Path) -> None:
    spine.write_bytes(b"one\n")
    os.truncate(spine, 1 << 40)
    with spine.open("r+b") as file:
        file.seek(0, os.SEEK_END)
        file.write(b"\ntwo\n")
    reader = Reader(spine, longest_line=4 * MIB)
    assert steps(reader.catch_up) < 2_000
    assert reader.data == b"one\ntwo\n"
    assert reader.skipped == [(4, (1 << 40) - 4 + 1)]
    assert reader.tail.held_line() == b""


def test_a_poll_looks_at_a_bounded_piece(spine: Path) -> None:
    spine.write_bytes(b"x" * (40 * MIB))
    reader = Reader(spine)
    growth = reader.poll()
    assert growth.more and growth.held == 0
    assert reader.catch_up().held == 40 * MIB


def test_a_long_unterminated_line_that_is_written_again_is_looked_at_again(spine: Path) -> None:
    spine.write_bytes(b"x" * 100)
    reader = Reader(spine)
    reader.catch_up(10)
    spine.write_bytes(b"one\n" + b"y" * 200)
    reader.catch_up(10)
    assert reader.data == b"one\n"
