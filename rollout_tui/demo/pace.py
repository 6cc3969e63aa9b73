"""The demo's time: real seconds, slower or faster, or a clock that only the script moves."""

from __future__ import annotations

import time

from rollout_tui.recorder.sources import Clock, CountingIds, IdSource, random_id, wall_clock

FIRST_MS = 1_795_334_400_000
"""When the repeatable demo happens, in ms since the Unix epoch."""


class Pace:
    """Seconds of the script: `pace` real seconds each; with 0 none, and time and ids are repeatable."""

    def __init__(self, pace: float) -> None:
        self._pace = pace
        self._now_ms = FIRST_MS
        self.clock: Clock = wall_clock if pace > 0 else self._tick
        self.new_id: IdSource = random_id if pace > 0 else CountingIds(FIRST_MS)

    def wait(self, seconds: float) -> None:
        """Let seconds of the script pass."""
        if self._pace > 0:
            time.sleep(seconds * self._pace)
        else:
            self._now_ms += round(seconds * 1000)

    def _tick(self) -> int:
        self._now_ms += 1
        return self._now_ms
