"""The bundle writer: manifest, payload files and event lines of schema 2 (format sections 1, 2 and 13).

A payload file is complete and closed before the line that names it is written; a line is one `write` on an
append-only file descriptor, without a buffer; `seq` counts the lines that were written, so a line that could
not be written leaves no gap. Nothing is locked or read by the viewer's side.

Threads may share a writer. A forked child inherits a writer that is closed: the parent's file stays the
parent's, and the child opens a recording of its own if it wants one.
"""

from __future__ import annotations

import os
import shutil
import threading
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from rollout_tui.recorder.counters import RecorderCounters
from rollout_tui.recorder.encoding import BodyEncoder, Limits, Redact
from rollout_tui.recorder.sources import Clock, wall_clock

SCHEMA_VERSION = 2

PayloadReference = dict[str, Any]
"""`{"raw_payload_id", "kind": {"type"}, "path"}`: how an event names a payload file."""

_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
_PRIVATE = 0o600
_RELATIVE = os.open in os.supports_dir_fd

_writers: weakref.WeakSet[TraceWriter] = weakref.WeakSet()


class TraceWriter:
    """Writes one bundle. No method raises; what is lost is in `counters`."""

    def __init__(
        self,
        root: Path,
        *,
        trace_id: str,
        root_thread_id: str,
        clock: Clock = wall_clock,
        redact: Redact | None = None,
        limits: Limits | None = None,
        counters: RecorderCounters | None = None,
    ) -> None:
        """Make the folder `trace-<trace_id>-<root_thread_id>` in `root` and its manifest.

        `root` is made if need be. If the folder cannot be made the writer is closed from the start.
        """
        self.counters = counters or RecorderCounters()
        self.bundle = Path(root) / f"trace-{trace_id}-{root_thread_id}"
        self.trace_id = trace_id
        self.root_thread_id = root_thread_id
        self.started_at_unix_ms = 0
        self._clock = clock
        self._encoder = BodyEncoder(self.counters, redact, limits or Limits())
        self._lock = threading.RLock()
        self._writing = False
        self._deferred: list[bytes] = []
        self._log = self._folder = -1
        self._seq = self._size = self._unfinished = self._payloads = self._last_ms = 0
        try:
            self._create()
        except Exception as error:
            self.counters.count("errors", error=error)
            self._release()
        _writers.add(self)

    @property
    def redacts(self) -> bool:
        """Whether a redaction hook sees, and may change, what is written."""
        return self._encoder.redacts

    @property
    def closed(self) -> bool:
        """Whether nothing can be written any more."""
        return self._log < 0

    def payload(
        self, kind: str, body: object, check: Callable[[Any], Any] | None = None
    ) -> PayloadReference | None:
        """Write one payload file and return its reference; None if it could not be written.

        `body` is the value itself or a callable that returns it; it is rendered here. `check` receives the
        redacted body and returns it, changed where a rule of the format asks for that.
        """
        if self._log < 0:
            self.counters.count("payloads_lost")
            return None
        try:
            data = self._encoder.payload(kind, body, check)
            number = self._write_payload(data)
        except Exception as error:
            self.counters.count("payloads_lost", error=error)
            return None
        with self._lock:
            self.counters.payloads += 1
            self.counters.payload_bytes += len(data)
        return {
            "raw_payload_id": f"raw_payload:{number}",
            "kind": {"type": kind},
            "path": f"payloads/{number}.json",
        }

    def event(
        self,
        fields: Mapping[str, Any],
        thread_id: str | None = None,
        codex_turn_id: str | None = None,
        texts: tuple[str, ...] = (),
    ) -> bool:
        """Append one event line and return whether it was written.

        `fields` is the payload of the event, `type` included; `texts` names the fields in it that hold free
        text, to which redaction and size limits apply.
        """
        if self._log < 0:
            self.counters.count("events_lost")
            return False
        try:
            body = b'"thread_id":%b,"codex_turn_id":%b,"payload":%b}\n' % (
                _id(thread_id),
                _id(codex_turn_id),
                self._encoder.fields(fields, texts),
            )
            with self._lock:
                if self._writing:  # a signal handler, or a clock that records: wait for the line under way
                    self._deferred.append(body)
                    return True
                self._writing = True
                try:
                    self._append(body)
                    while self._deferred:
                        self._append(self._deferred.pop(0))
                finally:
                    self._writing = False
        except Exception as error:
            self.counters.count("events_lost", error=error)
            return False
        return True

    def close(self) -> None:
        """Write the last line of an orderly recording (`recording_completed`) and close the files."""
        if self._log >= 0:
            self.event({"type": "recording_completed"})
        self._release()

    def abandon(self) -> None:
        """Close the files and write nothing more: the recording looks like that of a killed process."""
        self._release()

    def _create(self) -> None:
        """Make the bundle under a hidden name and let it appear whole: a reader never sees half of it."""
        self.bundle.parent.mkdir(parents=True, exist_ok=True)
        hidden = self.bundle.with_name(f".{self.bundle.name}")
        hidden.mkdir(mode=0o700)
        try:
            (hidden / "payloads").mkdir(mode=0o700)
            self.started_at_unix_ms = self._last_ms = self._clock()
            self._head = b'{"schema_version":2,"seq":%d,"wall_time_unix_ms":%d,"rollout_id":' + _id(
                self.root_thread_id
            ).replace(b"%", b"%%")
            self._write_manifest(hidden / "manifest.json")
            self._folder = os.open(hidden / "payloads", os.O_RDONLY) if _RELATIVE else -1
            self._log = os.open(hidden / "trace.jsonl", _APPEND, _PRIVATE)
            hidden.rename(self.bundle)
        except BaseException:
            shutil.rmtree(hidden, ignore_errors=True)
            raise

    def _write_manifest(self, path: Path) -> None:
        manifest = {
            "schema_version": SCHEMA_VERSION,
            "trace_id": self.trace_id,
            "rollout_id": self.root_thread_id,
            "root_thread_id": self.root_thread_id,
            "started_at_unix_ms": self.started_at_unix_ms,
            "raw_event_log": "trace.jsonl",
            "payloads_dir": "payloads",
        }
        handle = os.open(path, _CREATE, _PRIVATE)
        try:
            _write_all(handle, msgspec.json.format(msgspec.json.encode(manifest), indent=2))
        finally:
            os.close(handle)

    def _write_payload(self, data: bytes) -> int:
        with self._lock:  # the folder's descriptor must not be closed, and reused, under our feet
            if self._log < 0:
                raise ValueError("the recording is closed")
            self._payloads += 1
            number = self._payloads
            where: dict[str, Any] = {"dir_fd": self._folder} if _RELATIVE else {}
            path = f"{number}.json" if _RELATIVE else str(self.bundle / "payloads" / f"{number}.json")
            handle = os.open(path, _CREATE, _PRIVATE, **where)
        try:
            _write_all(handle, data)
        except BaseException:
            os.close(handle)
            (self.bundle / "payloads" / f"{number}.json").unlink(missing_ok=True)
            raise
        os.close(handle)
        return number

    def _append(self, body: bytes) -> None:
        """Write one line; the caller holds the lock. On failure the file ends where it ended before."""
        status = os.fstat(self._log)
        if status.st_nlink == 0:
            self._release()
            raise FileNotFoundError(f"the bundle is gone: {self.bundle}")
        if status.st_size != self._size:
            self._repair(status.st_size)
        now = max(self._clock(), self._last_ms)
        line = self._head % (self._seq + 1, now) + b"," + body
        self._unfinished = len(line)
        try:
            _write_all(self._log, line)
        except OSError:
            self._repair(os.fstat(self._log).st_size)
            raise
        self._size += len(line)
        self._seq += 1
        self._last_ms = now
        self._unfinished = 0
        self.counters.events += 1

    def _repair(self, size: int) -> None:
        """Bring file and counters together after a write that failed or was interrupted half way."""
        if not self._unfinished:
            self._size = size  # somebody else changed the file: leave it to them
        elif size == self._size + self._unfinished:
            self._size, self._seq = size, self._seq + 1
        elif size > self._size:
            try:
                os.ftruncate(self._log, self._size)
            except OSError:
                self._release()
                raise
        self._unfinished = 0

    def _release(self) -> None:
        with self._lock:
            log, folder, self._log, self._folder = self._log, self._folder, -1, -1
        for handle in (log, folder):
            if handle >= 0:
                try:
                    os.close(handle)
                except OSError as error:
                    self.counters.count("errors", error=error)

    def _after_fork_in_child(self) -> None:
        self._lock = threading.RLock()
        self._writing = False
        self.counters.after_fork()
        self._release()


def _id(value: str | None) -> bytes:
    return b"null" if value is None else msgspec.json.encode(value)


def _write_all(handle: int, data: bytes) -> None:
    written = os.write(handle, data)
    while written < len(data):
        written += os.write(handle, data[written:])


def _leave_writers_to_the_parent() -> None:
    for writer in list(_writers):
        writer._after_fork_in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_writers_to_the_parent)
