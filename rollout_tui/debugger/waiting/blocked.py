"""What every thread waits for at an event, and what else is at work.

`blocked_on` is what the running turn waits for: inference calls, tool calls and compaction requests, a wait
with the cell or the agents it names, and what those are doing. `background` is open work that nobody waits
for. Terminal sessions and calls of a turn that is over are in neither.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, cast

from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.spans import span_tree
from rollout_tui.debugger.spans.spans import Spans
from rollout_tui.debugger.spans.waits import AGENT
from rollout_tui.debugger.waiting import open_words
from rollout_tui.debugger.waiting.open_work import OpenWork
from rollout_tui.graph.objects import CodeCell, Thread, ToolCall
from rollout_tui.graph.snapshot import Snapshot
from rollout_tui.words import SECOND, duration, whole_seconds

if TYPE_CHECKING:
    from rollout_tui.recording import Trace

_SHOWN_BRANCHES = 3
MOST_LISTED = 100
"""Where not all is looked at, so much is listed of what a turn waits for, and of what nobody waits for."""
MAYBE_MORE = " and maybe more"
_KIND_WORDS = {
    span_tree.TURN: "turn",
    span_tree.INFERENCE: "inference",
    span_tree.COMPACTION_REQUEST: "compaction_request",
    span_tree.TOOL: "tool_call",
    span_tree.CELL: "code_cell",
    span_tree.OPERATION: "terminal_operation",
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """One open thing.

    `kind` is `turn`, `inference`, `tool_call`, `wait`, `code_cell`, `terminal_operation`, `agent` or
    `compaction_request`. `since_seq` is where it began, `age_ms` how long ago that is, `parent` the index of
    what holds it in the same list. `event` is where it began (ordinal), `words` what it is in a sentence,
    empty for what the thing around it says already, `brief` the same in a sentence that must be short.
    """

    kind: str
    id: str
    label: str
    since_seq: int
    age_ms: int
    parent: int | None
    event: int
    words: str
    brief: str


@dataclass(frozen=True, slots=True)
class ThreadWaits:
    """One thread that has started and not ended.

    `blocked_on` begins with the running turn and is empty when there is none; parents come first. `quiet_ms`
    is how long ago the thread's last event was. `unlisted` counts what its turns wait for beside that, `cut`
    is whether more was open than was looked at: then more can belong to the thread.
    """

    thread_id: str
    agent_path: str
    blocked_on: list[Waiting] = field(default_factory=list)
    background: list[Waiting] = field(default_factory=list)
    quiet_ms: int = 0
    unlisted: int = 0
    cut: bool = False

    @property
    def is_idle(self) -> bool:
        """Whether a turn is running and nothing in it is open."""
        return bool(self.blocked_on) and all(one.kind == "turn" for one in self.blocked_on)


def blocked(
    trace: Trace,
    snapshot: Snapshot,
    now_ms: int | None = None,
    thread_id: str | None = None,
    most: int | None = None,
) -> list[ThreadWaits]:
    """Every thread that has started and not ended, in the order they started; or only one of them.

    With `most` the first so many threads and open spans are looked at, for a screen without room for more.
    Ages count to `now_ms` (milliseconds since 1970), to the time of the snapshot's event when it is None.
    """
    spans = index_of(trace.history, Spans)
    now = snapshot.time_ms if now_ms is None else max(now_ms, snapshot.time_ms)
    work = OpenWork(spans, snapshot.event, most)
    found = []
    threads = spans.of_kind(span_tree.THREAD, None if thread_id is None else spans.thread_number(thread_id))
    for number in islice(threads, most):
        if spans.windows.begins[number] > snapshot.event:
            break
        thread = cast(Thread, work.object(number))
        if thread.execution.ended_seq is None and thread_id in (None, thread.thread_id):
            found.append(_waits(work, number, thread, now))
    return found


def _waits(work: OpenWork, number: int, thread: Thread, now: int) -> ThreadWaits:
    spans = work.spans
    main = _List(work, now)
    listed = None if work.most is None else MOST_LISTED
    unlisted = 0
    for turn in islice(work.open_in(number, span_tree.TURN), listed):
        at = main.add(turn, None)
        children = work.of_turn(turn)
        for child in children[:listed]:
            main.place(child, at)
        unlisted += len(children[listed:]) if listed else 0
    rest = _List(work, now, main.placed)
    for one in islice(work.unattended(number), listed):
        rest.place(one, None)
    for agent in work.agents_at_work(number)[:listed]:
        rest.add_agent(agent, None, with_work=False)
    last = spans.events.last_of_thread(spans.threads[number], work.event)
    times = spans.history.events.times
    quiet = max(0, now - times[last]) if last else 0
    return ThreadWaits(
        thread.thread_id, thread.agent_path, main.entries, rest.entries, quiet, unlisted, work.cut
    )


class _List:
    """A list of open things in the making; `placed` are spans that stand in it or in an earlier one."""

    def __init__(self, work: OpenWork, now: int, placed: set[int] | None = None) -> None:
        self.work = work
        self.now = now
        self.entries: list[Waiting] = []
        self.placed = set() if placed is None else placed

    def add(self, number: int, parent: int | None) -> int:
        """An entry for a span; returns its index."""
        work, spans = self.work, self.work.spans
        self.placed.add(number)
        made = work.object(number)
        kind = _KIND_WORDS[spans.kinds[number]]
        if isinstance(made, ToolCall) and work.wait(made) is not None:
            kind = "wait"
        said = open_words.of_span(work, number)
        return self._entry(kind, spans.span(number).id, said, spans.windows.begins[number], parent)

    def _entry(self, kind: str, object_id: str, said: open_words.Said, event: int, parent: int | None) -> int:
        log = self.work.spans.history.events
        age = max(0, self.now - log.times[event])
        seq = log.seqs[event]
        self.entries.append(
            Waiting(kind, object_id, said.label, seq, age, parent, event, said.words, said.brief)
        )
        return len(self.entries) - 1

    def place(self, number: int, parent: int | None) -> None:
        """A span and what it does, unless it is placed."""
        if number in self.placed:
            return
        at = self.add(number, parent)
        made = self.work.object(number)
        if isinstance(made, ToolCall):
            wait = self.work.wait(made)
            if wait is not None and wait.kind == AGENT:
                for agent in self.work.awaited_agents(made, wait):
                    self.add_agent(agent, at)
            cell = self.work.awaited_cell(number)
            if cell is not None and cell in self.placed:
                self.add(cell, at)
            elif cell is not None:
                self.place(cell, at)
        if not isinstance(made, CodeCell) or made.execution.status == "running":
            for child in self.work.open_children(number):
                self.place(child, at)

    def add_agent(self, number: int, parent: int | None, *, with_work: bool = True) -> None:
        """A child agent, and what it is doing."""
        if number in self.placed:
            return
        self.placed.add(number)
        work, spans = self.work, self.work.spans
        turns = work.open_in(number, span_tree.TURN)
        began = spans.windows.begins[turns[-1] if turns else number]
        thread = cast(Thread, work.object(number))
        said = open_words.of_agent(work, number, thread)
        at = self._entry("agent", thread.thread_id, said, began, parent)
        for turn in turns if with_work else ():
            for child in work.of_turn(turn):
                self.place(child, at)


# -- in words ------------------------------------------------------------------------


def in_words(waits: ThreadWaits, *, brief: bool = False) -> str:
    """One sentence, e.g. `/root blocked 1.84 s on wait(call_wB2) -> cell 2 (completed just now)`.

    `brief` leaves out of cells what they did before.
    """
    name = waits.agent_path or waits.thread_id
    if waits.cut and (not waits.blocked_on or waits.is_idle):
        return f"{name}: too much is open at once to tell what it waits for"
    if not waits.blocked_on:
        return f"{name} has no turn running"
    if waits.is_idle:
        since = whole_seconds(waits.quiet_ms)
        return f"{name} idle" + (f", last event {since} ago" if waits.quiet_ms >= SECOND else "")
    turns = {at for at, one in enumerate(waits.blocked_on) if one.parent is None}
    tops = [at for at, one in enumerate(waits.blocked_on) if one.parent in turns]
    age = max(waits.blocked_on[at].age_ms for at in tops)
    entries = [replace(one, words=one.brief) for one in waits.blocked_on] if brief else waits.blocked_on
    return f"{name} blocked {duration(age)} on {_chains(entries, tops, waits.unlisted, cut=waits.cut)}"


def background_in_words(waits: ThreadWaits) -> str:
    """What nobody waits for, e.g. `cell 1 (yielded, 2 outputs), command sleep 60`; empty when nothing is."""
    tops = [at for at, one in enumerate(waits.background) if one.parent is None]
    more = MAYBE_MORE if waits.cut and tops else ""
    return ", ".join(waits.background[at].words or waits.background[at].label for at in tops) + more


def _chains(entries: list[Waiting], tops: list[int], unlisted: int = 0, *, cut: bool = False) -> str:
    shown = [_chain(entries, at) for at in tops[:_SHOWN_BRANCHES]]
    more = MAYBE_MORE if cut else ""
    left = len(tops) - len(shown) + unlisted
    if left:
        more = f" and {'over ' if cut else ''}{left:,} more"
    return " + ".join(shown) + more


def _branches(entries: list[Waiting], tops: list[int]) -> str:
    """Chains behind an arrow, in brackets where they could be misread."""
    chains = _chains(entries, tops)
    return f"({chains})" if len(tops) > 1 and "->" in chains else chains


def _chain(entries: list[Waiting], at: int) -> str:
    inner = [child for child in _children(entries, at) if entries[child].words]
    words = entries[at].words
    return f"{words} -> {_branches(entries, inner)}" if inner else words


def _children(entries: list[Waiting], at: int) -> Iterator[int]:
    for child in range(at + 1, len(entries)):
        if entries[child].parent == at:
            yield child
