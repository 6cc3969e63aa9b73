"""The events of a recording in hand, read from its spine when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rollout_tui.on_demand import OnDemand
from rollout_tui.trace.events import UNREADABLE
from rollout_tui.trace.held_spine import HeldSpine
from rollout_tui.trace.regular_files import plain_reason
from rollout_tui.trace.spine import BadLine, Line, decode_line
from rollout_tui.trace.tail import LONGEST_LINE, MIB

if TYPE_CHECKING:
    from rollout_tui.reduced_spine import ReducedSpine

LONG = MIB
"""Bytes; of longer lines the last one decoded is kept."""


def too_long(size: int) -> BadLine:
    """A line that is passed over."""
    return BadLine(UNREADABLE, f"the line is too long ({size:,} bytes)", size, None, None, None, ())


class Events(OnDemand[Line]):
    """The events of a trace, read from the spine when asked for; index 0 is event line 1.

    The spine is opened once for each life of the file (`ReducedSpine.lives`), when its first lines are read,
    and never through a link: what was readable stays so after the file was taken away.
    """

    def __init__(self, trace: ReducedSpine) -> None:
        self._trace = trace
        self._spine = HeldSpine(trace.bundle.spine)
        # Panes ask for the event at the cursor several times a frame, which a line of megabytes makes felt.
        self._kept: tuple[tuple[int, int, int], Line] | None = None

    def __len__(self) -> int:
        return self._trace.history.head

    def member(self, index: int) -> Line:
        """The event of line `index` + 1, or why it is none."""
        life = (self._trace.generation, self._trace.lives, index)
        if self._kept and self._kept[0] == life:
            return self._kept[1]
        try:
            size = self._size(index)
            if size:
                return too_long(size)
            raw = self.raw(index)
            line = decode_line(raw)
            if len(raw) > LONG:
                self._kept = (life, line)
            return line
        except OSError as error:
            reason = f"the line cannot be read any more: {plain_reason(error)}"
            return BadLine(UNREADABLE, reason, 0, None, None, None, ())

    def _size(self, index: int) -> int:
        """Bytes of an event line that was passed over because it is too long; 0 for any other."""
        log = self._trace.history.events
        if log.type(index + 1) != UNREADABLE:
            return 0
        start = log.offsets[index + 1]
        end = log.offsets[index + 2] if index + 2 < len(log.offsets) else self._spine.size(self._trace.lives)
        return end - start - 1 if end - start > LONGEST_LINE else 0

    def hold(self) -> None:
        """Keep the spine open from here on, where it can be."""
        self._spine.hold(self._trace.lives)

    def stretch(self, start: int, size: int) -> bytes:
        """At most `size` bytes of the spine from byte `start`. Raises OSError."""
        return self._spine.stretch(self._trace.lives, start, size)

    def raw(self, index: int, most: int = LONGEST_LINE) -> bytes:
        """The bytes of an event line without its LF, at most `most` of them. Raises OSError."""
        offsets = self._trace.history.events.offsets
        start = offsets[index + 1]
        if index + 2 < len(offsets):
            return self.stretch(start, min(offsets[index + 2] - start, most)).partition(b"\n")[0]
        parts: list[bytes] = []
        while most > 0 and (part := self.stretch(start, min(most, MIB // 4))):
            line, end, _ = part.partition(b"\n")
            parts.append(line)
            start, most = start + len(part), most - len(part)
            if end:
                break
        return b"".join(parts)

    def close(self) -> None:
        """Give the file descriptor back; the next read opens the spine afresh."""
        self._spine.close()
