"""What is derived of a recording costs the same for every new event, however many there were before.

Measured in lines of our code run, and in the bytes of the columns kept.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from counted_steps import steps
from scripted import Body, Script, assistant, call, output, user

from rollout_tui.debugger.context.carried import Carried
from rollout_tui.debugger.context.content_sizes import ContentSizes, measure_contexts
from rollout_tui.debugger.context.context_index import ContextIndex
from rollout_tui.debugger.context.pending_index import PendingIndex
from rollout_tui.debugger.context.usages import Usages
from rollout_tui.debugger.findings.arranged import arranged
from rollout_tui.debugger.findings.findings import Findings
from rollout_tui.debugger.indexes import Index, index_of
from rollout_tui.debugger.names import Names
from rollout_tui.debugger.spans.spans import Spans
from rollout_tui.debugger.waiting.silences import Silences
from rollout_tui.recording import Trace
from rollout_tui.trace.bundle import open_bundle
from rollout_tui.tui.panes.outline import Outline

PIECE = 2000
"""Bytes of the spine taken in at a time: a handful of events, as a follower does."""


def commands(script: Script, rounds: int) -> None:
    """Commands that run, one after the other, and nothing that the model says."""
    script.begin()
    for number in range(rounds):
        script.tool(f"x{number}", {"type": "exec_command"})
        script.work(f"x{number}", {"command": ["ls"], "cwd": "/", "process_id": str(number)})
        script.event("history_item_accepted", item_id=f"m{number}")
        script.worked(f"x{number}", {"exit_code": 0, "process_id": str(number)})
        script.end_tool(f"x{number}")


def conversation(script: Script, rounds: int) -> None:
    """Requests that repeat all that was said, each answered by a call."""
    script.begin()
    history = [user("x")]
    for number in range(rounds):
        script.ask(f"i{number}", *history)
        said = [assistant(f"thought {number}"), call(f"c{number}", arguments=f"[{number}]")]
        script.answer(f"i{number}", *said)
        script.tool(f"x{number}", {"type": "other", "name": "n"}, call_id=f"c{number}")
        script.end_tool(f"x{number}")
        history += [*said, output(f"c{number}", f"output {number}")]


def warnings(script: Script, rounds: int) -> None:
    """Things that the client is told, and calls that fail."""
    script.begin()
    for number in range(rounds):
        body = Body("protocol_event", {"message": f"warning {number % 3}"})
        script.event("protocol_event_observed", event_type="warning", event_payload=body)
        script.tool(f"x{number}", {"type": "other", "name": "n"})
        script.end_tool(f"x{number}", "failed")


SHAPES: tuple[Callable[[Script, int], None], ...] = (commands, conversation, warnings)


class Derived:
    """A growing recording and one thing that is derived of it."""

    def __init__(self, folder: Path, what: str) -> None:
        self.trace = Trace(open_bundle(folder))
        history = self.trace.history
        spans = index_of(history, Spans)
        indexes: dict[str, type[Index]] = {
            one.__name__: one for one in (Names, Carried, ContextIndex, PendingIndex, ContentSizes, Usages)
        }
        self._update: Callable[[], object]
        if what == "Spans":
            self._update = spans.update
        elif what == "Silences":
            self._update = index_of(history, Silences).update
        elif what == "Findings":
            self._update = Findings(self.trace).update
        elif what == "Arranged":
            findings = Findings(self.trace)
            self._update = lambda: findings.update() and arranged(findings, findings.all, "note")
        elif what == "Outline":
            self._update = Outline(spans).update
        else:
            self._update = index_of(history, indexes[what]).update

    def costs(self) -> list[tuple[int, int]]:
        """(new events, lines run to take them in), for every piece."""
        found = []
        while True:
            progress = self.trace.advance(PIECE)
            for one in (Spans, Names, Carried):
                # What others are made of is there before they are asked.
                if getattr(self._update, "__self__", None).__class__ is not one:
                    index_of(self.trace.history, one)
            if progress.events:
                found.append((progress.events, steps(self._update)))
            if not progress.more:
                return found


DERIVED = (
    "Spans",
    "Silences",
    "Names",
    "Carried",
    "ContextIndex",
    "PendingIndex",
    "ContentSizes",
    "Usages",
    "Findings",
    "Arranged",
    "Outline",
)


@pytest.mark.parametrize("what", DERIVED)
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_a_new_event_costs_the_same_at_the_end_as_at_the_beginning(
    script: Script, shape: Callable[[Script, int], None], what: str
) -> None:
    shape(script, 240)
    costs = Derived(script.folder, what).costs()
    quarter = len(costs) // 4

    def an_event(pieces: list[tuple[int, int]]) -> float:
        return sum(lines for _, lines in pieces) / sum(events for events, _ in pieces)

    early, late = an_event(costs[quarter : 2 * quarter]), an_event(costs[-quarter:])
    assert late <= 1.2 * early + 2, (early, late)


def test_spans_keep_a_fixed_number_of_bytes_an_event(tmp_path: Path) -> None:
    kept = []
    for rounds in (100, 200, 400):
        script = Script(tmp_path / str(rounds))
        commands(script, rounds)
        trace = Trace(open_bundle(script.folder)).load()
        spans = index_of(trace.history, Spans)
        columns = (spans.events.span, spans.events.thread, spans.parents, spans.handles, spans.kinds)
        kept.append(sum(len(one) * one.itemsize for one in columns) / trace.history.head)
    assert kept[2] <= 1.1 * kept[0]


def test_measuring_contexts_as_they_grow_costs_their_new_items(tmp_path: Path) -> None:
    costs = []
    for rounds in (120, 240):
        script = Script(tmp_path / str(rounds))
        conversation(script, rounds)
        trace = Trace(open_bundle(script.folder))
        lines, more = 0, True
        while more:
            more = trace.advance(PIECE).more
            index_of(trace.history, ContentSizes)
            lines += steps(partial(measure_contexts, trace))
        costs.append(lines)
    assert costs[1] <= 2.2 * costs[0], costs
