"""The thread that opens a trace, reduces it, and goes on while it grows."""

from __future__ import annotations

import contextlib
import gc
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from rollout_tui.recording import TIMER_S, Trace
from rollout_tui.reduced_spine import Progress
from rollout_tui.trace.bundle import BundleProblem, open_bundle
from rollout_tui.trace.doorbell import Doorbell
from rollout_tui.trace.ending import Ending, read_ending
from rollout_tui.trace.memory import give_back_memory, no_collection
from rollout_tui.trace.packed import Unpacked, archive_of
from rollout_tui.trace.tail import MIB
from rollout_tui.trace.writer_watch import WriterState, WriterWatch
from rollout_tui.tui.following.messages import (
    Advanced,
    Failed,
    FileChanged,
    News,
    Opened,
    PayloadsCame,
    Waiting,
    WriterSeen,
)
from rollout_tui.tui.following.reading import Reading
from rollout_tui.tui.panes.loading import LoadProgress

STEP_BYTES = MIB // 4
"""So much is reduced in a few milliseconds: no frame has to wait longer."""
BEHIND_EVENTS = 2_000
"""Spans and indexes of so many are made in a few milliseconds, a tenth faster than of fewer at a time."""
FREEZE_EVENTS = 10_000
MANY_EVENTS = 10_000
"""So many take longer to find anything in than a frame."""
PAUSE_S, PATIENCE = 0.001, 100
TELL_EVERY_S = 0.2
WRITER_EVERY_S = 1.0
LATE_EVERY_S = 1.0
LARGE_BYTES = 2 * MIB
"""From this size on the end is shown before anything is reduced."""
_one_was_read = threading.Event()


class Loader(threading.Thread):
    """Tells the screen through `tell`, which must be safe to call from here.

    With `wait` a trace that is not there yet is waited for. `unpacked` has what comes out of archives.
    `stop()` ends the thread soon.
    """

    def __init__(
        self, path: Path, tell: Callable[[News], object], unpacked: Unpacked, *, wait: bool = False
    ) -> None:
        super().__init__(name="reading", daemon=True)
        self._path = path
        self._tell = tell
        self._unpacked = unpacked
        self._wait = wait
        self._rung = threading.Event()
        self._stopping = threading.Event()
        self._watch: WriterWatch | None = None
        self._writer: WriterState | Literal["unasked"] = "unasked"
        self._next_look = self._next_payloads = 0.0
        self._loaded = False
        self._unfrozen = 0
        self._away = False

    def stop(self) -> None:
        """Ask the thread to end."""
        self._stopping.set()
        self._rung.set()

    def run(self) -> None:
        """Open, reduce, follow."""
        _let_go()
        try:
            trace = self._open()
            if trace is None:
                return
            with trace:
                self._read(trace)
        except BundleProblem as problem:
            self._tell(Failed(str(problem)))
        except Exception as error:
            self._tell(Failed(f"reading stopped: {type(error).__name__}: {error}"))
            raise

    def _open(self) -> Trace | None:
        told = unpacking = ""
        while not self._stopping.is_set():
            try:
                archive = archive_of(self._path)
                if archive is None:
                    return Trace(open_bundle(self._path))
                if not unpacking:
                    # Once: one that is still being copied is tried again and again.
                    told = unpacking = f"unpacking {archive.name} ..."
                    self._tell(Waiting(told))
                return Trace(open_bundle(self._unpacked.find(self._path, self._stopping.is_set)))
            except BundleProblem as problem:
                if not self._wait:
                    raise
                if str(problem) != told:
                    told = str(problem)
                    self._tell(Waiting(told))
            self._stopping.wait(TIMER_S)
        return None

    def _read(self, trace: Trace) -> None:
        spine = trace.bundle.spine
        reading = Reading(trace)
        self._watch = WriterWatch(spine)
        with Doorbell(trace.bundle.folder, self._rung.set):
            self._tell(Opened(reading, _long_ending(trace)))
            self._catch_up_undisturbed(reading)
            while not self._stopping.is_set():
                self._rung.wait(TIMER_S)
                self._rung.clear()
                self._step(reading)
                self._look_for_writer(reading)
                self._look_for_payloads(reading)

    def _catch_up(self, reading: Reading) -> None:
        """Reduce all that is there, telling now and then how far it is; then look for findings."""
        spine = reading.trace.bundle.spine
        started = time.monotonic()
        # The first piece at once: keys wait for it.
        told, more = started - TELL_EVERY_S, True
        while more and not self._stopping.is_set():
            progress = self._advance(reading, BEHIND_EVENTS)
            more = progress.more
            self._let_paint(reading)
            now = time.monotonic()
            if more and now - told >= TELL_EVERY_S:
                told = now
                head = reading.known.history.head
                self._tell(
                    Advanced(reading, LoadProgress(progress.offset, _size(spine), head, now - started))
                )
        self._look_for_writer(reading)
        many = reading.known.history.head >= MANY_EVENTS
        # Both want the interpreter: who waits for the history sees it before its findings are looked for.
        reading.painting = many
        self._tell(Advanced(reading, None))
        self._let_paint(reading)
        reading.painting = False
        reading.find()
        self._loaded = True
        self._tell(Advanced(reading, None))

    def _advance(self, reading: Reading, behind: int = 0) -> Progress:
        """Read on, and tell what happened to the file."""
        progress = reading.advance(STEP_BYTES, behind=behind)
        if progress.change not in ("none", "grown"):
            self._away = progress.change in ("missing", "unreadable")
            self._tell(FileChanged(progress.change, progress.reason))
        return progress

    def _let_paint(self, reading: Reading) -> None:
        """Wait for the end of a frame, though not for ever."""
        for _ in range(PATIENCE):
            if not reading.painting:
                return
            time.sleep(PAUSE_S)

    def _catch_up_undisturbed(self, reading: Reading) -> None:
        """Catch up without looks for garbage.

        History is made of objects that stay: looking among them costs a third of the time, and each look
        stops the screen for as long as there are many.
        """
        try:
            with no_collection(keep=True):
                self._catch_up(reading)
        finally:
            _one_was_read.set()
            give_back_memory()

    def _step(self, reading: Reading) -> None:
        """Take in what was added since the last time."""
        more = True
        while more and not self._stopping.is_set():
            progress = self._advance(reading)
            more = progress.more
            self._unfrozen += progress.events
            if self._unfrozen >= FREEZE_EVENTS:
                # What they are made of stays, and is looked at in vain however fast it grows.
                gc.freeze()
                self._unfrozen = 0
            if progress.events or progress.change in ("truncated", "replaced"):
                reading.live = not reading.ended
                reading.find()
                self._tell(Advanced(reading, None))

    def _look_for_writer(self, reading: Reading) -> None:
        """Find out now and then whether somebody still writes; take the last line when nobody does."""
        now = time.monotonic()
        if reading.ended:
            reading.live = False
            return
        if self._away or (now < self._next_look and self._writer != "unasked"):
            # Of a file that is not there nobody can tell who writes it.
            return
        self._next_look = now + WRITER_EVERY_S
        writer = self._watch.state() if self._watch else "unknown"
        live = reading.is_written(writer, time.time_ns() // 1_000_000)
        if writer == self._writer and live == reading.live:
            return
        self._writer, reading.live = writer, live
        if writer == "none":
            # It may have written its last line just before it went, without a newline.
            reading.advance(STEP_BYTES)
            reading.take_held_line()
        elif self._loaded:
            reading.find()
        self._tell(WriterSeen(writer))
        self._tell(Advanced(reading, None))

    def _look_for_payloads(self, reading: Reading) -> None:
        """Look now and then for payloads that were not there when they were needed."""
        started = time.monotonic()
        if started < self._next_payloads:
            return
        came = reading.resolve()
        now = time.monotonic()
        # Reducing a large recording anew takes long: no more than a tenth of the time goes into that.
        self._next_payloads = now + max(LATE_EVERY_S, 10 * (now - started))
        if came:
            self._tell(PayloadsCame(came))
            self._tell(Advanced(reading, None))


def _let_go() -> None:
    """Free the recordings that were left: what is frozen is not looked at for garbage."""
    if _one_was_read.is_set():
        _one_was_read.clear()
        gc.unfreeze()
        gc.collect()
        give_back_memory()


def _size(path: Path) -> int:
    with contextlib.suppress(OSError):
        return path.stat().st_size
    return 0


def _long_ending(trace: Trace) -> Ending | None:
    """The end of a large file, to be looked at until it is reduced."""
    return read_ending(trace.bundle.folder) if _size(trace.bundle.spine) >= LARGE_BYTES else None
