"""The spine as it grows: whole lines, and what happened to the file meanwhile.

`SpineTail` has no clock and no thread. Whoever owns it calls `poll` when something may have changed (a
doorbell, a timer); the truth is what the file says then. It opens the file afresh for each poll, so a file
that was replaced, taken away or shut off is noticed, and nothing is held that could be in the writer's way.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Literal

from rollout_tui.immutable import Immutable
from rollout_tui.trace.regular_files import open_regular, plain_reason

MIB = 1 << 20
LONGEST_LINE = 64 * MIB

Change = Literal["none", "grown", "truncated", "replaced", "missing", "unreadable", "back"]

# So many bytes at the start and before the offset must stay as they were; else the file was written anew.
_REMEMBERED = 512

# A poll looks at no more than this for the end of a long line, in steps of a quarter.
_SEARCHED = 16 * MIB


class Growth(Immutable):
    """What one poll found.

    `data` is whole lines, each ending in LF, from byte `offset` of the file. `change`:

    - `none`, `grown`: nothing unusual.
    - `truncated`, `replaced`: the file was cut or written anew, or another took its place. What was read
      before is void; `data` starts at offset 0.
    - `missing`, `unreadable`: reported once, then `none` while it stays so. The offset is kept.
    - `back`: the same file can be read again, `data` goes on where it stopped.

    `held` counts the bytes of an unterminated last line, `more` says that another poll would find more at
    once, `reason` tells an unusual change in plain words. `skipped` are (offset, size in bytes, LF included)
    of lines longer than the tail's limit; they lie before `data`.
    """

    data: bytes
    offset: int
    change: Change
    held: int = 0
    more: bool = False
    reason: str = ""
    skipped: tuple[tuple[int, int], ...] = ()


class SpineTail:
    """Reads the file at `path` from its start on.

    `offset` is the byte at which the next line starts. Longer lines than `longest_line` are reported only.
    """

    def __init__(self, path: Path, *, longest_line: int = LONGEST_LINE) -> None:
        self.path = path
        self.offset = 0
        self.longest_line = longest_line
        self._identity: tuple[int, int] | None = None
        self._head = b""
        self._before = b""
        # Up to here a long unterminated line has been searched for its end, and the last bytes before that.
        self._searched = 0
        self._searched_before = b""
        self._away: Change = "none"
        self._unreported: Change = "none"
        self._reason = ""

    def reads_the_file_of(self, other: SpineTail) -> bool:
        """Whether both read the same file."""
        return self._identity == other._identity

    def poll(self, most: int = MIB) -> Growth:
        """Look at the file once and return at most `most` bytes of whole lines (one line may be longer)."""
        try:
            descriptor = open_regular(self.path)
        except OSError as error:
            return self._gone(error)
        try:
            status = os.fstat(descriptor)
            self._recognise(descriptor, status)
            return self._read(descriptor, status.st_size, max(1, min(most, self.longest_line)))
        except OSError as error:
            return self._gone(error)
        finally:
            os.close(descriptor)

    def held_line(self) -> bytes:
        """The unterminated last line, at most `longest_line` bytes of it; empty if there is none."""
        try:
            descriptor = open_regular(self.path)
        except OSError:
            return b""
        try:
            status = os.fstat(descriptor)
            same = (status.st_dev, status.st_ino) == self._identity and self._unchanged(descriptor)
            size = min(status.st_size - self.offset, self.longest_line)
            line = _read_fully(descriptor, size, self.offset) if same and size > 0 else b""
            return b"" if b"\n" in line else line
        except OSError:
            return b""
        finally:
            os.close(descriptor)

    def _gone(self, error: OSError) -> Growth:
        """Report the file as missing or unreadable, the first time."""
        away: Change = "missing" if error.errno in (errno.ENOENT, errno.ENOTDIR) else "unreadable"
        change: Change = away if away != self._away else "none"
        self._away = away
        return Growth(b"", self.offset, change, reason=plain_reason(error) if change != "none" else "")

    def _recognise(self, descriptor: int, status: os.stat_result) -> None:
        """Find out whether this is the file read so far; start again if not."""
        identity = (status.st_dev, status.st_ino)
        if self._identity not in (None, identity):
            self._start_again("replaced", "another file took its place")
        elif status.st_size < self.offset:
            self._start_again("truncated", f"cut from {self.offset:,} to {status.st_size:,} bytes")
        elif not self._unchanged(descriptor):
            # A file made again can get the number of the one that was removed.
            self._start_again("replaced" if self._away == "missing" else "truncated", "it was written anew")
        if self._away != "none":
            self._report("back", "it can be read again")
        self._identity = identity
        self._away = "none"

    def _start_again(self, change: Change, reason: str) -> None:
        self.offset = 0
        self._head = self._before = b""
        self._forget_search()
        self._report(change, reason)

    def _report(self, change: Change, reason: str) -> None:
        """Keep a change until a poll gets through to return it; starting again outranks coming back."""
        if change != "back" or self._unreported == "none":
            self._unreported, self._reason = change, reason

    def _unchanged(self, descriptor: int) -> bool:
        """Whether the bytes remembered from what was read stand where they stood."""
        head, before = self._head, self._before
        return (
            os.pread(descriptor, len(head), 0) == head
            and os.pread(descriptor, len(before), self.offset - len(before)) == before
        )

    def _remember(self, descriptor: int) -> None:
        """Take the fingerprint of what lies before the offset, where that was not read."""
        size = min(_REMEMBERED, self.offset)
        if len(self._head) < size:
            self._head = os.pread(descriptor, size, 0)
        self._before = os.pread(descriptor, size, self.offset - size)

    def _read(self, descriptor: int, size: int, most: int) -> Growth:
        """Read on from the offset in a file of `size` bytes, whose beginning is known to be the same."""
        wanted = min(most, size - self.offset)
        if self._searched > self.offset:
            return self._read_long_line(descriptor, size)
        data = _read_fully(descriptor, wanted, self.offset)
        cut = data.rfind(b"\n") + 1
        to_the_end = len(data) < wanted or wanted == size - self.offset
        if cut:
            start, held = self.offset, len(data) - cut
            data = data[:cut] if held else data
            self._advance(data)
            return self._answer(data, start, held=held if to_the_end else 0, more=not to_the_end)
        if to_the_end:
            return self._answer(b"", self.offset, held=len(data))
        return self._read_long_line(descriptor, size)

    def _read_long_line(self, descriptor: int, size: int) -> Growth:
        """Look for the end of a line that is longer than a read, without keeping what was looked at."""
        if self._searched > size or not self._search_stands(descriptor):
            self._forget_search()
        end = -1
        stop = self._searched + _SEARCHED
        while end < 0 and self._searched < min(size, stop):
            if self._searched - self.offset > self.longest_line:
                self._searched = min(_next_data(descriptor, self._searched, size), size)
            block = _read_fully(descriptor, min(_SEARCHED // 4, size - self._searched), self._searched)
            if not block:
                break
            at = block.find(b"\n")
            end = self._searched + at + 1 if at >= 0 else -1
            self._searched += len(block)
        if end < 0:
            # What lies before the place reached shows whether the line was cut and written again.
            kept = min(_REMEMBERED, self._searched - self.offset)
            self._searched_before = os.pread(descriptor, kept, self._searched - kept)
            more = self._searched < size
            return self._answer(b"", self.offset, held=0 if more else self._searched - self.offset, more=more)
        start, length = self.offset, end - self.offset
        if length > self.longest_line:
            self.offset = end
            self._forget_search()
            self._remember(descriptor)
            return self._answer(b"", end, more=end < size, skipped=((start, length),))
        line = _read_fully(descriptor, length, start)
        if len(line) < length or not line.endswith(b"\n"):
            # Cut or rewritten between two reads: the next poll sees what came of it.
            self._forget_search()
            return self._answer(b"", start, more=True)
        self._advance(line)
        return self._answer(line, start, more=end < size)

    def _search_stands(self, descriptor: int) -> bool:
        before = self._searched_before
        return os.pread(descriptor, len(before), self._searched - len(before)) == before

    def _advance(self, data: bytes) -> None:
        """Move on past `data` and take its fingerprint."""
        self.offset += len(data)
        self._forget_search()
        if len(self._head) < _REMEMBERED:
            self._head += data[: _REMEMBERED - len(self._head)]
        self._before = (
            data[-_REMEMBERED:] if len(data) >= _REMEMBERED else (self._before + data)[-_REMEMBERED:]
        )

    def _forget_search(self) -> None:
        self._searched, self._searched_before = self.offset, b""

    def _answer(
        self,
        data: bytes,
        offset: int,
        *,
        held: int = 0,
        more: bool = False,
        skipped: tuple[tuple[int, int], ...] = (),
    ) -> Growth:
        change, reason = self._unreported, self._reason
        if change == "none" and (data or skipped):
            change = "grown"
        self._unreported, self._reason = "none", ""
        return Growth(data, offset, change, held, more, reason, skipped)


def _read_fully(descriptor: int, size: int, offset: int) -> bytes:
    """`size` bytes from `offset`, fewer only at the end of the file."""
    data = os.pread(descriptor, size, offset) if size > 0 else b""
    if len(data) in (0, size):
        return data
    parts = [data]
    while data and (size := size - len(data)) > 0:
        offset += len(data)
        data = os.pread(descriptor, size, offset)
        parts.append(data)
    return b"".join(parts)


def _next_data(descriptor: int, offset: int, size: int) -> int:
    """Where the next bytes lie that are not a hole of a sparse file; a hole has no line end."""
    try:
        return os.lseek(descriptor, offset, os.SEEK_DATA)
    except OSError as error:
        # Nothing but a hole from here to the end, or a file system that cannot tell.
        return size if error.errno == errno.ENXIO else offset
