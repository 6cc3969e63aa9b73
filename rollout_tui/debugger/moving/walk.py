"""What motions of the cursor go by, and what they give back."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from rollout_tui.debugger.findings.finding import Finding
from rollout_tui.debugger.findings.in_order import InOrder
from rollout_tui.debugger.moving.related import Subject
from rollout_tui.debugger.spans.spans import Spans
from rollout_tui.debugger.waiting.silences import Silence

if TYPE_CHECKING:
    from rollout_tui.recording import Trace

END = "end of trace"


class Step(NamedTuple):
    """Where a motion leads: an event (ordinal), or None and why; a message can stand beside an event too.

    `subject` is the thing `same_next` followed: kept in the `Walk` it is followed further.
    """

    event: int | None
    message: str = ""
    subject: Subject | None = None


@dataclass(frozen=True)
class Walk:
    """What motions go by.

    `findings` and `silences` are in the order of their events. `selected` is what
    `change_next` follows, `followed` what `same_next` does (None: what the event at the cursor is about).
    """

    trace: Trace
    spans: Spans
    findings: InOrder[Finding] = field(default_factory=InOrder)
    silences: Sequence[Silence] = ()
    selected: Subject | None = None
    followed: Subject | None = None

    @property
    def head(self) -> int:
        """The last event there is."""
        return self.spans.head


Motion: TypeAlias = Callable[[Walk, int], Step]


def after(events: Sequence[int], event: int, head: int) -> int | None:
    """The first of sorted events behind `event` and not behind `head`."""
    at = bisect_right(events, event)
    return events[at] if at < len(events) and events[at] <= head else None


def before(events: Sequence[int], event: int) -> int | None:
    """The last of sorted events ahead of `event`."""
    at = bisect_left(events, event)
    return events[at - 1] if at else None


def later(event: int | None, what: str) -> Step:
    """A step forward, or that there is no later one."""
    return Step(event) if event is not None else Step(None, f"{END}: no later {what}")


def earlier(event: int | None, what: str) -> Step:
    """A step back, or that there is no earlier one."""
    return Step(event) if event is not None else Step(None, f"{END}: no earlier {what}")
