"""The spine kept open for looking back into it: what was readable stays so after the file was taken away."""

from __future__ import annotations

import contextlib
import os
from _thread import allocate_lock
from pathlib import Path

from rollout_tui.trace.regular_files import open_regular


class HeldSpine:
    """The file at `path`, opened once for each life it has (`life` counts them), never through a link.

    Threads may read at the same time.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = -1
        self._life = -1
        self._lock = allocate_lock()

    def hold(self, life: int) -> None:
        """Keep the file of this life open from here on, where it can be opened."""
        if self._life != life:
            with contextlib.suppress(OSError), self._lock:
                self._open(life)

    def stretch(self, life: int, start: int, size: int) -> bytes:
        """At most `size` bytes from byte `start`. Raises OSError."""
        with self._lock:
            return os.pread(self._open(life), size, start)

    def size(self, life: int) -> int:
        """Bytes of the file. Raises OSError."""
        with self._lock:
            return os.fstat(self._open(life)).st_size

    def _open(self, life: int) -> int:
        if self._life != life:
            self._let_go()
            self._descriptor = open_regular(self._path)
            self._life = life
        return self._descriptor

    def close(self) -> None:
        """Give the descriptor back; the next read opens the file afresh."""
        with self._lock:
            self._let_go()

    def _let_go(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = self._life = -1

    def __del__(self) -> None:
        self.close()
