"""Places one can be in, those one came from, and those one came back from."""

from __future__ import annotations

from dataclasses import dataclass, field

from rollout_tui.tui.drawing.lens import Selection

TIMELINE, LENS, INSPECTOR = "timeline", "lens", "inspector"
PANES = (TIMELINE, LENS, INSPECTOR)
MOST_PLACES = 1000


@dataclass(frozen=True)
class Place:
    """Where one is: everything that Backspace gives back. `row` and `top` are those of the lens pane."""

    event: int
    lens: str = "context"
    pane: str = TIMELINE
    row: int = 0
    top: int = 0
    selection: Selection | None = None
    held: bool = False
    held_thread: str | None = None


@dataclass
class Places:
    """Places one came from, and those one came back from."""

    behind: list[Place] = field(default_factory=list)
    ahead: list[Place] = field(default_factory=list)

    def leave(self, place: Place) -> None:
        """Remember a place that is left by a jump."""
        if not self.behind or self.behind[-1] != place:
            self.behind.append(place)
        del self.behind[:-MOST_PLACES]
        self.ahead.clear()

    def back(self, current: Place) -> Place | None:
        """The place before; None when there is none."""
        return _step(self.behind, self.ahead, current)

    def forward(self, current: Place) -> Place | None:
        """The place that Backspace left."""
        return _step(self.ahead, self.behind, current)


def _step(source: list[Place], target: list[Place], current: Place) -> Place | None:
    while source:
        place = source.pop()
        if place != current:
            target.append(current)
            return place
    return None
