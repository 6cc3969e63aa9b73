"""How a recording stands, in words: LOADING, LIVE, ENDED, STOPPED, READ IN PART, MISSING, UNREADABLE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from rollout_tui.debugger.spans.spans import Spans
from rollout_tui.graph.objects import Rollout
from rollout_tui.trace.writer_watch import WriterState
from rollout_tui.words import count, whole_seconds

if TYPE_CHECKING:
    from rollout_tui.tui.state.session import Session

Phase: TypeAlias = Literal["loading", "live", "ended", "stopped", "part", "away"]
Away: TypeAlias = Literal["", "missing", "unreadable"]

STYLES: dict[Phase, str] = {
    "loading": "badge",
    "live": "badge",
    "ended": "ok",
    "stopped": "alarm",
    "part": "alarm",
    "away": "alarm",
}


@dataclass(frozen=True)
class Standing:
    """`quiet_ms` is the time since the last event by the clock, `open_things` what is open at the end.

    `empty` says that there is no event, `away` why the file cannot be read at present.
    """

    phase: Phase
    status: str = "running"
    quiet_ms: int = 0
    open_things: int = 0
    empty: bool = False
    away: Away = ""

    @property
    def growing(self) -> bool:
        """Whether more events are expected."""
        return self.phase in ("loading", "live", "away")

    @property
    def words(self) -> str:
        """`LIVE`, `ENDED failed`, `STOPPED 41 s ago, 3 things open`, `MISSING`."""
        if self.phase == "ended":
            return "ENDED" if self.status in ("completed", "running") else f"ENDED {self.status}"
        if self.phase == "stopped" and self.empty:
            return "STOPPED, empty"
        if self.phase == "stopped":
            left = f", {count(self.open_things, 'thing')} open" if self.open_things else ""
            return f"STOPPED {whole_seconds(self.quiet_ms)} ago{left}"
        if self.phase == "part":
            return "READ IN PART"
        return (self.away or self.phase).upper()

    @property
    def style(self) -> str:
        """Style of the words."""
        return "alarm" if self.phase == "ended" and self.status == "failed" else STYLES[self.phase]


def standing(
    rollout: Rollout,
    *,
    loading: bool,
    written: bool,
    quiet_ms: int,
    open_things: int,
    empty: bool = False,
    away: Away = "",
    cut_short: bool = False,
) -> Standing:
    """How a recording stands; `written` is whether somebody still writes it.

    `cut_short` is whether reading has stopped before its end.
    """
    if loading:
        return Standing("loading", rollout.status)
    if cut_short:
        return Standing("part", rollout.status, quiet_ms, open_things)
    if rollout.recording_complete or rollout.status != "running":
        return Standing("ended", rollout.status)
    if away:
        return Standing("away", "running", quiet_ms, open_things, empty, away)
    return Standing("live" if written else "stopped", "running", quiet_ms, open_things, empty)


def session_standing(
    session: Session, writer: WriterState, clock_ms: int, *, loading: bool, away: Away = ""
) -> Standing:
    """How the recording of a session stands; `clock_ms` is the time, in ms since 1970."""
    history = session.history
    quiet = clock_ms - history.events.times[session.head] if session.head else 0
    return standing(
        history.rollout,
        loading=loading,
        written=session.reading.is_written(writer, clock_ms),
        quiet_ms=max(0, quiet),
        open_things=_open_things(session.spans),
        empty=not session.head,
        away=away,
        cut_short=history.cut_short,
    )


def _open_things(spans: Spans) -> int:
    """How much is open at the end, the rollout and its first thread apart."""
    return spans.windows.unended - sum(spans.windows.end_of(one) is None for one in range(len(spans))[:2])
