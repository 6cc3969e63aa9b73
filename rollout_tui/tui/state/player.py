"""Playing a recording at its own pace, faster or slower, long silences shortened."""

from __future__ import annotations

from typing import NamedTuple

from rollout_tui.tui.keys import key_of
from rollout_tui.tui.state.session import Session
from rollout_tui.words import duration

SPEEDS = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
LONGEST_PAUSE_MS = 2000
FRAME_MS = 16


class Move(NamedTuple):
    """The event to go to next, after `wait_s` seconds, and what to say then."""

    event: int
    wait_s: float
    said: str


class Player:
    """Whether the recording plays, and how fast (1.0: as recorded)."""

    def __init__(self) -> None:
        self.playing = False
        self.speed = 1.0

    def change_speed(self, by: int) -> str:
        """To the next faster or slower speed; returns what to say."""
        at = min(range(len(SPEEDS)), key=lambda number: abs(SPEEDS[number] - self.speed))
        self.speed = SPEEDS[max(0, min(len(SPEEDS) - 1, at + by))]
        return f"speed {self.speed:g}x" + ("" if self.playing else f"; {key_of('play')} plays")

    def next_move(self, session: Session) -> Move | None:
        """The next event to show: events closer than a frame go together. None at the end."""
        times, head = session.history.events.times, session.head
        if session.event >= head:
            return None
        event = session.event + 1
        recorded = max(0, times[event] - times[max(1, session.event)])
        wait = recorded / self.speed
        said = f"playing {self.speed:g}x"
        if wait > LONGEST_PAUSE_MS:
            wait = LONGEST_PAUSE_MS
            said = f"playing {self.speed:g}x, a silence of {duration(recorded)} shortened"
        while event < head and (times[event + 1] - times[event]) / self.speed + wait < FRAME_MS:
            wait += max(0, (times[event + 1] - times[event]) / self.speed)
            event += 1
        return Move(event, max(FRAME_MS, wait) / 1000, said)
