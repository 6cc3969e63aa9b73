"""What of a recording an account tells, and how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from rollout_tui.debugger.spans.span_tree import Span
    from rollout_tui.debugger.spans.spans import Spans
    from rollout_tui.graph.objects import Object
    from rollout_tui.recording import Trace

Said: TypeAlias = Callable[[str], str]
"""What becomes of a text that a model, a tool or a user said."""
Told: TypeAlias = Callable[[float], object]
"""Is told the share of the work that is done."""


@dataclass(frozen=True)
class Wanted:
    """The events first..last (ordinals) of a trace, of one thread or of all.

    `said` is applied to everything that a model, a tool or a user said; `told` is called with the share of
    the work that is done.
    """

    trace: Trace
    first: int
    last: int
    thread_id: str | None = None
    said: Said = str
    told: Told = float

    def of(self, thread_id: str | None) -> bool:
        """Whether a thread is wanted."""
        return self.thread_id in (None, thread_id)

    def overlaps(self, span: Span) -> bool:
        """Whether a span lies at least in part among the events."""
        return span.start <= self.last and (span.end is None or span.end >= self.first)

    def object_of(self, spans: Spans, span: Span) -> Object | None:
        """What a span is of, as of the last event; None while that is not known."""
        history, handle = self.trace.history, spans.handles[span.number]
        return history.as_of(handle, max(self.last, history.born(handle))) if handle else None
