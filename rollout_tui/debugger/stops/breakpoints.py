"""Breakpoints and watches: what to stop at, found forwards and backwards without replaying anything.

A breakpoint holds at an event of which one record passes every clause (`event_facts`). A watch stops where
the state it looks at changes its answer (`watched`). Both are asked only at events of types that can matter.
"""

from __future__ import annotations

import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from rollout_tui.debugger.findings.finding import Finding, Sources
from rollout_tui.debugger.findings.findings import Findings
from rollout_tui.debugger.findings.unfinished import recording_status
from rollout_tui.debugger.indexes import events_of_types, stretches
from rollout_tui.debugger.patterns import too_slow
from rollout_tui.debugger.stops import event_facts, watched
from rollout_tui.debugger.stops.event_facts import EventFacts
from rollout_tui.debugger.stops.expressions import Clause, Expression, ExpressionProblem, Operand, parse
from rollout_tui.debugger.stops.watched import Watched
from rollout_tui.trace.events import EVENT_TYPES

if TYPE_CHECKING:
    from rollout_tui.recording import Trace


Sort: TypeAlias = Literal["break", "watch"]
SLICE_S = 0.02
_OF_FINDINGS = frozenset(("finding", "severity"))


@dataclass(slots=True)
class Breakpoint:
    """One breakpoint or watch, by the number that `:unbreak` takes."""

    number: int
    sort: Sort
    expression: Expression

    def __str__(self) -> str:
        edge = self.expression.edge if self.sort == "watch" else ""
        said = "" if self.expression.source.endswith(edge) else f"  ({edge})"
        return f"{self.number}  {self.sort} {self.expression.source}{said}"


class Stop(NamedTuple):
    """An event at which a breakpoint holds."""

    event: int
    breakpoint: Breakpoint


class Searching(NamedTuple):
    """How far a search for the next stop has come."""

    event: int


class Breakpoints:
    """The breakpoints of one trace, in the order they were set.

    `findings` are used where there are some already.
    """

    def __init__(self, trace: Trace, findings: Findings | None = None) -> None:
        self.trace = trace
        self.all: list[Breakpoint] = []
        self._numbers = 0
        self._findings = findings
        self._history = trace.history
        self._tests: dict[int, _Test | Watched] = {}
        self._given_up: int | None = None

    def add(self, sort: Sort, source: str) -> Breakpoint:
        """Set a breakpoint or a watch on an expression. Raises ExpressionProblem."""
        fields = event_facts.FIELDS if sort == "break" else watched.FIELDS
        expression = parse(source, fields, edges=sort == "watch")
        if sort == "watch" and all(clause.field == "thread" for clause in expression.clauses):
            raise ExpressionProblem("a watch needs something that changes, e.g. input_tokens > 200k")
        return self._added(sort, expression)

    def add_event(self, event_type: str) -> Breakpoint:
        """Set a breakpoint on a type of event."""
        clause = Clause("event", "=", Operand(event_type))
        return self._added("break", Expression(event_type, (clause,)))

    def _added(self, sort: Sort, expression: Expression) -> Breakpoint:
        self._numbers += 1
        made = Breakpoint(self._numbers, sort, expression)
        self.all.append(made)
        return made

    def remove(self, number: int) -> Breakpoint:
        """Take a breakpoint away. Raises ExpressionProblem for a number that none has."""
        for one in self.all:
            if one.number == number:
                self.all.remove(one)
                self._tests.pop(number, None)
                return one
        known = ", ".join(str(one.number) for one in self.all) or "none"
        raise ExpressionProblem(f"no breakpoint {number}; there are: {known}")

    def take_given_up(self) -> str | None:
        """Says where an expression took too long since the last time this was asked, if any did."""
        event, self._given_up = self._given_up, None
        return None if event is None else too_slow(self.trace.history.events.seqs[event])

    def seek(self, event: int, *, backwards: bool = False) -> Iterator[Searching | Stop]:
        """Look for the next stop after `event` (before it with `backwards`).

        Yields `Searching` every 20 ms or so and ends after a `Stop`, or without one. Whoever iterates can
        give up at any time.
        """
        for found in self.stops(event, backwards=backwards):
            yield found
            if isinstance(found, Stop):
                return

    def stops(self, event: int, *, backwards: bool = False) -> Iterator[Searching | Stop]:
        """Every stop after `event` (before it with `backwards`), nearest first, one for an event.

        Yields `Searching` every 20 ms or so.
        """
        if not self.all:
            return
        tests = [(one, self._test(one)) for one in self.all]
        for _, test in tests:
            for slow in test.prepare():
                self._given_up = slow or self._given_up
                yield Searching(event)
        types = frozenset().union(*(test.types for _, test in tests))
        since = time.monotonic()
        for at in self._candidates(types, event, backwards):
            kind = self.trace.history.events.type(at)
            for one, test in tests:
                if kind not in test.types:
                    continue
                given_up = one.expression.given_up
                stops = test.stops_at(at)
                if one.expression.given_up > given_up:
                    self._given_up = at
                if stops:
                    yield Stop(at, one)
                    break
            if time.monotonic() - since > SLICE_S:
                yield Searching(at)
                since = time.monotonic()

    def _test(self, one: Breakpoint) -> _Test | Watched:
        if self._history is not self.trace.history:
            self._history, self._findings = self.trace.history, None
            self._tests.clear()
        test = self._tests.get(one.number)
        if test is None:
            if one.sort == "watch":
                test = Watched(self.trace, one.expression)
            else:
                test = _Test(self.trace, one.expression, self._known_findings)
            self._tests[one.number] = test
        return test

    def _known_findings(self) -> Findings:
        if self._findings is None:
            self._findings = Findings(self.trace)
        self._findings.update()
        return self._findings

    def _candidates(self, types: frozenset[str], event: int, backwards: bool) -> Iterator[int]:
        """Events of these types after (or before) `event`, nearest first."""
        history = self.trace.history
        if not types:
            return
        if backwards:
            for start, stop in reversed(list(stretches(0, min(event - 1, history.head)))):
                yield from reversed(list(events_of_types(history, types, start, stop)))
        else:
            for start, stop in stretches(event, history.head):
                yield from events_of_types(history, types, start, stop)


class _Test:
    """An expression put to events. `types` are those at which it can hold."""

    def __init__(self, trace: Trace, expression: Expression, findings: Callable[[], Findings]) -> None:
        self._clauses = expression.clauses
        self._wanted = frozenset(clause.field for clause in self._clauses)
        self._findings = findings
        self._trace = trace
        self._facts = EventFacts(Sources(trace), self._wanted, self._at)
        self.types = _types(self._clauses)
        self._by_type_alone = all(clause.field == "event" for clause in self._clauses)
        self._events: list[int] = []
        self._found: list[Finding] = []

    def prepare(self) -> Iterator[None]:
        """Bring names and, if the expression asks for them, findings up to date, a slice at a time."""
        self._facts.update()
        if self._wanted & _OF_FINDINGS:
            findings = self._findings()
            self._found = list(findings.complete(recording_status(self._trace.history)))
            self._events = [one.event for one in self._found]
            yield

    def stops_at(self, event: int) -> bool:
        """Whether one record of the event passes every clause."""
        if self._by_type_alone:
            return True
        if self._wanted & _OF_FINDINGS and not self._has_finding(event):
            return False
        return any(
            all(clause.holds(record.get(clause.field)) for clause in self._clauses)
            for record in self._facts.records(event)
        )

    def _has_finding(self, event: int) -> bool:
        at = bisect_left(self._events, event)
        return at < len(self._events) and self._events[at] == event

    def _at(self, event: int) -> Iterator[Finding]:
        yield from self._found[bisect_left(self._events, event) : bisect_right(self._events, event)]


def _types(clauses: tuple[Clause, ...]) -> frozenset[str]:
    """The event types at which all clauses can have a value."""
    types = frozenset(EVENT_TYPES)
    for clause in clauses:
        if clause.field == "event":
            types &= {name for name in EVENT_TYPES if clause.holds(name)}
        else:
            types &= event_facts.FIELDS[clause.field].types or types
    return types
