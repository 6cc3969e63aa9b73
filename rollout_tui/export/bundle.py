"""A recording, or a slice of it, as a bundle of its own; redacted where asked.

Event lines and payloads are copied as they are, or rewritten by `redaction`. Only files that events name are
taken, and only from inside the bundle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import msgspec

from rollout_tui.export.output import new_file, write_file
from rollout_tui.export.redaction import Redactor, ids_of
from rollout_tui.export.redaction_words import PAYLOAD_PATH
from rollout_tui.export.slices import Slice, slice_of
from rollout_tui.trace.bundle import Bundle
from rollout_tui.trace.identity import MANIFEST_NAME, SPINE_NAME, Identity
from rollout_tui.trace.payloads import MIB, PayloadProblem, PayloadStore
from rollout_tui.trace.regular_files import open_regular, read_regular
from rollout_tui.trace.spine import BLANK, Line, decode_line, references_of
from rollout_tui.trace.tail import LONGEST_LINE

LARGEST_REDACTED = 64 * MIB
_LARGEST_MANIFEST = MIB
_FIRST_NEW_NUMBER = 10**9


class SliceProblem(Exception):
    """A slice that cannot be cut. The text says which seqs there are."""


@dataclass
class Exported:
    """What was written: `events` lines and `payloads` files; `left_out` says why others were not."""

    events: int = 0
    payloads: int = 0
    left_out: list[str] = field(default_factory=list)


def write_bundle(
    bundle: Bundle,
    folder: Path,
    *,
    first_seq: int | None = None,
    last_seq: int | None = None,
    told: Callable[[float], object] = float,
    redactor: Redactor | None = None,
) -> Exported:
    """Write the events first_seq..last_seq (default: all) and their payloads into the empty folder `folder`.

    With `redactor` bodies, paths, hosts and names are replaced. `told` is called with the share of the work
    that is done. Raises SliceProblem, and OSError where something cannot be written.
    """
    return _Copy(bundle, folder, redactor, told).run(first_seq, last_seq)


class _Copy:
    """One export under way."""

    def __init__(
        self, bundle: Bundle, folder: Path, redactor: Redactor | None, told: Callable[[float], object]
    ) -> None:
        self._bundle = bundle
        self._told = told
        self._folder = folder
        self._redactor = redactor
        self._paths: dict[str, str] = {}
        self._store = PayloadStore(bundle.folder)
        self._done = Exported()

    def run(self, first_seq: int | None, last_seq: int | None) -> Exported:
        """Write manifest, payloads and event lines."""
        chosen = self._chosen(first_seq, last_seq)
        if self._redactor is not None:
            for line in _lines(self._bundle.spine):
                self._redactor.know(ids_of(line))
        (self._folder / "payloads").mkdir(mode=0o700)
        self._write_manifest()
        with new_file(self._folder / SPINE_NAME) as spine, closing(self._store):
            self._write_lines(spine, chosen)
        return self._done

    def _chosen(self, first_seq: int | None, last_seq: int | None) -> Slice | None:
        """The slice asked for, None for all there is."""
        if first_seq is None and last_seq is None:
            return None
        seqs: dict[int, int] = {}
        count = 0
        for count, line in enumerate(self._decoded(), 1):
            seqs[count if line.seq is None else line.seq] = count
        first = 1 if first_seq is None else seqs.get(first_seq)
        last = count if last_seq is None else seqs.get(last_seq)
        if first is None or last is None or first > last:
            raise SliceProblem(
                f"there is no slice from seq {_or(first_seq, 'the first')} to {_or(last_seq, 'the last')}; "
                f"this recording has {min(seqs, default=0)} to {max(seqs, default=0)}"
            )
        return slice_of(self._decoded(), first, last)

    def _decoded(self) -> Iterator[Line]:
        for line in _lines(self._bundle.spine):
            if line.strip(BLANK):
                yield decode_line(line)

    def _write_lines(self, spine: BinaryIO, chosen: Slice | None) -> None:
        event = read = 0
        size = max(1, self._bundle.spine.stat().st_size)
        for number, line in enumerate(_lines(self._bundle.spine), 1):
            read += len(line)
            self._told(min(1.0, read / size))
            if len(line) > LONGEST_LINE:
                self._done.left_out.append(f"line {number}: it is longer than {LONGEST_LINE:,} bytes")
            blank = not line.strip(BLANK)
            event += not blank
            if len(line) > LONGEST_LINE or (chosen is not None and (blank or event not in chosen)):
                continue
            for reference in references_of(decode_line(line)):
                self._take_payload(reference.path)
            spine.write(line if self._redactor is None else self._redacted_line(self._redactor, line))
            self._done.events += not blank

    def _redacted_line(self, redactor: Redactor, line: bytes) -> bytes:
        end = b"\r\n" if line.endswith(b"\r\n") else b"\n" if line.endswith(b"\n") else b""
        return redactor.document(line.removesuffix(end)) + end

    def _take_payload(self, path: str) -> None:
        """Copy a payload once; under a new name where the redacted bundle must not repeat its own."""
        if path in self._paths:
            return
        name = path
        if self._redactor is not None and not PAYLOAD_PATH.fullmatch(path):
            name = f"payloads/{_FIRST_NEW_NUMBER + len(self._paths)}.json"
            self._redactor.rename(path, name)
        self._paths[path] = name
        try:
            self._copy_payload(path, name)
            self._done.payloads += 1
        except PayloadProblem as problem:
            self._done.left_out.append(
                str(problem) if self._redactor is None else f"{name}: {problem.reason}"
            )

    def _copy_payload(self, path: str, name: str) -> None:
        """Raises PayloadProblem when it cannot be read, OSError when it cannot be written."""
        descriptor = self._store.open(path)
        with open(descriptor, "rb") as source:
            target = self._folder / name
            for inner in reversed(Path(name).parents):
                (self._folder / inner).mkdir(mode=0o700, exist_ok=True)
            if self._redactor is None:
                with new_file(target) as out:
                    while part := source.read(MIB):
                        out.write(part)
                return
            data = source.read(LARGEST_REDACTED + 1)
        if len(data) > LARGEST_REDACTED:
            raise PayloadProblem("payload_too_large", path, f"more than {LARGEST_REDACTED:,} bytes to redact")
        write_file(target, self._redactor.document(data))

    def _write_manifest(self) -> None:
        """The bundle's own manifest, or one made of what the trace says of itself."""
        try:
            data = read_regular(self._bundle.folder / MANIFEST_NAME, _LARGEST_MANIFEST)
        except OSError:
            data = b""
        if self._bundle.identity.source != "manifest" or not data:
            data = _manifest(self._bundle.identity)
        if self._redactor is not None:
            data = self._redactor.document(data)
        write_file(self._folder / MANIFEST_NAME, data)


def _lines(spine: Path) -> Iterator[bytes]:
    """The lines of a spine, with their newline; of one that is too long only its beginning."""
    with open(open_regular(spine), "rb") as file:
        while line := file.readline(LONGEST_LINE + 1):
            yield line
            while len(line) > LONGEST_LINE and not line.endswith(b"\n"):
                line = file.readline(LONGEST_LINE + 1)


def _manifest(identity: Identity) -> bytes:
    fields = {
        "schema_version": identity.schema_version,
        "trace_id": identity.trace_id,
        "rollout_id": identity.rollout_id,
        "root_thread_id": identity.root_thread_id,
        "started_at_unix_ms": identity.started_at_unix_ms,
        "raw_event_log": SPINE_NAME,
        "payloads_dir": "payloads",
    }
    return msgspec.json.format(msgspec.json.encode(fields), indent=2)


def _or(seq: int | None, default: str) -> str:
    return default if seq is None else str(seq)
