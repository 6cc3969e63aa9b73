"""What the coverage-guided fuzzer runs: bytes in, an exception when a promise is broken."""

from __future__ import annotations

import io
import json
import os
import random
import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from damages import MANIFEST, SPINE, Files, damage, read_files, split_lines
from looking import look

from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.moving.go_to import go_to
from rollout_tui.debugger.moving.walk import Walk
from rollout_tui.debugger.searching.search_query import SearchProblem, query
from rollout_tui.debugger.spans.spans import Spans
from rollout_tui.debugger.stops import event_facts, watched
from rollout_tui.debugger.stops.expressions import ExpressionProblem, parse
from rollout_tui.export.redaction import Redactor
from rollout_tui.export.state import state_line, write_state
from rollout_tui.graph.objects import Rollout
from rollout_tui.graph.snapshot import Snapshot
from rollout_tui.printable import json_printable, one_line, printable
from rollout_tui.recording import Trace
from rollout_tui.reducer import canonical
from rollout_tui.reducer.content import Source
from rollout_tui.reducer.fold import Reducer
from rollout_tui.reducer.items import normal_item, opaque_item
from rollout_tui.reducer.normal import ItemProblem
from rollout_tui.trace.bundle import BundleProblem, open_bundle
from rollout_tui.trace.payloads import PayloadProblem
from rollout_tui.trace.spine import BadLine, decode_block, decode_line

FIXTURES = Path(__file__).parents[2] / "fixtures"
# Between the files of a recording that is one input; no sound file has it.
BETWEEN = b"\n\x1e"


class MemoryPayloads:
    """Payload files that are bytes in memory."""

    def __init__(self, files: Files) -> None:
        self.files = files

    def read(self, path: str) -> bytes:
        """The whole file."""
        data = self.files.get(path)
        if data is None:
            raise PayloadProblem("payload_missing", path, "the file is not there")
        return data

    def open(self, path: str) -> int:
        """A descriptor of an anonymous file with those bytes."""
        data = self.read(path)
        descriptor = os.memfd_create("payload")
        os.write(descriptor, data)
        return descriptor


# -- recordings as one run of bytes ----------------------------------------------


def packed(files: Files) -> bytes:
    """A recording as one input."""
    spine = files.get(SPINE) or b""
    rest = (path.encode() + b"\n" + (data or b"") for path, data in files.items() if path != SPINE)
    return BETWEEN.join([spine, *rest])


def unpacked(data: bytes) -> Files:
    """The recording of an input."""
    spine, *rest = data.split(BETWEEN)
    files: Files = {SPINE: spine}
    for one in rest:
        path, _, body = one.partition(b"\n")
        files[path.decode(errors="replace")] = body
    return files


def small_recordings() -> Iterator[Files]:
    """Pieces of the fixtures small enough to be run thousands of times a minute."""
    for manifest in sorted(FIXTURES.rglob("manifest.json")):
        files = read_files(manifest.parent)
        lines = split_lines(files[SPINE])
        for first in range(0, len(lines), 12):
            spine = b"".join([*lines[:2], *lines[first : first + 24]])
            piece: Files = {MANIFEST: files[MANIFEST], SPINE: spine}
            for path, data in files.items():
                if path.startswith("payloads/") and json.dumps(path).encode() in spine:
                    piece[path] = data
            if sum(len(data or b"") for data in piece.values()) < 60_000:
                yield piece


def mutated(data: bytes, most: int, seed: int) -> bytes:
    """A recording with some damage that knows lines, fields and files."""
    rng = random.Random(seed)
    files = unpacked(data)
    for path, body in files.items():
        if body is None:
            del files[path]
    damage(rng, files)
    return packed({path: body for path, body in files.items() if body is not None})[:most]


# -- targets ---------------------------------------------------------------------


def lines(data: bytes) -> None:
    """A block of lines decodes as its lines do one by one, and never raises."""
    block = decode_block(data)
    offsets = list(block.offsets)
    assert len(block.lines) == len(offsets)
    for line, offset in zip(block.lines, offsets, strict=True):
        raw = data[offset:].partition(b"\n")[0]
        alone = decode_line(raw)
        if isinstance(line, BadLine):
            assert line == alone and len(line.reason) <= 400
        else:
            assert msgspec.json.encode(line) == msgspec.json.encode(alone)


def items(data: bytes) -> None:
    """A model item has a normal form or a reason why not, and then an opaque one."""
    for schema in (1, 2):
        source = Source("raw_payload:1", schema)
        try:
            normal = normal_item(data, source)
        except (ItemProblem, ValueError, RecursionError):
            normal = opaque_item(data, source)
        if normal is not None:
            hash(normal.key)
            msgspec.json.encode(normal.parts)


def json_text(data: bytes) -> None:
    """Rewriting JSON text as the reference does gives JSON text that stays as it is."""
    text = data.decode(errors="surrogateescape")
    try:
        once = canonical.compact(canonical.parsed(text))
    except ValueError:
        return
    assert canonical.compact(canonical.parsed(once)) == once
    assert len(canonical.summary(once).encode()) <= canonical.SUMMARY_BYTES + 3


def reducer(data: bytes) -> None:
    """A recording is reduced whatever it is, in blocks as line by line, and can be shown."""
    files = unpacked(data)
    payloads = MemoryPayloads(files)
    states = []
    for whole in (True, False):
        reducer = Reducer(2 if data[:1] != b"1" else 1, Rollout("t", "r", 0, "root"), payloads)
        blocks = [files[SPINE] or b""] if whole else split_lines(files[SPINE])
        for block in map(decode_block, blocks):
            reducer.apply(block.lines, block.offsets)
        out = io.BytesIO()
        write_state(Snapshot(reducer.history, reducer.history.head), out)
        states.append(out.getvalue())
        for event in range(0, reducer.history.head + 1, 7):
            state_line(Snapshot(reducer.history, event))
            reducer.history.touched(event)
    assert states[0] == states[1]
    json.loads(states[0])


def text(data: bytes) -> None:
    """Nothing that moves a cursor or hides text gets past `printable`."""
    given = data.decode(errors="surrogateescape")
    for shown in (
        printable(given),
        one_line(given, 20),
        json_printable(json.dumps(given, ensure_ascii=False)),
    ):
        assert not any(unicodedata.category(one) in ("Cc", "Cs") for one in shown), ascii(shown)


def redaction(data: bytes) -> None:
    """A document keeps its shape and what it is, JSON or text, and says the same twice."""
    redacted = Redactor(b"key").document(data)
    assert Redactor(b"key").document(data) == redacted
    try:
        before = msgspec.json.decode(data)
    except (ValueError, RecursionError):
        return
    after = msgspec.json.decode(redacted)
    left = [(before, after)]
    while left:
        one, other = left.pop()
        assert type(one) is type(other), (one, other)
        if isinstance(one, str):
            assert len(one.encode()) == len(other.encode()), (one, other)
        elif isinstance(one, list):
            left += zip(one, other, strict=True)


VALUES: tuple[tuple[object, ...], ...] = ((None, "", "text", ("a", "b")), (None, 3, 2.5))
"""Values of fields of text, and of numbers."""


def expression(data: bytes) -> None:
    """What is typed is understood, or refused in one line that fits a message."""
    source = data.decode(errors="surrogateescape")
    for fields, edges in ((event_facts.FIELDS, False), (watched.FIELDS, True)):
        try:
            found = parse(source, fields, edges=edges)
        except ExpressionProblem as problem:
            _check_message(str(problem))
        else:
            assert found.clauses
            for clause in found.clauses:
                for value in VALUES[fields[clause.field].sort == "number"]:
                    clause.holds(value)
    try:
        query(source)
    except SearchProblem as problem:
        _check_message(str(problem))
    _check_message(go_to(_WALK, source).message)


def _check_message(text: str) -> None:
    assert "\n" not in text and len(text) < 2000, ascii(text)


def _walk() -> Walk:
    trace = Trace(open_bundle(FIXTURES / "demo")).load()
    return Walk(trace, index_of(trace.history, Spans))


_WALK = _walk()
_ON_DISK = Path(
    tempfile.mkdtemp(prefix="fuzz-renderer-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None)
)


def renderer(data: bytes) -> None:
    """Every lens shows a recording, whatever it is, in rows that fit and hold nothing but text."""
    files = unpacked(data)
    folder = _ON_DISK / "payloads"
    folder.mkdir(exist_ok=True)
    for old in (*folder.iterdir(), _ON_DISK / MANIFEST):
        old.unlink(missing_ok=True)
    for path, body in files.items():
        name = path.removeprefix("payloads/")
        if path in (SPINE, MANIFEST):
            (_ON_DISK / path).write_bytes(body or b"")
        elif name.isalnum() or name.removesuffix(".json").isalnum():
            (folder / name[:100]).write_bytes(body or b"")
    try:
        trace = Trace(open_bundle(_ON_DISK)).load()
    except BundleProblem:
        return
    if not len(trace):
        return
    look(trace, {1 + len(data) % len(trace), len(trace)})
    trace.close()


TARGETS: dict[str, Callable[[bytes], None]] = {
    "lines": lines,
    "items": items,
    "json": json_text,
    "reducer": reducer,
    "text": text,
    "redaction": redaction,
    "expression": expression,
    "renderer": renderer,
}
RECORDINGS = ("reducer", "renderer")
"""Targets whose input is a packed recording."""
EXPRESSIONS = (
    "tool=exec_command status=failed",
    "exit_code != 0 and thread=/root/alpha",
    'text ~ "a word" leaves',
    "text ~ /fro[mn]\\b/",
    "input_tokens >= 200k changes",
    "duration > 1.5s",
    "inference_failed",
    "turn 3",
    "12:40:05",
    "+3.2s",
    "50%",
)


def seeds(target: str) -> Iterator[bytes]:
    """Inputs to begin with."""
    if target == "expression":
        yield from (one.encode() for one in EXPRESSIONS)
        return
    for files in small_recordings():
        if target in RECORDINGS:
            yield packed(files)
        elif target == "lines":
            yield files[SPINE] or b""
        else:
            yield from _inner(files, target)


def _inner(files: Files, target: str) -> Iterator[bytes]:
    for path, data in files.items():
        if not path.startswith("payloads/"):
            continue
        try:
            body = json.loads(data or b"")
        except ValueError:
            continue
        if target != "items":
            yield data or b""
            continue
        for name in ("input", "output_items", "replacement_history"):
            for item in body.get(name, ()) if isinstance(body, dict) else ():
                yield json.dumps(item).encode()
