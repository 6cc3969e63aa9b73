"""A doorbell: something in the bundle folder may have changed.

It never says what; `SpineTail.poll` finds out.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from rollout_tui.trace.inotify import FolderWatch, Outcome

# How long a folder that is not there is left alone before it is looked for again.
_LOOK_AGAIN_S = 0.25
# How often a quiet watch makes sure that it still watches what lies at the path: moves of parents are silent.
_MAKE_SURE_S = 1.0
# A busy writer rings at most every 2 ms.
_BETWEEN_RINGS_S = 0.002


class _Watch(Protocol):
    def wait(self, timeout_s: float) -> Outcome: ...
    def stop(self) -> None: ...
    def close(self) -> None: ...


class Doorbell:
    """Calls `ring` from a thread of its own soon after anything changed in `folder`, not deeper.

    It also rings when the folder goes and when it comes back. Where nothing can be watched it stays silent,
    so the caller looks every 250 ms whether it rang or not. `ring` must be quick and must not raise.
    """

    def __init__(
        self,
        folder: Path,
        ring: Callable[[], None],
        *,
        open_watch: Callable[[Path], _Watch] | None = None,
    ) -> None:
        self.folder = folder
        self._ring = ring
        self._open_watch = open_watch or _best_watch
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._watch: _Watch | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to watch. A doorbell is started once."""
        self._thread = threading.Thread(target=self._run, name="doorbell", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop watching and wait for the thread, which takes a few milliseconds; may be called twice."""
        self._stopping.set()
        with self._lock:
            if self._watch is not None:
                self._watch.stop()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=2)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self) -> None:
        while not self._stopping.is_set():
            identity = _identity(self.folder)
            try:
                watch = self._open_watch(self.folder)
            except Exception:
                # No folder, no watches left, a file system or a system without them: the caller's timer does.
                self._stopping.wait(_LOOK_AGAIN_S)
                continue
            with self._lock:
                self._watch = watch
                if self._stopping.is_set():
                    watch.stop()
            # Something may have changed between the caller's last look and the watch.
            self._ring()
            try:
                self._listen(watch, identity)
            except Exception:
                self._stopping.wait(_LOOK_AGAIN_S)
            with self._lock:
                self._watch = None
                watch.close()
            if not self._stopping.is_set():
                self._ring()

    def _listen(self, watch: _Watch, identity: tuple[int, int] | None) -> None:
        """Ring for each change until the folder is lost or the doorbell stopped."""
        while True:
            outcome = watch.wait(_MAKE_SURE_S)
            if outcome == "changed":
                self._ring()
                self._stopping.wait(_BETWEEN_RINGS_S)
            elif outcome != "quiet" or _identity(self.folder) != identity:
                return


class WatchfilesWatch:
    """The watchfiles library in the role of FolderWatch, for systems without inotify."""

    def __init__(self, folder: Path) -> None:
        from watchfiles import watch

        # The library looks at the folder at the first `wait` only.
        folder.stat()
        self._stop = threading.Event()
        # force_polling is never used: it is slow, costly with many payload files, and was seen to miss
        # changes. The filter is off because the default one ignores folders such as node_modules anywhere in
        # the path.
        self._changes = watch(
            folder,
            watch_filter=None,
            recursive=False,
            step=10,
            debounce=50,
            stop_event=self._stop,
            rust_timeout=int(_MAKE_SURE_S * 1000),
            yield_on_timeout=True,
            raise_interrupt=False,
            force_polling=False,
        )
        self._folder = folder

    def wait(self, timeout_s: float) -> Outcome:
        """As FolderWatch.wait; the timeout is fixed at one second."""
        changes = next(self._changes, None)
        if changes is None:
            return "stopped" if self._stop.is_set() else "lost"
        if changes:
            return "changed" if self._folder.is_dir() else "lost"
        return "quiet"

    def stop(self) -> None:
        """Make the present and every later `wait` return `stopped`."""
        self._stop.set()

    def close(self) -> None:
        """Nothing is held beyond the iterator."""
        with contextlib.suppress(Exception):
            self._changes.close()


def _best_watch(folder: Path) -> _Watch:
    return FolderWatch(folder) if sys.platform == "linux" else WatchfilesWatch(folder)


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
