"""Findings that only the end of a recording can tell: what was left open, and what the model never saw."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from itertools import chain, compress
from typing import Any, Literal, TypeAlias, cast

from rollout_tui.debugger.evidence import line
from rollout_tui.debugger.findings.finding import Finding, Sources
from rollout_tui.debugger.findings.never_seen import MAY_BE_UNSEEN, may_be_unseen, never_seen
from rollout_tui.debugger.indexes import events_of_types
from rollout_tui.debugger.names import cell_label, command_line, tool_name
from rollout_tui.debugger.spans.span_tree import OBJECTS
from rollout_tui.graph.history import History
from rollout_tui.graph.objects import (
    CodeCell,
    CodexTurn,
    CompactionRequest,
    InferenceCall,
    Object,
    Rollout,
    TerminalOperation,
    Thread,
    ToolCall,
)

RecordingStatus: TypeAlias = Literal["live", "ended", "stopped"]

_WITH_A_WINDOW = frozenset(OBJECTS) - {Rollout}


def recording_status(history: History, *, live: bool = False) -> RecordingStatus:
    """Whether a recording has its end mark, is still being written (`live`), or just stops.

    Where not all of it was read it goes on as well: of its end nothing is known.
    """
    rollout = history.rollout
    if rollout.recording_complete or (rollout.status != "running" and not live):
        return "ended"
    return "live" if live or history.cut_short else "stopped"


MOST_LEFT_OPEN = 10_000
"""Open objects that get a finding each: more than agents ever leave open."""


class Unfinished:
    """The objects that may still be open or unseen, and what is to be said of them at the end."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._taken = 0
        self._open, self._unseen = array("I"), array("I")

    def _update(self) -> None:
        """Keep what may still be open or unseen, and look at the objects that came since the last time."""
        objects = self._sources.history.objects
        stop = len(objects)
        # Most objects are of kinds that neither is asked of.
        kinds = list(map(type, objects[self._taken : stop]))
        fresh = list(range(self._taken, stop))
        opened = compress(fresh, map(_WITH_A_WINDOW.__contains__, kinds))
        self._open = array("I", (one for one in chain(self._open, opened) if _may_be_open(objects[one])))
        shown = compress(fresh, map(MAY_BE_UNSEEN.__contains__, kinds))
        unseen = (one for one in chain(self._unseen, shown) if may_be_unseen(objects[one]))
        self._unseen = array("I", unseen)
        self._taken = stop

    def findings(self, status: RecordingStatus) -> Iterator[Finding]:
        """What can be said once nothing more will come; nothing while the recording is `live`."""
        if status == "live":
            return
        self._update()
        yield from _cut(self._sources, status)
        yield from self._all_left_open(status)
        yield from self._idle_cells()
        yield from never_seen(self._sources, self._unseen)

    def _all_left_open(self, status: RecordingStatus) -> Iterator[Finding]:
        """One for each open object; of very many the first ones, and how many more there are."""
        opened = array("I", filter(self._is_open, self._open))
        yield from (_left_open(self._sources, one, status) for one in opened[:MOST_LEFT_OPEN])
        more = len(opened) - MOST_LEFT_OPEN
        if more > 0:
            code = "stopped_open" if status == "stopped" else "open_at_end"
            message = f"{more:,} more objects started later and never ended"
            yield self._sources.finding(code, self._sources.history.head, message, None)

    def _is_open(self, handle: int) -> bool:
        return cast(ToolCall, self._sources.history.objects[handle]).execution.status == "running"

    def _idle_cells(self) -> Iterator[Finding]:
        """Cells whose nested work has ended, whose own end nobody fetched."""
        sources = self._sources
        for handle in self._open:
            cell = sources.history.objects[handle]
            if (
                not isinstance(cell, CodeCell)
                or not cell.nested_tool_call_ids
                or cell.runtime_status != "yielded"
            ):
                continue
            nested = [sources.latest(ToolCall, one) for one in cell.nested_tool_call_ids]
            ends = [
                tool.execution.ended_seq for tool in nested if tool and tool.execution.status == "completed"
            ]
            waits = [sources.latest(ToolCall, one) for one in cell.wait_tool_call_ids]
            if len(ends) < len(nested) or any(tool and tool.execution.ended_seq is None for tool in waits):
                continue
            last = max(cast(list[int], ends))
            event = sources.history.events.ordinal_of(last) or sources.history.head
            message = f"{cell_label(cell)}: no nested work since #{last}, and nobody waited for its end"
            yield sources.finding_about("work_done_unobserved", event, message, cell)


def _may_be_open(one: Any) -> bool:
    """Whether an object with a window may be open; threads for ever, since an ended one can be resumed."""
    return type(one) is Thread or one.execution.status == "running"


# -- what was left open ------------------------------------------------------------


def _left_open(sources: Sources, handle: int, status: RecordingStatus) -> Finding:
    left = cast(Any, sources.history.objects[handle])
    seq = left.execution.started_seq
    event = sources.history.events.ordinal_of(seq) or sources.history.born(handle)
    code = "stopped_open" if status == "stopped" else "open_at_end"
    message = f"{_CALLED[type(left)](sources, left)} started at #{seq} and never ended"
    return sources.finding_about(code, event, message, left)


_CALLED: dict[type[Object], Callable[[Sources, Any], str]] = {
    Thread: lambda sources, left: left.agent_path,
    CodexTurn: lambda sources, left: sources.names.turn(left.codex_turn_id),
    ToolCall: lambda sources, left: f"{tool_name(left.kind)} ({left.tool_call_id})",
    CodeCell: lambda sources, left: f"{cell_label(left)} ({left.runtime_status})",
    TerminalOperation: lambda sources, left: f'command "{line(command_line(left), 80)}"',
    InferenceCall: lambda sources, left: sources.names.inference(left.inference_call_id),
    CompactionRequest: lambda sources, left: "a compaction request",
}
"""What people call an open object."""


# -- the recording itself --------------------------------------------------------------


def _cut(sources: Sources, status: RecordingStatus) -> Iterator[Finding]:
    history = sources.history
    if status != "stopped" or not history.head:
        return
    first = next(
        events_of_types(history, ("codex_turn_started", "inference_started"), 1, history.head + 1), 0
    )
    turnless = history.events.type(first) == "inference_started"
    why = "releases before 0.125 write no end" if turnless else "the writer was killed or still writes"
    message = f"the recording stops at #{history.events.seqs[history.head]} without an end: {why}"
    about = ("rollout", history.rollout.rollout_id)
    yield sources.finding("recording_cut", history.head, message, None, about)
