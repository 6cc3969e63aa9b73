"""A trace while it is read: the trace and all that is derived from it, brought forward step by step."""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from rollout_tui.debugger.context.carried import Carried
from rollout_tui.debugger.context.content_sizes import ContentSizes, measure_contexts
from rollout_tui.debugger.context.context_index import ContextIndex
from rollout_tui.debugger.context.pending_index import PendingIndex
from rollout_tui.debugger.context.usages import Usages
from rollout_tui.debugger.findings.arranged import arranged
from rollout_tui.debugger.findings.by_object import index_objects
from rollout_tui.debugger.findings.finding_codes import SEVERITIES
from rollout_tui.debugger.findings.findings import Findings
from rollout_tui.debugger.findings.unfinished import recording_status
from rollout_tui.debugger.indexes import Index, index_of
from rollout_tui.debugger.names import Names
from rollout_tui.debugger.spans.span_tree import CELL, THREAD
from rollout_tui.debugger.spans.spans import Spans
from rollout_tui.debugger.waiting.silences import Silences
from rollout_tui.graph.history import History
from rollout_tui.recording import Trace
from rollout_tui.reduced_spine import Progress
from rollout_tui.trace.tail import MIB
from rollout_tui.trace.writer_watch import WriterState, grew_lately
from rollout_tui.tui.panes.outline import Outline
from rollout_tui.words import count

INDEXES: tuple[type[Index], ...] = (Names, Carried, ContextIndex, PendingIndex, ContentSizes, Usages)
"""What panes ask beside the spans."""


class Known(NamedTuple):
    """A history and what is derived from it, always all of the same."""

    history: History
    spans: Spans
    silences: Silences
    outline: Outline
    findings: Findings
    generation: int


class Reading:
    """One thread calls `advance`, another looks at what is there.

    When there is another history (`generation` changes) `known` is another value: who looks at it more than
    once, or at the trace as well, holds `steady` meanwhile. `live` is whether more may come. While `painting`
    is set the reading thread pauses between two steps: both want the interpreter, and the screen goes first.
    """

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.live = True
        self.painting = False
        self.steady = threading.RLock()
        self.found_to = 0
        self.warnings = 0
        self.known = self._all_known(*_derived(trace.history))
        trace.replacing = self._replacing

    def _all_known(self, spans: Spans, silences: Silences, outline: Outline) -> Known:
        trace = self.trace
        return Known(trace.history, spans, silences, outline, Findings(trace), trace.generation)

    @contextmanager
    def _replacing(self, history: History) -> Iterator[None]:
        """Another history takes the place of the one before; nobody sees the one with spans of the other."""
        derived = _derived(history)
        with self.steady:
            yield
            self.known, self.found_to, self.warnings = self._all_known(*derived), 0, 0

    def advance(self, most: int = MIB, *, behind: int = 0) -> Progress:
        """Read and reduce about `most` bytes more and derive what follows from them.

        As long as there is more to read, up to `behind` events may wait to be derived from together.
        """
        progress = self.trace.advance(most)
        derived = self.known.spans.head
        if self.known.history.head > (derived + behind if progress.more and derived else derived):
            self.derive()
        return progress

    def resolve(self) -> list[str]:
        """Take in payloads that came late; returns their paths. All is made anew when there are any."""
        came = self.trace.resolve()
        if came:
            self.derive()
            self.find()
        return came

    def find(self) -> None:
        """Look for findings up to the head, those of the end too once nothing more will come.

        Findings are put in the order of their lists and under what they are about, contexts are measured (it
        can mean to open payloads), events are sorted by depth: of a million each takes longer than a frame.
        """
        self.known.findings.update()
        found = self.known.findings.complete(recording_status(self.known.history, live=self.live))
        listed = {severity: arranged(self.known.findings, found, severity) for severity in SEVERITIES}
        self.warnings = listed["warning"].worst["warning"]
        index_objects(self.known.findings, found)
        measure_contexts(self.trace)
        self.known.spans.events.sort()
        self.found_to = self.known.spans.head

    def take_held_line(self) -> None:
        """Reduce an unterminated last line: nobody will end it."""
        self.trace.take_held_line()
        self.derive()
        self.find()

    def is_written(self, writer: WriterState, clock_ms: int) -> bool:
        """Whether somebody still writes; where nobody can tell, ten minutes of silence say no."""
        if writer != "unknown":
            return writer == "writing"
        try:
            modified_ns = self.trace.bundle.spine.stat().st_mtime_ns
        except OSError:
            return False
        return grew_lately(modified_ns / 10**6, clock_ms)

    @property
    def ended(self) -> bool:
        """Whether the recording has its end mark."""
        rollout = self.known.history.rollout
        return rollout.recording_complete or rollout.status != "running"

    def derive(self) -> None:
        """Bring everything but the findings up to the trace's head: panes must not have to wait for it."""
        self.known.spans.update()
        self.known.silences.update()
        for kind in INDEXES:
            index_of(self.known.history, kind)
        self.known.outline.update()

    @property
    def settled(self) -> bool:
        """Whether all findings there are are found."""
        return self.found_to >= self.known.spans.head

    @property
    def threads(self) -> Sequence[int]:
        """Spans of the threads, in the order they started."""
        return self.known.spans.of_kind(THREAD)

    def thread_beside(self, thread_id: str | None, by: int, event: int) -> str | None:
        """The thread that started `by` after another one, of those that have by `event`, in a ring.

        From a thread that has not started the first one counts. None while there is none.
        """
        count = self.threads_at(event)
        if not count:
            return None
        own = self.known.spans.thread_spans[self.known.spans.thread_number(thread_id)]
        at = bisect_left(self.threads, own, 0, count)
        if at == count or self.threads[at] != own:
            at = 0
        return self.known.spans.thread_id(self.known.spans.threads[self.threads[(at + by) % count]])

    def threads_at(self, event: int) -> int:
        """How many threads have started by `event`."""
        return bisect_right(self.threads, event, key=self.known.spans.windows.begins.__getitem__)

    def thread_note(self, thread_id: str) -> str:
        """What stands at the end of a thread's lane: `2 cells`."""
        cells = len(self.known.spans.of_kind(CELL, self.known.spans.thread_number(thread_id)))
        return count(cells, "cell") if cells else ""

    def lane_threads(self, shown: str | None, most: int) -> tuple[int, ...]:
        """Spans of at most `most` threads to draw lanes of, in the order they started, `shown` among them."""
        threads = list(self.threads[:most])
        own = self.known.spans.thread_spans[self.known.spans.thread_number(shown)]
        if threads and own > threads[-1]:
            threads[-1] = own
        return tuple(threads)


def _derived(history: History) -> tuple[Spans, Silences, Outline]:
    spans = index_of(history, Spans)
    outline = Outline(spans)
    outline.update()
    return spans, index_of(history, Silences), outline
